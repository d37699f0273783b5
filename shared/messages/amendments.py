"""The published language of contracts, on amendments: changes of the terms that both agree to."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, Text, View
from shared.messages.contracts import AgreedMilestone, MilestoneFact
from shared.messages.jobs import ReviewDays
from shared.money import Money, PositiveMoney

Criteria = Annotated[tuple[Line, ...], Field(max_length=20)]


class AmendmentStatus(StrEnum):
    """What became of an offer to change the terms."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class MilestoneChange(Command):
    """What is to change about a milestone; what is left out stays. Prices are without tax."""

    milestone_id: UUID
    title: Line | None = None
    description: Text | None = None
    criteria: Criteria | None = None
    price: PositiveMoney | None = None
    due_on: date | None = None
    review_days: ReviewDays | None = None


class NewMilestone(Command):
    """A milestone that is to be added; its price is without tax."""

    title: Line
    description: Text
    criteria: Criteria = ()
    price: PositiveMoney
    due_on: date
    review_days: Annotated[
        ReviewDays | None, Field(description="Without it, as in the contract")
    ] = None


class OfferAmendment(Command):
    """Offer to change the terms: milestones that aren't delivered yet, and new ones."""

    reason: Text
    milestones: Annotated[tuple[MilestoneChange, ...], Field(max_length=50)] = ()
    added: Annotated[tuple[NewMilestone, ...], Field(max_length=20)] = ()


class AmendmentView(View):
    """An offer to change the terms, as both parties see it."""

    amendment_id: UUID
    contract_id: UUID
    offered_by: Annotated[UUID, Field(description="The party")]
    offered_at: datetime
    changes: OfferAmendment
    status: AmendmentStatus
    answered_at: datetime | None = None


class PriceReduced(MilestoneFact, service="contracts"):
    """Both agreed on a lower price of a funded milestone: the difference goes back to the client.

    payments answers with RefundMade, as for any part of a price that is given back.
    """

    amendment_id: UUID
    price: Annotated[Money, Field(description="What is agreed from now on, without tax")]
    reduced_at: datetime


class MilestoneReplaced(MilestoneFact, service="contracts"):
    """Both agreed on another price before anything was paid: another milestone takes its place.

    Money that is on its way for the old one goes back.
    """

    amendment_id: UUID
    milestone: AgreedMilestone
    replaced_at: datetime


class AmendmentFact(Event):
    """What every event of an amendment says."""

    amendment_id: UUID
    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    offered_by: UUID


class AmendmentOffered(AmendmentFact, service="contracts"):
    """A party proposes to change the terms; nothing changes until the other accepts."""


class AmendmentDeclined(AmendmentFact, service="contracts"):
    """The other party didn't agree: the terms stay as they are."""


class TermsAmended(AmendmentFact, service="contracts"):
    """Both agreed: a new version of the terms holds. `milestones` are those that it changes."""

    terms_version: int
    terms_sha256: str
    milestones: tuple[AgreedMilestone, ...]
    amended_at: datetime
