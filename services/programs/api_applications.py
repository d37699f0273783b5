"""Applications over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import applying
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.program_people import ApplicationView, Apply, DeclineApplication

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.post("/cohorts/{cohort_id}/applications", status_code=201, response_model=ApplicationView)
def apply(cohort_id: UUID, body: Apply, command: Commands) -> Answered:
    """Apply for a cohort (role assistant); a refusal names all that isn't met."""
    return command.run(lambda work: applying.apply(cohort_id, body, command.person, work))


@router.get("/cohorts/{cohort_id}/applications")
def list_applications(
    cohort_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[ApplicationView]:
    """Return who applied, the first one first (the partner's members who may accept)."""
    person = query.person
    found = query.run(
        lambda work: applying.list_applications(
            cohort_id, person, work, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda application: application.application_id)


@router.get("/applications/mine")
def list_own_applications(query: Queries) -> list[ApplicationView]:
    """Return one's own applications, the newest first."""
    return query.run(lambda work: applying.list_own(query.person, work))


@router.post("/applications/{application_id}/acceptance", response_model=ApplicationView)
def accept_application(application_id: UUID, command: Commands) -> Answered:
    """Take somebody in, or on the waiting list (the partner's members who may accept)."""
    return command.run(lambda work: applying.accept(application_id, command.person, work))


@router.post("/applications/{application_id}/refusal", response_model=ApplicationView)
def decline_application(
    application_id: UUID, body: DeclineApplication, command: Commands
) -> Answered:
    """Decline an application with a reason (the partner's members who may accept)."""
    return command.run(lambda work: applying.decline(application_id, body, command.person, work))


@router.post("/applications/{application_id}/withdrawal", response_model=ApplicationView)
def withdraw_application(application_id: UUID, command: Commands) -> Answered:
    """Take one's application back; who was accepted leaves by it."""
    return command.run(lambda work: applying.withdraw(application_id, command.person, work))
