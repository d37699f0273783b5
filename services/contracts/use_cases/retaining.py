"""What the parties do about a retainer: log hours, give notice, resume."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.contracts.domain.contract import Contract
from services.contracts.domain.milestone import OVER, Milestone
from services.contracts.domain.retainer import Log, Retainer, check_entry, check_logging
from services.contracts.ports import Happened, Work
from services.contracts.use_cases.periods import add_period, close_unfunded, log_of
from services.contracts.use_cases.reading import check_reader
from services.contracts.use_cases.steps import complete, next_is_due
from services.contracts.use_cases.working import Place, locked
from shared.calendar import day_in_japan
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.contracts import DeadlineKind, MilestoneStatus
from shared.messages.retainers import (
    HoursEntryView,
    HoursView,
    LogHours,
    PeriodView,
    RetainerEnding,
    RetainerView,
)
from shared.people import Person, Right

_UNFUNDED = frozenset({MilestoneStatus.AGREED, MilestoneStatus.FUNDING})


def get_retainer(contract_id: UUID, by: Person, work: Work) -> RetainerView:
    """Return a retainer with its periods (who may read the contract)."""
    check_reader(contract_id, by, work)
    retainer = work.retainers.get(contract_id)
    if retainer is None:
        raise NotFound("retainer_not_found", "The contract is no retainer.")
    return _view(retainer, work)


def get_hours(place: Place, by: Person, work: Work) -> HoursView:
    """Return the hours of a period (who may read the contract)."""
    check_reader(place.contract_id, by, work)
    milestone = work.milestones.get(place.milestone_id)
    if milestone.contract_id != place.contract_id:
        raise NotFound("milestone_not_found", "The contract has no such milestone.")
    return _hours(log_of(milestone, work))


def log_hours(place: Place, command: LogHours, by: Person, work: Work) -> HoursView:
    """Log time that was worked (the assistant), as far as the limits of the terms allow it."""
    log = _open_log(place, by, work)
    entry = _entry(new_id(), command, work.clock.now())
    return _put(log, entry, work)


def change_entry(
    place: Place, entry_id: UUID, command: LogHours, by: Person, work: Work
) -> HoursView:
    """Put an entry right (the assistant), until the hours are delivered."""
    log = _without(_open_log(place, by, work), entry_id)
    return _put(log, _entry(entry_id, command, work.clock.now()), work)


def remove_entry(place: Place, entry_id: UUID, by: Person, work: Work) -> HoursView:
    """Take an entry away (the assistant), until the hours are delivered."""
    log = _without(_open_log(place, by, work), entry_id)
    work.hours.remove(place.milestone_id, entry_id)
    return _hours(log)


def give_notice(contract_id: UUID, by: Person, work: Work) -> RetainerView:
    """End the retainer (either party), with the notice that the terms ask for.

    What is paid for is still worked; a period that would begin after the end is none. While the
    retainer waits to be resumed nothing is worked, and it ends at once.
    """
    contract = work.contracts.get(contract_id)
    party_id = contract.party_of(by)
    retainer, periods = _locked(contract_id, work)
    now = work.clock.now()
    waits = _waits(retainer, periods, work)
    notice_days = 0 if waits else work.contracts.terms(contract_id).notice_days or 0
    after = retainer.ending(party_id, day_in_japan(now), notice_days, periods)
    work.retainers.save(after)
    work.timeline.add(contract_id, Happened.NOTICE_GIVEN, now, by=by.person_id)
    work.outbox.emit(_ending(after, contract), subject=contract_id)
    for each in periods:
        too_late = each.starts_on is not None and not after.may_begin(each.starts_on)
        if too_late and each.status in _UNFUNDED:
            close_unfunded(each, work, by=by.person_id)
    complete(contract_id, work)
    return _view(after, work)


def resume(contract_id: UUID, by: Person, work: Work) -> RetainerView:
    """Begin a new period today (who pays for the client), after one came to nothing."""
    contract = work.contracts.get(contract_id)
    contract.only_for(contract.client_id, by, Right.FUND)
    retainer, periods = _locked(contract_id, work)
    if not _waits(retainer, periods, work):
        raise Rejected(
            "retainer_not_waiting",
            "A period goes on or is to come, or notice was given.",
            ends_on=retainer.ends_on,
        )
    now = work.clock.now()
    work.timeline.add(contract_id, Happened.RESUMED, now, by=by.person_id)
    add_period(retainer, periods, day_in_japan(now), work, by=by.person_id)
    return _view(retainer, work)


def _locked(contract_id: UUID, work: Work) -> tuple[Retainer, list[Milestone]]:
    """Return a retainer and its periods, all locked.

    Its clock locks a milestone before the retainer; so the milestones come first, and again for
    those that were added while we waited. None is added while the retainer is locked.
    """
    work.milestones.lock_all(contract_id)
    retainer = work.retainers.lock(contract_id)
    work.milestones.lock_all(contract_id)
    return retainer, list(work.retainers.periods(contract_id))


def _waits(retainer: Retainer, periods: list[Milestone], work: Work) -> bool:
    """Tell whether no period goes on, nor comes by itself, though nobody has ended the retainer."""
    over = all(each.status in OVER for each in periods)
    return retainer.ends_on is None and over and not next_is_due(periods[-1], work)


def _open_log(place: Place, by: Person, work: Work) -> Log:
    milestone = locked(place, by, work)
    milestone.only_for(milestone.assistant_id, by)
    now = work.clock.now()
    cut_off = any(
        each.kind is DeadlineKind.DELIVERY and each.due_at <= now
        for each in work.deadlines.running(milestone.milestone_id)
    )
    check_logging(milestone, cut_off=cut_off)
    return log_of(milestone, work)


def _without(log: Log, entry_id: UUID) -> Log:
    others = tuple(each for each in log.entries if each.entry_id != entry_id)
    if len(others) == len(log.entries):
        raise NotFound("entry_not_found", "The period has no such entry.")
    return replace(log, entries=others)


def _entry(entry_id: UUID, command: LogHours, now: datetime) -> HoursEntryView:
    return HoursEntryView(entry_id=entry_id, logged_at=now, **command.model_dump())


def _put(log: Log, entry: HoursEntryView, work: Work) -> HoursView:
    """Keep an entry beside those of the log."""
    milestone = log.milestone
    weekly_hours = work.contracts.get(milestone.contract_id).weekly_hours
    check_entry(log, entry, day_in_japan(work.clock.now()), weekly_hours)
    work.hours.put(milestone.milestone_id, entry)
    return _hours(log_of(milestone, work))


def _hours(log: Log) -> HoursView:
    milestone = log.milestone
    return HoursView(
        milestone_id=milestone.milestone_id,
        starts_on=milestone.starts_on or milestone.due_on,
        ends_on=milestone.due_on,
        status=milestone.status,
        hours_limit=log.retainer.hours_limit,
        entries=log.entries,
        minutes=log.minutes,
        worth=log.retainer.worth(log.minutes),
    )


def _view(retainer: Retainer, work: Work) -> RetainerView:
    periods = list(work.retainers.periods(retainer.contract_id))
    minutes = work.hours.minutes(retainer.contract_id)
    return RetainerView(
        contract_id=retainer.contract_id,
        period=retainer.period,
        hourly_price=retainer.hourly_price,
        hours_limit=retainer.hours_limit,
        starts_on=retainer.starts_on,
        ends_on=retainer.ends_on,
        ended_by=retainer.ended_by,
        waits_for_resumption=_waits(retainer, periods, work),
        periods=tuple(
            PeriodView(
                milestone_id=each.milestone_id,
                starts_on=each.starts_on or each.due_on,
                ends_on=each.due_on,
                status=each.status,
                minutes=minutes.get(each.milestone_id, 0),
            )
            for each in reversed(periods)
        ),
    )


def _ending(retainer: Retainer, contract: Contract) -> RetainerEnding:
    return RetainerEnding(
        contract_id=contract.contract_id,
        title=contract.title,
        client_id=contract.client_id,
        assistant_id=contract.assistant_id,
        given_by=retainer.ended_by or contract.client_id,
        ends_on=retainer.ends_on or retainer.starts_on,
    )
