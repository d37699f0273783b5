"""The published language of programs, on what a sponsor pays for its people.

programs says what is to be paid; payments keeps the money and the caps, and answers.
"""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Event, View
from shared.money import Money, yen


class SponsorshipKind(StrEnum):
    """What a sponsor pays."""

    FEES = "fees"
    TUITION = "tuition"
    BONUS = "bonus"


class SponsorshipStatus(StrEnum):
    """Where a sponsorship stands."""

    ASKED = "asked"
    RESERVED = "reserved"
    DUE = "due"
    SETTLED = "settled"
    REFUSED = "refused"
    DROPPED = "dropped"
    TAKEN_BACK = "taken_back"


class SponsorshipView(View):
    """Something that a sponsor pays, as programs knows it. It names nobody to the sponsor."""

    sponsorship_id: UUID
    beneficiary: Annotated[UUID, Field(description="A person's pseudonym in this program")]
    kind: SponsorshipKind
    amount: Money
    reference: Annotated[str, Field(description="The month, or what it is paid for")]
    status: SponsorshipStatus
    refused: Annotated[str | None, Field(description="Why: a code of payments")]
    asked_at: datetime
    settled_at: datetime | None
    taken_back: Annotated[
        Money, Field(description="What is in the wallet again: of a fee that was given back")
    ] = yen(0)


class SponsorshipFact(Event):
    """What every event about a sponsorship says."""

    sponsorship_id: UUID
    program_id: UUID


class SponsorshipAsked(SponsorshipFact, service="programs"):
    """Set this amount aside for this person; asked again, with a higher `attempt`, after a refusal.

    Fees and bonuses go to the assistant `person_id`, tuition to the partner. Fees are of a release:
    what of its fee is given back later goes back into the wallet.
    """

    person_id: UUID
    kind: SponsorshipKind
    amount: Money
    reference: str
    attempt: Annotated[int, Field(ge=1)] = 1
    wallet_change: Annotated[
        int, Field(description="Of WalletAgreed: the caps that it is asked by")
    ] = 0
    release_id: Annotated[UUID | None, Field(description="Whose fee it is, of fees")] = None


class SponsorshipDue(SponsorshipFact, service="programs"):
    """What was set aside is to be paid."""


class SponsorshipDropped(SponsorshipFact, service="programs"):
    """What was set aside is not needed: it goes back into the wallet."""
