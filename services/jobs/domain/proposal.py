"""A proposal's life: made, then accepted, declined or withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from shared.errors import Invalid, Rejected
from shared.messages.jobs import MilestoneOffer, ProposalStatus
from shared.money import MAX_MINOR, Money

# Not a rule of business: it keeps every date that is reckoned from a due date within the calendar.
FURTHEST_DUE_DATE = timedelta(days=5 * 365)


class ProposalStep(StrEnum):
    """What may be done to a proposal."""

    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


MOVES = {
    (ProposalStatus.MADE, ProposalStep.ACCEPT): ProposalStatus.ACCEPTED,
    (ProposalStatus.MADE, ProposalStep.DECLINE): ProposalStatus.DECLINED,
    (ProposalStatus.MADE, ProposalStep.WITHDRAW): ProposalStatus.WITHDRAWN,
}


@dataclass(frozen=True)
class Proposal:
    """An assistant's offer to do a job, in milestones."""

    proposal_id: UUID
    job_id: UUID
    assistant_id: UUID
    cover: str
    milestones: tuple[MilestoneOffer, ...]
    made_at: datetime
    status: ProposalStatus = ProposalStatus.MADE

    @property
    def total(self) -> Money:
        """The sum of all prices, without consumption tax."""
        return Money(
            amount=sum(milestone.price.amount for milestone in self.milestones),
            currency=self.milestones[0].price.currency,
        )

    def moved(self, step: ProposalStep) -> Self:
        """Return the proposal after this step; raise Rejected when the table has no such move."""
        status = MOVES.get((self.status, step))
        if status is None:
            raise Rejected(
                "proposal_step_not_allowed",
                f"The proposal is {self.status}: nothing more can be done with it.",
                status=self.status,
                step=step,
            )
        return replace(self, status=status)


def check_milestones(milestones: Sequence[MilestoneOffer], *, today: date) -> None:
    """Raise Invalid unless these milestones can become terms. They may cost more than the budget.

    Args:
        milestones: as offered.
        today: the day in Japan.
    """
    if sum(offer.price.amount for offer in milestones) > MAX_MINOR:
        raise Invalid(
            "total_too_large",
            "The prices add up to more than can be counted exactly. Lower them.",
            limit=MAX_MINOR,
        )
    latest = today + FURTHEST_DUE_DATE
    wrong = [at for at, offer in enumerate(milestones) if not today <= offer.due_on <= latest]
    if wrong:
        raise Invalid(
            "due_date_out_of_range",
            f"Every milestone needs a due date from {today} to {latest}.",
            milestones=wrong,
            earliest=today,
            latest=latest,
        )
