"""Money on its way back to a client, by the charge that it came with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.moves import Machine
from services.payments.domain.parts import fill
from services.payments.domain.postings import Owner
from services.payments.domain.rates import NOTHING
from shared.money import Money


class RefundReason(StrEnum):
    """Why money goes back."""

    ENDED = "ended"
    SURPLUS = "surplus"
    PART = "part"
    AFTER_RELEASE = "after_release"
    CREDIT = "credit"


class RefundStatus(StrEnum):
    """Where a refund stands."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    FAILED = "failed"
    OVERTAKEN = "overtaken"  # the client's bank took the money back first


class RefundStep(StrEnum):
    """What can happen to a refund."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    FAIL = "fail"
    RETRY = "retry"
    OVERTAKE = "overtake"


S, T = RefundStatus, RefundStep

REFUND: Final = Machine[RefundStatus, RefundStep](
    thing="refund",
    moves={
        (S.ASKED, T.CONFIRM): S.CONFIRMED,
        (S.ASKED, T.DECLINE): S.FAILED,
        (S.CONFIRMED, T.FAIL): S.FAILED,
        (S.FAILED, T.RETRY): S.ASKED,
        (S.ASKED, T.OVERTAKE): S.OVERTAKEN,
        (S.FAILED, T.OVERTAKE): S.OVERTAKEN,
    },
    happened={
        *((S.OVERTAKEN, step) for step in T),
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
    """A part of a charge, on its way back; `price` is the part of a milestone's price, if of one.

    A refund that failed is still owed: an operator has it tried again. `failed_ids` are what the
    processor called the tries that failed.
    """

    refund_id: UUID
    client_id: UUID
    milestone_id: UUID | None
    charge_id: str
    amount: Money
    reason: RefundReason
    asked_at: datetime
    price: Money = NOTHING
    note: str = ""
    failed_ids: tuple[str, ...] = ()
    status: RefundStatus = RefundStatus.ASKED

    def move(self, step: RefundStep) -> bool:
        """Take the step; False when it has already happened. Raises Transient or Rejected."""
        status = REFUND.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True

    @property
    def reference(self) -> UUID:
        """What its entries are about: the milestone, or the client whose credit it was."""
        return self.milestone_id or self.client_id

    @property
    def owners(self) -> dict[Owner, UUID]:
        """Whose sub-accounts its money is on."""
        owners = {Owner.REFUND: self.refund_id, Owner.CLIENT: self.client_id}
        if self.milestone_id:
            owners[Owner.MILESTONE] = self.milestone_id
        return owners


def spread(parts: Mapping[str, Money], amounts: Sequence[Money]) -> list[dict[str, Money]]:
    """Fill each amount from the parts, in their order; both add up to the same."""
    left = dict(parts)
    shares = []
    for amount in amounts:
        share = dict(zip(left, fill(amount, left.values()), strict=True))
        left = {name: there - share[name] for name, there in left.items()}
        shares.append(share)
    return shares
