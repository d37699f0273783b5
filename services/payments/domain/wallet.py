"""A sponsor's wallet: what it may pay at most, what of it is set aside, and what was paid in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Literal
from uuid import UUID

from services.payments.domain.parts import fill
from services.payments.domain.postings import Owner
from services.payments.domain.rates import NOTHING
from shared.errors import NotFound, Rejected
from shared.messages.payments import PaymentMethod
from shared.messages.program_money import SponsorshipKind
from shared.money import Money

Refusal = Literal["total_cap", "person_cap", "wallet_short"]


@dataclass(frozen=True)
class Wallet:
    """A program's wallet. `committed` is what is set aside or paid of it so far."""

    program_id: UUID
    sponsor_id: UUID
    partner_id: UUID
    title: str
    total_cap: Money
    person_cap: Money
    change: int
    committed: Money = NOTHING

    def refusal(self, amount: Money, of_person: Money, available: Money) -> Refusal | None:
        """Return why so much can't be set aside for a person; None when it can.

        `of_person` is set aside or paid for that person already, `available` is in the wallet.
        """
        if self.total_cap.amount < self.committed.amount + amount.amount:
            return "total_cap"
        if self.person_cap.amount < of_person.amount + amount.amount:
            return "person_cap"
        return "wallet_short" if available < amount else None


class Standing(StrEnum):
    """Where a sponsorship stands with us."""

    RESERVED = "reserved"
    SETTLED = "settled"
    REFUSED = "refused"
    RETURNED = "returned"
    DROPPED = "dropped"  # before anything was set aside


@dataclass
class Sponsorship:
    """What was asked for of a wallet, for a person; `attempt` is the latest that was answered.

    Fees are those of a release: `taken_back` is what of them the platform gave back since.
    """

    sponsorship_id: UUID
    program_id: UUID
    person_id: UUID
    kind: SponsorshipKind
    reference: str
    amount: Money
    attempt: int
    status: Standing
    refused: Refusal | None = None
    release_id: UUID | None = None
    taken_back: Money = NOTHING

    @property
    def left(self) -> Money:
        """What the wallet pays of it."""
        return self.amount - self.taken_back

    def take_back(self, fee: Money) -> Money:
        """Leave what is kept of the fee, at most; return by how much less that is.

        What was set aside for nothing, or not set aside, is over.
        """
        less = self.left - min(self.left, fee)
        self.taken_back += less
        if not self.left:
            self.status = _OVER.get(self.status, self.status)
        return less

    def owners(self, wallet: Wallet) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        return {
            Owner.PROGRAM: self.program_id,
            Owner.SPONSORSHIP: self.sponsorship_id,
            Owner.ASSISTANT: self.person_id,
            Owner.PARTNER: wallet.partner_id,
        }


_OVER: Final = {Standing.RESERVED: Standing.RETURNED, Standing.REFUSED: Standing.DROPPED}


@dataclass
class TopUp:
    """A page on which a sponsor pays into a wallet; `session_id` is the processor's name for it."""

    checkout_id: UUID
    program_id: UUID
    sponsor_id: UUID
    method: PaymentMethod
    amount: Money
    session_id: str
    url: str
    expires_at: datetime
    received: Money = NOTHING
    status: str = "open"


@dataclass
class WalletLot:
    """What of a charge was paid into a wallet; `remaining` did not go back.

    `lost` went back by the sponsor's bank when it was spent, and was not made up for since.
    """

    charge_id: str
    program_id: UUID
    amount: Money
    remaining: Money
    lost: Money = NOTHING


@dataclass(frozen=True)
class Sums:
    """What moved in a wallet so far, all of it, from the journal."""

    funded: Money
    available: Money
    reserved: Money
    paid: Money
    given_back: Money
    owed_to_partner: Money


def take_lots(lots: Sequence[WalletLot], amount: Money) -> list[tuple[str, Money]]:
    """Take so much back, the newest payment first; return of which charges.

    Raises Rejected (`wallet_short`) when less can go back, an open chargeback's left out.
    """
    parts = fill(amount, (each.remaining for each in lots))
    if sum(each.amount for each in parts) < amount.amount:
        raise wallet_short()
    for lot, part in zip(lots, parts, strict=True):
        lot.remaining -= part
    return [(lot.charge_id, part) for lot, part in zip(lots, parts, strict=True) if part]


def wallet_short() -> Rejected:
    """Return the refusal for more than is there."""
    return Rejected("wallet_short", "There is less free in the wallet than this would take.")


def no_such_wallet() -> NotFound:
    """Return the refusal for a wallet that isn't there, or isn't for the caller to see."""
    return NotFound("wallet_not_found", "There is no such wallet, or it isn't for you to see.")
