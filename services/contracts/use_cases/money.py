"""What payments tells: the milestone follows the money, in whatever order its events arrive."""

from services.contracts.domain.milestone import Step
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.steps import keep
from shared.messages.payments import (
    EscrowFact,
    EscrowReleased,
    FundingAbandoned,
    FundingStarted,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
)


def note_funding_started(started: FundingStarted, work: Work) -> None:
    """The client is about to pay."""
    before = work.milestones.lock(started.milestone_id)
    keep(before, before.funding_started(started.attempt), Step.START_FUNDING, work)


def note_funding_abandoned(abandoned: FundingAbandoned, work: Work) -> None:
    """Paying came to nothing."""
    before = work.milestones.lock(abandoned.milestone_id)
    keep(before, before.funding_abandoned(abandoned.attempt), Step.ABANDON_FUNDING, work)


def note_funded(funded: MilestoneFunded, work: Work) -> None:
    """The money is in escrow: the assistant may begin, and the delivery clock runs."""
    _hear(funded, Step.FUND, work)


def note_released(released: EscrowReleased, work: Work) -> None:
    """The escrow has become the assistant's."""
    _hear(released, Step.RELEASE, work)


def note_refunded(refunded: MilestoneRefunded, work: Work) -> None:
    """The client's money is on its way back."""
    _hear(refunded, Step.REFUND, work)


def note_payout_paid(paid: PayoutPaid, work: Work) -> None:
    """The assistant's bank has the money: a line in the timeline, one for each payout."""
    milestone = work.milestones.lock(paid.milestone_id)
    work.timeline.add(
        milestone.contract_id,
        Happened.PAID_OUT,
        work.clock.now(),
        milestone_id=milestone.milestone_id,
        once_for=paid.payout_id,
    )


def _hear(fact: EscrowFact, step: Step, work: Work) -> None:
    before = work.milestones.lock(fact.milestone_id)
    keep(before, before.heard(step), step, work)
