"""The published language of contracts: terms, milestones and what becomes of them."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, Text, View
from shared.messages.files import FileView
from shared.messages.jobs import Category, Mode, RetainerTerms
from shared.money import Money, PositiveMoney, YenPart, yen


class MilestoneStatus(StrEnum):
    """Where a milestone stands."""

    AGREED = "agreed"
    FUNDING = "funding"
    FUNDED = "funded"
    DELIVERED = "delivered"
    CHANGES_REQUESTED = "changes_requested"
    ACCEPTED = "accepted"
    RELEASED = "released"
    ENDING = "ending"
    ENDED = "ended"
    REFUNDED = "refunded"
    DISPUTED = "disputed"
    RESOLVED = "resolved"
    CHARGED_BACK = "charged_back"
    SETTLED = "settled"
    HANDED_OVER = "handed_over"


class MilestoneKind(StrEnum):
    """What a milestone pays for.

    Work that is delivered, a bonus that is simply given, or a period of a retainer.
    """

    WORK = "work"
    BONUS = "bonus"
    PERIOD = "period"


class DeadlineKind(StrEnum):
    """The clocks of a milestone."""

    DELIVERY = "delivery"
    DELIVERY_REMINDER = "delivery_reminder"
    REVIEW = "review"
    REVIEW_REMINDER = "review_reminder"
    ENDING = "ending"


class Deliver(Command):
    """Hand in the work: a text and files that were uploaded to this contract before."""

    text: Text
    file_ids: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()


class RequestChanges(Command):
    """Say what must change before the work can be accepted.

    `criterion` says which of the criteria in the terms isn't met, the first being 1; it must be
    named when there are any.
    """

    comment: Text
    criterion: Annotated[int | None, Field(ge=1, le=20)] = None


class CommentDelivery(Command):
    """Say something about a delivery, without asking for anything."""

    text: Text


class AcceptPart(Command):
    """Accept a part of what was delivered, and say what is missing for the rest.

    `price` is that part of the milestone's price, without tax: less than what is left of it.
    """

    price: PositiveMoney
    comment: Text
    criterion: Annotated[
        int | None, Field(ge=1, le=20, description="That isn't met; needed where it is protected")
    ] = None


class GiveBonus(Command):
    """Add a bonus to a contract: the assistant has it as soon as it is paid for."""

    title: Line
    price: PositiveMoney
    note: Text


class AskToEnd(Command):
    """Propose to end a milestone; what is in escrow goes back to the client."""

    reason: Text


class OpenDispute(Command):
    """Say that the parties can't agree on a milestone, and why."""

    reason: Text
    criterion: Annotated[
        int | None,
        Field(ge=1, le=20, description="That isn't met; a client names it where it is protected"),
    ] = None


class MakeStatement(Command):
    """Say more about a dispute: a text, and files that were uploaded to the contract before."""

    text: Text
    file_ids: Annotated[tuple[UUID, ...], Field(max_length=50)] = ()


class AnswerDispute(Command):
    """Say how the other party sees it."""

    text: Text


class ProposeSettlement(Command):
    """Propose what of the rest the assistant gets; whoever proposes the same, agrees to it."""

    to_assistant: YenPart


class DecideDispute(Command):
    """Divide what is left of the price: the assistant's part; the rest is the client's."""

    to_assistant: YenPart
    reason: Text


class MilestoneTerms(View):
    """What was agreed on one milestone; prices are without consumption tax."""

    milestone_id: UUID
    title: str
    description: str
    price: Money
    due_on: date
    inspection_ends_on: date
    payday: date
    criteria: tuple[str, ...] = ()
    review_days: Annotated[int | None, Field(description="None: as in the contract")] = None


class ConsentView(View):
    """Who agreed to a version of the terms, for which party, and when."""

    party: Literal["client", "assistant"]
    person_id: UUID
    at: datetime


class TermsView(View):
    """The terms in writing: the nine items of Japan's Freelance Act (No. 25 of 2023, article 3).

    Names, date of order, what, when, where, end of inspection, price, payday, way of payment. And
    what else was agreed: how often changes may be asked for of a milestone, by how many days the
    assistant may move dates, how many hours a week it takes, and how long before its end what goes
    on for months is to be given notice of. The consents are beside the document, not in its hash.
    """

    version: int
    client_name: str
    assistant_name: str
    ordered_on: date
    job_title: str
    mode: Mode
    place: str
    review_days: int
    milestones: tuple[MilestoneTerms, ...]
    payment_method: str
    max_revisions: int | None = None
    care_days: int = 0
    weekly_hours: Annotated[int, Field(description="0: not stated")] = 0
    notice_days: int | None = None
    retainer: RetainerTerms | None = None
    sha256: Annotated[str, Field(description="Of the document as canonical JSON")]
    consents: tuple[ConsentView, ...] = ()


