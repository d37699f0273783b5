"""Search in memory: words are looked for as they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.search import Wanted
from services.jobs.ports.search import Due, Filters, Found, Order, SearchRules, Viewer
from shared.messages.jobs import JobStatus
from shared.messages.search import SavedSearchView

RULES = SearchRules(most_searches=2, at_once_minutes=5, daily_hour=8, most_jobs_told=2)


@dataclass
class FakeIndex:
    jobs: Mapping[UUID, Job]
    texts: dict[UUID, str] = field(default_factory=dict)

    def put(self, job: Job) -> None:
        self.texts[job.job_id] = f"{job.title} {job.description}".casefold()

    def find(
        self, query: Wanted, filters: Filters, viewer: Viewer, order: Order
    ) -> Sequence[Found]:
        def fits(job: Job) -> bool:
            text = self.texts[job.job_id]
            since, until = filters.opened_since, filters.opened_until
            return (
                job.status is JobStatus.OPEN
                and job.client_id not in viewer.but
                and filters.category in {None, job.category}
                and (since is None or bool(job.opened_at and job.opened_at > since))
                and (until is None or bool(job.opened_at and job.opened_at <= until))
                and all(any(word.text in text for word in group) for group in query)
                and (order.after is None or job.job_id < order.after.job_id)
            )

        found = sorted(filter(fits, self.jobs.values()), key=lambda job: job.job_id, reverse=True)
        return [Found(job, None) for job in found[: order.limit]]


@dataclass
class FakeSavedSearches:
    kept: dict[UUID, tuple[Due, datetime]] = field(default_factory=dict)

    def add(self, person_id: UUID, search: SavedSearchView) -> None:
        due = Due(person_id, search, search.saved_at)
        self.kept[search.search_id] = (due, search.saved_at)

    def count(self, person_id: UUID) -> int:
        return len(self.of(person_id))

    def of(self, person_id: UUID) -> Sequence[SavedSearchView]:
        return [due.search for due, _ in self.kept.values() if due.person_id == person_id]

    def remove(self, person_id: UUID, search_id: UUID) -> bool:
        if search_id not in {each.search_id for each in self.of(person_id)}:
            return False
        del self.kept[search_id]
        return True

    def claim_due(self, now: datetime) -> Due | None:
        return next((due for due, next_at in self.kept.values() if next_at <= now), None)

    def note_run(self, search_id: UUID, seen_until: datetime, next_at: datetime) -> None:
        due, _ = self.kept[search_id]
        self.kept[search_id] = (replace(due, seen_until=seen_until), next_at)

    def rules(self, day: date) -> SearchRules:
        assert day
        return RULES
