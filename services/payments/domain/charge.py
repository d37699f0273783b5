"""What clients paid: captured payments, what of them is in which escrow, and what is credit."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.payments.domain.parts import fill
from services.payments.domain.rates import NOTHING
from shared.errors import Rejected
from shared.messages.payments import PaymentMethod
from shared.money import Money


@dataclass(frozen=True, slots=True)
class Charge:
    """A captured payment; `fee` is what the processor kept. An authorisation is none."""

    charge_id: str
    client_id: UUID
    checkout_id: UUID | None
    method: PaymentMethod
    amount: Money
    fee: Money
    captured_at: datetime


@dataclass
class Funding:
    """What of a charge was put into a milestone's escrow.

    `returned` went back since, or on to another milestone that was funded by it.
    """

    milestone_id: UUID
    charge_id: str
    amount: Money
    returned: Money = NOTHING

    @property
    def returnable(self) -> Money:
        """What can still go back of it."""
        return self.amount - self.returned


@dataclass
class CreditLot:
    """What of a charge is a client's credit; `remaining` is not yet used or paid back."""

    lot_id: UUID
    client_id: UUID
    charge_id: str
    amount: Money
    remaining: Money


def check_credit(lots: Sequence[CreditLot], amounts: Iterable[Money]) -> None:
    """Raise Rejected (`credit_insufficient`) when there is less, saying how much is missing.

    The amounts may come to more than Money counts.
    """
    there = sum(each.remaining.amount for each in lots)
    missing = sum(each.amount for each in amounts) - there
    if missing > 0:
        raise Rejected(
            "credit_insufficient",
            f"{missing:,} yen more are needed.",
            credit=there,
            missing=missing,
        )


def take_credit(lots: Sequence[CreditLot], amount: Money) -> list[tuple[str, Money]]:
    """Take so much credit, oldest first; return from which charges.

    Raises Rejected (`credit_insufficient`).
    """
    check_credit(lots, [amount])
    oldest_first = sorted(lots, key=lambda each: each.lot_id)
    parts = fill(amount, (each.remaining for each in oldest_first))
    for lot, part in zip(oldest_first, parts, strict=True):
        lot.remaining -= part
    return [(lot.charge_id, part) for lot, part in zip(oldest_first, parts, strict=True) if part]


def give_back(fundings: Sequence[Funding], amount: Money) -> list[tuple[str, Money]]:
    """Take so much back out of what funded a milestone; return of which charges.

    Raises ValueError when that is more than it was funded with.
    """
    ordered = sorted(fundings, key=lambda each: each.charge_id)
    parts = fill(amount, (each.returnable for each in ordered))
    if missing := amount.amount - sum(each.amount for each in parts):
        raise ValueError(f"{missing} yen more than the milestone was funded with")
    for funding, part in zip(ordered, parts, strict=True):
        funding.returned += part
    return [(each.charge_id, part) for each, part in zip(ordered, parts, strict=True) if part]