class CommentView(View):
    """A comment on a delivery; `by_id` is the party, `by` the person."""

    comment_id: UUID
    by_id: UUID
    by: UUID
    text: str
    at: datetime


class DeliveryView(View):
    """A delivery. `version` counts those of its milestone, the first being 1."""

    delivery_id: UUID
    text: str
    files: tuple[FileView, ...]
    delivered_at: datetime
    change_request: str | None = None
    version: int = 1
    criterion: Annotated[str | None, Field(description="What the change request is about")] = None
    comments: tuple[CommentView, ...] = ()


class DeadlineView(View):
    """A clock that is running."""

    kind: DeadlineKind
    due_at: datetime


class StatementView(View):
    """What a party says to a dispute; `by_id` is the party, `by` the person."""

    statement_id: UUID
    by_id: UUID
    by: UUID
    text: str
    files: tuple[FileView, ...]
    at: datetime


class DisputeView(View):
    """A dispute about what is left of a milestone's price. Open while `resolved_at` is null."""

    dispute_id: UUID
    contract_id: UUID
    milestone_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    opened_by: UUID
    reason: str
    opened_at: datetime
    answer_until: datetime
    left: Annotated[Money, Field(description="What there is to divide, without tax")]
    answer: str | None = None
    answered_at: datetime | None = None
    proposed_by: Annotated[UUID | None, Field(description="Who proposed the settlement")] = None
    proposed_to_assistant: Money | None = None
    to_assistant: Money | None = None
    to_client: Money | None = None
    resolved_by: Literal["operator", "silence", "agreement"] | None = None
    resolution: str | None = None
    resolved_at: datetime | None = None
    statements: tuple[StatementView, ...] = ()
    criterion: Annotated[
        str | None, Field(description="Of the terms, that isn't met; null: none was named")
    ] = None


class MilestoneView(View):
    """A milestone of a contract.

    `accepted_price` was accepted in parts, before the whole was; `left` is what of the price was
    neither accepted in parts nor given back to the client while it was in escrow.
    """

    milestone_id: UUID
    title: str
    description: str
    price: Money
    due_on: date
    status: MilestoneStatus
    overdue: bool
    deliveries: tuple[DeliveryView, ...]
    deadlines: tuple[DeadlineView, ...]
    ending_asked_by: UUID | None = None
    ending_reason: str | None = None
    kind: MilestoneKind = MilestoneKind.WORK
    accepted_price: Money = yen(0)
    left: Money
    dispute: DisputeView | None = None
    criteria: tuple[str, ...] = ()
    revisions_left: Annotated[
        int | None, Field(description="How often changes may still be asked for; null: no cap")
    ] = None
    held_until: Annotated[
        date | None, Field(description="When the processor no longer holds the money")
    ] = None


class TimelineEntry(View):
    """Something that happened in a contract. Entries are only ever added."""

    at: datetime
    what: str
    milestone_id: UUID | None
    by: Annotated[UUID | None, Field(description="null: a clock or another service")]


class ContractView(View):
    """A contract, as its two parties see it."""

    contract_id: UUID
    job_id: UUID
    client_id: UUID
    assistant_id: UUID
    title: str
    mode: Mode
    terms: TermsView
    milestones: tuple[MilestoneView, ...]
    timeline: tuple[TimelineEntry, ...]
    agreed_at: datetime
    completed_at: datetime | None = None
    protected: Annotated[
        bool, Field(description="Somebody's first job: what isn't met is named, drafts are shown")
    ] = False


class MilestoneSummary(View):
    """A milestone of a contract in a list; `act_until` is when its next clock runs out."""

    milestone_id: UUID
    title: str
    kind: MilestoneKind
    price: Money
    due_on: date
    status: MilestoneStatus
    overdue: bool
    act_until: datetime | None = None
    ending_asked_by: UUID | None = None


class ContractSummary(View):
    """A contract in a list."""

    contract_id: UUID
    job_id: UUID
    client_id: UUID
    assistant_id: UUID
    title: str
    agreed_at: datetime
    client_name: str = ""
    assistant_name: str = ""
    completed_at: datetime | None = None
    milestones: tuple[MilestoneSummary, ...] = ()


