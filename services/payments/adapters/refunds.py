"""Money on its way back to clients, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select

from services.payments.adapters.tables import refunds
from services.payments.domain.refund import Refund, RefundReason, RefundStatus
from shared.db import update_by
from shared.errors import NotFound
from shared.money import Money

_ADD = refunds.insert()
_GET = select(refunds).where(refunds.c.refund_id == bindparam("refund"))
_LOCK = _GET.with_for_update()
# Ids are UUIDv7: their order is that of making.
_OLDEST_FIRST = select(refunds).order_by(refunds.c.refund_id)
_OF_MILESTONE = _OLDEST_FIRST.where(refunds.c.milestone_id == bindparam("milestone"))
_UNMADE = (
    _OLDEST_FIRST.where(refunds.c.charge_id == bindparam("charge"))
    .where(refunds.c.status.in_((RefundStatus.ASKED, RefundStatus.FAILED)))
    .with_for_update()
)
_FAILED = _OLDEST_FIRST.where(refunds.c.status == RefundStatus.FAILED).limit(bindparam("most"))
_SAVE = update_by(refunds, "refund_id", ("amount", "status", "failed_ids"))


@dataclass(frozen=True)
class SqlRefunds:
    """Implements the port Refunds."""

    connection: Connection

    def add(self, new: Sequence[Refund]) -> None:
        """Keep new refunds."""
        if new:
            self.connection.execute(_ADD, [_row(each) for each in new])

    def get(self, refund_id: UUID) -> Refund:
        """Return the refund; raise NotFound (`refund_not_found`)."""
        return self._one(_GET, refund_id)

    def lock(self, refund_id: UUID) -> Refund:
        """Return the refund and keep others from changing it; raise NotFound."""
        return self._one(_LOCK, refund_id)

    def of_milestone(self, milestone_id: UUID) -> Sequence[Refund]:
        """Return a milestone's refunds, oldest first."""
        return self._read(_OF_MILESTONE, {"milestone": milestone_id})

    def unmade(self, charge_id: str) -> Sequence[Refund]:
        """Return those of a charge that are asked or failed, and lock them."""
        return self._read(_UNMADE, {"charge": charge_id})

    def failed(self, limit: int) -> Sequence[Refund]:
        """Return those that failed, oldest first."""
        return self._read(_FAILED, {"most": limit})

    def save(self, refund: Refund) -> None:
        """Keep amount and status, and which tries of it failed."""
        changes = {
            "id": refund.refund_id,
            "new_amount": refund.amount.amount,
            "new_status": refund.status,
            "new_failed_ids": list(refund.failed_ids),
        }
        self.connection.execute(_SAVE, changes)

    def _one(self, query: Select[Any], refund_id: UUID) -> Refund:
        found = self._read(query, {"refund": refund_id})
        if not found:
            raise NotFound("refund_not_found", "There is no such refund.")
        return found[0]

    def _read(self, query: Select[Any], which: Mapping[str, object]) -> list[Refund]:
        return [_refund(row) for row in self.connection.execute(query, which)]


def _row(refund: Refund) -> dict[str, object]:
    return {
        "refund_id": refund.refund_id,
        "client_id": refund.client_id,
        "milestone_id": refund.milestone_id,
        "charge_id": refund.charge_id,
        "currency": refund.amount.currency,
        "amount": refund.amount.amount,
        "price": refund.price.amount,
        "reason": refund.reason,
        "note": refund.note,
        "status": refund.status,
        "asked_at": refund.asked_at,
        "failed_ids": list(refund.failed_ids),
    }


def _refund(row: Row[Any]) -> Refund:
    return Refund(
        refund_id=row.refund_id,
        client_id=row.client_id,
        milestone_id=row.milestone_id,
        charge_id=row.charge_id,
        amount=Money(amount=row.amount, currency=row.currency),
        reason=RefundReason(row.reason),
        asked_at=row.asked_at,
        price=Money(amount=row.price, currency=row.currency),
        note=row.note,
        failed_ids=tuple(row.failed_ids),
        status=RefundStatus(row.status),
    )
