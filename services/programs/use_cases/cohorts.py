"""Cohorts: how many people are trained together, when, and where they meet."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.programs.domain.program import (
    Cohort,
    Program,
    must_be_open,
    no_such_cohort,
)
from services.programs.ports import Work
from services.programs.use_cases import filling
from services.programs.use_cases.programs import seen_program
from services.programs.use_cases.rights import run_cohort, run_program, runs
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.programs import (
    AnnounceCohort,
    CohortAnnounced,
    CohortView,
    Session,
    SessionView,
)
from shared.people import Person, Right


def announce_cohort(program_id: UUID, asked: AnnounceCohort, by: Person, work: Work) -> CohortView:
    """Let people apply for a cohort of an open program (the partner's right `post`).

    Raises NotFound (`program_not_found`), NotAllowed (`right_required`), Rejected
    (`program_not_open`).
    """
    run_program(program_id, Right.POST, by, work)
    program = work.programs.lock(program_id)
    must_be_open(program)
    cohort = Cohort(
        cohort_id=new_id(),
        program_id=program_id,
        announced_at=work.clock.now(),
        **{name: getattr(asked, name) for name in type(asked).model_fields},
    )
    work.programs.add_cohort(cohort)
    announced = CohortAnnounced(
        cohort_id=cohort.cohort_id,
        program_id=program_id,
        name=cohort.name,
        capacity=cohort.capacity,
        apply_until=cohort.apply_until,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
    )
    work.outbox.emit(announced, subject=cohort.cohort_id)
    return view(cohort, by, work)


def change_cohort(cohort_id: UUID, asked: AnnounceCohort, by: Person, work: Work) -> CohortView:
    """Say other things of a cohort (the partner's `post`); more places go to who waits.

    Raises NotFound (`cohort_not_found`), NotAllowed (`right_required`), Rejected
    (`capacity_below_taken`, `sessions_only_added`).
    """
    program, _ = run_cohort(cohort_id, Right.POST, by, work)
    before = work.programs.lock_cohort(cohort_id)
    taken = filling.taken(before, work)
    if asked.capacity < taken:
        raise Rejected(
            "capacity_below_taken", "More places than that are taken already.", taken=taken
        )
    if len(asked.sessions) < len(before.sessions):
        raise Rejected("sessions_only_added", "A session is known by its place: none goes away.")
    changed = {name: getattr(asked, name) for name in type(asked).model_fields}
    cohort = replace(before, **changed)
    work.programs.save_cohort(cohort)
    filling.fill(cohort, program, work)
    return view(cohort, by, work)


def list_cohorts(program_id: UUID, by: Person, work: Work) -> list[CohortView]:
    """Return the cohorts of a program, as announced, to whoever may see the program."""
    program = seen_program(program_id, by, work)
    return views(work.programs.cohorts_of(program_id), program, by, work)


def get_cohort(cohort_id: UUID, by: Person, work: Work) -> CohortView:
    """Return a cohort to whoever may see its program; raise NotFound (`cohort_not_found`)."""
    cohort = work.programs.cohort(cohort_id)
    try:
        seen_program(cohort.program_id, by, work)
    except NotFound:
        raise no_such_cohort() from None
    return view(cohort, by, work)


def view(cohort: Cohort, by: Person, work: Work) -> CohortView:
    """Return a cohort as somebody sees it."""
    program = work.programs.get(cohort.program_id)
    return views([cohort], program, by, work)[0]


def views(cohorts: Sequence[Cohort], program: Program, by: Person, work: Work) -> list[CohortView]:
    """Return cohorts of a program as somebody sees them."""
    ids = [each.cohort_id for each in cohorts]
    taken, waiting = work.participants.taken(ids), work.applications.waiting(ids)
    told = by.stands_for(program.partner_id)
    inside = _places_seen(program, by, work)
    return [
        _view(
            each,
            program,
            _Counts(taken.get(each.cohort_id, 0), waiting.get(each.cohort_id, 0), told=told),
            where=inside.all or inside.own == each.cohort_id,
        )
        for each in cohorts
    ]


@dataclass(frozen=True)
class _Counts:
    """How many take part and wait, and whether that is told: a few are known in a small town."""

    taken: int
    waiting: int
    told: bool


@dataclass(frozen=True)
class _Inside:
    """Of which cohorts somebody sees where they meet: all of the program, or the own one."""

    all: bool
    own: UUID | None


def _places_seen(program: Program, by: Person, work: Work) -> _Inside:
    if runs(program, by) or work.participants.supports(by.person_id, program.program_id):
        return _Inside(all=True, own=None)
    current = work.participants.current(by.person_id)
    return _Inside(all=False, own=current.cohort_id if current else None)


def _view(cohort: Cohort, program: Program, counts: _Counts, *, where: bool) -> CohortView:
    return CohortView(
        cohort_id=cohort.cohort_id,
        program_id=cohort.program_id,
        program_title=program.title,
        name=cohort.name,
        capacity=cohort.capacity,
        places_left=not counts.waiting and counts.taken < cohort.capacity,
        taken=counts.taken if counts.told else None,
        waiting=counts.waiting if counts.told else None,
        apply_until=cohort.apply_until,
        starts_on=cohort.starts_on,
        ends_on=cohort.ends_on,
        sessions=tuple(
            _session(number, each, where=where)
            for number, each in enumerate(cohort.sessions, start=1)
        ),
    )


def _session(number: int, session: Session, *, where: bool) -> SessionView:
    return SessionView(
        number=number,
        title=session.title,
        starts_at=session.starts_at,
        ends_at=session.ends_at,
        place=session.place,
        where=session.where if where else None,
    )
