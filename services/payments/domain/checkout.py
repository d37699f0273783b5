"""A page of the processor on which a client pays for milestones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from services.payments.domain.rates import NOTHING
from services.payments.domain.release import sum_of
from shared.messages.payments import PaymentMethod
from shared.money import Money


class CheckoutStatus(StrEnum):
    """Where a page stands. What is submitted is paid later: at a shop, by the bank."""

    OPEN = "open"
    SUBMITTED = "submitted"
    PAID = "paid"
    EXPIRED = "expired"


class CheckoutStep(StrEnum):
    """What can happen to a page."""

    SUBMIT = "submit"
    PAY = "pay"
    EXPIRE = "expire"


S, T = CheckoutStatus, CheckoutStep

CHECKOUT: Final = Machine[CheckoutStatus, CheckoutStep](
    thing="checkout",
    moves={
        (S.OPEN, T.SUBMIT): S.SUBMITTED,
        (S.OPEN, T.PAY): S.PAID,
        (S.SUBMITTED, T.PAY): S.PAID,
        # We gave it up, but the processor had taken the money.
        (S.EXPIRED, T.PAY): S.PAID,
        (S.OPEN, T.EXPIRE): S.EXPIRED,
        (S.SUBMITTED, T.EXPIRE): S.EXPIRED,
    },
    happened={
        (S.PAID, T.PAY),
        (S.PAID, T.EXPIRE),
        (S.EXPIRED, T.EXPIRE),
        *((status, T.SUBMIT) for status in (S.SUBMITTED, S.PAID, S.EXPIRED)),
    },
    not_yet=frozenset(),
)


@dataclass
class Checkout:
    """A page; `session_id` is the processor's name for it, `items` what each milestone costs.

    A transfer may come in parts: `received` of the amount so far. `pay_until` is when we stop
    waiting for a payment that is on its way.
    """

    checkout_id: UUID
    client_id: UUID
    method: PaymentMethod
    items: Mapping[UUID, Money]
    session_id: str
    url: str
    expires_at: datetime
    status: CheckoutStatus = CheckoutStatus.OPEN
    received: Money = NOTHING
    intent_id: str | None = None
    pay_until: datetime | None = None

    @property
    def amount(self) -> Money:
        """What is to be paid."""
        return sum_of(self.items.values())

    @property
    def standing(self) -> bool:
        """Tell whether it may still be paid."""
        return self.status in {S.OPEN, S.SUBMITTED}

    def move(self, step: CheckoutStep) -> bool:
        """Take the step; False when it has already happened."""
        status = CHECKOUT.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True
