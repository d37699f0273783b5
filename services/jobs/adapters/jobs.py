"""Jobs in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.jobs.adapters.tables import jobs
from services.jobs.domain.job import Job
from shared.errors import NotFound
from shared.messages.jobs import Category, JobStatus, Mode
from shared.money import Money


@dataclass(frozen=True)
class SqlJobs:
    """Implements the port Jobs."""

    connection: Connection

    def add(self, job: Job) -> None:
        """Keep a new job."""
        self.connection.execute(
            jobs.insert().values(
                job_id=job.job_id,
                client_id=job.client_id,
                title=job.title,
                description=job.description,
                category=job.category,
                budget_amount=job.budget.amount,
                currency=job.budget.currency,
                mode=job.mode,
                place=job.place,
                review_days=job.review_days,
                status=job.status,
                posted_at=job.posted_at,
            )
        )

    def get(self, job_id: UUID, *, lock: bool = False) -> Job:
        """Return the job; raise NotFound."""
        query = select(jobs).where(jobs.c.job_id == job_id)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise NotFound("job_not_found", "There is no such job. Look at the list of open jobs.")
        return _job(row)

    def lock(self, job_id: UUID) -> Job:
        """Return the job and keep others from changing it until the transaction ends."""
        return self.get(job_id, lock=True)

    def save(self, job: Job) -> None:
        """Keep the job's status."""
        self.connection.execute(
            jobs.update().where(jobs.c.job_id == job.job_id).values(status=job.status)
        )

    def newest(
        self,
        *,
        category: Category | None,
        client_id: UUID | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Job]:
        """Return jobs, newest first: the open ones, or all of one client."""
        # Ids are UUIDv7: their order is that of making.
        query = select(jobs).order_by(jobs.c.job_id.desc()).limit(limit)
        if client_id is None:
            query = query.where(jobs.c.status == JobStatus.OPEN)
        else:
            query = query.where(jobs.c.client_id == client_id)
        if category is not None:
            query = query.where(jobs.c.category == category)
        if after is not None:
            query = query.where(jobs.c.job_id < after)
        return [_job(row) for row in self.connection.execute(query)]


def _job(row: Row[Any]) -> Job:
    return Job(
        job_id=row.job_id,
        client_id=row.client_id,
        title=row.title,
        description=row.description,
        category=Category(row.category),
        budget=Money(amount=row.budget_amount, currency=row.currency),
        mode=Mode(row.mode),
        place=row.place,
        review_days=row.review_days,
        posted_at=row.posted_at,
        status=JobStatus(row.status),
    )
