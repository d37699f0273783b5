"""What was released of escrows: what each had of it, and what of the net is still to be paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.payments.domain.rates import NOTHING, Division
from shared.errors import Rejected
from shared.money import Money, yen


@dataclass
class Release:
    """A milestone's escrow, or a part of it, once it was accepted.

    `division` is what everybody keeps of it: a refund takes from there. `owed` is what of the net
    is still to be paid to the assistant, or is in `payout_id`. `source` is what accepted it.
    """

    release_id: UUID
    milestone_id: UUID
    assistant_id: UUID
    source: str
    price: Money
    tax: Money
    division: Division
    owed: Money
    released_at: datetime
    payday: date
    pay_by: date | None = None
    payout_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a refund takes back of a release."""

    release: Release
    price: Money
    tax: Money
    division: Division


def reverse(releases: Iterable[Release], price: Money) -> list[Reversal]:
    """Take this part of the price back, from the newest release first.

    Raises Rejected (`price_not_within`) when less was released.
    """
    newest_first = sorted(releases, key=lambda each: each.release_id, reverse=True)
    released = sum(each.price.amount for each in newest_first)
    if price.amount > released:
        raise Rejected(
            "price_not_within",
            "Name a part of what is left of the price.",
            price=price.amount,
            left=released,
        )
    reversals = []
    wanted = price.amount
    for release in newest_first:
        part = min(wanted, release.price.amount)
        if not part:
            continue
        whole = release.price.amount
        tax = yen(release.tax.amount * part // whole)
        given_back = release.division.share(part, whole)
        reversals.append(Reversal(release, yen(part), tax, given_back))
        release.price -= yen(part)
        release.tax -= tax
        release.division -= given_back
        wanted -= part
    return reversals


def take_owed(payable: Sequence[Release], amount: Money) -> Money:
    """Take so much of what is owed and in no payout, as far as there is; return what was taken."""
    wanted = amount.amount
    for release in payable:
        part = min(wanted, release.owed.amount)
        release.owed -= yen(part)
        wanted -= part
    return amount - yen(wanted)


def sum_of(amounts: Iterable[Money]) -> Money:
    """Return the sum."""
    return sum(amounts, start=NOTHING)
