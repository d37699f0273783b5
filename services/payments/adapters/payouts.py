"""Money on its way to assistants, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select

from services.payments.adapters.tables import payouts
from services.payments.domain.payout import Payout
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.messages.payments import PayoutStatus
from shared.money import Money

_ADD = payouts.insert()
_GET = select(payouts).where(payouts.c.payout_id == bindparam("payout"))
_LOCK = _GET.with_for_update()
# Ids are UUIDv7: their order is that of making.
_NEWEST = (
    select(payouts)
    .where(payouts.c.assistant_id == bindparam("assistant"))
    .order_by(payouts.c.payout_id.desc())
    .limit(bindparam("most"))
)
_NEXT_NEWEST = _NEWEST.where(payouts.c.payout_id < bindparam("after"))
_CHANGING = ("status", "transfer_id", "paid_at", "failure")
_SAVE = update_by(payouts, "payout_id", _CHANGING)


@dataclass(frozen=True)
class SqlPayouts:
    """Implements the port Payouts."""

    connection: Connection

    def add(self, payout: Payout) -> None:
        """Keep a new payout."""
        row = {
            "payout_id": payout.payout_id,
            "assistant_id": payout.assistant_id,
            "account_id": payout.account_id,
            "transfer_id": payout.transfer_id,
            "currency": payout.gross.currency,
            "gross": payout.gross.amount,
            "transfer_fee": payout.transfer_fee.amount,
            "on_demand": payout.on_demand,
            "payday": payout.payday,
            "status": payout.status,
            "requested_at": payout.requested_at,
            "paid_at": payout.paid_at,
            "failure": payout.failure,
        }
        self.connection.execute(_ADD, row)

    def get(self, payout_id: UUID) -> Payout:
        """Return the payout; raise NotFound (`payout_not_found`)."""
        return self._one(_GET, payout_id)

    def lock(self, payout_id: UUID) -> Payout:
        """Return the payout and keep others from changing it; raise NotFound."""
        return self._one(_LOCK, payout_id)

    def save(self, payout: Payout) -> None:
        """Keep what has become of it."""
        self.connection.execute(_SAVE, {"id": payout.payout_id} | new_values(payout, _CHANGING))

    def newest(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Payout]:
        """Return a person's payouts, newest first."""
        which: dict[str, object] = {"assistant": person_id, "most": limit}
        if after is None:
            return self._read(_NEWEST, which)
        return self._read(_NEXT_NEWEST, which | {"after": after})

    def _one(self, query: Select[Any], payout_id: UUID) -> Payout:
        found = self._read(query, {"payout": payout_id})
        if not found:
            raise NotFound("payout_not_found", "There is no such payout.")
        return found[0]

    def _read(self, query: Select[Any], which: Mapping[str, object]) -> list[Payout]:
        return [_payout(row) for row in self.connection.execute(query, which)]


def _payout(row: Row[Any]) -> Payout:
    return Payout(
        payout_id=row.payout_id,
        assistant_id=row.assistant_id,
        account_id=row.account_id,
        gross=Money(amount=row.gross, currency=row.currency),
        transfer_fee=Money(amount=row.transfer_fee, currency=row.currency),
        requested_at=row.requested_at,
        payday=row.payday,
        on_demand=row.on_demand,
        status=PayoutStatus(row.status),
        transfer_id=row.transfer_id,
        paid_at=row.paid_at,
        failure=row.failure,
    )
