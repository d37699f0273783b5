"""Who may see and do what: one place, so that every use case answers alike.

The sponsor's members see their program in numbers. The partner's members run it, and see who takes
part. A supporter sees the own people, a participant oneself. To everybody else it doesn't exist.
"""

from uuid import UUID

from services.programs.domain.participant import Participant, no_such_participant
from services.programs.domain.program import (
    Cohort,
    Program,
    no_such_cohort,
    no_such_program,
)
from services.programs.ports import Work
from shared.people import Person, Right


def runs(program: Program, by: Person) -> bool:
    """Tell whether somebody stands for the sponsor or the partner."""
    return by.stands_for(program.sponsor_id) or by.stands_for(program.partner_id)


def run_program(program_id: UUID, right: Right, by: Person, work: Work) -> Program:
    """Return a program that the person runs for the partner, with this right.

    Raises NotFound (`program_not_found`) for others, NotAllowed (`right_required`).
    """
    program = work.programs.get(program_id)
    if not by.stands_for(program.partner_id):
        raise no_such_program()
    by.must(right, program.partner_id)
    return program


def run_cohort(cohort_id: UUID, right: Right, by: Person, work: Work) -> tuple[Program, Cohort]:
    """Return a cohort that the person runs for the partner, with this right, and its program.

    Raises NotFound (`cohort_not_found`) for others, NotAllowed (`right_required`).
    """
    cohort = work.programs.cohort(cohort_id)
    program = work.programs.get(cohort.program_id)
    if not by.stands_for(program.partner_id):
        raise no_such_cohort()
    by.must(right, program.partner_id)
    return program, cohort


def own_participant(participant_id: UUID, by: Person, work: Work) -> Participant:
    """Return the participant who is asking; raise NotFound (`participant_not_found`)."""
    participant = work.participants.get(participant_id)
    if participant.person_id != by.person_id:
        raise no_such_participant()
    return participant


def supported_participant(participant_id: UUID, by: Person, work: Work) -> Participant:
    """Return a participant whose supporter is asking; raise NotFound (`participant_not_found`)."""
    participant = work.participants.get(participant_id)
    if participant.supporter_id != by.person_id:
        raise no_such_participant()
    return participant


def seen_participant(participant_id: UUID, by: Person, work: Work) -> Participant:
    """Return a participant to themselves, their supporter or the partner's members.

    Raises NotFound (`participant_not_found`).
    """
    participant = work.participants.get(participant_id)
    if by.person_id in {participant.person_id, participant.supporter_id}:
        return participant
    if by.stands_for(work.programs.get(participant.program_id).partner_id):
        return participant
    raise no_such_participant()
