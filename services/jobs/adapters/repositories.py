"""Jobs and proposals in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, bindparam, select

from services.jobs.adapters.tables import jobs, proposals
from services.jobs.domain.job import Job
from services.jobs.domain.proposal import Proposal
from shared.errors import NotFound
from shared.messages.jobs import Category, JobStatus, MilestoneOffer, Mode, ProposalStatus
from shared.money import Money

_OFFERS = TypeAdapter(tuple[MilestoneOffer, ...])


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


@dataclass(frozen=True)
class SqlProposals:
    """Implements the port Proposals."""

    connection: Connection

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        self.connection.execute(
            proposals.insert().values(
                proposal_id=proposal.proposal_id,
                job_id=proposal.job_id,
                assistant_id=proposal.assistant_id,
                cover=proposal.cover,
                milestones=_OFFERS.dump_python(proposal.milestones, mode="json"),
                status=proposal.status,
                made_at=proposal.made_at,
            )
        )

    def get(self, proposal_id: UUID) -> Proposal:
        """Return the proposal; raise NotFound."""
        query = select(proposals).where(proposals.c.proposal_id == proposal_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("proposal_not_found", "There is no such proposal of yours or to you.")
        return _proposal(row)

    def save(self, changed: Sequence[Proposal]) -> None:
        """Keep the status of these proposals."""
        if not changed:
            return
        self.connection.execute(
            proposals.update()
            .where(proposals.c.proposal_id == bindparam("id"))
            .values(status=bindparam("new_status")),
            [{"id": each.proposal_id, "new_status": each.status} for each in changed],
        )

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        """Return the proposals to a job that wait for an answer."""
        query = select(proposals).where(
            proposals.c.job_id == job_id, proposals.c.status == ProposalStatus.MADE
        )
        return [_proposal(row) for row in self.connection.execute(query)]

    def newest(
        self, job_id: UUID, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        """Return the proposals to a job, newest first: all, or one assistant's own."""
        query = (
            select(proposals)
            .where(proposals.c.job_id == job_id)
            .order_by(proposals.c.proposal_id.desc())
            .limit(limit)
        )
        if assistant_id is not None:
            query = query.where(proposals.c.assistant_id == assistant_id)
        if after is not None:
            query = query.where(proposals.c.proposal_id < after)
        return [_proposal(row) for row in self.connection.execute(query)]


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


def _proposal(row: Row[Any]) -> Proposal:
    return Proposal(
        proposal_id=row.proposal_id,
        job_id=row.job_id,
        assistant_id=row.assistant_id,
        cover=row.cover,
        milestones=_OFFERS.validate_python(row.milestones),
        made_at=row.made_at,
        status=ProposalStatus(row.status),
    )
