"""Where a client has paid for a milestone: what contracts tells of it, and what comes of it."""

from typing import Any
from uuid import UUID

from services.payments.domain.postings import Account
from services.payments.use_cases import (
    checkouts,
    escrow,
    handing_over,
    operations,
    refunds,
    webhooks,
)
from shared.ids import new_id
from shared.messages.amendments import PriceReduced
from shared.messages.contracts import AgreedMilestone
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.jobs import Mode
from shared.messages.payments import RefundMilestone, StartCheckout
from shared.money import PositiveMoney, yen
from tests.support.fakes import NOW
from tests.unit.payments.scene import Scene

PRICE = 50_000


class Paid(Scene):
    """A client has paid for the first milestone of a contract, at 50,000 yen."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self.number = 2 * list(Mode).index(mode)
        for each in self.agreed:
            self.attempt(lambda work, each=each: escrow.agree(each, work))  # type: ignore[misc]
        self.pay(self.number)

    def pay(self, number: int) -> None:
        asked = StartCheckout(milestone_ids=(self.fact(number)["milestone_id"],))
        with self.transactions.begin() as work:
            call = checkouts.prepare_checkout(asked, self.client, work)
        assert call
        answer = operations.ask_now(call, self.processor)
        with self.transactions.begin() as work:
            operations.record(call, answer, work)
        [session] = self.processor.open()
        self.processor.pay(session)
        self.settle()

    def settle(self) -> None:
        for _ in range(2):
            for name in list(self.processor.told):
                self.receive(name)
            webhooks.handle_events(self.transactions, self.processor)
            operations.run_operations(self.transactions, self.processor)

    def handed(self, to_assistant: int, rest: int | None = None) -> MilestoneHandedOver:
        contract = self.substitutes_contract(self.number)
        milestone = AgreedMilestone(
            milestone_id=new_id(),
            title="The rest",
            price=yen(PRICE - to_assistant if rest is None else rest),
            due_on=NOW.date(),
        )
        self.attempt(lambda work: escrow.agree(contract, work))
        self.facts.append(self._fact(contract, milestone.milestone_id))
        return MilestoneHandedOver(
            **self.fact(self.number),
            hand_over_id=new_id(),
            to_assistant=yen(to_assistant),
            substitute_id=self.substitute.person_id,
            to_contract_id=contract.contract_id,
            to_milestone=milestone,
            handed_over_at=NOW,
        )

    def hear(self, told: MilestoneHandedOver) -> None:
        with self.transactions.begin() as work:
            handing_over.hand_over(told, work)

    def refund(self, milestone_id: UUID, price: int) -> None:
        asked = RefundMilestone(price=PositiveMoney(amount=price), reason="less was done")
        with self.transactions.begin() as work:
            refunds.refund_milestone(milestone_id, asked, self.operator, work)

    def told(self, kind: type[Any], milestone_id: UUID) -> list[Any]:
        events = self.transactions.now.outbox.events
        return [e for e in events if isinstance(e, kind) and e.milestone_id == milestone_id]

    def get(self, milestone_id: UUID) -> Any:
        return self.transactions.now.escrows.get(milestone_id)

    def in_books(self, milestone_id: Any) -> Any:
        return self.transactions.now.books.balances[Account.ESCROW, milestone_id]

    def reduced(self, price: int) -> PriceReduced:
        fact = self.fact(self.number)
        return PriceReduced(**fact, amendment_id=new_id(), price=yen(price), reduced_at=NOW)

    def reduce(self, told: PriceReduced) -> None:
        with self.transactions.begin() as work:
            refunds.reduce_price(told, work)
