"""What the use cases of jobs need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.jobs.domain.job import BeginnerRules, Job
from services.jobs.domain.proposal import Proposal
from services.jobs.ports.profiles import (
    Blocks,
    Commitments,
    Facts,
    MatchRules,
    OpenJobs,
    People,
    Profiles,
)
from services.jobs.ports.search import Index, SavedSearches
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.files import FileView
from shared.messages.jobs import Category, InvitationView, QuestionView
from shared.protection import ProtectedPeople


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

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Job]:
        """Return these jobs, by their ids."""
        ...

    def lock(self, job_id: UUID) -> Job:
        """Return the job and keep others from changing it until the transaction ends."""
        ...

    def save(self, job: Job) -> None:
        """Keep what it says and where it stands."""
        ...

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
        """Return jobs, newest first.

        Args:
            viewer: the accounts of who looks.
            mine: all of these accounts' own, or else the open ones that they may see and whose
                deadline isn't over.
            invited: of the open ones only those that they are invited to.
            today: the day in Japan.
            but: clients whose jobs are left out.
            category: only of this one.
            after: only from before the one with this id.
            limit: how many at most.
        """
        ...


class Files(Protocol):
    """Files that are attached to jobs; their bytes are in a FileStore."""

    def add(self, job_id: UUID, file: FileView, uploaded_by: UUID, at: datetime) -> FileView:
        """Keep a file, or return the same one (name, bytes) that is there already."""
        ...

    def get(self, job_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound (`file_not_found`)."""
        ...

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Sequence[FileView]]:
        """Return the files of these jobs, the oldest first, by the jobs that have any."""
        ...


class Questions(Protocol):
    """Questions about jobs, and their answers."""

    def add(self, job_id: UUID, question: QuestionView) -> None:
        """Keep a question."""
        ...

    def get(self, job_id: UUID, question_id: UUID) -> QuestionView:
        """Return a question; raise NotFound (`question_not_found`)."""
        ...

    def answer(self, question: QuestionView, by: UUID) -> None:
        """Keep the answer to a question."""
        ...

    def of(
        self, job_id: UUID, *, asked_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[QuestionView]:
        """Return the questions about a job, newest first: all; or those answered, and one's own."""
        ...


class Invitations(Protocol):
    """Who was invited to which job."""

    def add(self, invitation: InvitationView, by: UUID) -> bool:
        """Keep an invitation; False when it is there already."""
        ...

    def has(self, job_id: UUID, assistant_id: UUID) -> bool:
        """Tell whether this person was invited."""
        ...

    def of(self, job_id: UUID) -> Sequence[InvitationView]:
        """Return who was invited to a job, the newest first."""
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
        """Keep these proposals as they are now."""
        ...

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        """Return the proposals to a job that wait for an answer."""
        ...

    def count_standing(self, job_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        """Return how many proposals wait for an answer, by job; a job without any is left out."""
        ...

    def has_any(self, job_id: UUID) -> bool:
        """Tell whether anybody has ever proposed to a job."""
        ...

    def has_task(self, job_id: UUID, assistant_id: UUID) -> bool:
        """Tell whether this assistant has taken one of the job's small tasks."""
        ...

    def newest(
        self, job_id: UUID | None, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        """Return the proposals to a job, or to all; newest first: all, or one assistant's own."""
        ...


class Rules(Protocol):
    """Dated configuration."""

    def for_beginners(self, day: date) -> BeginnerRules:
        """Return what makes a job fit for beginners on this day in Japan."""
        ...


@dataclass(frozen=True)
class Work:
    """Everything that a use case may touch, in one transaction."""

    jobs: Jobs
    files: Files
    questions: Questions
    invitations: Invitations
    proposals: Proposals
    rules: Rules
    people: People
    profiles: Profiles
    commitments: Commitments
    facts: Facts
    blocks: Blocks
    open_jobs: OpenJobs
    match_rules: MatchRules
    index: Index
    saved_searches: SavedSearches
    protected_people: ProtectedPeople
    outbox: Outbox
    clock: Clock


class Transactions(Protocol):
    """Gives one transaction after another, to what needs several."""

    def begin(self) -> AbstractContextManager[Work]:
        """Begin a transaction: committed at the end of the block, rolled back on an exception."""
        ...
