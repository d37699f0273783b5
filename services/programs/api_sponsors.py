"""Municipalities and their accounts over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.programs.ports import Work
from services.programs.use_cases import sponsors
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page, Storable
from shared.messages.programs import (
    DecideOnSponsor,
    MunicipalityView,
    RegisterSponsor,
    SponsorStatus,
    SponsorView,
)

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Words = Annotated[
    str, QueryParameter(max_length=100, description="Of its name, reading or code"), Storable
]


@router.get("/municipalities")
def find_municipalities(query: Queries, q: Words = "") -> list[MunicipalityView]:
    """Return local governments of the national list that fit, 20 at most (signed in)."""
    person = query.person
    return query.run(lambda _: sponsors.find_municipalities(q, person))


@router.post("/sponsors", status_code=201, response_model=SponsorView)
def register_sponsor(body: RegisterSponsor, command: Commands) -> Answered:
    """Say that a company's account is a municipality's (its members who may post)."""
    return command.run(lambda work: sponsors.register_sponsor(body, command.person, work))


@router.get("/sponsors")
def list_sponsors(
    query: Queries, status: SponsorStatus | None = None, after: After = None, limit: Limit = 20
) -> Page[SponsorView]:
    """Return sponsors, newest account first: all to operators, to others their own."""
    person = query.person
    found = query.run(
        lambda work: sponsors.list_sponsors(
            person, work, status=status, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda sponsor: sponsor.account_id)


@router.get("/sponsors/{account_id}")
def get_sponsor(account_id: UUID, query: Queries) -> SponsorView:
    """Return a sponsor (its members, operators)."""
    return query.run(lambda work: sponsors.get_sponsor(account_id, query.person, work))


@router.post("/sponsors/{account_id}/decision", response_model=SponsorView)
def decide_on_sponsor(account_id: UUID, body: DecideOnSponsor, command: Commands) -> Answered:
    """Confirm a municipality's account, or refuse it with a reason (role operator)."""
    return command.run(lambda work: sponsors.decide(account_id, body, command.person, work))
