"""Taking part: who was at which session, hours, consent, a rating, and leaving."""

from collections.abc import Collection
from dataclasses import replace
from uuid import UUID

from services.programs.domain.application import STANDING
from services.programs.domain.participant import Participant
from services.programs.domain.program import Cohort, no_such_cohort, no_such_session
from services.programs.ports import Work
from services.programs.use_cases import applying, filling, viewing
from services.programs.use_cases.rights import own_participant, seen_participant
from services.programs.use_cases.stepping import facts_of
from shared.errors import Rejected
from shared.messages.deletion import PersonDeleted
from shared.messages.program_people import (
    ApplicationStatus,
    AttendanceRecorded,
    ChangeConsent,
    ChangeHours,
    OutcomesConsentChanged,
    ParticipantView,
    ProgramRated,
    RateProgram,
    RecordAttendance,
)
from shared.people import Person, Right


def record_attendance(
    cohort_id: UUID, number: int, asked: RecordAttendance, by: Person, work: Work
) -> list[ParticipantView]:
    """Say who was at a session: the partner (right `post`) of all, a supporter of their own people.

    Raises NotFound (`cohort_not_found`, `meeting_not_found`), NotAllowed (`right_required`),
    Rejected (`not_in_cohort`).
    """
    own = _may_record(cohort_id, by, work)
    cohort = work.programs.lock_cohort(cohort_id)
    if not 1 <= number <= len(cohort.sessions):
        raise no_such_session()
    if not asked.participant_ids <= own:
        raise Rejected("not_in_cohort", "Somebody named here doesn't take part in this cohort.")
    present = (work.attendance.at(cohort_id, number) - own) | asked.participant_ids
    work.attendance.record(cohort_id, number, present)
    _tell_recorded(cohort, number, present, work)
    return viewing.list_participants(cohort_id, by, work)


def change_consent(
    participant_id: UUID, asked: ChangeConsent, by: Person, work: Work
) -> ParticipantView:
    """Say whether to be counted in figures (the participant, also after leaving).

    Raises NotFound (`participant_not_found`).
    """
    own_participant(participant_id, by, work)
    participant = _signed(participant_id, work)
    if participant.outcomes_consent != asked.outcomes_consent:
        participant = replace(participant, outcomes_consent=asked.outcomes_consent)
        changed = OutcomesConsentChanged(
            **facts_of(participant),
            outcomes_consent=participant.outcomes_consent,
            changed_at=work.clock.now(),
        )
        work.outbox.emit(changed, subject=participant_id)
    work.participants.save(participant)
    return viewing.view(participant, by, work)


def change_hours(
    participant_id: UUID, asked: ChangeHours, by: Person, work: Work
) -> ParticipantView:
    """Say how many hours a week one wants to work (the participant).

    Raises NotFound (`participant_not_found`), Rejected (`has_left`).
    """
    own_participant(participant_id, by, work)
    participant = _signed(participant_id, work)
    participant.must_take_part()
    participant = replace(participant, weekly_hours=asked.weekly_hours)
    work.participants.save(participant)
    return viewing.view(participant, by, work)


def rate(participant_id: UUID, asked: RateProgram, by: Person, work: Work) -> ParticipantView:
    """Say how content one is with the program (the participant); the last word counts.

    Raises NotFound (`participant_not_found`).
    """
    own_participant(participant_id, by, work)
    participant = _signed(participant_id, work)
    now = work.clock.now()
    work.participants.rate(participant_id, asked.stars, asked.comment, now)
    work.participants.save(participant)
    rated = ProgramRated(**facts_of(participant), stars=asked.stars, rated_at=now)
    work.outbox.emit(rated, subject=participant_id)
    return viewing.view(participant, by, work)


def leave(participant_id: UUID, by: Person, work: Work) -> ParticipantView:
    """Take part no longer (oneself), or let somebody go (the partner's right `accept`).

    The application by which they took part is withdrawn with it, so that they may apply again.

    Raises NotFound (`participant_not_found`), NotAllowed (`right_required`), Rejected
    (`has_left`).
    """
    seen = seen_participant(participant_id, by, work)
    if seen.person_id != by.person_id:
        by.must(Right.ACCEPT, work.programs.get(seen.program_id).partner_id)
    cohort = work.programs.lock_cohort(seen.cohort_id)
    return viewing.view(_leave(participant_id, cohort, work), by, work)


def forget(deleted: PersonDeleted, work: Work) -> None:
    """Let somebody go whose account is gone: out of their cohort, and out of every line."""
    for found in work.applications.standing_of(deleted.person_id):
        cohort = work.programs.lock_cohort(found.cohort_id)
        application = work.applications.get(found.application_id)
        if application.status in {*STANDING, ApplicationStatus.ACCEPTED}:
            applying.withdraw_from(application.application_id, cohort, work)
    current = work.participants.current(deleted.person_id)
    if current:
        _leave(current.participant_id, work.programs.lock_cohort(current.cohort_id), work)


def _leave(participant_id: UUID, cohort: Cohort, work: Work) -> Participant:
    participant = work.participants.lock(participant_id)
    participant.must_take_part()
    application = work.applications.accepted(cohort.cohort_id, participant.person_id)
    if application:
        withdrawn = application.became(ApplicationStatus.WITHDRAWN, work.clock.now())
        work.applications.save(withdrawn)
    return filling.leave(participant, cohort, work)


def _signed(participant_id: UUID, work: Work) -> Participant:
    """Return a participant, locked, who has given a sign by what they do."""
    return work.participants.lock(participant_id).seen(work.clock.now())


def _may_record(cohort_id: UUID, by: Person, work: Work) -> frozenset[UUID]:
    """Return of whom somebody may say whether they were there."""
    cohort = work.programs.cohort(cohort_id)
    partner_id = work.programs.get(cohort.program_id).partner_id
    found = work.participants.of_cohort(cohort_id)
    if by.stands_for(partner_id):
        by.must(Right.POST, partner_id)
        return frozenset(each.participant_id for each in found)
    own = frozenset(each.participant_id for each in found if each.supporter_id == by.person_id)
    if not own:
        raise no_such_cohort()
    return own


def _tell_recorded(cohort: Cohort, number: int, present: Collection[UUID], work: Work) -> None:
    recorded = AttendanceRecorded(
        cohort_id=cohort.cohort_id,
        program_id=cohort.program_id,
        session=number,
        participant_ids=tuple(sorted(present)),
        recorded_at=work.clock.now(),
    )
    work.outbox.emit(recorded, subject=cohort.cohort_id)
