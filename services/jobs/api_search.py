"""Looking for jobs over HTTP; decides nothing."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.jobs.ports import Work
from services.jobs.use_cases import searching
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import Limit
from shared.messages.base import Storable
from shared.messages.jobs import Category, JobKind, Mode, Skill
from shared.messages.search import (
    JobsFound,
    SavedSearchList,
    SavedSearchView,
    SaveSearch,
    SearchTerms,
    Sort,
)

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]

Words = Annotated[
    str,
    QueryParameter(max_length=500, description='Words, "side by side", -without, this OR that'),
    Storable,
]
Yen = Annotated[int | None, QueryParameter(ge=0, description="In yen, without tax")]


def _terms(  # noqa: PLR0917  (the parameters of a query string)
    q: Words = "",
    category: Category | None = None,
    kind: JobKind | None = None,
    mode: Mode | None = None,
    skill: Annotated[tuple[Skill, ...], QueryParameter(max_length=20)] = (),
    budget_from: Yen = None,
    budget_to: Yen = None,
    weekly_hours_max: Annotated[int | None, QueryParameter(ge=1, le=100)] = None,
    beginner_friendly: bool = False,  # noqa: FBT001, FBT002
    deadline_from: date | None = None,
) -> SearchTerms:
    return SearchTerms(
        q=q,
        category=category,
        kind=kind,
        mode=mode,
        skills=skill,
        budget_from=budget_from,
        budget_to=budget_to,
        weekly_hours_max=weekly_hours_max,
        beginner_friendly=beginner_friendly,
        deadline_from=deadline_from,
    )


@router.get("/search")
def search_jobs(
    query: Queries,
    terms: Annotated[SearchTerms, Depends(_terms)],
    sort: Sort = Sort.NEWEST,
    after: Annotated[str | None, QueryParameter(max_length=300)] = None,
    limit: Limit = 20,
) -> JobsFound:
    """Return open jobs that fit, in Japanese and English (signed in)."""
    person = query.person
    return query.run(
        lambda work: searching.search_jobs(terms, person, work, sort=sort, after=after, limit=limit)
    )


@router.post("/searches", status_code=201, response_model=SavedSearchView)
def save_search(body: SaveSearch, command: Commands) -> Answered:
    """Keep a search, to be told of jobs that fit it as they are opened (signed in)."""
    return command.run(lambda work: searching.save_search(body, command.person, work))


@router.get("/searches")
def list_searches(query: Queries) -> SavedSearchList:
    """Return the searches that one keeps, the newest first."""
    return query.run(lambda work: searching.list_searches(query.person, work))


@router.delete("/searches/{search_id}", response_model=SavedSearchList)
def remove_search(search_id: UUID, command: Commands) -> Answered:
    """Forget a search."""
    return command.run(lambda work: searching.remove_search(search_id, command.person, work))
