"""Where any sequence of money's facts is tried: services over fakes, and who is in it."""

import contextlib
from collections.abc import Callable
from typing import Any
from uuid import UUID

from services.payments.domain.escrow import Escrow
from services.payments.domain.news import ProcessorEvent
from services.payments.ports import Work
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAdded,
)
from shared.messages.jobs import Category, Mode
from shared.money import yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.payments.fakes import FakeTransactions
from tests.unit.payments.processor import FakeProcessor


class Scene:
    """Two contracts of one client and one assistant, and a processor, before anything happened."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions = FakeTransactions()
        self.clock = self.transactions.clock
        self.processor = FakeProcessor(self.clock)
        self.client = Person(new_id(), frozenset({"client"}))
        self.assistant = Person(new_id(), frozenset({"assistant"}))
        self.substitute = Person(new_id(), frozenset({"assistant"}))
        self.operator = Person(new_id(), frozenset({"operator"}))
        self.agreed = [self._contract(mode) for mode in Mode]
        self.bonus = MilestoneAdded(
            contract_id=self.agreed[0].contract_id,
            milestone=AgreedMilestone(
                milestone_id=new_id(), title="Bonus", price=yen(7_777), due_on=NOW.date()
            ),
            added_at=NOW,
        )
        self.facts = [
            self._fact(each, milestone.milestone_id)
            for each in self.agreed
            for milestone in each.milestones
        ]
        self.facts.append(self._fact(self.agreed[0], self.bonus.milestone.milestone_id))
        # What contracts has said so far: it decides once how a milestone comes to its end.
        self.decided: dict[Any, str] = {}

    def _contract(self, mode: Mode) -> ContractAgreed:
        return ContractAgreed(
            contract_id=new_id(),
            job_id=new_id(),
            title="Guides",
            category=Category.WRITING,
            mode=mode,
            review_days=7,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=tuple(
                AgreedMilestone(
                    milestone_id=new_id(), title="Part", price=yen(price), due_on=NOW.date()
                )
                for price in (50_000, 90_000)
            ),
            agreed_at=NOW,
        )

    def _fact(self, contract: ContractAgreed, milestone_id: Any) -> dict[str, Any]:
        return {
            "contract_id": contract.contract_id,
            "milestone_id": milestone_id,
            "title": "Part",
            "client_id": contract.client_id,
            "assistant_id": contract.assistant_id,
        }

    def fact(self, number: int) -> dict[str, Any]:
        """Return what is said of a milestone; numbers beyond the last begin anew."""
        return self.facts[number % len(self.facts)]

    def ids(self, numbers: list[int]) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(self.fact(number)["milestone_id"] for number in numbers))

    def contract_of(self, number: int) -> ContractAgreed:
        contract_id = self.fact(number)["contract_id"]
        return next(each for each in self.agreed if each.contract_id == contract_id)

    def substitutes_contract(self, number: int) -> ContractAgreed:
        """Return a contract with nothing in it yet, for whoever goes on with a milestone."""
        contract = self.contract_of(number)
        news = {"contract_id": new_id(), "assistant_id": self.substitute.person_id}
        new = contract.model_copy(update={**news, "milestones": ()})
        self.agreed.append(new)
        return new

    def attempt(self, use_case: Callable[[Work], object]) -> bool:
        """Run a use case in a transaction; a refusal leaves no trace."""
        with contextlib.suppress(DomainError), self.transactions.begin() as work:
            use_case(work)
            return True
        return False

    def receive(self, name: str) -> None:
        now = self.clock.now()
        event = ProcessorEvent(name, "any", b"{}", received_at=now, next_attempt_at=now)
        assert self.attempt(lambda work: work.processor_events.receive(event))

    def told_funded(self, number: int) -> bool:
        """Tell whether contracts knows of the money, and has not decided on it yet."""
        milestone_id = self.fact(number)["milestone_id"]
        events = self.transactions.now.outbox.events
        funded = any(
            each.event_name == "milestone_funded" and each.milestone_id == milestone_id
            for each in events
        )
        return funded and milestone_id not in self.decided

    def held(self, number: int) -> Escrow:
        found: Escrow = self.transactions.now.escrows.get(self.fact(number)["milestone_id"])
        return found