class AgreedMilestone(View):
    """A milestone as the other services need it."""

    milestone_id: UUID
    title: str
    price: Money
    due_on: date
    description: str = ""
    review_days: Annotated[int | None, Field(description="None: as in the contract")] = None


class ContractAgreed(Event, service="contracts"):
    """Both have agreed: there are terms in writing."""

    contract_id: UUID
    job_id: UUID
    title: str
    category: Category
    mode: Mode
    review_days: int
    client_id: UUID
    assistant_id: UUID
    milestones: tuple[AgreedMilestone, ...]
    agreed_at: datetime
    terms_sha256: str = ""
    weekly_hours: Annotated[int, Field(description="Of the assistant's time; 0: not stated")] = 0
    proposal_id: Annotated[
        UUID | None, Field(description="That it is made of; null: of a hand-over")
    ] = None


class MilestoneAdded(Event, service="contracts"):
    """A milestone was added to a contract later: a bonus, say. It is funded like any other."""

    contract_id: UUID
    milestone: AgreedMilestone
    added_at: datetime


class MilestoneFact(Event):
    """What every event of a milestone says."""

    contract_id: UUID
    milestone_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID


class MilestoneDelivered(MilestoneFact, service="contracts"):
    """The assistant has handed in the work; the client has until `review_until`."""

    review_until: datetime
    delivered_at: datetime | None = None
    text: str = ""
    files: Annotated[tuple[str, ...], Field(description="Each with its SHA-256")] = ()


class ChangesRequested(MilestoneFact, service="contracts"):
    """The client has said what must change."""

    comment: str
    requested_at: datetime | None = None
    criterion: Annotated[str, Field(description="Of the terms; empty when they have none")] = ""


class DeliveryCommented(MilestoneFact, service="contracts"):
    """A party has said something about a delivery. What was said stays between the two."""

    delivery_id: UUID
    from_id: UUID
    to_id: UUID


class HoldNear(MilestoneFact, service="contracts"):
    """The processor holds the milestone's money only until `held_until`: it is time to decide."""

    held_until: date
    days_left: int


class DisputeAnswerNear(MilestoneFact, service="contracts"):
    """A dispute is about to be decided by silence; `person_id` is the one who has to answer."""

    dispute_id: UUID
    answer_until: datetime
    person_id: UUID


class MilestoneAccepted(MilestoneFact, service="contracts"):
    """The work is accepted, by the client or by silence: the escrow is to be released."""

    by: Literal["client", "silence"]
    accepted_at: datetime
    late: Annotated[bool, Field(description="Delivered after the due date")] = False


class MilestonePartlyAccepted(MilestoneFact, service="contracts"):
    """A part of the work is accepted: its share of the escrow is to be released.

    `price` is that part of the milestone's price, without tax; the rest stays in escrow.
    """

    acceptance_id: UUID
    price: Money
    accepted_at: datetime
    comment: Annotated[str, Field(description="What is missing for the rest")] = ""


class DisputeOpened(MilestoneFact, service="contracts"):
    """The parties disagree; the other party has until `answer_until` to answer."""

    dispute_id: UUID
    opened_by: UUID
    reason: Text
    answer_until: datetime
    criterion: Annotated[str, Field(description="That isn't met; empty: none was named")] = ""


class DisputeResolved(MilestoneFact, service="contracts"):
    """What was left of the price is divided: the two parts add up to it, without tax."""

    dispute_id: UUID
    to_assistant: Money
    to_client: Money
    by: Literal["operator", "silence", "agreement"]
    reason: str
    resolved_at: datetime


class ContractCompleted(Event, service="contracts"):
    """Nothing is to be done any more in a contract: each of its milestones has come to its end."""

    contract_id: UUID
    job_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    completed_at: datetime


class EndingAsked(MilestoneFact, service="contracts"):
    """One party proposes to end the milestone; the other has until `answer_until`."""

    asked_by: UUID
    reason: Text
    answer_until: datetime


class MilestoneEnded(MilestoneFact, service="contracts"):
    """The milestone ends without acceptance: what is in escrow goes back to the client."""

    by: Literal["agreement", "silence"]
    ended_at: datetime
    lapsed: Annotated[bool, Field(description="A period that was never paid for")] = False


class DeadlineNear(MilestoneFact, service="contracts"):
    """A deadline of the milestone is near; `person_id` is the one who has to act."""

    kind: DeadlineKind
    due_at: datetime
    person_id: UUID


class MilestoneOverdue(MilestoneFact, service="contracts"):
    """The due date has passed without a delivery. Nothing is cancelled by it."""

    due_on: date
