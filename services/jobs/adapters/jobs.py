"""Jobs in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, or_, select

from services.jobs.adapters.tables import beginner_rules, invitations, jobs
from services.jobs.domain.job import BeginnerRules, Job, Tasks, no_such_job
from shared.db import valid_at
from shared.messages.jobs import (
    BeginnerCriterion,
    Category,
    JobKind,
    JobStatus,
    Mode,
    Period,
    Visibility,
)
from shared.money import Money

_AS_THEY_ARE = (
    "job_id",
    "client_id",
    "title",
    "description",
    "category",
    "mode",
    "place",
    "review_days",
    "status",
    "posted_at",
    "posted_by",
    "opened_at",
    "kind",
    "weekly_hours",
    "hours_note",
    "deadline",
    "max_revisions",
    "visibility",
    "beginner_friendly",
    "period",
)
# All of a job but its words: only searches read these.
JOB = tuple(column for column in jobs.c if column.name != "search")
_LISTS = ("skills", "criteria", "beginner_criteria_met")


@dataclass(frozen=True)
class SqlJobs:
    """Implements the port Jobs."""

    connection: Connection

    def add(self, job: Job) -> None:
        """Keep a new job."""
        self.connection.execute(jobs.insert().values(row_of(job)))

    def get(self, job_id: UUID, *, lock: bool = False) -> Job:
        """Return the job; raise NotFound."""
        query = select(*JOB).where(jobs.c.job_id == job_id)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise no_such_job()
        return job_of(row)

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Job]:
        """Return these jobs, by their ids."""
        rows = self.connection.execute(select(*JOB).where(jobs.c.job_id.in_(job_ids)))
        return {row.job_id: job_of(row) for row in rows}

    def lock(self, job_id: UUID) -> Job:
        """Return the job and keep others from changing it until the transaction ends."""
        return self.get(job_id, lock=True)

    def save(self, job: Job) -> None:
        """Keep what it says and where it stands."""
        self.connection.execute(
            jobs.update().where(jobs.c.job_id == job.job_id).values(row_of(job))
        )

    def newest(
        self,
        viewer: Collection[UUID],
        *,
        mine: bool,
        invited: bool = False,
        today: date,
        but: Collection[UUID] = (),
        category: Category | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Job]:
        """Return the viewer's own jobs, or the open ones in time that they see; newest first."""
        # Ids are UUIDv7: their order is that of making.
        query = select(*JOB).order_by(jobs.c.job_id.desc()).limit(limit)
        own = jobs.c.client_id.in_(viewer)
        if mine:
            query = query.where(own)
        else:
            query = query.where(
                jobs.c.status == JobStatus.OPEN,
                or_(own, seen_by(viewer)),
                or_(jobs.c.deadline.is_(None), jobs.c.deadline >= today),
                jobs.c.client_id.not_in(but),
            )
        if invited:
            query = query.where(_invites(viewer))
        if category is not None:
            query = query.where(jobs.c.category == category)
        if after is not None:
            query = query.where(jobs.c.job_id < after)
        return [job_of(row) for row in self.connection.execute(query)]


@dataclass(frozen=True)
class SqlRules:
    """Implements the port Rules."""

    connection: Connection

    def for_beginners(self, day: date) -> BeginnerRules:
        """Return what makes a job fit for beginners on this day in Japan."""
        return BeginnerRules(**valid_at(self.connection, beginner_rules, day))


def seen_by(viewer: Collection[UUID]) -> ColumnElement[bool]:
    """Return when others than its client see a job: it is public, or they are invited."""
    return or_(jobs.c.visibility == Visibility.PUBLIC, _invites(viewer))


def _invites(viewer: Collection[UUID]) -> ColumnElement[bool]:
    invited = select(invitations.c.job_id).where(invitations.c.assistant_id.in_(viewer))
    return jobs.c.job_id.in_(invited)


def row_of(job: Job) -> dict[str, Any]:
    """Return a job as a row of jobs."""
    tasks = job.tasks
    return {
        **{name: getattr(job, name) for name in _AS_THEY_ARE},
        **{name: list(getattr(job, name)) for name in _LISTS},
        "budget_amount": job.budget.amount,
        "currency": job.budget.currency,
        "slots": tasks.slots if tasks else None,
        "task_price": tasks.price.amount if tasks else None,
        "days_to_deliver": tasks.days_to_deliver if tasks else None,
        "taken": tasks.taken if tasks else 0,
    }


def job_of(row: Row[Any]) -> Job:
    """Return the job that a row of jobs is."""
    values = {name: getattr(row, name) for name in _AS_THEY_ARE}
    kinds = {
        "category": Category(row.category),
        "mode": Mode(row.mode),
        "status": JobStatus(row.status),
        "kind": JobKind(row.kind),
        "visibility": Visibility(row.visibility),
        "period": Period(row.period) if row.period else None,
        "beginner_criteria_met": tuple(map(BeginnerCriterion, row.beginner_criteria_met)),
    }
    tasks = None
    if row.slots:
        price = Money(amount=row.task_price, currency=row.currency)
        tasks = Tasks(row.slots, price, row.days_to_deliver, row.taken)
    return Job(
        **{**values, **kinds},
        budget=Money(amount=row.budget_amount, currency=row.currency),
        skills=tuple(row.skills),
        criteria=tuple(row.criteria),
        tasks=tasks,
    )
