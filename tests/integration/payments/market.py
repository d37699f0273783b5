"""Payments over its real database and the Stripe simulator, driven step by step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx

from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_gateway import StripeGateway
from services.payments.adapters.stripe_statements import StripeStatements
from services.payments.adapters.stripe_webhooks import StripeWebhooks
from services.payments.adapters.work import make_work
from services.payments.adapters.work_books import SqlBooksTransactions, make_books_work
from services.payments.api import router
from services.payments.api_books import router as books_router
from services.payments.ports import Work
from services.payments.ports_books import Wired
from services.payments.use_cases import escrow, operations, webhooks
from shared.calendar import day_in_japan
from shared.ids import new_id
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAccepted,
    MilestoneEnded,
)
from shared.messages.jobs import Category, Mode
from shared.money import yen
from tests.support.apis import Api, Caller, api_of
from tests.support.stripe_process import KEY, SNAPSHOT_SECRET, THIN_SECRET, RunningSimulator
from tests.support.stripe_steps import GOOD_CARD
from tests.support.wait import eventually

BASE = "/api/v1/payments"


@dataclass
class Market:
    """One service, one client, one assistant, one processor."""

    api: Api
    simulator: RunningSimulator
    gateway: StripeGateway
    client: Caller
    assistant: Caller
    operator: Caller
    turned: timedelta = timedelta()
    delivered: int = 0

    def begin(self) -> Any:
        """Yield the Work of a transaction."""
        return self.api.begin()

    def agree(
        self,
        *prices: int,
        mode: Mode = Mode.BROKERED,
        category: Category = Category.WRITING,
        due_in_days: int = 14,
        contract_id: UUID | None = None,
    ) -> list[UUID]:
        """Hear of a contract with milestones at these prices; return their ids."""
        milestones = tuple(
            AgreedMilestone(
                milestone_id=new_id(),
                title=f"Part {number}",
                price=yen(price),
                due_on=self.today + timedelta(days=due_in_days),
            )
            for number, price in enumerate(prices, start=1)
        )
        agreed = ContractAgreed(
            contract_id=contract_id or new_id(),
            job_id=new_id(),
            title="A guide to gardens",
            category=category,
            mode=mode,
            review_days=7,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=milestones,
            agreed_at=self.api.clock.now(),
        )
        self.hear(lambda work: escrow.agree(agreed, work))
        return [each.milestone_id for each in milestones]

    def accept(self, *milestones: UUID) -> None:
        """Hear that these were accepted."""
        told = [
            MilestoneAccepted(**self._about(each), by="client", accepted_at=self.api.clock.now())
            for each in milestones
        ]
        self.hear(lambda work: escrow.release_escrows(told, work))

    def end(self, milestone: UUID) -> None:
        """Hear that this one ended."""
        told = MilestoneEnded(
            **self._about(milestone), by="agreement", ended_at=self.api.clock.now()
        )
        self.hear(lambda work: escrow.end(told, work))

    def hear(self, handle: Callable[[Work], object]) -> None:
        """Run a use case in a transaction of its own."""
        with self.api.begin() as work:
            handle(work)

    def check_out(self, milestone: UUID) -> Any:
        """Return the answer to the client's asking for a page to pay on."""
        return self.client.post(f"{BASE}/milestones/{milestone}/checkouts")

    def pay(self, milestone: UUID, card: str = GOOD_CARD) -> None:
        """Pay on the hosted page, and wait for what comes of it."""
        answer = self.check_out(milestone)
        assert answer.status_code == 201, answer.text
        page = answer.json()["url"]
        form = {"card_number": card, "expiry": "12/40", "cvc": "123"}
        assert httpx.post(page, data=form).status_code == httpx.codes.SEE_OTHER
        self.until(lambda: self.money(milestone)["status"] == "funded")

    def become_payee(self, **answers: str) -> str:
        """Make the assistant a payee who can be paid; return the account's id."""
        assert self.assistant.post(f"{BASE}/payees", {}).status_code == 201
        link: str = self.assistant.post(f"{BASE}/payees/me/onboarding-links").json()["url"]
        form = {"surname": "山田", "given_name": "花子", **answers}
        assert httpx.post(link, data=form).status_code == httpx.codes.SEE_OTHER
        self.until(lambda: self.payee()["status"] == "active")
        return link.split("/setup/e/")[1].split("/", maxsplit=1)[0]

    def payee(self) -> Any:
        """Return the assistant as a payee."""
        return self.assistant.get(f"{BASE}/payees/me").json()

    def money(self, milestone: UUID) -> Any:
        """Return a milestone's money."""
        return self.client.get(f"{BASE}/milestones/{milestone}").json()

    def payouts(self) -> list[Any]:
        """Return the assistant's payouts, newest first."""
        found: list[Any] = self.assistant.get(f"{BASE}/payouts").json()["items"]
        return found

    def reconcile(self) -> Any:
        """Return the books against the processor."""
        answer = self.operator.post(f"{BASE}/reconciliations")
        assert answer.status_code == 201, answer.text
        return answer.json()

    def turn(self, **lengths: float) -> None:
        """Turn the clock of all."""
        length = timedelta(**lengths)
        self.turned += length
        self.simulator.advance(int(length.total_seconds()))
        self.now()

    def now(self) -> None:
        """Set the service's clock to the simulator's."""
        self.api.clock.time = datetime.now(UTC) + self.turned

    @property
    def today(self) -> date:
        """The day that it is in Japan."""
        return day_in_japan(self.api.clock.now())

    def step(self) -> None:
        """Let webhooks in, handle them, and make the calls that are due; once."""
        self.now()
        for delivery in self.simulator.listener.deliveries[self.delivered :]:
            self.delivered += 1
            self.deliver(delivery.body, delivery.signature)
        webhooks.handle_events(self, self.gateway)
        operations.run_operations(self, self.gateway)

    def deliver(self, body: bytes, signature: str) -> Any:
        """Post a webhook as the processor does."""
        headers = {"Stripe-Signature": signature}
        return self.api.client.post(f"{BASE}/webhooks/stripe", content=body, headers=headers)

    def until(self, condition: Callable[[], bool], timeout: float = 15) -> None:
        """Go on, step by step, until the condition holds."""

        def reached() -> bool:
            self.step()
            return condition()

        eventually(reached, timeout)

    def rows(self, query: str) -> list[Any]:
        """Return the rows of a query."""
        with self.api.database.transaction() as connection:
            return list(connection.exec_driver_sql(query))

    def told(self) -> list[str]:
        """Return the names of the events in the outbox, in order."""
        return [
            row.type.split(".")[1] for row in self.rows("SELECT * FROM outbox ORDER BY position")
        ]

    def check_books(self) -> None:
        """The books balance, and agree with the processor entry by entry, to the yen."""
        balance = self.operator.get(f"{BASE}/books/trial-balance").json()
        assert balance["difference"] == 0
        compared = self.reconcile()
        assert compared["unmatched"] == []
        assert compared["books_balance"] == compared["processor_balance"]
        assert compared["payees_books_balance"] == compared["payees_processor_balance"]

    def _about(self, milestone: UUID) -> dict[str, Any]:
        return {
            "contract_id": new_id(),
            "milestone_id": milestone,
            "title": "Part",
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
        }


@contextmanager
def market_over(url: str, simulator: RunningSimulator) -> Iterator[Market]:
    """Yield a market over the database at this URL."""
    with api_of("payments", [router, books_router], make_work, url) as api:
        stripe = StripeApi.connect(KEY, simulator.url)
        gateway = StripeGateway(stripe, api.clock, "http://web.example")
        state = api.client.app.state  # type: ignore[attr-defined]  # FastAPI's
        state.gateway = gateway
        state.books = Wired(
            make_books_work,
            SqlBooksTransactions(api.database, api.clock),
            StripeStatements(stripe),
        )
        state.webhooks = StripeWebhooks((SNAPSHOT_SECRET, THIN_SECRET))
        market = Market(
            api,
            simulator,
            gateway,
            client=api.person("client"),
            assistant=api.person("assistant"),
            operator=api.person("operator"),
            # Earlier tests' webhooks are not for this database.
            delivered=len(simulator.listener.deliveries),
        )
        market.now()
        yield market
