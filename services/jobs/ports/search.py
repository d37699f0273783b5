"""What search needs of the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.search import Wanted
from shared.messages.jobs import Category, JobKind, Mode
from shared.messages.search import SavedSearchView, Sort


@dataclass(frozen=True)
class Filters:
    """What a job must be like; None and empty ask for nothing."""

    category: Category | None = None
    kind: JobKind | None = None
    mode: Mode | None = None
    skills: tuple[str, ...] = ()
    budget_from: int | None = None
    budget_to: int | None = None
    weekly_hours_max: int | None = None
    beginner_friendly: bool = False
    deadline_from: date | None = None  # a job without a deadline is never over
    opened_since: datetime | None = None
    opened_until: datetime | None = None


@dataclass(frozen=True)
class Viewer:
    """Who looks: their accounts, and the clients whose jobs aren't for them."""

    accounts: frozenset[UUID]
    but: frozenset[UUID] = frozenset()


@dataclass(frozen=True)
class After:
    """Where the page before has ended: the sort key of its last job, and its id."""

    key: float | int | str | None
    job_id: UUID


@dataclass(frozen=True)
class Found:
    """A job that was found, and its sort key."""

    job: Job
    key: float | int | str | None


@dataclass(frozen=True)
class Order:
    """In which order, from where on, and how many at most."""

    sort: Sort
    limit: int
    after: After | None = None


class Index(Protocol):
    """Full text over all jobs, in the languages that they are written in."""

    def put(self, job: Job) -> None:
        """Take in what a job says, in the same transaction in which it is kept."""
        ...

    def find(
        self,
        query: Wanted,
        filters: Filters,
        viewer: Viewer,
        order: Order,
    ) -> Sequence[Found]:
        """Return open jobs that the viewer may see, in this order, each once over all pages."""
        ...


class SavedSearches(Protocol):
    """What people want to be told of."""

    def add(self, person_id: UUID, search: SavedSearchView) -> None:
        """Keep a search."""
        ...

    def count(self, person_id: UUID) -> int:
        """Return how many a person has."""
        ...

    def of(self, person_id: UUID) -> Sequence[SavedSearchView]:
        """Return a person's searches, the newest first."""
        ...

    def remove(self, person_id: UUID, search_id: UUID) -> bool:
        """Forget a search; False when it isn't there."""
        ...

    def claim_due(self, now: datetime) -> "Due | None":
        """Return a search that is due, locked; leave out those that others hold."""
        ...

    def note_run(self, search_id: UUID, seen_until: datetime, next_at: datetime) -> None:
        """Keep what was looked at, and when to look again."""
        ...

    def rules(self, day: date) -> "SearchRules":
        """Return the rules of this day in Japan."""
        ...


@dataclass(frozen=True)
class SearchRules:
    """The numbers of saved searches; a new row of `search_rules` changes them."""

    most_searches: int
    """Of one person."""
    at_once_minutes: int
    """How soon a search that tells at once looks again."""
    daily_hour: int
    """At which hour in Japan the daily ones look."""
    most_jobs_told: int
    """Named in one letter."""


@dataclass(frozen=True)
class Due:
    """A search that is due: whose it is, and from when on jobs are new to it."""

    person_id: UUID
    search: SavedSearchView
    seen_until: datetime
