"""Units of the curriculum: their checks, and those that a supporter confirms."""

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.path import Done, UnitTried, no_such
from services.programs.domain.program import Program
from services.programs.ports import Work
from services.programs.use_cases import stepping
from services.programs.use_cases.rights import supported_participant
from shared.errors import Invalid, Rejected
from shared.messages.program_path import AnswerCheck, CheckView, UnitPassed
from shared.messages.program_people import Step
from shared.messages.programs import Unit
from shared.people import Person


class _Place(NamedTuple):
    participant: Participant
    program: Program
    unit: Unit
    number: int


def answer_check(
    participant_id: UUID, number: int, body: AnswerCheck, by: Person, work: Work
) -> CheckView:
    """Answer a unit's questions, as often as one likes (the participant).

    Passing it once more changes nothing. Raises NotFound (`unit_not_found`), Rejected
    (`step_not_reached`, `unit_without_questions`), Invalid (`answers_incomplete`).
    """
    place = _place(stepping.lock_own(participant_id, by, work), number, work)
    questions = place.unit.questions
    if not questions:
        raise Rejected("unit_without_questions", "Your supporter confirms this unit.")
    asked = tuple(zip(questions, body.answers, strict=False))
    if len(body.answers) != len(questions) or any(
        answer >= len(question.choices) for question, answer in asked
    ):
        raise Invalid(
            "answers_incomplete",
            "Answer each of the questions by one of its choices.",
            questions=len(questions),
        )
    right = tuple(answer == question.right for question, answer in asked)
    passed = sum(right) >= place.unit.pass_mark
    _note_try(place, work, passed=passed)
    return CheckView(unit=number, right=right, needed=place.unit.pass_mark, passed=passed)


def confirm_unit(participant_id: UUID, number: int, by: Person, work: Work) -> CheckView:
    """Confirm a unit without questions (the participant's supporter).

    Raises NotFound (`unit_not_found`), Rejected (`step_not_reached`, `unit_with_questions`).
    """
    supported_participant(participant_id, by, work)
    participant = work.participants.lock(participant_id)
    participant.must_take_part()
    place = _place(participant, number, work)
    if place.unit.questions:
        raise Rejected("unit_with_questions", "This unit is passed by answering its questions.")
    _note_try(place, work, passed=True)
    return CheckView(unit=number, right=(), needed=0, passed=True)


def _place(participant: Participant, number: int, work: Work) -> _Place:
    if participant.step is Step.ORIENTATION:
        raise Rejected("step_not_reached", "The orientation comes first.", step=participant.step)
    program = work.programs.get(participant.program_id)
    if not 1 <= number <= len(program.units):
        raise no_such("unit")
    return _Place(participant, program, program.units[number - 1], number)


def _note_try(place: _Place, work: Work, *, passed: bool) -> None:
    participant, now = place.participant, work.clock.now()
    known = work.path.units(participant.participant_id)
    before = known.get(place.number) or UnitTried(
        participant.participant_id, place.number, place.unit.hours
    )
    now_passed = passed and before.passed_at is None
    after = replace(
        before, tries=before.tries + 1, passed_at=now if now_passed else before.passed_at
    )
    work.path.save_unit(after)
    if now_passed:
        _tell_passed(place, now, work)
        done = {number for number, each in known.items() if each.passed_at} | {place.number}
        if done >= set(range(1, len(place.program.units) + 1)):
            stepping.go_on(participant, Done.COMPLETE_UNITS, work)


def _tell_passed(place: _Place, at: datetime, work: Work) -> None:
    told = UnitPassed(
        **stepping.facts_of(place.participant),
        unit=place.number,
        hours=place.unit.hours,
        passed_at=at,
    )
    work.outbox.emit(told, subject=place.participant.participant_id)
