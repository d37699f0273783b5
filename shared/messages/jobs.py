"""The published language of jobs: what is wanted, and what is proposed."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, Text, View
from shared.money import Money, PositiveMoney

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
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    ACCEPTED = "accepted"


class PostJob(Command):
    """Ask for work to be done. The budget is without consumption tax."""

    title: Line
    description: Text
    category: Category
    budget: PositiveMoney
    mode: Mode = Mode.BROKERED
    place: Line = "online"
    review_days: ReviewDays = 7


class ProposedMilestone(Command):
    """A part of the work with its own price (without consumption tax) and due date."""

    title: Line
    description: Text
    price: PositiveMoney
    due_on: date


class MakeProposal(Command):
    """Offer to do a job, in milestones that are done and paid one after another."""

    cover: Text
    milestones: Annotated[tuple[ProposedMilestone, ...], Field(min_length=1, max_length=20)]


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


class ProposalDeclined(Event, service="jobs"):
    """A proposal was not taken: another was accepted, or the job was closed."""

    proposal_id: UUID
    job_id: UUID
    job_title: str
    assistant_id: UUID
