"""The steps of the path: each is reached once, told once, and protection follows them."""

from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.path import PATH_MOVES, Done, Practice
from services.programs.domain.program import Program
from services.programs.ports import Work
from services.programs.use_cases import sponsoring
from services.programs.use_cases.rights import own_participant
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_path import ProtectionChanged, StepReached
from shared.messages.program_people import Step
from shared.people import Person


def facts_of(participant: Participant) -> dict[str, UUID]:
    """Return what every event about somebody who takes part says."""
    return {
        "participant_id": participant.participant_id,
        "person_id": participant.person_id,
        "program_id": participant.program_id,
        "cohort_id": participant.cohort_id,
    }


def lock_own(participant_id: UUID, by: Person, work: Work) -> Participant:
    """Return the participant who is asking, locked, and keep it as a sign of them.

    Raises NotFound (`participant_not_found`), Rejected (`has_left`).
    """
    own_participant(participant_id, by, work)
    participant = work.participants.lock(participant_id)
    participant.must_take_part()
    seen = participant.seen(work.clock.now())
    work.participants.save(seen)
    return seen


def confirm_orientation(participant_id: UUID, by: Person, work: Work) -> Participant:
    """Say that one has understood how it works: the units begin (the participant).

    Said again, it changes nothing. Raises Rejected (`curriculum_missing`).
    """
    participant = lock_own(participant_id, by, work)
    program = work.programs.get(participant.program_id)
    if not program.units or program.practice is None:
        raise Rejected("curriculum_missing", "The partner has not set the units yet.")
    return go_on(participant, Done.CONFIRM_ORIENTATION, work)


def go_on(participant: Participant, done: Done, work: Work) -> Participant:
    """Return the participant, a step further where the path leads on from this; locked before."""
    to = PATH_MOVES.get((participant.step, done))
    if to is None or not participant.takes_part:
        return participant
    there = participant.came_to(to)
    work.participants.save(there)
    _tell(there, work)
    if to is Step.PRACTICE:
        program = work.programs.get(there.program_id)
        _set_practice(there, program, work)
        sponsoring.on_trained(there, program, work)
    protect(there, work)
    return there


def protect(participant: Participant, work: Work) -> None:
    """Tell whether somebody's contracts are protected, if that has changed."""
    change = work.path.protect(participant.person_id, protected=participant.protected)
    if change is not None:
        told = ProtectionChanged(
            person_id=participant.person_id,
            participant_id=participant.participant_id,
            protected=participant.protected,
            change=change,
        )
        work.outbox.emit(told, subject=participant.person_id)


def _tell(participant: Participant, work: Work) -> None:
    now = work.clock.now()
    if work.path.reach(participant.participant_id, participant.step, now):
        told = StepReached(**facts_of(participant), step=participant.step, reached_at=now)
        work.outbox.emit(told, subject=participant.participant_id)


def _set_practice(participant: Participant, program: Program, work: Work) -> None:
    job = program.practice
    if job is None:
        raise Rejected("curriculum_missing", "The partner has not set the practice job yet.")
    practice = Practice(
        practice_id=new_id(),
        participant_id=participant.participant_id,
        title=job.title,
        description=job.description,
        criteria=job.criteria,
        price=job.price.amount,
    )
    work.care.practices.add(practice)
