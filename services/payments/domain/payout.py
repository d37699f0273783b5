"""Money on its way to an assistant: transferred to the processor account, then to the bank."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from services.payments.domain.postings import Owner
from shared.messages.payments import PayoutStatus
from shared.money import Money


class PayoutStep(StrEnum):
    """What can happen to a payout."""

    TRANSFER = "transfer"
    SEND = "send"
    CONFIRM = "confirm"
    FAIL = "fail"
    DECLINE = "decline"


S, T = PayoutStatus, PayoutStep

# fmt: off
PAYOUT: Final = Machine[PayoutStatus, PayoutStep](
    thing="payout",
    moves={
        (S.REQUESTED,   T.TRANSFER): S.TRANSFERRED,
        (S.REQUESTED,   T.DECLINE):  S.DECLINED,
        (S.TRANSFERRED, T.SEND):     S.SENT,
        (S.TRANSFERRED, T.DECLINE):  S.DECLINED,
        (S.SENT,        T.CONFIRM):  S.PAID,
        (S.SENT,        T.FAIL):     S.RETURNED,
        (S.PAID,        T.FAIL):     S.RETURNED,   # a bank may return it days later
    },
    happened={
        *((status, T.TRANSFER) for status in (S.TRANSFERRED, S.SENT, S.PAID, S.RETURNED)),
        *((status, T.SEND) for status in (S.SENT, S.PAID, S.RETURNED)),
        (S.PAID,     T.CONFIRM), (S.RETURNED, T.CONFIRM),
        (S.RETURNED, T.FAIL),
        (S.DECLINED, T.DECLINE),
    },
    not_yet={
        (S.REQUESTED, T.SEND),
        (S.REQUESTED, T.CONFIRM), (S.TRANSFERRED, T.CONFIRM),
        (S.REQUESTED, T.FAIL),    (S.TRANSFERRED, T.FAIL),
    },
)
# fmt: on


@dataclass
class Payout:
    """What was payable to an assistant on a day, on its way to their bank.

    `gross` is taken from what is payable; the bank gets it less the transfer fee. `payday` is the
    day it was for. Failed or returned, all of it is payable again.
    """

    payout_id: UUID
    assistant_id: UUID
    account_id: str
    gross: Money
    transfer_fee: Money
    requested_at: datetime
    payday: date
    on_demand: bool = False
    status: PayoutStatus = PayoutStatus.REQUESTED
    transfer_id: str | None = None
    paid_at: datetime | None = None
    failure: str | None = None

    def move(self, step: PayoutStep) -> bool:
        """Take the step; False when it has already happened. Raises Transient or Rejected."""
        status = PAYOUT.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True

    @property
    def amount(self) -> Money:
        """What the bank gets."""
        return self.gross - self.transfer_fee

    @property
    def owners(self) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        return {Owner.PAYOUT: self.payout_id, Owner.ASSISTANT: self.assistant_id}
