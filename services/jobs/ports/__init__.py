"""What the use cases of jobs need of the outside."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.proposal import Proposal
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.jobs import Category


class Outbox(Protocol):
    """Tells the other services, once the transaction is committed."""

    def emit(self, event: Event, *, subject: UUID) -> None:
        """Add an event about this object."""
        ...


class Jobs(Protocol):
    """All jobs."""

    def add(self, job: Job) -> None:
        """Keep a new job."""
        ...

    def get(self, job_id: UUID) -> Job:
        """Return the job; raise NotFound (`job_not_found`)."""
        ...

    def lock(self, job_id: UUID) -> Job:
        """Return the job and keep others from changing it until the transaction ends."""
        ...

    def save(self, job: Job) -> None:
        """Keep the job's status."""
        ...

    def newest(
        self,
        *,
        category: Category | None,
        client_id: UUID | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Job]:
        """Return jobs, newest first: the open ones, or all of one client."""
        ...


class Proposals(Protocol):
    """All proposals. Whoever changes one holds the lock of its job."""

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        ...

    def get(self, proposal_id: UUID) -> Proposal:
        """Return the proposal; raise NotFound (`proposal_not_found`)."""
        ...

    def save(self, proposals: Sequence[Proposal]) -> None:
        """Keep the status of these proposals."""
        ...

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        """Return the proposals to a job that wait for an answer."""
        ...

    def newest(
        self, job_id: UUID, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        """Return the proposals to a job, newest first: all, or one assistant's own."""
        ...


@dataclass(frozen=True)
class Work:
    """Everything that a use case may touch, in one transaction."""

    jobs: Jobs
    proposals: Proposals
    outbox: Outbox
    clock: Clock
