"""What payments tells: the milestone follows the money, in whatever order its events arrive."""

from services.contracts.domain.milestone import MOVES, Milestone, Step
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.bonuses import accept_bonus
from services.contracts.use_cases.steps import HAPPENED, keep, note
from shared.messages.contracts import MilestoneKind, MilestoneStatus
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    EscrowReleased,
    FundingAbandoned,
    FundingShort,
    FundingStarted,
    MilestoneChargedBack,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)


def note_funding_started(started: FundingStarted, work: Work) -> None:
    """The client is about to pay."""
    before = work.milestones.lock(started.milestone_id)
    keep(before, before.funding_started(started.attempt), Step.START_FUNDING, work)


def note_funding_abandoned(abandoned: FundingAbandoned, work: Work) -> None:
    """Paying came to nothing."""
    before = work.milestones.lock(abandoned.milestone_id)
    keep(before, before.funding_abandoned(abandoned.attempt), Step.ABANDON_FUNDING, work)


def note_funding_short(short: FundingShort, work: Work) -> None:
    """Less came in than was asked for: a line in the timeline, one for each amount so far."""
    milestone = work.milestones.lock(short.milestone_id)
    so_far = f"{short.attempt}: {short.received.amount}"
    note(milestone, Happened.FUNDING_SHORT, work, once_for=so_far)


def note_funded(funded: MilestoneFunded, work: Work) -> None:
    """The money is in escrow: the assistant may begin, and the delivery clock runs.

    A bonus is accepted at once, as there is nothing to be done for it.
    """
    before = work.milestones.lock(funded.milestone_id)
    after = before.heard_funded(work.clock.now(), funded.price)
    keep(before, after, Step.FUND, work)
    if after.kind is MilestoneKind.BONUS and after.status is MilestoneStatus.FUNDED:
        accept_bonus(after, work)


def note_released(released: EscrowReleased, work: Work) -> None:
    """A part of the escrow has become the assistant's: a line. With the last, it is released."""
    before = work.milestones.lock(released.milestone_id)
    if released.left:
        note(before, Happened.PARTLY_RELEASED, work, once_for=released.release_id)
        return
    _hear(before, Step.RELEASE, work)


def note_refunded(refunded: MilestoneRefunded, work: Work) -> None:
    """All that was left is on its way back to the client."""
    _hear(work.milestones.lock(refunded.milestone_id), Step.REFUND, work)


def note_refund_made(refund: RefundMade, work: Work) -> None:
    """A part of the price goes back to the client: a line in the timeline, one for each refund.

    What was still in escrow is then not left to be accepted or divided. For an amendment that
    was so from the moment that both agreed.
    """
    before = work.milestones.lock(refund.milestone_id)
    known = refund.after_release or refund.amendment_id
    after = before if known else before.heard_given_back(refund.price)
    if note(before, Happened.REFUND_MADE, work, once_for=refund.refund_id):
        keep(before, after, Step.RETURN_REST, work)


def note_chargeback_opened(opened: ChargebackOpened, work: Work) -> None:
    """The client's bank took the payment back: a line in the timeline."""
    milestone = work.milestones.lock(opened.milestone_id)
    note(milestone, Happened.CHARGEBACK_OPENED, work, once_for=opened.chargeback_id)


def note_chargeback_closed(closed: ChargebackClosed, work: Work) -> None:
    """The bank has decided: a line in the timeline."""
    milestone = work.milestones.lock(closed.milestone_id)
    what = Happened.CHARGEBACK_WON if closed.won else Happened.CHARGEBACK_LOST
    note(milestone, what, work, once_for=closed.chargeback_id)


def note_charged_back(taken: MilestoneChargedBack, work: Work) -> None:
    """A chargeback took what was in escrow: the milestone is over, and its clocks stop."""
    _hear(work.milestones.lock(taken.milestone_id), Step.CHARGE_BACK, work)


def note_payout_paid(paid: PayoutPaid, work: Work) -> None:
    """The assistant's bank has the money: a line for each milestone that is in the payout."""
    _note_payout(paid, Happened.PAID_OUT, work)


def note_payout_returned(returned: PayoutReturned, work: Work) -> None:
    """The bank sent it back: a line for each milestone that was in the payout."""
    _note_payout(returned, Happened.PAYOUT_RETURNED, work)


def _note_payout(payout: PayoutPaid | PayoutReturned, what: Happened, work: Work) -> None:
    # In the order of their ids, so that two payouts never wait for each other's milestones.
    for milestone_id in sorted({each.milestone_id for each in payout.milestones}):
        note(work.milestones.lock(milestone_id), what, work, once_for=payout.payout_id)


def _hear(before: Milestone, step: Step, work: Work) -> None:
    """Take a step that payments told of, or add a line when it changes nothing any more."""
    if MOVES.get((before.status, step)) is before.status:
        note(before, HAPPENED[step], work, once_for=step)
        return
    keep(before, before.heard(step), step, work)
