"""A proposal's life: made, perhaps countered, then accepted, declined or withdrawn."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Self
from uuid import UUID

from services.jobs.domain.job import Job
from shared.calendar import month_from, week_from
from shared.errors import Invalid, Rejected
from shared.ids import new_id
from shared.messages.jobs import (
    JobKind,
    MilestoneOffer,
    Offer,
    Period,
    ProposalStatus,
    ProposedRetainer,
    RetainerTerms,
)
from shared.money import MAX_MINOR, Money

# Not a rule of business: it keeps every date that is reckoned from a due date within the calendar.
FURTHEST_DUE_DATE = timedelta(days=5 * 365)
LAST_DAY: dict[Period, Callable[[date], date]] = {
    Period.WEEK: week_from,
    Period.MONTH: month_from,
}


class ProposalStep(StrEnum):
    """What may be done to a proposal."""

    REVISE = "revise"
    COUNTER = "counter"
    SHORTLIST = "shortlist"
    ACCEPT = "accept"
    ACCEPT_COUNTER = "accept_counter"
    DECLINE = "decline"
    WITHDRAW = "withdraw"


_S, _T = ProposalStatus, ProposalStep

# fmt: off
MOVES = {
    (_S.MADE,      _T.REVISE):         _S.MADE,
    (_S.MADE,      _T.COUNTER):        _S.COUNTERED,
    (_S.MADE,      _T.SHORTLIST):      _S.MADE,
    (_S.MADE,      _T.ACCEPT):         _S.ACCEPTED,
    (_S.MADE,      _T.DECLINE):        _S.DECLINED,
    (_S.MADE,      _T.WITHDRAW):       _S.WITHDRAWN,
    # The assistant answers a counter-offer with another version, or takes it.
    (_S.COUNTERED, _T.REVISE):         _S.MADE,
    (_S.COUNTERED, _T.COUNTER):        _S.COUNTERED,
    (_S.COUNTERED, _T.SHORTLIST):      _S.COUNTERED,
    (_S.COUNTERED, _T.ACCEPT_COUNTER): _S.ACCEPTED,
    (_S.COUNTERED, _T.DECLINE):        _S.DECLINED,
    (_S.COUNTERED, _T.WITHDRAW):       _S.WITHDRAWN,
}
# fmt: on

STANDING = (ProposalStatus.MADE, ProposalStatus.COUNTERED)


@dataclass(frozen=True)
class Proposal:
    """An assistant's offer to do a job, in milestones, as it stands in its last version.

    While it is countered, the milestones are those that the client offers.
    """

    proposal_id: UUID
    job_id: UUID
    assistant_id: UUID
    cover: str
    milestones: tuple[MilestoneOffer, ...]
    made_at: datetime
    status: ProposalStatus = ProposalStatus.MADE
    version: int = 1
    weekly_hours: int = 0
    questions: str = ""
    retainer: RetainerTerms | None = None
    shortlisted: bool = False
    reason: str = ""
    counter_note: str = ""
    countered_by: UUID | None = None
    countered_at: datetime | None = None
    slot: int = 0
    """Which of a job's small tasks it took; 0 for other jobs."""

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
                f"The proposal is {self.status}: read it again to see what can be done with it.",
                status=self.status,
                step=step,
            )
        return replace(self, status=status)

    def must_be_version(self, version: int | None) -> None:
        """Raise Rejected when another version stands than the one that is meant."""
        if version not in {None, self.version}:
            raise Rejected(
                "proposal_changed",
                "Another version stands by now. Read the proposal again.",
                version=self.version,
            )

    def countered(self, offered: "Offered", note: str, by: UUID, now: datetime) -> Self:
        """Return the proposal with what the client offers instead."""
        return replace(
            self.moved(ProposalStep.COUNTER),
            milestones=offered.milestones,
            retainer=offered.retainer,
            version=self.version + 1,
            counter_note=note,
            countered_by=by,
            countered_at=now,
        )


@dataclass(frozen=True)
class Offered:
    """What is offered, ready to become terms."""

    milestones: tuple[MilestoneOffer, ...]
    retainer: RetainerTerms | None = None


def offered(offer: Offer, job: Job, today: date) -> Offered:
    """Return an offer for a job as milestones; those of a retainer are its first period.

    Raises Invalid (`offer_not_for_kind`, `total_too_large`, `due_date_out_of_range`).
    """
    wants_retainer = job.kind is JobKind.RETAINER
    if wants_retainer != (offer.retainer is not None) or wants_retainer == bool(offer.milestones):
        raise Invalid(
            "offer_not_for_kind",
            "Offer an hourly price for a retainer, and milestones for other jobs.",
            kind=job.kind,
        )
    if offer.retainer and job.period:
        result = _first_period(offer.retainer, job.period, job)
    else:
        result = Offered(
            tuple(
                MilestoneOffer(
                    milestone_id=new_id(),
                    title=each.title,
                    description=each.description,
                    price=each.price.as_money(),
                    due_on=each.due_on,
                    criteria=each.criteria or job.criteria,
                )
                for each in offer.milestones
            )
        )
    if result.retainer and result.retainer.starts_on < today:
        raise Invalid("start_past", "A retainer starts today at the earliest.", earliest=today)
    check_milestones(result.milestones, today=today)
    return result


def _first_period(wanted: ProposedRetainer, period: Period, job: Job) -> Offered:
    terms = RetainerTerms(
        period=period,
        hourly_price=wanted.hourly_price.as_money(),
        hours_limit=wanted.hours_limit,
        starts_on=wanted.starts_on,
    )
    hourly = terms.hourly_price
    price = Money(amount=hourly.amount * terms.hours_limit, currency=hourly.currency)
    first = MilestoneOffer(
        milestone_id=new_id(),
        title=f"{job.title} 1",
        description=job.description,
        price=price,
        due_on=LAST_DAY[period](terms.starts_on),
        criteria=job.criteria,
    )
    return Offered((first,), terms)


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
