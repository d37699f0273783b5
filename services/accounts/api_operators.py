"""What operators see of people, and may do to them, over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from fastapi import Query as QueryParameter

from services.accounts.api_support import LIVE_SESSION, Commands, Queries
from services.accounts.use_cases import minding
from shared.http.edge import Answered
from shared.http.pagination import MAX_PAGE, After, Limit, page
from shared.messages.base import Page, Storable
from shared.messages.suspensions import (
    FoundPerson,
    PersonCase,
    PersonNames,
    ReinstatePerson,
    SuspendPerson,
)

router = APIRouter(
    prefix="/api/v1/accounts/operations", tags=["operations"], dependencies=[LIVE_SESSION]
)


@router.get("/people")
def find_people(
    query: Queries,
    q: Annotated[
        str,
        QueryParameter(max_length=200, description="A part of name or address, or an id"),
        Storable,
    ] = "",
    after: After = None,
    limit: Limit = 20,
) -> Page[FoundPerson]:
    """Return people, newest first (role operator); that they were looked for is written down."""
    person = query.person
    found = query.run_noted(
        lambda work: minding.find_people(q, person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda each: each.person_id)


@router.get("/names")
def get_names(
    query: Queries,
    account_id: Annotated[
        list[UUID], QueryParameter(max_length=MAX_PAGE, description="People and companies")
    ],
) -> PersonNames:
    """Return how people and companies are called (role operator)."""
    person = query.person
    return query.run(lambda work: minding.names_of(account_id, person, work))


@router.get("/people/{person_id}")
def get_person_case(person_id: UUID, query: Queries) -> PersonCase:
    """Return all that accounts knows of somebody (role operator); that is written down."""
    person = query.person
    return query.run_noted(lambda work: minding.show_case(person_id, person, work))


@router.post("/people/{person_id}/suspension", status_code=201, response_model=PersonCase)
def suspend_person(person_id: UUID, body: SuspendPerson, command: Commands) -> Answered:
    """Keep somebody out (role operator): their sessions end, and they can't sign in."""
    person = command.person
    return command.run(lambda work: minding.suspend(person_id, body, person, work))


@router.post("/people/{person_id}/reinstatement", response_model=PersonCase)
def reinstate_person(person_id: UUID, body: ReinstatePerson, command: Commands) -> Answered:
    """Let somebody in again (role operator)."""
    person = command.person
    return command.run(lambda work: minding.reinstate(person_id, body, person, work))
