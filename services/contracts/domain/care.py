"""Moved dates: an assistant may put off what waits for them, by some days in each contract.

Why is nobody's business: it is neither asked for nor kept.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Final

from services.contracts.domain.clocks import (
    REMINDS_OF,
    Deadline,
    Kind,
    OwnClock,
    check_hold,
    held_until,
)
from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.dispute import Dispute
from services.contracts.domain.milestone import Milestone
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.messages.contracts import DeadlineKind, MilestoneKind, MilestoneStatus

_S = MilestoneStatus
_OPEN: Final = frozenset({_S.AGREED, _S.FUNDING, _S.FUNDED, _S.DELIVERED, _S.CHANGES_REQUESTED})
# The clocks that wait for an answer of the assistant's.
_ANSWERS: Final[dict[MilestoneStatus, Kind]] = {
    _S.ENDING: DeadlineKind.ENDING,
    _S.DISPUTED: OwnClock.DISPUTE_ANSWER,
}
_REMINDERS: Final[dict[Kind, Kind]] = {about: kind for kind, about in REMINDS_OF.items()} | {
    OwnClock.DISPUTE_ANSWER: OwnClock.DISPUTE_REMINDER
}


def check_left(contract: Contract, used_days: int, days: int) -> None:
    """Raise Rejected (`date_days_used_up`) when so many days are more than are left."""
    left = contract.care_days - used_days
    if days > left:
        raise Rejected(
            "date_days_used_up",
            f"Dates of this contract may be moved by {max(0, left)} days more.",
            left_days=max(0, left),
        )


def moved(milestone: Milestone, days: int, today: date, policy: Policy) -> Milestone | None:
    """Return a milestone with a later due date; None when its date isn't the assistant's to keep.

    Raises Rejected (`hold_exceeded`), naming the last day.
    """
    if milestone.kind is not MilestoneKind.WORK or milestone.status not in _OPEN:
        return None
    due_on = milestone.due_on + timedelta(days=days)
    after = replace(milestone, due_on=due_on, overdue=milestone.overdue and due_on < today)
    check_hold(after, policy)
    return after


def awaits_assistant(milestone: Milestone, dispute: Dispute | None) -> bool:
    """Tell whether the client asked for something that the assistant has yet to answer.

    `dispute` is that of a disputed milestone.
    """
    if milestone.status is _S.ENDING:
        return milestone.ending_asked_by == milestone.client_id
    return (
        dispute is not None
        and dispute.opened_by == milestone.client_id
        and dispute.answered_at is None
    )


def put_off(
    milestone: Milestone, running: Iterable[Deadline], days: int, policy: Policy
) -> list[Deadline]:
    """Return the clocks of a milestone with its answer awaited longer; the first is that one.

    The others stay, but for a new reminder. Raises Rejected (`hold_exceeded`).
    """
    kind = _ANSWERS[milestone.status]
    [answer] = [each for each in running if each.kind is kind]
    due_at = answer.due_at + timedelta(days=days)
    if milestone.funded_at:
        until = held_until(milestone.funded_at, policy)
        if day_in_japan(due_at) > until:
            raise Rejected(
                "hold_exceeded",
                f"The processor holds the money until {until}. Answer by then.",
                milestone_id=milestone.milestone_id,
                held_until=until,
                latest=until,
            )
    remind_at = due_at - timedelta(days=policy.reminder_days)
    others = [each for each in running if each.kind not in {kind, _REMINDERS[kind]}]
    return [
        Deadline(milestone.milestone_id, kind, due_at),
        Deadline(milestone.milestone_id, _REMINDERS[kind], remind_at),
        *others,
    ]
