"""Quiet questions to whoever fell silent, and the hours that people work."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

from services.programs.domain.known_work import hours_under_way
from services.programs.domain.participant import Participant
from services.programs.domain.path import CheckIn, check_in_until, no_such
from services.programs.ports import Work
from services.programs.use_cases import stepping
from services.programs.use_cases.rights import seen_participant
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_path import (
    AnswerCheckIn,
    CheckInAsked,
    CheckInPassedOn,
    CheckInStatus,
    CheckInView,
    Mood,
)
from shared.messages.program_people import WeekView
from shared.people import Person

WEEKS = 12


def list_weeks(participant_id: UUID, by: Person, work: Work) -> tuple[WeekView, ...]:
    """Return the hours of the last 12 weeks, newest first, none before the person joined.

    What was worked is an estimate. No event tells hours that were logged, so each contract counts
    with the weekly hours it was agreed with, for the part of the week in which it was under way;
    a contract that states none counts nothing. Hours of units count in the week of passing them.
    Declared are the hours that they want to work now: earlier wishes are not kept.
    """
    participant = seen_participant(participant_id, by, work)
    today = day_in_japan(work.clock.now())
    newest = today - timedelta(days=today.weekday())
    joined = day_in_japan(participant.joined_at)
    mondays = [newest - timedelta(weeks=back) for back in range(WEEKS)]
    return tuple(
        WeekView(
            starts_on=monday,
            declared=participant.weekly_hours,
            worked=round(_worked(participant, monday, work), 1),
        )
        for monday in mondays
        if monday + timedelta(days=6) >= joined
    )


def list_check_ins(participant_id: UUID, by: Person, work: Work) -> tuple[CheckInView, ...]:
    """Return how somebody was asked, newest first (the participant, their supporter).

    The supporter sees what was passed on. The partner's members see none.
    """
    participant = seen_participant(participant_id, by, work)
    return tuple(
        _view(each, participant, work)
        for each in work.care.check_ins.of(participant_id)
        if by.person_id == participant.person_id
        or (by.person_id == participant.supporter_id and each.status is CheckInStatus.PASSED_ON)
    )


def answer_check_in(check_in_id: UUID, body: AnswerCheckIn, by: Person, work: Work) -> CheckInView:
    """Say how it goes (the participant), also after it was passed on; who needs help is told of.

    Raises NotFound (`check_in_not_found`), Rejected (`check_in_answered`).
    """
    asked = work.care.check_ins.get(check_in_id)
    if work.participants.get(asked.participant_id).person_id != by.person_id:
        raise no_such("check_in")
    participant = stepping.lock_own(asked.participant_id, by, work)
    asked = work.care.check_ins.lock(check_in_id)
    if asked.answered_at is not None:
        raise Rejected("check_in_answered", "You have said how it goes.")
    needs_help = body.mood is Mood.NEED_HELP
    stays = needs_help or asked.status is CheckInStatus.PASSED_ON
    answered = replace(
        asked,
        status=CheckInStatus.PASSED_ON if stays else CheckInStatus.ANSWERED,
        mood=body.mood,
        text=body.text,
        answered_at=work.clock.now(),
        due_at=None,
    )
    work.care.check_ins.save(answered)
    if needs_help:
        _tell_passed_on(answered, participant, work)
    return _view(answered, participant, work)


def ask_silent(participant: Participant, work: Work) -> None:
    """Ask somebody quietly how it goes: once for each silence. They are locked."""
    # Another process may have asked between our finding them silent and our locking them.
    before = work.care.check_ins.of(participant.participant_id)
    if any(each.asked_at >= participant.last_sign_at for each in before):
        return
    now = work.clock.now()
    hours = work.programs.get(participant.program_id).help_hours
    asked = CheckIn(
        check_in_id=new_id(),
        participant_id=participant.participant_id,
        asked_at=now,
        due_at=check_in_until(now, hours),
    )
    work.care.check_ins.add(asked)
    told = CheckInAsked(**stepping.facts_of(participant), check_in_id=asked.check_in_id)
    work.outbox.emit(told, subject=asked.check_in_id)


def pass_on(asked: CheckIn, work: Work) -> None:
    """Tell the supporter of whoever didn't answer; not where they gave another sign meanwhile."""
    participant = work.participants.get(asked.participant_id)
    stopped = replace(asked, due_at=None)
    if not participant.takes_part or participant.last_sign_at > asked.asked_at:
        work.care.check_ins.save(stopped)
        return
    passed_on = replace(stopped, status=CheckInStatus.PASSED_ON)
    work.care.check_ins.save(passed_on)
    _tell_passed_on(passed_on, participant, work)


def _tell_passed_on(asked: CheckIn, participant: Participant, work: Work) -> None:
    told = CheckInPassedOn(
        **stepping.facts_of(participant),
        check_in_id=asked.check_in_id,
        mood=asked.mood,
        person_name=work.people.name(participant.person_id),
        supporter_id=participant.supporter_id,
        partner_id=work.programs.get(participant.program_id).partner_id,
    )
    work.outbox.emit(told, subject=asked.check_in_id)


def _worked(participant: Participant, monday: date, work: Work) -> float:
    sunday = monday + timedelta(days=6)
    trained = sum(
        each.hours
        for each in work.path.units(participant.participant_id).values()
        if each.passed_at and monday <= day_in_japan(each.passed_at) <= sunday
    )
    contracts = work.known_work.contracts_of(participant.person_id)
    return trained + sum(hours_under_way(each, monday, work.clock.now()) for each in contracts)


def _view(asked: CheckIn, participant: Participant, work: Work) -> CheckInView:
    return CheckInView(
        check_in_id=asked.check_in_id,
        participant_id=asked.participant_id,
        person_name=work.people.name(participant.person_id),
        status=asked.status,
        asked_at=asked.asked_at,
        mood=asked.mood,
        text=asked.text,
        answered_at=asked.answered_at,
    )
