"""The published language of jobs: what is wanted, and what is proposed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from shared.messages.base import Command, Event, Line, Storable, Text, View
from shared.messages.files import FileView
from shared.money import Money, PositiveMoney

Criteria = Annotated[
    tuple[Line, ...], Field(max_length=20, description="By which work is accepted")
]
Skill = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_lower=True, min_length=1, max_length=50),
    Storable,
]
WeeklyHours = Annotated[
    int, Field(ge=0, le=100, description="Hours a week that it takes; 0: not stated")
]
ReviewDays = Annotated[int, Field(ge=1, le=14, description="Days to review a delivery")]


class Category(StrEnum):
    """The kind of work. Payments decides from it whether income tax is withheld."""

    WRITING = "writing"
    TRANSLATION = "translation"
    DESIGN = "design"
    DEVELOPMENT = "development"
    DATA_ENTRY = "data_entry"
    RESEARCH = "research"
    ADMINISTRATION = "administration"
    CUSTOMER_SUPPORT = "customer_support"


class Mode(StrEnum):
    """Between whom the contract is; see docs/architecture.md, "Two modes of engagement"."""

    BROKERED = "brokered"
    PRINCIPAL = "principal"


class JobKind(StrEnum):
    """How the work of a job is divided and paid."""

    FIXED = "fixed"
    RETAINER = "retainer"
    TASKS = "tasks"


class Period(StrEnum):
    """How long a period of a retainer is."""

    WEEK = "week"
    MONTH = "month"


class JobStatus(StrEnum):
    """Where a job stands."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    FILLED = "filled"
    CLOSED = "closed"


class ProposalStatus(StrEnum):
    """Where a proposal stands."""

    MADE = "made"
    COUNTERED = "countered"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    ACCEPTED = "accepted"


class Visibility(StrEnum):
    """Who sees an open job."""

    PUBLIC = "public"
    INVITED = "invited"


class BeginnerCriterion(StrEnum):
    """What makes a job fit for beginners; the numbers are dated configuration of jobs."""

    CRITERIA_STATED = "criteria_stated"
    DESCRIBED_IN_DETAIL = "described_in_detail"
    CHANGES_POSSIBLE = "changes_possible"
    TIME_TO_ASK = "time_to_ask"
    FEW_HOURS = "few_hours"


class TaskTerms(Command):
    """Small tasks: so many alike, each taken by whoever comes first, at a price without tax."""

    slots: Annotated[int, Field(ge=1, le=1_000)]
    price: PositiveMoney
    days_to_deliver: Annotated[int, Field(ge=1, le=60)]


class JobDetails(Command):
    """What a job says. The budget is without consumption tax.

    `deadline` is the last day to propose, in Japan. A retainer needs `period`, small tasks need
    `tasks`. `beginner_friendly` is refused unless all its criteria are met.
    """

    title: Line
    description: Text
    category: Category
    budget: PositiveMoney
    mode: Mode = Mode.BROKERED
    place: Line = "online"
    review_days: ReviewDays = 7
    kind: JobKind = JobKind.FIXED
    skills: Annotated[tuple[Skill, ...], Field(max_length=20)] = ()
    weekly_hours: WeeklyHours = 0
    hours_note: Annotated[str, Field(max_length=500), Storable] = ""
    deadline: date | None = None
    criteria: Criteria = ()
    max_revisions: Annotated[int | None, Field(ge=1, le=20)] = None
    visibility: Visibility = Visibility.PUBLIC
    beginner_friendly: bool = False
    period: Period | None = None
    tasks: TaskTerms | None = None


class PostJob(JobDetails):
    """Ask for work to be done, for oneself or in the name of a company (`client_id`)."""

    client_id: UUID | None = None
    draft: bool = False


class AskQuestion(Command):
    """Ask the client something about a job. Question and answer are there for all who see it."""

    text: Text


class AnswerQuestion(Command):
    """Answer a question about a job."""

    text: Text


class InviteAssistant(Command):
    """Invite an assistant to propose to a job."""

    assistant_id: UUID


class ProposedMilestone(Command):
    """A part of the work with its own price (without consumption tax) and due date."""

    title: Line
    description: Text
    price: PositiveMoney
    due_on: date
    criteria: Criteria = ()


class ProposedRetainer(Command):
    """What a retainer is to cost; the job says how long a period is. The price is without tax."""

    hourly_price: PositiveMoney
    hours_limit: Annotated[int, Field(ge=1, le=744, description="Hours in a period at most")]
    starts_on: date


class Offer(Command):
    """What is offered: milestones that are done and paid one after another, or a retainer."""

    milestones: Annotated[tuple[ProposedMilestone, ...], Field(min_length=1, max_length=20)] = ()
    retainer: ProposedRetainer | None = None


class MakeProposal(Offer):
    """Offer to do a job; `questions` are for its client alone."""

    cover: Text
    weekly_hours: WeeklyHours = 0
    questions: Annotated[str, Field(max_length=5_000), Storable] = ""


class CounterOffer(Offer):
    """Offer the assistant other milestones, or another retainer, than were proposed."""

    note: Annotated[str, Field(max_length=5_000), Storable] = ""


class AcceptProposal(Command):
    """Accept what is offered.

    `version` says which offer is meant: another one that came meanwhile is not accepted by it.
    `over_capacity` says that it is known to be more than the assistant's declared hours.
    """

    version: int | None = None
    over_capacity: bool = False


