"""Periods of a retainer come, stop, lapse and are settled, one after another."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from services.contracts.domain.clocks import Deadline, clocks_of
from services.contracts.domain.milestone import Milestone, Step
from services.contracts.domain.retainer import Log, Retainer, next_period, not_a_retainer
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.agreeing import agreed_milestone
from services.contracts.use_cases.steps import facts_of, keep, note
from shared.ids import new_id
from shared.messages.contracts import MilestoneAdded, MilestoneEnded
from shared.messages.retainers import MilestoneSettled, PeriodReady, RetainerStopped


def log_of(milestone: Milestone, work: Work) -> Log:
    """Return the hours of a period; raise Rejected (`not_a_retainer`)."""
    retainer = work.retainers.get(milestone.contract_id)
    if retainer is None:
        raise not_a_retainer()
    return Log(milestone, retainer, tuple(work.hours.of_period(milestone.milestone_id)))


def add_period(
    retainer: Retainer,
    periods: Sequence[Milestone],
    starts_on: date,
    work: Work,
    *,
    by: UUID | None = None,
) -> None:
    """Add a period after those that are there, to be paid for. The retainer is locked."""
    contract = work.contracts.get(retainer.contract_id)
    number = len(periods) + 1
    period = next_period(retainer, contract, periods[0], number=number, starts_on=starts_on)
    now = work.clock.now()
    work.milestones.add(period)
    work.deadlines.replace(period.milestone_id, clocks_of(period, now, work.policies.at(now)))
    note(period, Happened.PERIOD_ADDED, work, by=by)
    added = MilestoneAdded(
        contract_id=period.contract_id, milestone=agreed_milestone(period), added_at=now
    )
    work.outbox.emit(added, subject=period.milestone_id)
    ready = PeriodReady(
        **facts_of(period), price=period.price, starts_on=starts_on, ends_on=period.due_on
    )
    work.outbox.emit(ready, subject=period.milestone_id)


def add_next(_: Deadline, last: Milestone, work: Work) -> None:
    """Add the period that follows, unless it is there or the retainer ends before it (a clock)."""
    retainer = work.retainers.lock(last.contract_id)
    periods = work.retainers.periods(last.contract_id)
    starts_on = last.due_on + timedelta(days=1)
    if periods[-1].milestone_id == last.milestone_id and retainer.may_begin(starts_on):
        add_period(retainer, periods, starts_on, work)


def stop(_: Deadline, period: Milestone, work: Work) -> None:
    """Tell both that a period begins without being paid for: the work stops (a clock)."""
    note(period, Happened.WORK_STOPPED, work)
    stopped = RetainerStopped(
        contract_id=period.contract_id,
        title=period.title,
        client_id=period.client_id,
        assistant_id=period.assistant_id,
        milestone_id=period.milestone_id,
        period_starts_on=period.starts_on or period.due_on,
    )
    work.outbox.emit(stopped, subject=period.contract_id)


def lapse(_: Deadline, period: Milestone, work: Work) -> None:
    """End a period that was never paid for, as its days are over (a clock)."""
    close_unfunded(period, work)


def close_unfunded(before: Milestone, work: Work, *, by: UUID | None = None) -> None:
    """End a period that isn't paid for: payments takes no money for it any more."""
    after = before.moved(Step.LAPSE)
    keep(before, after, Step.LAPSE, work, by=by)
    ended = MilestoneEnded(**facts_of(after), by="silence", ended_at=work.clock.now(), lapsed=True)
    work.outbox.emit(ended, subject=after.milestone_id)


def settle(before: Milestone, work: Work, *, by: UUID | None = None) -> bool:
    """Divide a period's escrow by its hours; False when all of it is the assistant's.

    `by` accepts them; None for the client's silence.
    """
    to_assistant, to_client = log_of(before, work).split()
    if not to_client:
        return False
    after = before.moved(Step.SETTLE)
    keep(before, after, Step.SETTLE, work, by=by)
    settled = MilestoneSettled(
        **facts_of(after),
        settlement_id=new_id(),
        to_assistant=to_assistant,
        to_client=to_client,
        settled_at=work.clock.now(),
    )
    work.outbox.emit(settled, subject=after.milestone_id)
    return True
