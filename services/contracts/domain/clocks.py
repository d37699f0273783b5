"""The clocks of a milestone: which of them run in which status, and when each is due."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from services.contracts.domain.contract import Policy
from services.contracts.domain.milestone import HELD, Milestone
from shared.calendar import banking_day_on_or_after, day_in_japan, end_of_day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.contracts import DeadlineKind, MilestoneKind, MilestoneStatus


class OwnClock(StrEnum):
    """A clock that views don't list: what it is about shows elsewhere."""

    DISPUTE_ANSWER = "dispute_answer"
    DISPUTE_REMINDER = "dispute_reminder"
    ENDING_REMINDER = "ending_reminder"
    HOLD_WARNING = "hold_warning"
    NEXT_PERIOD = "next_period"
    PERIOD_START = "period_start"
    PERIOD_LAPSE = "period_lapse"


Kind = DeadlineKind | OwnClock


@dataclass(frozen=True)
class Deadline:
    """A moment at which something happens to a milestone by itself, unless it moves on before."""

    milestone_id: UUID
    kind: Kind
    due_at: datetime
    deadline_id: UUID = field(default_factory=new_id)


Due = tuple[Kind, datetime]

REMINDS_OF: dict[Kind, DeadlineKind] = {
    DeadlineKind.DELIVERY_REMINDER: DeadlineKind.DELIVERY,
    DeadlineKind.REVIEW_REMINDER: DeadlineKind.REVIEW,
    OwnClock.ENDING_REMINDER: DeadlineKind.ENDING,
}


def review_ends_at(milestone: Milestone, delivered_at: datetime) -> datetime:
    """Return when silence accepts a delivery."""
    return delivered_at + timedelta(days=milestone.review_days)


def ending_answer_until(asked_at: datetime, policy: Policy) -> datetime:
    """Return when silence agrees to end."""
    return asked_at + timedelta(days=policy.ending_days)


def dispute_answer_until(opened_at: datetime, policy: Policy) -> datetime:
    """Return when silence loses a dispute: as so many business days after that day are over."""
    day = day_in_japan(opened_at)
    for _ in range(policy.dispute_days):
        day = banking_day_on_or_after(day + timedelta(days=1))
    return end_of_day_in_japan(day)


def cut_off_at(milestone: Milestone, now: datetime, policy: Policy) -> datetime:
    """Return when the hours of a period are delivered as they are then.

    That is some hours after the period is over, or after changes were asked for.
    """
    time_to_correct = timedelta(hours=policy.period_cutoff_hours)
    cut_off = end_of_day_in_japan(milestone.due_on) + time_to_correct
    if milestone.status is MilestoneStatus.CHANGES_REQUESTED:
        return max(cut_off, now + time_to_correct)
    return cut_off


def _unfunded(milestone: Milestone, now: datetime, _: Policy) -> Iterator[Due]:
    if milestone.starts_on is None:
        return  # only a period waits no longer than to its end
    starts_at = _start_of(milestone.starts_on)
    if starts_at > now:
        yield OwnClock.PERIOD_START, starts_at
    yield OwnClock.PERIOD_LAPSE, end_of_day_in_japan(milestone.due_on)


def _delivery(milestone: Milestone, now: datetime, policy: Policy) -> Iterator[Due]:
    if milestone.overdue or milestone.kind is MilestoneKind.BONUS:
        return
    if milestone.kind is MilestoneKind.PERIOD:
        due_at = cut_off_at(milestone, now, policy)
    else:
        due_at = end_of_day_in_japan(milestone.due_on)
    yield DeadlineKind.DELIVERY, due_at
    remind_at = due_at - timedelta(days=policy.reminder_days)
    if remind_at > now:
        yield DeadlineKind.DELIVERY_REMINDER, remind_at


def _review(milestone: Milestone, now: datetime, policy: Policy) -> Iterator[Due]:
    due_at = review_ends_at(milestone, now)
    yield DeadlineKind.REVIEW, due_at
    half = now + (due_at - now) / 2
    for remind_at in {half, due_at - timedelta(days=policy.reminder_days)}:
        if remind_at > now:
            yield DeadlineKind.REVIEW_REMINDER, remind_at


