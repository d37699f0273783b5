"""Applying for a cohort, and what the partner decides."""

from collections.abc import Sequence
from uuid import UUID

from services.programs.domain.application import (
    STANDING,
    Application,
    must_be_eligible,
    must_take,
    no_such_application,
)
from services.programs.domain.municipality import municipality
from services.programs.domain.program import Cohort, Program, must_be_open
from services.programs.ports import Work
from services.programs.use_cases import cohorts, filling
from services.programs.use_cases.programs import sponsor_of
from services.programs.use_cases.rights import run_cohort
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_people import (
    ApplicationMade,
    ApplicationStatus,
    ApplicationView,
    Apply,
    DeclineApplication,
)
from shared.messages.programs import CohortView
from shared.people import Person, Right


def apply(cohort_id: UUID, asked: Apply, by: Person, work: Work) -> ApplicationView:
    """Apply for a cohort (role assistant).

    Raises:
        NotAllowed: `role_required`.
        NotFound: `cohort_not_found`.
        Invalid: `municipality_unknown`.
        Rejected: `program_not_open`, `applications_over`, `not_eligible` with all that isn't met
            in `unmet`, `already_takes_part`, `already_applied`.
    """
    by.must_be("assistant")
    cohorts.get_cohort(cohort_id, by, work)
    cohort = work.programs.lock_cohort(cohort_id)
    program = work.programs.get(cohort.program_id)
    must_take(cohort, program, day_in_japan(work.clock.now()))
    _check(asked, program, by, work)
    application = Application(
        application_id=new_id(),
        cohort_id=cohort_id,
        person_id=by.person_id,
        lives_in=asked.lives_in,
        weekly_hours=asked.weekly_hours,
        motivation=asked.motivation,
        outcomes_consent=asked.outcomes_consent,
        applied_at=work.clock.now(),
    )
    work.applications.add(application)
    _tell_made(application, cohort, program, work)
    return view(application, by, work)


def list_applications(
    cohort_id: UUID, by: Person, work: Work, *, after: UUID | None, limit: int
) -> list[ApplicationView]:
    """Return who applied for a cohort, the first one first (the partner's right `accept`)."""
    _, cohort = run_cohort(cohort_id, Right.ACCEPT, by, work)
    found = work.applications.of_cohort(cohort_id, after, limit)
    shown = cohorts.view(cohort, by, work)
    names = work.people.names({each.person_id for each in found})
    line = _line(cohort_id, work)
    return [_view(each, shown, names.get(each.person_id, ""), line) for each in found]


def list_own(by: Person, work: Work) -> list[ApplicationView]:
    """Return one's own applications, the newest first."""
    return [view(each, by, work) for each in work.applications.of_person(by.person_id)]


def accept(application_id: UUID, by: Person, work: Work) -> ApplicationView:
    """Take somebody in, or on the waiting list where no place is free (the right `accept`).

    Raises NotFound (`application_not_found`), NotAllowed (`right_required`), Rejected
    (`program_not_open`, `application_step_not_allowed`, `already_takes_part`).
    """
    application, cohort, program = _for_partner(application_id, by, work)
    application.must_stand(ApplicationStatus.MADE)
    must_be_open(program)
    return view(filling.give_place(application, cohort, program, work), by, work)


def decline(
    application_id: UUID, asked: DeclineApplication, by: Person, work: Work
) -> ApplicationView:
    """Decline an application, with a reason that is told (the partner's right `accept`).

    Raises NotFound (`application_not_found`), NotAllowed (`right_required`), Rejected
    (`application_step_not_allowed`).
    """
    application, cohort, program = _for_partner(application_id, by, work)
    application.must_stand(*STANDING)
    return view(filling.decline(application, asked.reason, cohort, program, work), by, work)


