"""What sponsors pay for their people, over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.programs.ports import Work
from services.programs.use_cases import sponsoring
from shared.http.edge import Query, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.program_money import SponsorshipView

router = APIRouter(prefix="/api/v1/programs", tags=["programs"])

Queries = Annotated[Query[Work], Depends(query)]


@router.get("/{program_id}/sponsorships")
def list_sponsorships(
    program_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[SponsorshipView]:
    """Return what the sponsor pays, newest first (its members who may see the money)."""
    person = query.person
    found = query.run(
        lambda work: sponsoring.list_sponsorships(
            program_id, person, work, after=after, limit=limit + 1
        )
    )
    return page(found, limit, lambda each: each.sponsorship_id)