class DeclineProposal(Command):
    """Decline a proposal; the reason is told to whoever made it."""

    reason: Annotated[str, Field(max_length=2_000), Storable] = ""


class TakeTask(Command):
    """Take one of a job's small tasks."""

    over_capacity: bool = False


class QuestionView(View):
    """A question about a job, and its answer."""

    question_id: UUID
    asked_by: UUID
    text: str
    asked_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


class InvitationView(View):
    """An invitation to propose to a job."""

    job_id: UUID
    assistant_id: UUID
    invited_at: datetime


class TaskTermsView(View):
    """Small tasks as their job offers them; `taken` of `slots` are gone."""

    slots: int
    taken: int
    price: Money
    days_to_deliver: int


class JobView(View):
    """A job."""

    job_id: UUID
    client_id: UUID
    title: str
    description: str
    category: Category
    budget: Money
    mode: Mode
    place: str
    review_days: int
    status: JobStatus
    posted_at: datetime
    kind: JobKind = JobKind.FIXED
    skills: tuple[str, ...] = ()
    weekly_hours: int = 0
    hours_note: str = ""
    deadline: date | None = None
    criteria: tuple[str, ...] = ()
    max_revisions: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    beginner_friendly: bool = False
    beginner_criteria_met: tuple[BeginnerCriterion, ...] = ()
    period: Period | None = None
    tasks: TaskTermsView | None = None
    files: tuple[FileView, ...] = ()
    waiting: Annotated[
        int | None, Field(description="Proposals that wait for an answer, in a list of one's own")
    ] = None


class RetainerTerms(View):
    """What a retainer costs: a period is `hours_limit` times `hourly_price`, funded ahead."""

    period: Period
    hourly_price: Annotated[Money, Field(description="Without consumption tax")]
    hours_limit: Annotated[int, Field(ge=1, le=744, description="Hours in a period at most")]
    starts_on: date


class MilestoneOffer(View):
    """A milestone as proposed, and as it comes into the contract under the same id."""

    milestone_id: UUID
    title: str
    description: str
    price: Money
    due_on: date
    criteria: Annotated[
        tuple[str, ...], Field(description="By which a delivery is accepted; a change names one")
    ] = ()


class ProposalView(View):
    """A proposal, as its assistant and the job's client see it."""

    proposal_id: UUID
    job_id: UUID
    assistant_id: UUID
    cover: str
    milestones: tuple[MilestoneOffer, ...]
    total: Money
    status: ProposalStatus
    made_at: datetime
    version: int = 1
    weekly_hours: int = 0
    questions: str = ""
    retainer: RetainerTerms | None = None
    shortlisted: Annotated[bool, Field(description="Always false for the assistant")] = False
    reason: Annotated[str, Field(description="Why it was declined")] = ""
    counter_note: Annotated[str, Field(description="What the client says to its counter-offer")] = (
        ""
    )


class OwnProposalView(View):
    """A proposal of one's own, with the job that it is for."""

    proposal: ProposalView
    job: JobView


class JobPosted(Event, service="jobs"):
    """A client has posted a job."""

    job_id: UUID
    client_id: UUID
    title: str
    category: Category
    budget: Money


class JobClosed(Event, service="jobs"):
    """A client has closed a job without filling it."""

    job_id: UUID
    client_id: UUID
    title: str


class ProposalMade(Event, service="jobs"):
    """An assistant has proposed to do a job."""

    proposal_id: UUID
    job_id: UUID
    job_title: str
    client_id: UUID
    assistant_id: UUID
    total: Money


class ProposalAccepted(Event, service="jobs"):
    """A client has accepted a proposal: the job is filled, exactly once. All that terms need."""

    proposal_id: UUID
    job_id: UUID
    job_title: str
    category: Category
    mode: Mode
    place: str
    review_days: int
    client_id: UUID
    assistant_id: UUID
    milestones: tuple[MilestoneOffer, ...]
    accepted_at: datetime
    kind: JobKind = JobKind.FIXED
    accepted_by: Annotated[UUID | None, Field(description="Who acted for the client")] = None
    assistant_consented_at: datetime | None = None
    weekly_hours: Annotated[int, Field(description="Of the assistant's time; 0: not stated")] = 0
    max_revisions: Annotated[int | None, Field(description="null: as the platform's rule")] = None
    retainer: Annotated[RetainerTerms | None, Field(description="Its first period: milestones")] = (
        None
    )
    protected: Annotated[bool, Field(description="The assistant's first job: see programs")] = False


class ProposalDeclined(Event, service="jobs"):
    """A proposal was not taken: the client declined it, accepted another, or closed the job."""

    proposal_id: UUID
    job_id: UUID
    job_title: str
    assistant_id: UUID
    reason: str = ""


class ProposalCountered(Event, service="jobs"):
    """The client offers other terms than were proposed: the assistant accepts them or not."""

    proposal_id: UUID
    job_id: UUID
    job_title: str
    client_id: UUID
    assistant_id: UUID
    total: Money


class QuestionAsked(Event, service="jobs"):
    """An assistant has asked something about a job."""

    question_id: UUID
    job_id: UUID
    job_title: str
    client_id: UUID
    asked_by: UUID


class QuestionAnswered(Event, service="jobs"):
    """A question about a job has its answer."""

    question_id: UUID
    job_id: UUID
    job_title: str
    client_id: UUID
    asked_by: UUID


class AssistantInvited(Event, service="jobs"):
    """A client has invited an assistant to propose to a job."""

    job_id: UUID
    job_title: str
    client_id: UUID
    assistant_id: UUID
