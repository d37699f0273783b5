"""Money held for one milestone: from the first checkout to release or refund."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from services.payments.domain.postings import Owner
from services.payments.domain.rates import NOTHING, Amounts, ProcessorRules, Rates
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.messages.jobs import Category, Mode
from shared.messages.payments import EscrowStatus
from shared.money import Money


class EscrowStep(StrEnum):
    """What can happen to an escrow."""

    START_FUNDING = "start_funding"
    ABANDON_FUNDING = "abandon_funding"
    CAPTURE = "capture"
    RELEASE_PART = "release_part"
    RELEASE = "release"
    REFUND_PART = "refund_part"
    END = "end"
    CONFIRM_REFUND = "confirm_refund"
    CHARGE_BACK = "charge_back"
    HAND_OVER = "hand_over"


S, T = EscrowStatus, EscrowStep
_OVER: Final = (S.RELEASED, S.REFUNDING, S.REFUNDED, S.CLOSED, S.CHARGED_BACK, S.HANDED_OVER)

# fmt: off
ESCROW: Final = Machine[EscrowStatus, EscrowStep](
    thing="escrow",
    moves={
        (S.UNFUNDED,  T.START_FUNDING):   S.FUNDING,
        (S.FUNDING,   T.START_FUNDING):   S.FUNDING,   # another page, once the last one expired
        (S.FUNDING,   T.ABANDON_FUNDING): S.UNFUNDED,
        (S.UNFUNDED,  T.CAPTURE):         S.FUNDED,    # told of the payment before the page
        (S.FUNDING,   T.CAPTURE):         S.FUNDED,
        (S.FUNDED,    T.RELEASE_PART):    S.FUNDED,
        (S.FUNDED,    T.RELEASE):         S.RELEASED,
        (S.FUNDED,    T.REFUND_PART):     S.FUNDED,
        (S.FUNDED,    T.END):             S.REFUNDING,
        (S.UNFUNDED,  T.END):             S.CLOSED,
        (S.FUNDING,   T.END):             S.CLOSED,
        (S.REFUNDING, T.CONFIRM_REFUND):  S.REFUNDED,
        (S.FUNDED,    T.CHARGE_BACK):     S.CHARGED_BACK,
        (S.REFUNDING, T.CHARGE_BACK):     S.CHARGED_BACK,
        (S.FUNDED,    T.HAND_OVER):       S.HANDED_OVER,
    },
    happened={
        (S.RELEASED,  T.RELEASE),
        (S.REFUNDING, T.END), (S.REFUNDED, T.END), (S.CLOSED, T.END), (S.RELEASED, T.END),
        (S.REFUNDED,  T.CONFIRM_REFUND),
        # Nothing is left that could move: the client had it all back before.
        *((status, T.HAND_OVER) for status in (S.HANDED_OVER, S.RELEASED, S.REFUNDING, S.REFUNDED)),
        # The bank took the money first: there is nothing left to divide.
        *((S.CHARGED_BACK, step) for step in T),
        # A page that expires is of no interest once the money came, or the milestone ended.
        *((status, T.ABANDON_FUNDING) for status in S if status is not S.FUNDING),
    },
    not_yet={
        # Accepted, so it was funded: the capture is on its way to us.
        *((status, step) for status in (S.UNFUNDED, S.FUNDING)
          for step in (T.RELEASE_PART, T.RELEASE, T.CONFIRM_REFUND, T.HAND_OVER)),
        (S.FUNDED,    T.CONFIRM_REFUND),
    },
)
# fmt: on


@dataclass
class Contract:
    """What payments keeps of a contract. `accumulated` is what its next fee is marginal to."""

    contract_id: UUID
    client_id: UUID
    assistant_id: UUID
    category: Category
    mode: Mode
    review_days: int
    agreed_at: datetime
    accumulated: Money = NOTHING


@dataclass
class Escrow:
    """The money of a milestone.

    `left` is what is neither released nor on its way back. `to_refund` is the part of the price
    that goes back once no chargeback is in the way; `frozen` counts the open chargebacks.
    """

    milestone_id: UUID
    contract: Contract
    title: str
    due_on: date
    agreed_at: datetime
    cost: Amounts
    left: Amounts
    status: EscrowStatus = EscrowStatus.UNFUNDED
    delivered_on: date | None = None
    funding_attempts: int = 0
    to_refund: Money = NOTHING
    frozen: int = 0
    agreed_price: Money | None = None
    """What is agreed by now, where it isn't the cost's price: after that, some of it went back."""
    review_days: int | None = None
    """As agreed for this milestone; None: as in the contract."""
    dated_at: datetime | None = None
    """When the dates that are kept here were changed; None: never."""

    def move(self, step: EscrowStep) -> bool:
        """Take the step; False when it has already happened. Raises Transient or Rejected."""
        status = ESCROW.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True

    def can(self, step: EscrowStep) -> bool:
        """Tell whether the step is a move now."""
        return (self.status, step) in ESCROW.moves

    def take(self, price: Money, rates: Rates) -> Amounts:
        """Take a part of what is left, and return it. Raises Rejected (`price_not_within`)."""
        part = self.left.part(price, self.contract.mode, rates.tax_basis_points)
        self.left = self.left - part
        return part

    def dated(self, at: datetime) -> bool:
        """Note that dates were changed at this moment; False when newer ones are kept already."""
        if self.dated_at and at <= self.dated_at:
            return False
        self.dated_at = at
        return True

    def hand_over(self) -> Amounts:
        """Return all that is left, which moves to another milestone. Raises Transient, Rejected."""
        self.move(T.HAND_OVER)
        rest = self.left
        self.left = rest - rest
        return rest

    @property
    def held(self) -> Money:
        """What is in escrow, as the books have it."""
        return self.left.funded if self.status in {S.FUNDED, S.REFUNDING} else NOTHING

    @property
    def owners(self) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        return {
            Owner.MILESTONE: self.milestone_id,
            Owner.ASSISTANT: self.contract.assistant_id,
            Owner.CLIENT: self.contract.client_id,
        }

    def check_payable(self, rules: ProcessorRules, now: datetime) -> None:
        """Raise Rejected when the client can't pay for the milestone now."""
        if self.status is S.FUNDED or (self.status in _OVER and self.status is not S.CLOSED):
            raise Rejected("milestone_already_funded", "The milestone is paid for already.")
        if not self.can(T.START_FUNDING):
            raise Rejected("milestone_ended", "The milestone has ended: nothing is to be paid.")
        held_until = self.due_on + timedelta(days=self.review_days or self.contract.review_days)
        limit = day_in_japan(now) + timedelta(days=rules.hold_days)
        if held_until > limit:
            raise Rejected(
                "processor_hold_exceeded",
                f"Money is held for {rules.hold_days} days at most. Pay nearer to the due date.",
                held_until=held_until.isoformat(),
                payable_from=(held_until - timedelta(days=rules.hold_days)).isoformat(),
            )


def check_chargeable(amounts: Iterable[Money], rules: ProcessorRules) -> None:
    """Raise Rejected when the processor takes no payment of these amounts together.

    They may come to more than Money counts.
    """
    together = sum(each.amount for each in amounts)
    if not rules.minimum_charge.amount <= together <= rules.maximum_charge.amount:
        raise Rejected(
            "amount_not_chargeable",
            "The processor takes no payment of this amount. Agree on another division.",
            minimum=rules.minimum_charge.amount,
            maximum=rules.maximum_charge.amount,
        )
