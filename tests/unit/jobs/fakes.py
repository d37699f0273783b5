"""The outside of jobs in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.jobs.domain.job import BeginnerRules, Job
from services.jobs.domain.proposal import STANDING, Proposal
from services.jobs.ports import Work
from shared.errors import NotFound
from shared.ids import new_id
from shared.messages.files import FileView
from shared.messages.jobs import (
    Category,
    InvitationView,
    JobStatus,
    MakeProposal,
    PostJob,
    ProposalStatus,
    ProposedMilestone,
    QuestionView,
    Visibility,
)
from shared.money import PositiveMoney
from shared.people import Person
from tests.support.fakes import FakeOutbox, FakeProtectedPeople, SetClock
from tests.unit.jobs.fakes_profiles import (
    FakeBlocks,
    FakeCommitments,
    FakeFacts,
    FakeMatchRules,
    FakeOpenJobs,
    FakePeople,
    FakeProfiles,
    Known,
)
from tests.unit.jobs.fakes_search import FakeIndex, FakeSavedSearches


@dataclass
class FakeJobs:
    jobs: dict[UUID, Job] = field(default_factory=dict)
    invited: Collection[tuple[UUID, UUID]] = ()

    def add(self, job: Job) -> None:
        self.jobs[job.job_id] = job

    save = add

    def get(self, job_id: UUID) -> Job:
        try:
            return self.jobs[job_id]
        except KeyError:
            raise NotFound("job_not_found") from None

    lock = get

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Job]:
        return {job_id: self.jobs[job_id] for job_id in job_ids}

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
        def fits(job: Job) -> bool:
            own = job.client_id in viewer
            is_invited = any((job.job_id, each) in self.invited for each in viewer)
            seen = own or is_invited or job.visibility is Visibility.PUBLIC
            seen = seen and job.client_id not in but and (is_invited or not invited)
            in_time = job.deadline is None or job.deadline >= today
            whose = own if mine else seen and in_time and job.status is JobStatus.OPEN
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
            if each.job_id == job_id and each.status in STANDING
        ]

    def count_standing(self, job_ids: Sequence[UUID]) -> Mapping[UUID, int]:
        return {job_id: len(self.standing(job_id)) for job_id in job_ids if self.standing(job_id)}

    def has_any(self, job_id: UUID) -> bool:
        return any(each.job_id == job_id for each in self.proposals.values())

    def has_task(self, job_id: UUID, assistant_id: UUID) -> bool:
        return any(
            (each.job_id, each.assistant_id) == (job_id, assistant_id)
            and each.status is ProposalStatus.ACCEPTED
            for each in self.proposals.values()
        )

    def newest(
        self, job_id: UUID | None, *, assistant_id: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[Proposal]:
        found = [
            each
            for each in self.proposals.values()
            if job_id in {None, each.job_id}
            and assistant_id in {None, each.assistant_id}
            and (not after or each.proposal_id < after)
        ]
        return sorted(found, key=lambda each: each.proposal_id, reverse=True)[:limit]


@dataclass
class FakeFiles:
    files: dict[UUID, list[FileView]] = field(default_factory=dict)

    def add(self, job_id: UUID, file: FileView, uploaded_by: UUID, at: datetime) -> FileView:
        assert uploaded_by
        assert at
        self.files.setdefault(job_id, []).append(file)
        return file

    def get(self, job_id: UUID, file_id: UUID) -> FileView:
        for file in self.files.get(job_id, ()):
            if file.file_id == file_id:
                return file
        raise NotFound("file_not_found")

    def of(self, job_ids: Collection[UUID]) -> Mapping[UUID, Sequence[FileView]]:
        return {each: self.files[each] for each in job_ids if each in self.files}


@dataclass
class FakeQuestions:
    questions: dict[UUID, tuple[UUID, QuestionView]] = field(default_factory=dict)

    def add(self, job_id: UUID, question: QuestionView) -> None:
        self.questions[question.question_id] = (job_id, question)

    def get(self, job_id: UUID, question_id: UUID) -> QuestionView:
        about, question = self.questions.get(question_id, (None, None))
        if question is None or about != job_id:
            raise NotFound("question_not_found")
        return question

    def answer(self, question: QuestionView, by: UUID) -> None:
        assert by
        about, _ = self.questions[question.question_id]
        self.questions[question.question_id] = (about, question)

    def of(
        self, job_id: UUID, *, asked_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[QuestionView]:
        assert after is None
        return [
            question
            for about, question in self.questions.values()
            if about == job_id
            and (asked_by in {None, question.asked_by} or question.answer is not None)
        ][:limit]


@dataclass
class FakeInvitations:
    invited: dict[tuple[UUID, UUID], InvitationView] = field(default_factory=dict)

    def add(self, invitation: InvitationView, by: UUID) -> bool:
        assert by
        key = (invitation.job_id, invitation.assistant_id)
        is_new = key not in self.invited
        self.invited.setdefault(key, invitation)
        return is_new

    def has(self, job_id: UUID, assistant_id: UUID) -> bool:
        return (job_id, assistant_id) in self.invited

    def of(self, job_id: UUID) -> Sequence[InvitationView]:
        return [each for (about, _), each in self.invited.items() if about == job_id]


class FakeRules:
    def for_beginners(self, day: date) -> BeginnerRules:
        assert day
        return BEGINNER_RULES


BEGINNER_RULES = BeginnerRules(
    min_criteria=1, min_description=20, min_revisions=2, min_days_to_ask=3, max_weekly_hours=20
)


def make_work() -> tuple[Work, FakeOutbox]:
    """Return a Work in memory and the outbox in it."""
    outbox, invitations, known = FakeOutbox(), FakeInvitations(), Known()
    jobs = FakeJobs(invited=invitations.invited)
    work = Work(
        jobs=jobs,
        files=FakeFiles(),
        questions=FakeQuestions(),
        invitations=invitations,
        proposals=FakeProposals(),
        rules=FakeRules(),
        people=FakePeople(known),
        profiles=FakeProfiles(known),
        commitments=FakeCommitments(known),
        facts=FakeFacts(known),
        blocks=FakeBlocks(known),
        open_jobs=FakeOpenJobs(jobs.jobs, invitations.invited),
        match_rules=FakeMatchRules(),
        index=FakeIndex(jobs.jobs),
        saved_searches=FakeSavedSearches(),
        protected_people=FakeProtectedPeople(),
        outbox=outbox,
        clock=SetClock(),
    )
    return work, outbox


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
