"""What was released of escrows: what each had of it, and what of the net is still to be paid."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.payments.domain.parts import fill
from services.payments.domain.rates import NOTHING, Division, Rates
from shared.errors import Rejected
from shared.money import BASIS_POINTS, Money, yen


@dataclass
class Release:
    """A milestone's escrow, or a part of it, once it was accepted.

    `division` is what everybody keeps of it: a refund takes from there. `owed` is what of the net
    is still to be paid to the assistant, or is in `payout_id`. `source` is what accepted it, and
    `traceparent` the trace in which. What a sponsor pays to an assistant is owed in the same way:
    then there is a sponsorship in place of the milestone, and nothing but the net.
    """

    release_id: UUID
    milestone_id: UUID | None
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
    traceparent: str | None = None
    sponsorship_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """What a refund takes back of a release."""

    release: Release
    price: Money
    tax: Money
    division: Division


def check_reversible(releases: Iterable[Release], price: Money) -> None:
    """Raise Rejected (`price_not_within`) when less was released than this part of the price."""
    released = sum(each.price.amount for each in releases)
    if price.amount > released:
        raise Rejected(
            "price_not_within",
            "Name a part of what is left of the price.",
            price=price.amount,
            left=released,
        )


def reverse(releases: Sequence[Release], price: Money, rates: Rates) -> list[Reversal]:
    """Take this part of the price back, from the newest release first; `rates` are its terms'.

    Raises Rejected (`price_not_within`) when less was released.
    """
    check_reversible(releases, price)
    newest_first = sorted(
        releases, key=lambda each: (each.released_at, each.release_id), reverse=True
    )
    reversals = []
    wanted = price.amount
    for release in newest_first:
        part = min(wanted, release.price.amount)
        if not part:
            continue
        reversal = _reversal(release, part, rates)
        release.price -= reversal.price
        release.tax -= reversal.tax
        release.division -= reversal.division
        reversals.append(reversal)
        wanted -= part
    return reversals


def _reversal(release: Release, part: int, rates: Rates) -> Reversal:
    """Return a part of a release; the tax on it, and on what is kept, is right to the yen."""
    whole, tax = release.price.amount, release.tax.amount
    kept_tax, rest = divmod((whole - part) * rates.tax_basis_points, BASIS_POINTS)
    if rest and tax * BASIS_POINTS > whole * rates.tax_basis_points:
        kept_tax += 1  # it was rounded up, and so is what is kept of it
    kept_by_client = whole + tax - release.division.gross.amount
    gross = part + tax - kept_tax - kept_by_client * part // whole
    given_back = release.division.share(part, whole, yen(max(0, gross)))
    return Reversal(release, yen(part), yen(tax - kept_tax), given_back)


def take_owed(payable: Sequence[Release], amount: Money) -> Money:
    """Take so much of what is owed and in no payout, as far as there is; return what was taken."""
    parts = fill(amount, (each.owed for each in payable))
    for release, part in zip(payable, parts, strict=True):
        release.owed -= part
    return sum_of(parts)


def sum_of(amounts: Iterable[Money]) -> Money:
    """Return the sum."""
    return sum(amounts, start=NOTHING)
