"""The places of a cohort: who gets one, who waits, and who is next.

Whatever gives or frees a place holds the row lock of the cohort, so that no more are taken than
there are, and those who wait come in their order.
"""

from services.programs.domain.application import Application, next_place
from services.programs.domain.participant import Participant
from services.programs.domain.program import Cohort, Program
from services.programs.ports import Work
from services.programs.use_cases import sponsoring
from services.programs.use_cases.stepping import facts_of, protect
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_path import StepReached
from shared.messages.program_people import (
    ApplicationDecided,
    ApplicationStatus,
    DeclineCause,
    ParticipantJoined,
    ParticipantLeft,
)
from shared.messages.programs import ProgramStatus


def give_place(
    application: Application, cohort: Cohort, program: Program, work: Work
) -> Application:
    """Give a place in a locked cohort, or the last place in line; return the application.

    Raises Rejected (`already_takes_part`).
    """
    line = work.applications.line(cohort.cohort_id)
    now = work.clock.now()
    if line or taken(cohort, work) >= cohort.capacity:
        decided = application.became(ApplicationStatus.WAITING, now, place=next_place(line))
        work.applications.save(decided)
        tell_decided(decided, cohort, program, work)
        return decided
    return _accept(application, cohort, program, work)


def fill(cohort: Cohort, program: Program, work: Work) -> None:
    """Give the free places of a locked cohort to who waits, in their order.

    Nobody is taken into a program that has closed, or a cohort that is over. Who takes part
    elsewhere by now is passed over, and told so.
    """
    over = day_in_japan(work.clock.now()) > cohort.ends_on
    if program.status is not ProgramStatus.OPEN or over:
        return
    free = cohort.capacity - taken(cohort, work)
    for application in work.applications.line(cohort.cohort_id):
        if free <= 0:
            return
        try:
            _accept(application, cohort, program, work)
        except Rejected:
            cause = DeclineCause.TAKES_PART_ELSEWHERE
            decline(application, cause, cohort, program, work)
        else:
            free -= 1


def decline(
    application: Application,
    why: str | DeclineCause,
    cohort: Cohort,
    program: Program,
    work: Work,
) -> Application:
    """Decline an application for a locked cohort, and tell why."""
    declined = application.declined(work.clock.now(), why)
    work.applications.save(declined)
    tell_decided(declined, cohort, program, work)
    return declined


def decline_all(program: Program, work: Work) -> None:
    """Decline what stands for any cohort of a program that has closed."""
    for each in work.programs.cohorts_of(program.program_id):
        cohort = work.programs.lock_cohort(each.cohort_id)
        for application in work.applications.standing(cohort.cohort_id):
            decline(application, DeclineCause.PROGRAM_CLOSED, cohort, program, work)


def leave(participant: Participant, cohort: Cohort, work: Work) -> Participant:
    """Let somebody go, out of a locked cohort: the next one in line gets the place."""
    now = work.clock.now()
    left = participant.left(now)
    work.participants.save(left)
    told = ParticipantLeft(**facts_of(left), left_at=now)
    work.outbox.emit(told, subject=left.participant_id)
    sponsoring.on_left(left, work)
    protect(left, work)
    fill(cohort, work.programs.get(cohort.program_id), work)
    return left


def taken(cohort: Cohort, work: Work) -> int:
    """Return how many places of a cohort are taken."""
    return work.participants.taken([cohort.cohort_id]).get(cohort.cohort_id, 0)


def tell_decided(application: Application, cohort: Cohort, program: Program, work: Work) -> None:
    """Tell what became of an application."""
    decided = ApplicationDecided(
        application_id=application.application_id,
        program_id=program.program_id,
        program_title=program.title,
        cohort_id=cohort.cohort_id,
        cohort_name=cohort.name,
        person_id=application.person_id,
        status=application.status,
        reason=application.reason,
        cause=application.cause,
        decided_at=work.clock.now(),
    )
    work.outbox.emit(decided, subject=application.application_id)


def _accept(application: Application, cohort: Cohort, program: Program, work: Work) -> Application:
    """Take somebody in: their path begins. Raises Rejected (`already_takes_part`)."""
    now = work.clock.now()
    participant = Participant(
        participant_id=new_id(),
        person_id=application.person_id,
        program_id=program.program_id,
        cohort_id=cohort.cohort_id,
        weekly_hours=application.weekly_hours,
        outcomes_consent=application.outcomes_consent,
        joined_at=now,
        last_sign_at=now,
    )
    work.participants.add(participant)
    accepted = application.became(ApplicationStatus.ACCEPTED, now)
    work.applications.save(accepted)
    tell_decided(accepted, cohort, program, work)
    _tell_joined(participant, program, work)
    sponsoring.on_joined(participant, program, work)
    return accepted


def _tell_joined(participant: Participant, program: Program, work: Work) -> None:
    """Tell that somebody takes part, and has come to the first step."""
    joined = ParticipantJoined(
        **facts_of(participant),
        program_title=program.title,
        weekly_hours=participant.weekly_hours,
        outcomes_consent=participant.outcomes_consent,
        joined_at=participant.joined_at,
    )
    work.outbox.emit(joined, subject=participant.participant_id)
    step, at = participant.step, participant.joined_at
    if work.path.reach(participant.participant_id, step, at):
        begun = StepReached(**facts_of(participant), step=step, reached_at=at)
        work.outbox.emit(begun, subject=participant.participant_id)