def withdraw(application_id: UUID, by: Person, work: Work) -> ApplicationView:
    """Take one's application back; who was accepted leaves by it, and the next one comes.

    Raises NotFound (`application_not_found`), Rejected (`application_step_not_allowed`).
    """
    found = work.applications.get(application_id)
    if found.person_id != by.person_id:
        raise no_such_application()
    cohort = work.programs.lock_cohort(found.cohort_id)
    return view(withdraw_from(application_id, cohort, work), by, work)


def withdraw_from(application_id: UUID, cohort: Cohort, work: Work) -> Application:
    """Take an application for a locked cohort back, and leave it if that was accepted."""
    application = work.applications.get(application_id)
    application.must_stand(*STANDING, ApplicationStatus.ACCEPTED)
    was_accepted = application.status is ApplicationStatus.ACCEPTED
    withdrawn = application.became(ApplicationStatus.WITHDRAWN, work.clock.now())
    work.applications.save(withdrawn)
    if was_accepted:
        _leave(withdrawn, cohort, work)
    return withdrawn


def view(application: Application, by: Person, work: Work) -> ApplicationView:
    """Return an application as its person and the partner see it."""
    cohort = work.programs.cohort(application.cohort_id)
    waits = application.status is ApplicationStatus.WAITING
    line = _line(application.cohort_id, work) if waits else ()
    name = work.people.name(application.person_id)
    return _view(application, cohorts.view(cohort, by, work), name, line)


def _view(
    application: Application, cohort: CohortView, person_name: str, line: Sequence[UUID]
) -> ApplicationView:
    waits = application.status is ApplicationStatus.WAITING
    return ApplicationView(
        application_id=application.application_id,
        cohort=cohort,
        person_id=application.person_id,
        person_name=person_name,
        lives_in=application.lives_in,
        weekly_hours=application.weekly_hours,
        motivation=application.motivation,
        status=application.status,
        reason=application.reason,
        cause=application.cause,
        place_in_line=line.index(application.application_id) + 1 if waits else None,
        applied_at=application.applied_at,
    )


def _check(asked: Apply, program: Program, by: Person, work: Work) -> None:
    municipality(asked.lives_in)
    had_contract = bool(work.known_work.contracts_of(by.person_id))
    sponsor = sponsor_of(program.sponsor_id, work)
    must_be_eligible(asked, program, sponsor.municipality_code, had_contract=had_contract)
    if work.participants.current(by.person_id):
        raise Rejected(
            "already_takes_part", "You take part in a program already. Leaving it comes first."
        )


def _for_partner(
    application_id: UUID, by: Person, work: Work
) -> tuple[Application, Cohort, Program]:
    """Return an application of a cohort, which is locked, for the partner to decide on."""
    found = work.applications.get(application_id)
    program = work.programs.get(work.programs.cohort(found.cohort_id).program_id)
    if not by.stands_for(program.partner_id):
        raise no_such_application()
    by.must(Right.ACCEPT, program.partner_id)
    cohort = work.programs.lock_cohort(found.cohort_id)
    # Somebody else may have decided, or the program may have closed, before the lock was had.
    return work.applications.get(application_id), cohort, work.programs.get(program.program_id)


def _leave(application: Application, cohort: Cohort, work: Work) -> None:
    participant = work.participants.lock_current(application.person_id)
    if participant and participant.cohort_id == cohort.cohort_id:
        filling.leave(participant, cohort, work)


def _line(cohort_id: UUID, work: Work) -> Sequence[UUID]:
    return [each.application_id for each in work.applications.line(cohort_id)]


def _tell_made(application: Application, cohort: Cohort, program: Program, work: Work) -> None:
    made = ApplicationMade(
        application_id=application.application_id,
        program_id=program.program_id,
        partner_id=program.partner_id,
        cohort_id=cohort.cohort_id,
        cohort_name=cohort.name,
        person_id=application.person_id,
        applied_at=application.applied_at,
        outcomes_consent=application.outcomes_consent,
    )
    work.outbox.emit(made, subject=application.application_id)
