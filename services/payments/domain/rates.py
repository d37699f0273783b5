"""Fees, taxes and withholding: pure sums over rates that were in force on a day.

The rates themselves are dated configuration (tables with `valid_from`). All amounts are in minor
units, all shares in basis points, and every share is rounded down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.calendar import PayCycle
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
    """What is in force for payouts. `transfer_fees` is by bank code; "" is every other bank.

    Money is told of again every `reminder_days` while it can't be paid out.
    """

    transfer_fees: Mapping[str, Money]
    minimum: Money
    cycle: PayCycle
    limit_days: int
    reminder_days: int

    def transfer_fee(self, bank_code: str | None) -> Money:
        """Return what a transfer to this bank costs."""
        return self.transfer_fees.get(bank_code or "", self.transfer_fees[""])

    def is_enough(self, owed: Money, fee: Money) -> bool:
        """Tell whether so much may be paid out, when a transfer costs this fee."""
        return not owed < self.minimum and fee < owed


@dataclass(frozen=True, slots=True)
class ProcessorRules:
    """What the processor allows: amounts of one payment, and days that money may be held.

    `pay_within_days` is how long we wait for a payment that is on its way.
    """

    minimum_charge: Money
    maximum_charge: Money
    hold_days: int
    pay_within_days: int


class BorneBy(StrEnum):
    """Who bears what a chargeback takes after the release."""

    PLATFORM = "platform"
    ASSISTANT = "assistant"


@dataclass(frozen=True, slots=True)
class Amounts:
    """What a milestone, or a part of one, costs: the client pays `funded`.

    price + tax = withholding + funded in brokered mode, where the client withholds, and
    price + tax = funded in principal mode, where the platform does at the release.
    """

    price: Money
    tax: Money
    withholding: Money
    funded: Money

    def part(self, price: Money, mode: Mode, tax_basis_points: int) -> "Amounts":
        """Return the share that this part of the price has; the whole price has all of it.

        What is left keeps its own tax and withholding, rounded down, so that all parts add up; the
        tax of each part is its own to the yen, up or down, as an invoice for it needs.
        Raises Rejected (`price_not_within`, `currency_not_supported`).
        """
        _check_currency(price, self.price.currency)
        if not 0 < price.amount <= self.price.amount:
            raise Rejected(
                "price_not_within",
                "Name a part of what is left of the price.",
                price=price.amount,
                left=self.price.amount,
            )
        rest = self.price.amount - price.amount
        tax = self.tax.amount - rest * tax_basis_points // BASIS_POINTS
        withholding = self.withholding.amount - self.withholding.amount * rest // self.price.amount
        kept_by_client = withholding if mode is Mode.BROKERED else 0
        return Amounts(price, yen(tax), yen(withholding), yen(price.amount + tax - kept_by_client))

    def __sub__(self, part: "Amounts") -> "Amounts":
        """Return what is left without a part."""
        return Amounts(
            self.price - part.price,
            self.tax - part.tax,
            self.withholding - part.withholding,
            self.funded - part.funded,
        )


@dataclass(frozen=True, slots=True)
class Division:
    """How money of an escrow is divided when it is released: the parts add up to `gross`."""

    net: Money
    platform_fee: Money
    platform_fee_tax: Money
    withholding: Money

    @property
    def gross(self) -> Money:
        """What the client paid for it."""
        return self.net + self.platform_fee + self.platform_fee_tax + self.withholding

    @property
    def fee(self) -> Money:
        """The platform's fee, with the tax on it."""
        return self.platform_fee + self.platform_fee_tax

    def share(self, part: int, whole: int, gross: Money) -> "Division":
        """Return what each gives back when `part` of a price of `whole` goes back: `gross` in all.

        Rounded down, but for the net, which takes the rest; never more than anybody has, so that a
        part of a few yen may come to less than `gross`.
        """

        def of(amount: Money) -> int:
            return amount.amount * part // whole

        fee, fee_tax = of(self.platform_fee), of(self.platform_fee_tax)
        withholding = of(self.withholding)
        rest = gross.amount - fee - fee_tax - withholding
        net = max(0, min(self.net.amount, rest))
        return Division(yen(net), yen(fee), yen(fee_tax), yen(withholding))

    def __sub__(self, given_back: "Division") -> "Division":
        """Return what everybody keeps."""
        return Division(
            self.net - given_back.net,
            self.platform_fee - given_back.platform_fee,
            self.platform_fee_tax - given_back.platform_fee_tax,
            self.withholding - given_back.withholding,
        )


def marginal(amount: int, tiers: tuple[Tier, ...]) -> int:
    """Return the sum of each tier's share of its own part of the amount, rounded down once."""
    uppers = [*(tier.above for tier in tiers[1:]), amount]
    shares = (
        max(0, min(amount, upper) - tier.above) * tier.basis_points
        for tier, upper in zip(tiers, uppers, strict=False)
    )
    return sum(shares) // BASIS_POINTS


def _check_currency(price: Money, currency: str) -> None:
    if price.currency != currency:
        raise Rejected(
            "currency_not_supported", f"Agree on a price in {currency}.", currency=price.currency
        )


def amounts(price: Money, mode: Mode, rates: Rates) -> Amounts:
    """Return what a milestone of this price costs.

    Raises Rejected (`currency_not_supported`, `price_too_large`): no rates are kept for it, or the
    sum with tax is beyond what JSON keeps exact.
    """
    _check_currency(price, CURRENCY)
    tax = price.amount * rates.tax_basis_points // BASIS_POINTS
    if price.amount + tax > MAX_MINOR:
        raise Rejected("price_too_large", "Agree on a smaller price.", price=price.amount)
    withholding = marginal(price.amount, rates.withholding_tiers)
    kept_by_client = withholding if mode is Mode.BROKERED else 0
    return Amounts(price, yen(tax), yen(withholding), yen(price.amount + tax - kept_by_client))


def divide(part: Amounts, mode: Mode, rates: Rates, accumulated: Money) -> Division:
    """Divide what is released of an escrow.

    The fee is marginal over the contract: `accumulated` is the tax-inclusive price of what was
    released of it before. It is the difference of two rounded sums, so that dividing a contract
    into milestones and parts changes its whole fee by not even a yen.
    """
    before = accumulated.amount
    after = before + part.price.amount + part.tax.amount
    withheld = part.withholding.amount if mode is Mode.PRINCIPAL else 0
    room = part.funded.amount - withheld
    # A part of a few yen may round to more fee than there is.
    fee = min(room, marginal(after, rates.fee_tiers) - marginal(before, rates.fee_tiers))
    fee_tax = min(room - fee, fee * rates.tax_basis_points // BASIS_POINTS)
    return Division(yen(room - fee - fee_tax), yen(fee), yen(fee_tax), yen(withheld))
