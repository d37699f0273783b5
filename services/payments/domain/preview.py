"""What an assistant will have of a contract, before it is agreed: fee, taxes, fees of transfers.

The same sums as of the real money, over the same rates; a test compares them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.payments.domain.rates import (
    NOTHING,
    Amounts,
    Division,
    PayoutRules,
    Rates,
    amounts,
    divide,
)
from services.payments.domain.release import sum_of
from shared.calendar import payday
from shared.errors import Rejected
from shared.messages.jobs import Mode
from shared.money import MAX_MINOR, Money


@dataclass(frozen=True, slots=True)
class Plan:
    """A milestone as it is about to be agreed; delivered and accepted at the latest."""

    price: Money
    due_on: date
    accepted_on: date


@dataclass(frozen=True, slots=True)
class Expected:
    """What a milestone comes to, when it is accepted on the last day of its review."""

    plan: Plan
    cost: Amounts
    division: Division
    payday: date


@dataclass(frozen=True, slots=True)
class ExpectedPayout:
    """What the bank gets on a payday: `gross` less the transfer fee.

    `payday` is None for what never gathers to the minimum: it stays payable.
    """

    payday: date | None
    gross: Money
    transfer_fee: Money


@dataclass(frozen=True, slots=True)
class Preview:
    """All of a contract."""

    milestones: tuple[Expected, ...]
    payouts: tuple[ExpectedPayout, ...]


def preview(
    plans: Sequence[Plan], mode: Mode, rates: Rates, rules: PayoutRules, fee: Money
) -> Preview:
    """Return what milestones come to, accepted in the order of their due dates.

    `fee` is what a transfer to the assistant's bank costs. Raises Rejected for prices that can't be
    agreed on (`currency_not_supported`, `price_too_large`).
    """
    costs = [amounts(each.price, mode, rates) for each in plans]
    if sum(each.price.amount + each.tax.amount for each in costs) > MAX_MINOR:
        raise Rejected("price_too_large", "Agree on smaller prices.")
    accumulated = NOTHING
    expected = []
    for plan in sorted(plans, key=lambda each: each.due_on):
        cost = amounts(plan.price, mode, rates)
        expected.append(
            Expected(
                plan=plan,
                cost=cost,
                division=divide(cost, mode, rates, accumulated),
                payday=payday(plan.accepted_on, plan.due_on, rules.cycle, rules.limit_days),
            )
        )
        accumulated += cost.price + cost.tax
    return Preview(tuple(expected), tuple(_payouts(expected, rules, fee)))


def _payouts(expected: Sequence[Expected], rules: PayoutRules, fee: Money) -> list[ExpectedPayout]:
    by_day: dict[date, list[Money]] = defaultdict(list)
    for each in expected:
        by_day[each.payday].append(each.division.net)
    payouts = []
    gathered = NOTHING
    for day, nets in sorted(by_day.items()):
        gathered += sum_of(nets)
        if rules.is_enough(gathered, fee):
            payouts.append(ExpectedPayout(day, gathered, fee))
            gathered = NOTHING
    if gathered:
        payouts.append(ExpectedPayout(None, gathered, NOTHING))
    return payouts
