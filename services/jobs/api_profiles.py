"""Profiles and matches over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.jobs.ports import Work
from services.jobs.use_cases import profiles
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.etags import TAGGED, Edits, Shown
from shared.http.pagination import Limit
from shared.messages.profiles import (
    AssistantMatches,
    JobMatches,
    KeepProfile,
    OwnProfileView,
    ProfileView,
)

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]
Cursor = Annotated[
    str | None,
    QueryParameter(max_length=300, description="The `next` of the page before; none for the first"),
]


@router.put("/profiles/me", response_model=OwnProfileView)
def keep_profile(body: KeepProfile, command: Commands, edit: Edits) -> Answered:
    """Say who one is and when one works (role assistant)."""
    person = command.person
    return edit.run_unkept(
        command,
        lambda work: profiles.keep_profile(body, person, work),
        lambda work: profiles.own_profile(person, work),
    )


@router.get("/profiles/me", responses=TAGGED)
def own_profile(query: Queries, shown: Shown) -> OwnProfileView:
    """Return one's own profile, with what nobody else sees."""
    return shown.as_of(query.run(lambda work: profiles.own_profile(query.person, work)))


@router.get("/profiles/me/matches")
def jobs_for_me(query: Queries, after: Cursor = None, limit: Limit = 20) -> JobMatches:
    """Return the open jobs that fit one's own profile, the best first, with the reasons."""
    person = query.person
    return query.run(lambda work: profiles.jobs_for(person, work, after=after, limit=limit))


@router.get("/profiles/{person_id}")
def get_profile(person_id: UUID, query: Queries) -> ProfileView:
    """Return an assistant's profile, to who signed in."""
    return query.run(lambda work: profiles.get_profile(person_id, query.person, work))


@router.get("/{job_id}/matches")
def assistants_for_job(
    job_id: UUID, query: Queries, after: Cursor = None, limit: Limit = 20
) -> AssistantMatches:
    """Return the assistants who fit a job, the best first, with the reasons (the job's client)."""
    person = query.person
    return query.run(
        lambda work: profiles.assistants_for(job_id, person, work, after=after, limit=limit)
    )
