"""What payments tells of how it stands: calls to the processor, escrow, and the books' proofs."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Connection, text

from services.payments.domain.operation import OperationKind
from services.payments.domain.postings import Account
from services.payments.domain.rates import CURRENCY
from shared.observability.gauges import Reading, overdue
from shared.observability.metrics import (
    ESCROW,
    IMBALANCE,
    OPERATION_AGE,
    OPERATIONS_PENDING,
    RECONCILIATION_AGE,
    SEAL_AGE,
    UNMATCHED,
)

# How many entries are looked at in one go; at an hour's start that is what a busy day has.
ENTRIES_AT_ONCE: Final = 50_000
# Numbers are given before they are committed: the last ones are looked at once more.
LATE_ENTRIES: Final = 2_000

_CLOCKS: Final = {
    "checkout": text(
        "SELECT count(*), min(pay_until) FROM checkouts"
        " WHERE status = 'submitted' AND pay_until <= :now"
    )
}
_OPERATIONS: Final = text(
    "SELECT kind, count(*) AS number, min(operation_id::text) AS oldest FROM operations"
    " WHERE status = 'pending' GROUP BY kind"
)
_ESCROW: Final = text(
    "SELECT currency, sum(balance) AS held FROM account_balances"
    " WHERE account = :escrow GROUP BY currency"
)
_RECONCILED: Final = text(
    "SELECT unmatched, finished_at FROM reconciliations WHERE status = 'done'"
    " ORDER BY finished_at DESC LIMIT 1"
)
_SEALED: Final = text("SELECT sealed_at FROM sealed_ranges ORDER BY number DESC LIMIT 1")
_CLOSED: Final = text("SELECT coalesce(max(to_entry), 0) FROM closed_months")
_DIFFERENCES: Final = text("""
    WITH looked_at AS (
        SELECT entry_id, currency FROM journal_entries WHERE entry_id > :after
        ORDER BY entry_id LIMIT :most
    ), differences AS (
        SELECT entry_id, currency, abs(sum(debit) - sum(credit)) AS difference
        FROM looked_at JOIN journal_lines USING (entry_id) GROUP BY entry_id, currency
    )
    SELECT entry_id, currency, difference, max(entry_id) OVER () AS newest
    FROM differences ORDER BY difference DESC, entry_id DESC LIMIT :shown
""")
SHOWN: Final = 100


@dataclass
class Gauges:
    """The gauges of payments. It remembers how far it has looked at the journal."""

    _looked_until: int = 0
    _differences: dict[int, tuple[str, int]] = field(default_factory=dict)

    def __call__(self, connection: Connection, now: datetime) -> Iterator[Reading]:
        """Yield the gauges."""
        yield from overdue(connection, now, _CLOCKS)
        yield from _operations(connection)
        yield from _escrow(connection)
        yield from self._imbalance(connection)
        yield from _proofs(connection, now)

    def _imbalance(self, connection: Connection) -> Iterator[Reading]:
        """Add up what is new in the journal, which is append only, a bounded piece at a time."""
        if not self._looked_until:
            self._looked_until = connection.execute(_CLOSED).scalar_one()
        found = connection.execute(
            _DIFFERENCES,
            {"after": self._looked_until, "most": ENTRIES_AT_ONCE, "shown": SHOWN},
        ).all()
        for entry in found:
            if entry.difference:
                self._differences[entry.entry_id] = entry.currency, int(entry.difference)
        if found:
            self._looked_until = max(self._looked_until, found[0].newest - LATE_ENTRIES)
        sums = {CURRENCY: 0}
        for currency, difference in list(self._differences.values()):
            sums[currency] = sums.get(currency, 0) + difference
        for currency, difference in sums.items():
            yield Reading(IMBALANCE, difference, (currency,))


def _operations(connection: Connection) -> Iterator[Reading]:
    found = {row.kind: row for row in connection.execute(_OPERATIONS)}
    for kind in OperationKind:
        row = found.get(kind)
        yield Reading(OPERATIONS_PENDING, row.number if row else 0, (kind,))
        yield Reading(OPERATION_AGE, _age(UUID(row.oldest)) if row else 0, (kind,))


def _age(made: UUID) -> float:
    """Return the age of an id: a UUIDv7 begins with its time in milliseconds."""
    return max(time.time() - (made.int >> 80) / 1_000, 0.0)


def _escrow(connection: Connection) -> Iterator[Reading]:
    held = {CURRENCY: 0} | {
        row.currency: int(row.held)
        for row in connection.execute(_ESCROW, {"escrow": Account.ESCROW})
    }
    for currency, amount in held.items():
        yield Reading(ESCROW, amount, (currency,))


def _proofs(connection: Connection, now: datetime) -> Iterator[Reading]:
    if run := connection.execute(_RECONCILED).one_or_none():
        yield Reading(UNMATCHED, run.unmatched)
        yield Reading(RECONCILIATION_AGE, max((now - run.finished_at).total_seconds(), 0))
    sealed_at = connection.execute(_SEALED).scalar_one_or_none()
    if sealed_at is not None:
        yield Reading(SEAL_AGE, max((now - sealed_at).total_seconds(), 0))
