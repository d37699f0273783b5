"""A retainer: work that goes on, each period paid for ahead and settled by its hours."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final, Self
from uuid import UUID

from services.contracts.domain.contract import Contract
from services.contracts.domain.milestone import Milestone
from shared.calendar import day_in_japan, month_from, week_from
from shared.errors import Invalid, Rejected
from shared.ids import new_id
from shared.messages.contracts import MilestoneKind, MilestoneStatus
from shared.messages.jobs import Period, RetainerTerms
from shared.messages.retainers import HoursEntryView
from shared.money import Money

LAST_DAY: Final[dict[Period, Callable[[date], date]]] = {
    Period.WEEK: week_from,
    Period.MONTH: month_from,
}
_MINUTES: Final = 60
# Hours may be logged, changed and taken back.
LOGGING: Final = frozenset({MilestoneStatus.FUNDED, MilestoneStatus.CHANGES_REQUESTED})


@dataclass(frozen=True)
class Retainer:
    """What the periods of a contract have in common."""

    contract_id: UUID
    period: Period
    hourly_price: Money
    hours_limit: int
    starts_on: date
    ends_on: date | None = None
    """The day after which no period begins; None while nobody gave notice."""
    ended_by: UUID | None = None

    @classmethod
    def of(cls, contract_id: UUID, terms: RetainerTerms) -> Self:
        """Return a retainer as it was agreed."""
        return cls(
            contract_id=contract_id,
            period=terms.period,
            hourly_price=terms.hourly_price,
            hours_limit=terms.hours_limit,
            starts_on=terms.starts_on,
        )

    @property
    def period_price(self) -> Money:
        """What a period costs if all its hours are worked, without tax."""
        return self.worth(self.hours_limit * _MINUTES)

    def worth(self, minutes: int) -> Money:
        """Return what so many minutes cost, rounded down once."""
        amount = self.hourly_price.amount * minutes // _MINUTES
        return Money(amount=amount, currency=self.hourly_price.currency)

    def may_begin(self, day: date) -> bool:
        """Tell whether a period may still begin on this day."""
        return self.ends_on is None or day <= self.ends_on

    def ending(
        self, given_by: UUID, today: date, notice_days: int, periods: Sequence[Milestone]
    ) -> Self:
        """Return the retainer after a party gave notice; raise Rejected when one did already.

        It ends with the period in which the days of notice are over. A period that is paid for
        already is still worked.
        """
        if self.ends_on is not None:
            raise Rejected(
                "notice_given",
                f"Notice was given already: the retainer ends on {self.ends_on}.",
                ends_on=self.ends_on,
            )
        over = today + timedelta(days=notice_days)
        kept = (
            each.due_on
            for each in periods
            if each.funded or (each.starts_on and each.starts_on <= over)
        )
        ends_on = max(today, *kept) if periods else today
        while ends_on < over:
            ends_on = LAST_DAY[self.period](ends_on + timedelta(days=1))
        return replace(self, ends_on=ends_on, ended_by=given_by)


def next_period(
    retainer: Retainer, contract: Contract, first: Milestone, *, number: int, starts_on: date
) -> Milestone:
    """Return a period after the first one, whose description and criteria it has."""
    return Milestone(
        milestone_id=new_id(),
        contract_id=contract.contract_id,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        title=f"{contract.title} {number}",
        description=first.description,
        price=retainer.period_price,
        due_on=LAST_DAY[retainer.period](starts_on),
        review_days=contract.review_days,
        kind=MilestoneKind.PERIOD,
        criteria=first.criteria,
        max_revisions=contract.max_revisions,
        starts_on=starts_on,
    )


@dataclass(frozen=True)
class Log:
    """The hours of a period."""

    milestone: Milestone
    retainer: Retainer
    entries: tuple[HoursEntryView, ...]

    @property
    def minutes(self) -> int:
        """All that was logged."""
        return sum(each.minutes for each in self.entries)

    def split(self) -> tuple[Money, Money]:
        """Return what is the assistant's for these hours, and what goes back to the client.

        Together they are what is left of the price. What was accepted in parts is paid already.
        """
        left = self.milestone.left
        worked = self.retainer.worth(self.minutes).amount - self.milestone.accepted_price.amount
        amount = min(left.amount, max(0, worked))
        to_assistant = Money(amount=amount, currency=left.currency)
        return to_assistant, left - to_assistant

    def text(self) -> str:
        """Return the hours as what is delivered: a line for each entry, and what they come to."""
        lines = [f"{each.day} {_clock(each.minutes)} {each.note}".rstrip() for each in self.entries]
        price, worth = self.retainer.hourly_price, self.retainer.worth(self.minutes)
        lines.append(f"= {_clock(self.minutes)} x {price} = {worth}")
        return "\n".join(lines)


def check_entry(log: Log, entry: HoursEntryView, today: date, weekly_hours: int) -> None:
    """Raise unless an entry may stand in the log beside the others.

    Its day is one of the period, not to come, and not before the period was paid for: Invalid
    (`day_outside_period`). All hours of a period stay within its limit, those of a day within a
    day, and those of a week (Monday to Sunday) within the weekly hours of the terms, if they state
    any: Rejected (`hours_over_limit`).

    Args:
        log: the hours without this entry.
        entry: what is to be logged.
        today: the day in Japan.
        weekly_hours: of the terms; 0 when they aren't stated.
    """
    milestone = log.milestone
    if milestone.funded_at is None or milestone.starts_on is None:
        raise Rejected("period_not_logging", "The period isn't paid for: its hours aren't covered.")
    first = max(milestone.starts_on, day_in_japan(milestone.funded_at))
    last = min(milestone.due_on, today)
    if not first <= entry.day <= last:
        raise Invalid(
            "day_outside_period",
            "Hours are logged for days of the period that have come, from when it was paid for.",
            first=first,
            last=last,
        )
    monday = entry.day - timedelta(days=entry.day.weekday())
    week = (monday, monday + timedelta(days=6))
    limits = (
        ("period", (milestone.starts_on, milestone.due_on), log.retainer.hours_limit),
        ("week", week, weekly_hours),
        ("day", (entry.day, entry.day), 24),
    )
    for span, (since, until), hours in limits:
        so_far = sum(each.minutes for each in log.entries if since <= each.day <= until)
        if hours and so_far + entry.minutes > hours * _MINUTES:
            raise Rejected(
                "hours_over_limit",
                f"That is more than the {hours} hours of the {span}.",
                span=span,
                limit_minutes=hours * _MINUTES,
                left_minutes=max(0, hours * _MINUTES - so_far),
            )


def check_logging(milestone: Milestone, *, cut_off: bool) -> None:
    """Raise Rejected (`period_not_logging`) unless hours of the period may be put right."""
    if milestone.kind is not MilestoneKind.PERIOD:
        raise Rejected("not_a_period", "Hours are logged for periods of a retainer only.")
    if milestone.status not in LOGGING or cut_off:
        raise Rejected(
            "period_not_logging",
            "Hours can be logged and put right once the period is paid for, until they are"
            " delivered.",
            status=milestone.status,
        )


def not_a_retainer() -> Rejected:
    """Return the refusal of what is for retainers only."""
    return Rejected("not_a_retainer", "The contract has milestones, and no periods.")


def check_over(period: Milestone, today: date) -> None:
    """Raise Rejected (`period_not_over`) while hours of the period may still come."""
    if today <= period.due_on:
        raise Rejected(
            "period_not_over",
            f"The hours of a period are delivered when it is over, after {period.due_on}.",
            ends_on=period.due_on,
        )


def _clock(minutes: int) -> str:
    return f"{minutes // _MINUTES}:{minutes % _MINUTES:02}"