def _ending(_: Milestone, now: datetime, policy: Policy) -> Iterator[Due]:
    due_at = ending_answer_until(now, policy)
    yield DeadlineKind.ENDING, due_at
    yield OwnClock.ENDING_REMINDER, due_at - timedelta(days=policy.reminder_days)


def _dispute(_: Milestone, now: datetime, policy: Policy) -> Iterator[Due]:
    due_at = dispute_answer_until(now, policy)
    yield OwnClock.DISPUTE_ANSWER, due_at
    yield OwnClock.DISPUTE_REMINDER, due_at - timedelta(days=policy.reminder_days)


_UNFUNDED = frozenset({MilestoneStatus.AGREED, MilestoneStatus.FUNDING})

# A status that isn't listed has no clock running.
RUNNING: dict[MilestoneStatus, Callable[[Milestone, datetime, Policy], Iterator[Due]]] = {
    MilestoneStatus.AGREED: _unfunded,
    MilestoneStatus.FUNDING: _unfunded,
    MilestoneStatus.FUNDED: _delivery,
    MilestoneStatus.CHANGES_REQUESTED: _delivery,
    MilestoneStatus.DELIVERED: _review,
    MilestoneStatus.ENDING: _ending,
    MilestoneStatus.DISPUTED: _dispute,
}


def clocks_of(milestone: Milestone, now: datetime, policy: Policy) -> list[Deadline]:
    """Return the clocks that start as the milestone comes to its present status."""
    start = RUNNING.get(milestone.status)
    started = start(milestone, now, policy) if start else ()
    return [
        *(Deadline(milestone.milestone_id, kind, due_at) for kind, due_at in started),
        *lasting(milestone, now, policy),
    ]


def lasting(milestone: Milestone, now: datetime, policy: Policy) -> list[Deadline]:
    """Return the clocks that run whatever the parties do: the processor's, and the next period's.

    The next period can be paid for some days before this one is over, but not before it began. It
    doesn't come while this one isn't paid for.
    """
    clocks = hold_warnings(milestone, now, policy)
    if milestone.starts_on is None or milestone.status in _UNFUNDED:
        return clocks
    ahead = end_of_day_in_japan(milestone.due_on) - timedelta(days=policy.period_ahead_days)
    due_at = max(ahead, _start_of(milestone.starts_on))
    if due_at > now or milestone.status is MilestoneStatus.FUNDED:
        due_at = max(due_at, now)
        clocks.append(Deadline(milestone.milestone_id, OwnClock.NEXT_PERIOD, due_at))
    return clocks


def _start_of(day: date) -> datetime:
    return end_of_day_in_japan(day - timedelta(days=1))


def hold_warnings(milestone: Milestone, now: datetime, policy: Policy) -> list[Deadline]:
    """Return the clocks that warn of the end of the processor's hold, as far as it is to come."""
    if milestone.funded_at is None or milestone.status not in HELD:
        return []
    warned_at = [milestone.funded_at + timedelta(days=days) for days in policy.hold_warning_days]
    return [
        Deadline(milestone.milestone_id, OwnClock.HOLD_WARNING, each)
        for each in warned_at
        if each > now
    ]


def held_until(funded_at: datetime, policy: Policy) -> date:
    """Return the last day on which the processor holds what was captured at this moment."""
    return day_in_japan(funded_at) + timedelta(days=policy.hold_days)


def check_hold(milestone: Milestone, policy: Policy) -> None:
    """Raise Rejected when the review of funded work may end after the processor's hold."""
    if milestone.funded_at is None or milestone.status not in HELD:
        return
    until = held_until(milestone.funded_at, policy)
    latest = until - timedelta(days=milestone.review_days)
    if milestone.due_on > latest:
        raise Rejected(
            "hold_exceeded",
            f"The processor holds the money until {until}. Name {latest} at the latest.",
            milestone_id=milestone.milestone_id,
            held_until=until,
            latest=latest,
        )
