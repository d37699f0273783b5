"""The published language of contracts, on hand-overs: a substitute takes a milestone over.

Client, assistant and substitute all consent. The work so far is paid for, and the rest of the
escrow goes with the milestone into a contract between the client and the substitute.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Text, View
from shared.messages.contracts import AgreedMilestone, MilestoneFact, TermsView
from shared.messages.files import FileView
from shared.money import Money, YenPart


class HandOverParty(StrEnum):
    """Whose consent a hand-over needs."""

    CLIENT = "client"
    ASSISTANT = "assistant"
    SUBSTITUTE = "substitute"


class HandOverStatus(StrEnum):
    """What became of a hand-over. Void: the milestone or its terms changed before all agreed."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    REFUSED = "refused"
    VOID = "void"


class ProposeHandOver(Command):
    """Propose that somebody else goes on with a milestone. Who proposes it consents by that.

    `to_assistant` is for the work so far: a part of what is left of the price, without tax, or
    nothing. The rest goes to the substitute, who is to deliver on `due_on`.
    """

    substitute_id: UUID
    to_assistant: YenPart
    due_on: Annotated[date | None, Field(description="null: as agreed")] = None
    note: Annotated[Text, Field(description="For the substitute")]
    share_deliveries: Annotated[
        bool, Field(description="Show the substitute the files delivered so far (the assistant)")
    ] = False


class ConsentToHandOver(Command):
    """Consent as a party of the contract."""

    share_deliveries: Annotated[
        bool, Field(description="Show the substitute the files delivered so far (the assistant)")
    ] = False


class HandOverView(View):
    """A hand-over, as the two parties of the contract see it."""

    hand_over_id: UUID
    contract_id: UUID
    milestone_id: UUID
    substitute_id: UUID
    substitute_name: str
    to_assistant: Money
    price: Annotated[Money, Field(description="What is left for the substitute, without tax")]
    due_on: date
    note: str
    shares_deliveries: bool
    proposed_by: HandOverParty
    proposed_at: datetime
    consents: tuple[HandOverParty, ...]
    status: HandOverStatus


class OfferedHandOver(View):
    """A hand-over, as the substitute sees it: what is offered, and nothing of what was before.

    `terms` are those that the substitute would have with the client, as of today.
    """

    hand_over_id: UUID
    status: HandOverStatus
    client_id: UUID
    note: str
    terms: Annotated[TermsView | None, Field(description="null: not offered any more")]
    files: Annotated[
        tuple[FileView, ...], Field(description="What was delivered so far, if it is shared")
    ] = ()
    consents: tuple[HandOverParty, ...]
    contract_id: Annotated[
        UUID | None, Field(description="With the client, once all three have agreed")
    ] = None


class HandOverFact(MilestoneFact):
    """What every event of a hand-over says."""

    hand_over_id: UUID
    substitute_id: UUID


class HandOverProposed(HandOverFact, service="contracts"):
    """A party proposes that a substitute goes on with the milestone; two others have to agree."""

    proposed_by: UUID


class HandOverRefused(HandOverFact, service="contracts"):
    """One of the three didn't agree: everything stays as it is."""

    refused_by: UUID


class MilestoneHandedOver(MilestoneFact, service="contracts"):
    """All three agree. `to_assistant` of the price is released for the work so far.

    The rest is the price of `to_milestone`, in the contract `to_contract_id` of the substitute: its
    money moves there to the yen. The contract itself is told of by ContractAgreed, without this
    milestone.
    """

    hand_over_id: UUID
    to_assistant: Money
    substitute_id: UUID
    to_contract_id: UUID
    to_milestone: AgreedMilestone
    handed_over_at: datetime
