"""The outside of jobs in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.proposal import Proposal
from services.jobs.ports import Work
from shared.errors import NotFound
from shared.ids import new_id
from shared.messages.jobs import (
    Category,
    JobStatus,
    MakeProposal,
    PostJob,
    ProposalStatus,
    ProposedMilestone,
)
from shared.money import PositiveMoney
from shared.people import Person
from tests.support.fakes import FakeOutbox, SetClock


@dataclass
class FakeJobs:
    jobs: dict[UUID, Job] = field(default_factory=dict)

    def add(self, job: Job) -> None:
        self.jobs[job.job_id] = job

    save = add

    def get(self, job_id: UUID) -> Job:
        try:
            return self.jobs[job_id]
        except KeyError:
            raise NotFound("job_not_found") from None

    lock = get

    def newest(
        self,
        *,
        category: Category | None,
        client_id: UUID | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Job]:
        def fits(job: Job) -> bool:
            whose = job.client_id == client_id if client_id else job.status is JobStatus.OPEN
            return whose and category in {None, job.category} and (not after or job.job_id < after)

        found = sorted(filter(fits, self.jobs.values()), key=lambda job: job.job_id, reverse=True)
        return found[:limit]


@dataclass
class FakeProposals:
    proposals: dict[UUID, Proposal] = field(default_factory=dict)

    def add(self, proposal: Proposal) -> None:
        self.proposals[proposal.proposal_id] = proposal

    def get(self, proposal_id: UUID) -> Proposal:
        try:
            return self.proposals[proposal_id]
        except KeyError:
            raise NotFound("proposal_not_found") from None

    def save(self, proposals: Iterable[Proposal]) -> None:
        for proposal in proposals:
            self.add(proposal)

    def standing(self, job_id: UUID) -> Sequence[Proposal]:
        return [
            each
            for each in self.proposals.values()
            if each.job_id == job_id and each.status is ProposalStatus.MADE
        ]

    def newest(
        self, job_id: UUID, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        found = [
            each
            for each in self.proposals.values()
            if each.job_id == job_id
            and assistant_id in {None, each.assistant_id}
            and (not after or each.proposal_id < after)
        ]
        return sorted(found, key=lambda each: each.proposal_id, reverse=True)[:limit]


def make_work() -> tuple[Work, FakeOutbox]:
    """Return a Work in memory and the outbox in it."""
    outbox = FakeOutbox()
    return Work(FakeJobs(), FakeProposals(), outbox, SetClock()), outbox


def a_client() -> Person:
    return Person(new_id(), frozenset({"client"}))


def an_assistant() -> Person:
    return Person(new_id(), frozenset({"assistant"}))


def a_job(category: Category = Category.WRITING) -> PostJob:
    return PostJob(
        title="Write a guide",
        description="Ten pages on gardens",
        category=category,
        budget=PositiveMoney(amount=100_000),
    )


def an_offer(*prices: int, due_on: date = date(2026, 5, 1)) -> MakeProposal:
    """Return a proposal with one milestone for each price."""
    return MakeProposal(
        cover="I have a garden",
        milestones=tuple(
            ProposedMilestone(
                title=f"Part {number}",
                description="Some pages",
                price=PositiveMoney(amount=price),
                due_on=due_on,
            )
            for number, price in enumerate(prices or (50_000, 30_000), start=1)
        ),
    )
