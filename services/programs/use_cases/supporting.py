"""Who stands by whom: the partner names supporters, and gives people to them."""

from dataclasses import replace
from uuid import UUID

from services.programs.domain.supporter import Supporter
from services.programs.ports import Work
from services.programs.use_cases import viewing
from services.programs.use_cases.rights import run_program, seen_participant
from services.programs.use_cases.stepping import facts_of
from shared.errors import Rejected
from shared.messages.program_people import (
    AddSupporter,
    AssignSupporter,
    ParticipantView,
    SupporterAssigned,
    SupporterView,
)
from shared.people import Person, Right


def add_supporter(program_id: UUID, asked: AddSupporter, by: Person, work: Work) -> SupporterView:
    """Let somebody stand by people of a program, or set another limit (the right `post`).

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`person_unknown`, `limit_below_people`).
    """
    run_program(program_id, Right.POST, by, work)
    person_id = work.people.find(asked.email)
    if person_id is None:
        raise Rejected("person_unknown", "Nobody with this address has an account here.")
    # The row is there before it is locked, so that two who name the same person take turns.
    if work.supporters.find(program_id, person_id) is None:
        work.supporters.put(Supporter(program_id, person_id, asked.limit))
    supporter = replace(work.supporters.lock(program_id, person_id), people_limit=asked.limit)
    people = work.participants.supported(program_id).get(person_id, 0)
    supporter.must_hold(people)
    work.supporters.put(supporter)
    return _view(supporter, people, work.people.name(person_id))


def list_supporters(program_id: UUID, by: Person, work: Work) -> list[SupporterView]:
    """Return a program's supporters (the partner's right `post`)."""
    run_program(program_id, Right.POST, by, work)
    found = work.supporters.of_program(program_id)
    people = work.participants.supported(program_id)
    names = work.people.names([each.person_id for each in found])
    return [
        _view(each, people.get(each.person_id, 0), names.get(each.person_id, "")) for each in found
    ]


def remove_supporter(
    program_id: UUID, person_id: UUID, by: Person, work: Work
) -> list[SupporterView]:
    """Let somebody support no more (the right `post`), once they stand by nobody.

    Raises NotFound (`program_not_found`, `supporter_not_found`), NotAllowed (`right_required`),
    Rejected (`supporter_has_people`).
    """
    run_program(program_id, Right.POST, by, work)
    supporter = work.supporters.lock(program_id, person_id)
    if people := work.participants.supported(program_id).get(person_id, 0):
        raise Rejected(
            "supporter_has_people", "Give their people another supporter first.", people=people
        )
    work.supporters.remove(supporter)
    return list_supporters(program_id, by, work)


def assign_supporter(
    participant_id: UUID, asked: AssignSupporter, by: Person, work: Work
) -> ParticipantView:
    """Set who stands by a participant (the partner's right `post`).

    Raises NotFound (`participant_not_found`, `supporter_not_found`), NotAllowed
    (`right_required`), Rejected (`has_left`, `supporter_limit_reached`, `supports_oneself`).
    """
    seen = seen_participant(participant_id, by, work)
    by.must(Right.POST, work.programs.get(seen.program_id).partner_id)
    supporter = work.supporters.lock(seen.program_id, asked.supporter_id)
    participant = work.participants.lock(participant_id)
    participant.must_take_part()
    if participant.person_id == supporter.person_id:
        raise Rejected("supports_oneself", "Nobody is their own supporter.")
    if participant.supporter_id != supporter.person_id:
        people = work.participants.supported(seen.program_id).get(supporter.person_id, 0)
        supporter.must_have_room(people)
        participant = replace(participant, supporter_id=supporter.person_id)
        work.participants.save(participant)
        assigned = SupporterAssigned(
            **facts_of(participant),
            supporter_id=supporter.person_id,
            supporter_name=work.people.name(supporter.person_id),
            person_name=work.people.name(participant.person_id),
        )
        work.outbox.emit(assigned, subject=participant_id)
    return viewing.view(participant, by, work)


def _view(supporter: Supporter, people: int, name: str) -> SupporterView:
    return SupporterView(
        person_id=supporter.person_id, name=name, limit=supporter.people_limit, people=people
    )
