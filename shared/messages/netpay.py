"""The published language of payments: what a contract comes to, before it is agreed."""

from datetime import date
from typing import Annotated

from pydantic import Field

from shared.messages.base import Command, View
from shared.messages.jobs import Category, Mode
from shared.money import Money, PositiveMoney


class PlannedMilestone(Command):
    """A milestone as it is about to be agreed."""

    price: PositiveMoney
    due_on: date


class PreviewNetPay(Command):
    """Ask what a contract comes to. `hours` is what the assistant expects to work for it."""

    category: Category
    mode: Mode = Mode.BROKERED
    review_days: Annotated[int, Field(ge=1, le=14)] = 7
    milestones: Annotated[tuple[PlannedMilestone, ...], Field(min_length=1, max_length=100)]
    hours: Annotated[int | None, Field(ge=1, le=10_000)] = None


class MilestoneNetPay(View):
    """A milestone, accepted on the last day of its review.

    The client pays `funded`; the assistant has `net` of it, before the fee of the transfer.
    """

    price: Money
    tax: Money
    withholding: Money
    funded: Money
    platform_fee: Money
    platform_fee_tax: Money
    net: Money
    due_on: date
    payday: date


class PayoutNetPay(View):
    """What the bank gets on a payday, for all milestones of that day."""

    payday: Annotated[date | None, Field(description="null: below the minimum, stays payable")]
    gross: Money
    transfer_fee: Money
    amount: Money


class NetPayView(View):
    """What a contract comes to for the assistant, to the yen, by the rates of today."""

    milestones: tuple[MilestoneNetPay, ...]
    payouts: tuple[PayoutNetPay, ...]
    platform_fee: Annotated[Money, Field(description="With the tax on it")]
    withholding: Money
    transfer_fees: Money
    net: Annotated[Money, Field(description="After everything")]
    per_hour: Annotated[Money | None, Field(description="Of `net`, rounded down")]
