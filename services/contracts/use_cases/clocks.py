"""What happens when time has passed."""

from collections.abc import Callable, Collection
from dataclasses import replace
from uuid import UUID

from services.contracts.domain.clocks import REMINDS_OF, Deadline, Kind, OwnClock, held_until
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.ports import Happened, Transactions, Work
from services.contracts.use_cases import disputes, periods, working
from services.contracts.use_cases.steps import facts_of, keep, note
from shared.calendar import day_in_japan
from shared.clocks import fire_due
from shared.messages.contracts import (
    DeadlineKind,
    DeadlineNear,
    DisputeAnswerNear,
    HoldNear,
    MilestoneEnded,
    MilestoneKind,
    MilestoneOverdue,
)


def fire_deadlines(transactions: Transactions) -> int:
    """Fire the clocks that are due, each in a transaction of its own; return how many."""
    return fire_due(transactions.begin, _claim, fire, lambda due: due.deadline_id)


def fire(deadline: Deadline, work: Work) -> None:
    """Do what a deadline is there for. Its milestone is locked."""
    milestone = work.milestones.lock(deadline.milestone_id)
    work.deadlines.note_fired(deadline, work.clock.now())
    _FIRE[deadline.kind](deadline, milestone, work)


def _claim(work: Work, but: Collection[UUID]) -> Deadline | None:
    return work.deadlines.claim_due(work.clock.now(), but)


def _accept_by_silence(_: Deadline, before: Milestone, work: Work) -> None:
    working.take(before, work)


def _end_by_silence(_: Deadline, before: Milestone, work: Work) -> None:
    after = before.moved(Step.END)
    keep(before, after, Step.END, work)
    ended = MilestoneEnded(**facts_of(after), by="silence", ended_at=work.clock.now())
    work.outbox.emit(ended, subject=after.milestone_id)


def _come_due(due: Deadline, milestone: Milestone, work: Work) -> None:
    """Nobody delivers a period: its hours are under review from its cutoff on."""
    if milestone.kind is MilestoneKind.PERIOD:
        working.hand_in(milestone, periods.log_of(milestone, work).text(), {}, work)
    else:
        _note_overdue(due, milestone, work)


def _note_overdue(_: Deadline, before: Milestone, work: Work) -> None:
    after = replace(before, overdue=True)
    work.milestones.save(after)
    note(after, Happened.OVERDUE, work)
    overdue = MilestoneOverdue(**facts_of(after), due_on=after.due_on)
    work.outbox.emit(overdue, subject=after.milestone_id)


def _decide_by_silence(_: Deadline, milestone: Milestone, work: Work) -> None:
    disputes.decide_by_silence(milestone, work)


def _remind_of_dispute(_: Deadline, milestone: Milestone, work: Work) -> None:
    dispute = work.disputes.of_milestone(milestone.milestone_id)
    if dispute.answer_until <= work.clock.now():
        return
    near = DisputeAnswerNear(
        **facts_of(milestone),
        dispute_id=dispute.dispute_id,
        answer_until=dispute.answer_until,
        person_id=milestone.other_party(dispute.opened_by),
    )
    work.outbox.emit(near, subject=milestone.milestone_id)


def _warn_of_hold(_: Deadline, milestone: Milestone, work: Work) -> None:
    if milestone.funded_at is None:
        return
    now = work.clock.now()
    until = held_until(milestone.funded_at, work.policies.at(milestone.funded_at))
    note(milestone, Happened.HOLD_NEAR, work)
    near = HoldNear(
        **facts_of(milestone), held_until=until, days_left=max(0, (until - day_in_japan(now)).days)
    )
    work.outbox.emit(near, subject=milestone.milestone_id)


def _remind(reminder: Deadline, milestone: Milestone, work: Work) -> None:
    about = REMINDS_OF[reminder.kind]
    due_at = next(
        (
            each.due_at
            for each in work.deadlines.running(milestone.milestone_id)
            if each.kind is about
        ),
        None,
    )
    if due_at is None or due_at <= work.clock.now():
        return  # the clock stood still (an outage): a reminder of what is over helps nobody
    near = DeadlineNear(
        **facts_of(milestone), kind=about, due_at=due_at, person_id=_who_acts(about, milestone)
    )
    work.outbox.emit(near, subject=milestone.milestone_id)


def _who_acts(about: DeadlineKind, milestone: Milestone) -> UUID:
    if about is DeadlineKind.ENDING and milestone.ending_asked_by:
        return milestone.other_party(milestone.ending_asked_by)
    client_acts = about is DeadlineKind.REVIEW
    return milestone.client_id if client_acts else milestone.assistant_id


_FIRE: dict[Kind, Callable[[Deadline, Milestone, Work], None]] = {
    DeadlineKind.DELIVERY: _come_due,
    DeadlineKind.DELIVERY_REMINDER: _remind,
    DeadlineKind.REVIEW: _accept_by_silence,
    DeadlineKind.REVIEW_REMINDER: _remind,
    DeadlineKind.ENDING: _end_by_silence,
    OwnClock.ENDING_REMINDER: _remind,
    OwnClock.DISPUTE_ANSWER: _decide_by_silence,
    OwnClock.DISPUTE_REMINDER: _remind_of_dispute,
    OwnClock.HOLD_WARNING: _warn_of_hold,
    OwnClock.NEXT_PERIOD: periods.add_next,
    OwnClock.PERIOD_START: periods.stop,
    OwnClock.PERIOD_LAPSE: periods.lapse,
}
