"""What people do to a milestone, one word each."""

from collections.abc import Callable
from uuid import UUID

from services.contracts.use_cases import disputes, working
from services.contracts.use_cases.disputes import DisputePlace
from services.contracts.use_cases.working import Place
from shared.messages.contracts import (
    AcceptPart,
    AnswerDispute,
    AskToEnd,
    CommentDelivery,
    DecideDispute,
    Deliver,
    MakeStatement,
    OpenDispute,
    ProposeSettlement,
    RequestChanges,
)
from shared.money import PositiveMoney, YenPart
from shared.people import Person
from tests.unit.contracts.agreed import Agreed

WORK = Deliver(text="Here it is")
CHANGES = RequestChanges(comment="More roses")
PART = AcceptPart(price=PositiveMoney(amount=20_000), comment="The rest needs roses")
END = AskToEnd(reason="The garden is gone")
DISPUTE = OpenDispute(reason="No roses at all")
ANSWER = AnswerDispute(text="There are five")
COMMENT = CommentDelivery(text="Which roses?")
STATEMENT = MakeStatement(text="The beds were frozen")
HALF = ProposeSettlement(to_assistant=YenPart(amount=15_000))

Act = Callable[[Place, Person, Agreed], object]


def dispute_place(agreed: Agreed) -> DisputePlace:
    """Return where the milestone's dispute is; nowhere without one."""
    dispute = agreed.market.disputes.get(agreed.milestone_id)
    return DisputePlace(agreed.contract.contract_id, dispute.dispute_id if dispute else UUID(int=0))


def comment(place: Place, by: Person, agreed: Agreed) -> object:
    """Comment on the last delivery; on none without one."""
    delivered = agreed.market.deliveries
    last = delivered[-1].delivery_id if delivered else UUID(int=0)
    return working.comment_delivery(place, last, COMMENT, by, agreed.work)


def decision(to_assistant: int) -> DecideDispute:
    return DecideDispute(to_assistant=YenPart(amount=to_assistant), reason="Two of three are done")


# Of people at a milestone, and of people at its dispute.
AT_MILESTONE: dict[str, Act] = {
    "deliver": lambda place, by, agreed: working.deliver(place, WORK, by, agreed.work),
    "request_changes": lambda place, by, agreed: working.request_changes(
        place, CHANGES, by, agreed.work
    ),
    "accept_part": lambda place, by, agreed: working.accept_part(place, PART, by, agreed.work),
    "accept": lambda place, by, agreed: working.accept(place, by, agreed.work),
    "ask_to_end": lambda place, by, agreed: working.ask_to_end(place, END, by, agreed.work),
    "agree_to_end": lambda place, by, agreed: working.agree_to_end(place, by, agreed.work),
    "dispute": lambda place, by, agreed: disputes.open_dispute(place, DISPUTE, by, agreed.work),
}
AT_DISPUTE: dict[str, Act] = {
    "answer": lambda _, by, agreed: disputes.answer(dispute_place(agreed), ANSWER, by, agreed.work),
    "state": lambda _, by, agreed: disputes.make_statement(
        dispute_place(agreed), STATEMENT, by, agreed.work
    ),
    "settle": lambda _, by, agreed: disputes.settle(dispute_place(agreed), HALF, by, agreed.work),
    "decide": lambda _, __, agreed: disputes.decide(
        dispute_place(agreed), decision(10_000), agreed.operator, agreed.work
    ),
}
# What any member of a client's company may do too, at any time.
AT_DELIVERY: dict[str, Act] = {"comment": comment}
ACTS = AT_MILESTONE | AT_DISPUTE | AT_DELIVERY
