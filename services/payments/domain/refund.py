"""Money on its way back to a client: a milestone ended, or was paid for twice."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from services.payments.domain.postings import Owner
from shared.money import Money


class RefundReason(StrEnum):
    """Why money goes back."""

    ENDED = "ended"
    SURPLUS = "surplus"


class RefundStatus(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    FAILED = "failed"


class RefundStep(StrEnum):
    """What can happen to a refund."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    FAIL = "fail"


S, T = RefundStatus, RefundStep

REFUND: Final = Machine[RefundStatus, RefundStep](
    thing="refund",
    moves={
        (S.ASKED, T.CONFIRM): S.CONFIRMED,
        (S.ASKED, T.DECLINE): S.FAILED,
        (S.CONFIRMED, T.FAIL): S.FAILED,
    },
    happened={
        (S.CONFIRMED, T.CONFIRM),
        (S.FAILED, T.CONFIRM),
        (S.FAILED, T.FAIL),
        (S.CONFIRMED, T.DECLINE),
        (S.FAILED, T.DECLINE),
    },
    not_yet={(S.ASKED, T.FAIL)},
)


@dataclass
class Refund:
    """The whole of a charge, on its way back."""

    refund_id: UUID
    milestone_id: UUID
    charge_id: str
    amount: Money
    reason: RefundReason
    status: RefundStatus = RefundStatus.ASKED

    def move(self, step: RefundStep) -> bool:
        """Take the step; False when it has already happened. Raises Transient."""
        status = REFUND.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True

    @property
    def owners(self) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        return {Owner.MILESTONE: self.milestone_id}
