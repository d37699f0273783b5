"""The published language of payments, on sponsors' wallets: a program's money and its caps."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, View
from shared.messages.payments import PaymentMethod
from shared.messages.program_money import SponsorshipKind
from shared.money import Money, PositiveMoney, yen


class TopUpWallet(Command):
    """Pay into a program's wallet (the sponsor's right `fund`), on the processor's page."""

    amount: PositiveMoney
    method: PaymentMethod = PaymentMethod.CARD


class PayPartner(Command):
    """Say that tuition was paid to the partner from our bank account (operators)."""

    amount: PositiveMoney
    paid_on: date
    reference: Annotated[Line, Field(description="As on the bank's statement")]


class WalletView(View):
    """A wallet, to its sponsor (right `see_money`). All amounts in yen.

    `funded` = `available` + `reserved` + `paid` + `given_back`.
    """

    program_id: UUID
    sponsor_id: UUID
    partner_id: UUID
    title: str
    total_cap: Money
    person_cap: Money
    funded: Money
    available: Money
    reserved: Money
    paid: Annotated[Money, Field(description="Less what was taken back")]
    given_back: Annotated[Money, Field(description="To the sponsor, of what was left")]
    owed_to_partner: Annotated[Money, Field(description="Tuition due, not yet at their bank")]


class WalletEntryKind(StrEnum):
    """What moved in a wallet."""

    TOPPED_UP = "topped_up"
    RESERVED = "reserved"
    PAID = "paid"
    RETURNED = "returned"
    TAKEN_BACK = "taken_back"
    GIVEN_BACK = "given_back"


class WalletEntryView(View):
    """A line of a statement: `available` and `reserved` are as they stood after it."""

    entry_id: Annotated[UUID, Field(description="The journal entry that moved it")]
    at: datetime
    kind: WalletEntryKind
    sponsorship_id: UUID | None
    beneficiary: Annotated[
        UUID | None, Field(description="A person's pseudonym in this program, the same always")
    ]
    paid_for: SponsorshipKind | None
    reference: str
    amount: Money
    available: Money
    reserved: Money


class WalletStatementView(View):
    """What moved in a wallet in a month in Japan, from the journal, line by line.

    `reconciles`: opening, lines and closing add up, and the closing is what the ledger has.
    """

    program_id: UUID
    month: Annotated[str, Field(examples=["2026-11"])]
    opening_available: Money
    opening_reserved: Money
    lines: tuple[WalletEntryView, ...]
    closing_available: Money
    closing_reserved: Money
    paid: Annotated[dict[SponsorshipKind, Money], Field(description="In the month, by what for")]
    taken_back: Annotated[Money, Field(description="In the month, of fees paid")] = yen(0)
    reconciles: bool


class WalletFact(Event):
    """What every event of a wallet says."""

    program_id: UUID


class WalletFunded(WalletFact, service="payments"):
    """Money has come into a wallet."""

    sponsor_id: UUID
    amount: Money
    funded_at: datetime


class SponsorshipAnswer(WalletFact):
    """What every answer on a sponsorship says."""

    sponsorship_id: UUID


class SponsorshipReserved(SponsorshipAnswer, service="payments"):
    """The amount is set aside."""

    attempt: int
    amount: Money


class SponsorshipRefused(SponsorshipAnswer, service="payments"):
    """The amount is not set aside: `total_cap`, `person_cap`, or `wallet_short`."""

    attempt: int
    reason: str


class SponsorshipSettled(SponsorshipAnswer, service="payments"):
    """It is paid: owed to the assistant or the partner now, and on its way as anything owed."""

    settled_at: datetime


class SponsorshipReturned(SponsorshipAnswer, service="payments"):
    """It is back in the wallet."""


class SponsorshipTakenBack(SponsorshipAnswer, service="payments"):
    """Its fee was given back, or a part of it: `taken_back`, all told, isn't paid of the wallet."""

    taken_back: Money
