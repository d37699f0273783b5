"""The published language of jobs, on looking for them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, Storable, View
from shared.messages.jobs import Category, JobKind, JobView, Mode, Skill


class Sort(StrEnum):
    """The order of what is found."""

    NEWEST = "newest"
    BUDGET = "budget"
    DEADLINE = "deadline"
    RELEVANCE = "relevance"


class Every(StrEnum):
    """How often somebody is told of what a saved search finds."""

    AT_ONCE = "at_once"
    DAILY = "daily"


class SearchTerms(Command):
    """What jobs somebody looks for; what is left out asks for nothing. Amounts are in yen."""

    q: Annotated[str, Field(max_length=500), Storable] = ""
    category: Category | None = None
    kind: JobKind | None = None
    mode: Mode | None = None
    skills: Annotated[tuple[Skill, ...], Field(max_length=20)] = ()
    budget_from: Annotated[int | None, Field(ge=0)] = None
    budget_to: Annotated[int | None, Field(ge=0)] = None
    weekly_hours_max: Annotated[int | None, Field(ge=1, le=100)] = None
    beginner_friendly: bool = False
    deadline_from: date | None = None


class SaveSearch(Command):
    """Keep a search, to be told of jobs that fit it as they are opened."""

    name: Line
    terms: SearchTerms
    every: Every = Every.AT_ONCE


class SavedSearchView(View):
    """A search that is kept."""

    search_id: UUID
    name: str
    terms: SearchTerms
    every: Every
    saved_at: datetime


class SavedSearchList(View):
    """All searches that a person keeps."""

    items: tuple[SavedSearchView, ...]


class JobsFound(View):
    """A page of jobs. `next` is the cursor of the following page, null on the last one."""

    items: tuple[JobView, ...]
    next: str | None
    protected: Annotated[
        bool,
        Field(description="One's next job is protected: it is one that is marked for beginners"),
    ] = False


class FoundJob(View):
    """A job that a saved search has found."""

    job_id: UUID
    title: str


class SavedSearchMatched(Event, service="jobs"):
    """Jobs were opened that fit a search which somebody keeps. `more` fit beside those named."""

    search_id: UUID
    person_id: UUID
    name: str
    jobs: tuple[FoundJob, ...]
    more: int
