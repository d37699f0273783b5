"""Payments over its real database and the Stripe simulator, driven step by step."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
from sqlalchemy import text

from services.payments.adapters.banks import ZenginBanks
from services.payments.adapters.documents.printing import TypstPrinter
from services.payments.adapters.documents.work import make_documents_work
from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_gateway import StripeGateway
from services.payments.adapters.stripe_statements import StripeStatements
from services.payments.adapters.stripe_webhooks import StripeWebhooks
from services.payments.adapters.work import make_work
from services.payments.adapters.work_books import SqlBooksTransactions, make_books_work
from services.payments.api import router
from services.payments.api_banks import router as banks_router
from services.payments.api_books import router as books_router
from services.payments.api_documents import Documented
from services.payments.api_documents import router as documents_router
from services.payments.api_operators import approvals as approvals_router
from services.payments.api_operators import router as operators_router
from services.payments.api_wallets import router as wallets_router
from services.payments.ports import Contact
from services.payments.ports_books import Wired
from services.payments.use_cases import checkouts, operations, paydays, webhooks
from shared.calendar import day_in_japan
from shared.http.export import export_router
from shared.people import Person
from tests.integration.payments.contracts import Contracts
from tests.integration.payments.sums import check_rows
from tests.support.apis import Api, Caller, api_of
from tests.support.stripe_process import KEY, SNAPSHOT_SECRET, THIN_SECRET, RunningSimulator
from tests.support.stripe_steps import GOOD_CARD
from tests.support.wait import eventually

BASE = "/api/v1/payments"
MOST_ROUNDS = 60
SEE_OTHER = httpx.codes.SEE_OTHER


@dataclass
class Progress:
    """How far the clock of all was turned, and which webhooks were let in."""

    turned: timedelta = timedelta()
    delivered: int = 0


@dataclass
class Market:
    """One service, one client, one assistant, one processor."""

    api: Api
    simulator: RunningSimulator
    gateway: StripeGateway
    client: Caller
    assistant: Caller
    operator: Caller
    progress: Progress = field(default_factory=Progress)

    def with_new_people(self) -> "Market":
        """Return the same market, and in it a client and an assistant nobody knows yet."""
        new = replace(
            self, client=self.api.person("client"), assistant=self.api.person("assistant")
        )
        with self.begin() as work:
            for person in (new.client, new.assistant):
                contact = Contact(f"{person.person_id}@example.jp", "山田 花子")
                work.people.remember(person.person_id, contact)
        return new

    def begin(self) -> Any:
        """Yield the Work of a transaction."""
        return self.api.begin()

    @property
    def client_person(self) -> Person:
        """The client, as use cases know them."""
        return Person(self.client.person_id, frozenset({"client"}))

    @property
    def assistant_person(self) -> Person:
        """The assistant, as use cases know them."""
        return Person(self.assistant.person_id, frozenset({"assistant"}))

    @property
    def contracts(self) -> Contracts:
        """What contracts tells of the two."""
        return Contracts(
            self.begin, self.api.clock, self.client.person_id, self.assistant.person_id
        )

    def agree(self, *prices: int, **terms: Any) -> list[UUID]:
        """Hear of a contract with milestones at these prices; return their ids."""
        return self.contracts.agree(*prices, **terms)

    def accept(self, *milestones: UUID) -> None:
        """Hear that these were accepted."""
        self.contracts.accept(*milestones)

    def end(self, milestone: UUID) -> None:
        """Hear that this one ended."""
        self.contracts.end(milestone)

    def check_out(self, *milestones: UUID, method: str = "card") -> Any:
        """Return the answer to the client's asking for a page to pay on."""
        asked = {"milestone_ids": [str(each) for each in milestones], "method": method}
        return self.client.post(f"{BASE}/checkouts", asked)

    def page(self, *milestones: UUID, method: str = "card") -> Any:
        """Return a page to pay on."""
        answer = self.check_out(*milestones, method=method)
        assert answer.status_code == 201, answer.text
        return answer.json()

    def pay_on(self, page: Any, card: str = GOOD_CARD) -> httpx.Response:
        """Fill in the hosted page."""
        form = {"card_number": card, "expiry": "12/40", "cvc": "123"}
        return httpx.post(page["url"], data=form)

    def pay(self, *milestones: UUID, card: str = GOOD_CARD) -> None:
        """Pay on the hosted page, and let happen what comes of it."""
        assert self.pay_on(self.page(*milestones), card).status_code == SEE_OTHER
        self.settle()
        assert {self.money(each)["status"] for each in milestones} == {"funded"}

    def ask_to_transfer(self, *milestones: UUID) -> Any:
        """Return a page that says where to transfer to, once we know that a transfer is awaited."""
        page = self.page(*milestones, method="bank_transfer")
        self.settle()
        return page

    def transfer(self, amount: int) -> None:
        """Let a bank transfer arrive on the client's own account number."""
        customer = self.row("SELECT customer_id FROM clients WHERE person_id = :client")[0]
        self.simulator.control("POST", f"customers/{customer}/bank_transfer", amount=amount)
        self.settle()

    def intent_of(self, page: Any) -> str:
        """Return the processor's name for the payment that is made on a page."""
        session = self.session_of(page)
        if session.startswith("pi_"):
            return session
        found = self.gateway.api.client.v1.checkout.sessions.retrieve(session)
        return str(found.payment_intent)

    def session_of(self, page: Any) -> str:
        """Return the processor's name for a page."""
        query = "SELECT session_id FROM checkouts WHERE checkout_id = :page"
        return str(self.row(query, page=page["checkout_id"])[0])

    def charge_of(self, milestone: UUID) -> str:
        """Return the charge that funded a milestone."""
        query = "SELECT charge_id FROM fundings WHERE milestone_id = :milestone"
        return str(self.row(query, milestone=milestone)[0])

    def become_payee(self, **answers: str) -> str:
        """Make the assistant a payee who can be paid; return the account's id."""
        assert self.assistant.post(f"{BASE}/payees", {}).status_code == 201
        link: str = self.assistant.post(f"{BASE}/payees/me/onboarding-links").json()["url"]
        form = {"surname": "山田", "given_name": "花子", **answers}
        assert httpx.post(link, data=form).status_code == SEE_OTHER
        self.settle()
        assert self.payee()["status"] == "active"
        return link.split("/setup/e/")[1].split("/", maxsplit=1)[0]

    def payee(self) -> Any:
        """Return the assistant as a payee."""
        return self.assistant.get(f"{BASE}/payees/me").json()

    def money(self, milestone: UUID) -> Any:
        """Return a milestone's money."""
        return self.client.get(f"{BASE}/milestones/{milestone}").json()

    def payable(self) -> Any:
        """Return what is owed to the assistant."""
        return self.assistant.get(f"{BASE}/payables/me").json()

    def credit(self) -> int:
        """Return the client's credit."""
        amount: int = self.client.get(f"{BASE}/credit").json()["balance"]["amount"]
        return amount

    def payouts(self) -> list[Any]:
        """Return the assistant's payouts, newest first."""
        found: list[Any] = self.assistant.get(f"{BASE}/payouts").json()["items"]
        return found

    def ask_for_payout(self) -> Any:
        """Return the answer to the assistant's asking for their money."""
        return self.assistant.post(f"{BASE}/payouts")

    def pay_out(self) -> Any:
        """Pay out what is owed to the assistant, and let it arrive; return the payout."""
        answer = self.ask_for_payout()
        assert answer.status_code == 201, answer.text
        self.settle()
        return self.payouts()[0]

    def look_at_paydays(self) -> int:
        """Pay what is due by the clock, and let it arrive; return how many payouts there were."""
        self.now()
        started = paydays.pay_due(self)
        self.settle()
        return started

    def close_overdue(self) -> int:
        """Stop waiting for payments that never came; return how many."""
        self.now()
        closed = checkouts.close_overdue(self)
        self.settle()
        return closed

    def refund(self, milestone: UUID, price: int, by: Caller | None = None) -> Any:
        """Return the answer to giving a part of the price back."""
        asked = {"price": {"amount": price}, "reason": "less was done"}
        return (by or self.operator).post(f"{BASE}/milestones/{milestone}/refunds", asked)

    def reconcile(self) -> Any:
        """Return the books against the processor."""
        answer = self.operator.post(f"{BASE}/reconciliations")
        assert answer.status_code == 201, answer.text
        return answer.json()

    def turn(self, **lengths: float) -> None:
        """Turn the clock of all; webhooks that were sent before come in before."""
        self.collect()
        length = timedelta(**lengths)
        self.progress.turned += length
        self.simulator.advance(int(length.total_seconds()))
        self.now()

    def turn_to(self, day: date) -> None:
        """Turn the clock to noon of a day in Japan that is still to come."""
        self.settle()
        noon = datetime(day.year, day.month, day.day, 3, tzinfo=UTC)
        self.now()
        assert noon > self.api.clock.now(), "that day is over"
        self.turn(seconds=int((noon - self.api.clock.now()).total_seconds()))

    def now(self) -> None:
        """Set the service's clock to the simulator's."""
        self.api.clock.time = datetime.now(UTC) + self.progress.turned

    @property
    def today(self) -> date:
        """The day that it is in Japan."""
        return day_in_japan(self.api.clock.now())

    def settle(self) -> None:
        """Let all happen that is due, here and at the processor, until nothing more is."""
        for _ in range(MOST_ROUNDS):
            self.collect()
            if self.step() == 0 and not self._wait_for_causes():
                return
        waiting = self.rows("SELECT type, reason FROM processor_events WHERE status = 'received'")
        raise AssertionError(f"it never ends: {waiting}")

    def collect(self) -> None:
        """Let the processor do what it has to by now, and its webhooks in; handle nothing."""
        self.simulator.advance(0)
        eventually(lambda: not self.simulator.control("GET", "deliveries?status=pending"))
        self.receive()

    def receive(self) -> int:
        """Let in the webhooks that came; return how many."""
        self.now()
        news = self.simulator.listener.deliveries[self.progress.delivered :]
        for delivery in news:
            self.progress.delivered += 1
            self.deliver(delivery.body, delivery.signature)
        return len(news)

    def step(self) -> int:
        """Let webhooks in, handle them, and make the calls that are due; once. Count them all."""
        received = self.receive()
        handled = webhooks.handle_events(self, self.gateway)
        return received + handled + operations.run_operations(self, self.gateway)

    def _wait_for_causes(self) -> bool:
        """Turn the clock on when events wait for what has to come before them."""
        waiting = self.rows("SELECT FROM processor_events WHERE status = 'received'")
        if waiting:
            self.turn(seconds=2)
        return bool(waiting)

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

    def rows(self, query: str, **values: object) -> list[Any]:
        """Return the rows of a query; `:client` and `:assistant` in it stand for their ids."""
        ids = {"client": self.client.person_id, "assistant": self.assistant.person_id, **values}
        given = {name: str(each) for name, each in ids.items()}
        with self.api.database.transaction() as connection:
            return list(connection.execute(text(query), given))

    def row(self, query: str, **values: object) -> Any:
        """Return the one row of a query."""
        (found,) = self.rows(query, **values)
        return found

    def told(self) -> list[str]:
        """Return the names of the events about the two, in order."""
        found = self.rows(
            "SELECT type FROM outbox"
            " WHERE data LIKE '%' || :client || '%' OR data LIKE '%' || :assistant || '%'"
            " ORDER BY position"
        )
        return [row.type.split(".")[1] for row in found]

    def balance(self, account: str, owner: object) -> int:
        """Return a sub-account's balance on its credit side."""
        query = """
            SELECT coalesce(sum(credit - debit), 0) FROM journal_lines
            WHERE account = :account AND owner = :owner
        """
        return int(self.row(query, account=account, owner=owner)[0])

    def sums(self) -> dict[str, int]:
        """Return the balances of all accounts that have one, on their credit sides."""
        balance = self.operator.get(f"{BASE}/books/trial-balance").json()
        assert balance["difference"] == 0
        sums = {each["account"]: each["credit"] - each["debit"] for each in balance["accounts"]}
        return {account: each for account, each in sums.items() if each}

    def check_books(self) -> None:
        """The books balance, and agree with all rows, and with the processor entry by entry."""
        self.sums()
        check_rows(self.rows)
        compared = self.reconcile()
        assert compared["unmatched"] == []
        assert compared["books_balance"] == compared["processor_balance"]
        assert compared["payees_books_balance"] == compared["payees_processor_balance"]
        failed = self.rows("SELECT type, reason FROM processor_events WHERE status = 'failed'")
        assert failed == []


@contextmanager
def market_over(url: str, simulator: RunningSimulator) -> Iterator[Market]:
    """Yield a market over the database at this URL."""
    routers = [
        export_router("payments"),
        router,
        operators_router,
        approvals_router,
        banks_router,
        books_router,
        documents_router,
        wallets_router,
    ]
    with api_of("payments", routers, make_work, url) as api:
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
        state.documents = Documented(make_documents_work, TypstPrinter())
        state.banks = ZenginBanks.installed()
        market = Market(
            api,
            simulator,
            gateway,
            client=api.person("client"),
            assistant=api.person("assistant"),
            operator=api.person("operator"),
            # Earlier tests' webhooks are not for this database.
            progress=Progress(delivered=len(simulator.listener.deliveries)),
        )
        market.now()
        yield market
