"""The published language of contracts, on amendments: changes of the terms that both agree to."""

from datetime import datetime
from uuid import UUID

from shared.messages.base import Event
from shared.messages.contracts import MilestoneFact
from shared.money import Money


class PriceReduced(MilestoneFact, service="contracts"):
    """Both agreed on a lower price of a funded milestone: that part of the escrow goes back.

    payments answers with RefundMade, as for any part of a price that is given back.
    """

    amendment_id: UUID
    reduction: Money
    reduced_at: datetime


class AmendmentOffered(Event, service="contracts"):
    """A party proposes to change the terms; nothing changes until the other accepts."""

    amendment_id: UUID
    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    offered_by: UUID


class AmendmentDeclined(Event, service="contracts"):
    """The other party didn't agree: the terms stay as they are."""

    amendment_id: UUID
    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    offered_by: UUID


class TermsAmended(Event, service="contracts"):
    """Both agreed: a new version of the terms holds."""

    amendment_id: UUID
    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    offered_by: UUID
    terms_version: int
    terms_sha256: str
    amended_at: datetime
