"""Cohorts over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import attending, cohorts, viewing
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.messages.program_people import ParticipantView, RecordAttendance
from shared.messages.programs import AnnounceCohort, CohortView

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.post("/{program_id}/cohorts", status_code=201, response_model=CohortView)
def announce_cohort(program_id: UUID, body: AnnounceCohort, command: Commands) -> Answered:
    """Let people apply for a cohort of an open program (the partner's members who may post)."""
    return command.run(lambda work: cohorts.announce_cohort(program_id, body, command.person, work))


@router.get("/{program_id}/cohorts")
def list_cohorts(program_id: UUID, query: Queries) -> list[CohortView]:
    """Return a program's cohorts, to whoever may see the program."""
    return query.run(lambda work: cohorts.list_cohorts(program_id, query.person, work))


@router.get("/cohorts/{cohort_id}", responses=TAGGED)
def get_cohort(cohort_id: UUID, query: Queries, shown: Shown) -> CohortView:
    """Return a cohort, to whoever may see its program."""
    return shown.as_of(query.run(lambda work: cohorts.get_cohort(cohort_id, query.person, work)))


@router.put("/cohorts/{cohort_id}", response_model=CohortView)
def change_cohort(
    cohort_id: UUID, body: AnnounceCohort, command: Commands, edit: Edits
) -> Answered:
    """Say other things of a cohort (the partner's members who may post); more places are given."""
    return edit.run(
        command,
        lambda work: cohorts.get_cohort(cohort_id, command.person, work),
        lambda work: cohorts.change_cohort(cohort_id, body, command.person, work),
    )


@router.get("/cohorts/{cohort_id}/participants")
def list_participants(cohort_id: UUID, query: Queries) -> list[ParticipantView]:
    """Return who takes part, or did (the partner's members; a supporter sees their own people)."""
    return query.run(lambda work: viewing.list_participants(cohort_id, query.person, work))


@router.put(
    "/cohorts/{cohort_id}/sessions/{number}/attendance", response_model=list[ParticipantView]
)
def record_attendance(
    cohort_id: UUID, number: int, body: RecordAttendance, command: Commands
) -> Answered:
    """Say who was at a session (the partner's members who may post; supporters of their people)."""
    return command.run(
        lambda work: attending.record_attendance(cohort_id, number, body, command.person, work)
    )
