"""Fees, taxes and withholding: pure sums over rates that were in force on a day.

The rates themselves are dated configuration (tables with `valid_from`). All amounts are in minor
units, all shares in basis points, and every share is rounded down.
"""

from dataclasses import dataclass

from shared.errors import Rejected
from shared.messages.jobs import Mode
from shared.money import BASIS_POINTS, MAX_MINOR, Money, yen

CURRENCY = "JPY"
NOTHING = yen(0)


@dataclass(frozen=True, slots=True)
class Tier:
    """A marginal rate: it holds for the part above `above`, up to the next tier."""

    above: int
    basis_points: int


@dataclass(frozen=True, slots=True)
class Rates:
    """What was in force when a contract was agreed, for its kind of work.

    `withholding_tiers` is empty for kinds of work that withholding doesn't cover.
    """

    tax_basis_points: int
    fee_tiers: tuple[Tier, ...]
    withholding_tiers: tuple[Tier, ...]


@dataclass(frozen=True, slots=True)
class PayoutRules:
    """What is in force for payouts."""

    transfer_fee: Money
    minimum: Money


@dataclass(frozen=True, slots=True)
class ProcessorRules:
    """What the processor allows: amounts of one payment, and days that money may be held."""

    minimum_charge: Money
    maximum_charge: Money
    hold_days: int


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a milestone costs: the client pays `funded`.

    price + tax = withholding + funded in brokered mode, where the client withholds, and
    price + tax = funded in principal mode, where the platform does at the release.
    """

    price: Money
    tax: Money
    withholding: Money
    funded: Money


@dataclass(frozen=True, slots=True)
class Release:
    """How an escrow is divided: the four parts add up to what was funded."""

    net: Money
    platform_fee: Money
    platform_fee_tax: Money
    withholding: Money


def marginal(amount: int, tiers: tuple[Tier, ...]) -> int:
    """Return the sum of each tier's share of its own part of the amount, rounded down once."""
    uppers = [*(tier.above for tier in tiers[1:]), amount]
    shares = (
        max(0, min(amount, upper) - tier.above) * tier.basis_points
        for tier, upper in zip(tiers, uppers, strict=False)
    )
    return sum(shares) // BASIS_POINTS


def amounts(price: Money, mode: Mode, rates: Rates) -> Amounts:
    """Return what a milestone of this price costs.

    Raises Rejected (`currency_not_supported`, `price_too_large`): no rates are kept for it, or the
    sum with tax is beyond what JSON keeps exact.
    """
    if price.currency != CURRENCY:
        raise Rejected(
            "currency_not_supported", f"Agree on a price in {CURRENCY}.", currency=price.currency
        )
    tax = price.amount * rates.tax_basis_points // BASIS_POINTS
    if price.amount + tax > MAX_MINOR:
        raise Rejected("price_too_large", "Agree on a smaller price.", price=price.amount)
    withholding = marginal(price.amount, rates.withholding_tiers)
    kept_by_client = withholding if mode is Mode.BROKERED else 0
    return Amounts(price, yen(tax), yen(withholding), yen(price.amount + tax - kept_by_client))


def release(cost: Amounts, mode: Mode, rates: Rates, accumulated: Money) -> Release:
    """Divide a milestone's escrow.

    The fee is marginal over the contract: `accumulated` is the tax-inclusive price of what was
    released of it before. It is the difference of two rounded sums, so that dividing a contract
    into milestones changes its whole fee by not even a yen.
    """
    before = accumulated.amount
    after = before + cost.price.amount + cost.tax.amount
    fee = marginal(after, rates.fee_tiers) - marginal(before, rates.fee_tiers)
    fee_tax = fee * rates.tax_basis_points // BASIS_POINTS
    withheld = cost.withholding.amount if mode is Mode.PRINCIPAL else 0
    net = cost.funded.amount - fee - fee_tax - withheld
    return Release(yen(net), yen(fee), yen(fee_tax), yen(withheld))
