"""Chargebacks: a client's bank takes a payment back, and decides in the end who has it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.payments.domain.charge import CreditLot, Funding
from services.payments.domain.escrow import Escrow
from services.payments.domain.moves import Machine
from services.payments.domain.refund import Refund
from shared.money import Money, yen


class ChargebackStatus(StrEnum):
    """Where a chargeback stands. An inquiry is a question of the bank: no money has moved."""

    INQUIRY = "inquiry"
    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ChargebackStep(StrEnum):
    """What can happen to a chargeback."""

    OPEN = "open"
    WIN = "win"
    LOSE = "lose"


S, T = ChargebackStatus, ChargebackStep

CHARGEBACK: Final = Machine[ChargebackStatus, ChargebackStep](
    thing="chargeback",
    moves={
        (S.INQUIRY, T.OPEN): S.OPEN,
        (S.OPEN, T.WIN): S.WON,
        (S.OPEN, T.LOSE): S.LOST,
    },
    happened={
        *((status, T.OPEN) for status in (S.OPEN, S.WON, S.LOST)),
        *((status, step) for status in (S.WON, S.LOST) for step in (T.WIN, T.LOSE)),
    },
    not_yet={(S.INQUIRY, T.WIN), (S.INQUIRY, T.LOSE)},
)


@dataclass
class Chargeback:
    """A dispute of the processor about a charge. `evidence` is what was submitted to the bank."""

    chargeback_id: UUID
    dispute_id: str
    charge_id: str
    amount: Money
    fee: Money
    reason: str
    opened_at: datetime
    answer_until: datetime | None = None
    status: ChargebackStatus = ChargebackStatus.INQUIRY
    closed_at: datetime | None = None
    evidence: Mapping[str, str] | None = None

    def move(self, step: ChargebackStep) -> bool:
        """Take the step; False when it has already happened. Raises Transient."""
        status = CHARGEBACK.next(self.status, step)
        if status is None:
            return False
        self.status = status
        return True


@dataclass(frozen=True, slots=True)
class FraudWarning:
    """The client's bank suspects that a charge was made with a stolen card."""

    warning_id: str
    charge_id: str
    fraud_type: str
    actionable: bool
    warned_at: datetime


@dataclass
class Loss:
    """Where the money of a lost chargeback is taken from: each part by its owner.

    `released` is what had been released of each milestone already.
    """

    refunds: dict[UUID, Money] = field(default_factory=dict)
    credit: dict[UUID, Money] = field(default_factory=dict)
    escrow: dict[UUID, Money] = field(default_factory=dict)
    released: dict[UUID, Money] = field(default_factory=dict)


def find_loss(
    amount: Money,
    refunds: Sequence[Refund],
    lots: Sequence[CreditLot],
    escrows: Sequence[tuple[Escrow, Funding]],
    held: Collection[UUID] = (),
) -> Loss:
    """Find what a lost chargeback takes: first what is the client's, then what was released.

    In this order: refunds that waited for the bank (`held`: they surely weren't made), the client's
    credit from the charge, escrows that it funded, what was released of them; at last refunds of
    the charge that were asked for. Those come last because one may have been made without our
    knowing: then the bank takes only what the others have.
    Changes lots and fundings accordingly. Raises ValueError when the charge never had so much.
    """
    taken = _Taken(amount.amount)
    loss = Loss()
    for refund in refunds:
        if refund.refund_id in held:
            _add(loss.refunds, refund.refund_id, taken.of(refund.amount))
    for lot in lots:
        part = taken.of(lot.remaining)
        lot.remaining -= part
        _add(loss.credit, lot.client_id, part)
    for escrow, funding in escrows:
        part = taken.of(min(funding.returnable, escrow.held))
        funding.returned += part
        _add(loss.escrow, escrow.milestone_id, part)
    for escrow, funding in escrows:
        part = taken.of(funding.returnable)
        funding.returned += part
        _add(loss.released, escrow.milestone_id, part)
    for refund in refunds:
        if refund.refund_id not in held:
            _add(loss.refunds, refund.refund_id, taken.of(refund.amount))
    if taken.wanted:
        raise ValueError(f"{taken.wanted} yen more than the charge had")
    return loss


@dataclass
class _Taken:
    """What is still wanted."""

    wanted: int

    def of(self, there: Money) -> Money:
        part = min(self.wanted, there.amount)
        self.wanted -= part
        return yen(part)


def _add(parts: dict[UUID, Money], owner: UUID, part: Money) -> None:
    if part:
        parts[owner] = parts.get(owner, yen(0)) + part
