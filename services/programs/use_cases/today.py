"""What waits for a supporter today: the most urgent people first."""

from collections.abc import Iterator, Sequence
from math import inf
from typing import Final

from services.programs.domain.participant import Participant
from services.programs.domain.path import Draft, Help
from services.programs.domain.program import Program
from services.programs.ports import Work
from shared.messages.program_path import (
    CheckInStatus,
    HelpStatus,
    PersonToday,
    PracticeStatus,
    Urgency,
    WaitingItem,
)
from shared.messages.program_people import Step
from shared.people import Person

ORDER: Final = tuple(Urgency)
_HELP: Final = {
    HelpStatus.ASKED: Urgency.HELP_ASKED,
    HelpStatus.ESCALATED: Urgency.HELP_ESCALATED,
}


def list_today(by: Person, work: Work) -> list[PersonToday]:
    """Return everybody whom the caller stands by, the most urgent first, then the most silent."""
    people = [_today(each, work) for each in work.path.supported_by(by.person_id)]
    return sorted(people, key=lambda each: (ORDER.index(each.urgency), each.last_sign_at))


def _today(participant: Participant, work: Work) -> PersonToday:
    program = work.programs.get(participant.program_id)
    waiting = sorted(_waiting(participant, program, work), key=_rank)
    return PersonToday(
        participant_id=participant.participant_id,
        person_name=work.people.name(participant.person_id),
        program_title=program.title,
        cohort_name=work.programs.cohort(participant.cohort_id).name,
        step=participant.step,
        urgency=waiting[0].urgency if waiting else Urgency.NOTHING,
        waiting=tuple(waiting),
        last_sign_at=participant.last_sign_at,
    )


def _rank(item: WaitingItem) -> tuple[int, float]:
    """Return the most urgent first, and of these what is escalated soonest."""
    until = item.until.timestamp() if item.until else inf
    return ORDER.index(item.urgency), until


def _waiting(participant: Participant, program: Program, work: Work) -> Iterator[WaitingItem]:
    of = participant.participant_id
    yield from _helps(work.care.helps.of(of))
    yield from _drafts(work.care.drafts.of(of))
    yield from _practice(participant, work)
    yield from _silence(participant, work)
    if participant.step is Step.UNITS:
        yield from _units(participant, program, work)


def _helps(helps: Sequence[Help]) -> Iterator[WaitingItem]:
    for each in helps:
        if each.status in _HELP:
            yield WaitingItem(
                urgency=_HELP[each.status],
                item_id=each.help_id,
                title=each.about or each.text.splitlines()[0][:200],
                until=each.due_at,
            )


def _drafts(drafts: Sequence[Draft]) -> Iterator[WaitingItem]:
    for each in drafts:
        if each.looked_at is None:
            yield WaitingItem(
                urgency=Urgency.DRAFT_WAITS,
                item_id=each.draft_id,
                title=each.milestone_title,
                until=each.due_at,
            )


def _practice(participant: Participant, work: Work) -> Iterator[WaitingItem]:
    for each in work.care.practices.of(participant.participant_id):
        if each.status is PracticeStatus.DELIVERED:
            yield WaitingItem(
                urgency=Urgency.PRACTICE_WAITS,
                item_id=each.practice_id,
                title=each.title,
                until=None,
            )


def _silence(participant: Participant, work: Work) -> Iterator[WaitingItem]:
    """Yield the last quiet question that was passed on, until they give another sign."""
    for each in work.care.check_ins.of(participant.participant_id)[:1]:
        said_at = each.answered_at or each.asked_at
        if each.status is CheckInStatus.PASSED_ON and participant.last_sign_at <= said_at:
            yield WaitingItem(
                urgency=Urgency.SILENT,
                item_id=each.check_in_id,
                title=each.mood or "",
                until=None,
            )


def _units(participant: Participant, program: Program, work: Work) -> Iterator[WaitingItem]:
    """Yield units that only a supporter can confirm. A unit has no id: it is the participant's."""
    tried = work.path.units(participant.participant_id)
    for number, unit in enumerate(program.units, start=1):
        passed = number in tried and tried[number].passed_at is not None
        if not unit.questions and not passed:
            yield WaitingItem(
                urgency=Urgency.UNIT_TO_CONFIRM,
                item_id=participant.participant_id,
                title=unit.title,
                until=None,
            )
