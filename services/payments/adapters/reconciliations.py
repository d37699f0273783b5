"""Runs of the reconciliation in PostgreSQL; statements are spooled there while they are read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, RowMapping, delete, func, select, text, tuple_
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.streams import stream
from services.payments.adapters.tables import journal_entries, payees, processor_events
from services.payments.adapters.tables_books import (
    reconciliation_items,
    reconciliations,
    statement_lines,
)
from services.payments.domain.rates import CURRENCY
from services.payments.domain.statement import BalanceTransaction, Compared, Explanation
from services.payments.ports_books import Outcome, Run
from shared.calendar import day_in_japan
from shared.db import driver
from shared.errors import NotFound, Rejected
from shared.ids import new_id
from shared.messages.books import (
    ReconciliationItem,
    ReconciliationSummary,
    ReconciliationView,
)

# Longer than a page of the processor can take, with all its tries.
LEASE: Final = timedelta(minutes=10)
ITEMS_SHOWN: Final = 1_000
EVENTS_LOOKED_AT: Final = 1_000

_SPOOLED: Final = """
    SELECT account COLLATE "C", source COLLATE "C", balance_transaction, net, kind, occurred_at
    FROM statement_lines WHERE reconciliation_id = %s ORDER BY 1, 2, 3
"""
_SPOOL: Final = """
    COPY statement_lines
        (reconciliation_id, account, source, balance_transaction, net, kind, occurred_at)
    FROM STDIN
"""
# What the last finished run had too is known since whenever that one knew it.
_SINCE_WHEN: Final = text("""
    UPDATE reconciliation_items AS item
    SET first_seen_at = before.first_seen_at, first_seen_in = before.first_seen_in
    FROM reconciliation_items AS before
    WHERE item.reconciliation_id = :run AND before.reconciliation_id = (
            SELECT reconciliation_id FROM reconciliations
            WHERE status = 'done' ORDER BY finished_at DESC LIMIT 1
        )
        AND before.account = item.account AND before.source = item.source
        AND before.balance_transaction IS NOT DISTINCT FROM item.balance_transaction
        AND before.entry_id IS NOT DISTINCT FROM item.entry_id
""")
# Identifiers of the processor's objects as its events name them: `ch_…`, `re_…`, `po_…`.
_OBJECT: Final = re.compile(rb'"([a-z]{2,8}_[0-9A-Za-z_]+)"')
_HIDDEN: Final = frozenset({"leased_until", "posted_before", "started_at", "finished_at"})


@dataclass(frozen=True)
class SqlReconciliations:
    """Implements the port Reconciliations."""

    connection: Connection

    def accounts(self) -> Sequence[str]:
        """Return the payees' accounts at the processor."""
        query = select(payees.c.account_id).where(payees.c.account_id.is_not(None))
        return list(self.connection.scalars(query.order_by(payees.c.account_id)))

    def begin(self, now: datetime) -> Run:
        """Keep a new run that an operator asked for; clear up after runs that were cut off."""
        self._clear(now)
        run = self._run(now)
        self.connection.execute(reconciliations.insert(), self._row(run, "operator"))
        return run

    def claim(self, now: datetime) -> Run | None:
        """Take today's run, of which there is one; None when it is done or in other hands.

        It has another id once it is taken over: who had it before can do nothing more with it.
        """
        table = reconciliations.c
        of_day = (table.day == day_in_japan(now)) & (table.asked_by == "clock")
        if self.connection.scalar(select(func.count()).where(of_day, ~_cut_off(now))):
            return None
        self._clear(now)
        run = self._run(now)
        values = self._row(run, "clock")
        taken = self.connection.execute(
            insert(reconciliations)
            .values(values)
            .on_conflict_do_update(
                index_elements=[table.day],
                index_where=table.asked_by == "clock",
                set_={**values, "reconciliation_id": run.reconciliation_id},
                where=_cut_off(now),
            )
            .returning(table.reconciliation_id)
        )
        return run if taken.one_or_none() else None

    def spool(self, run: Run, lines: Sequence[BalanceTransaction], now: datetime) -> None:
        """Keep lines of a statement for the comparison, and the run in our hands."""
        self._update(run, leased_until=now + LEASE)
        with driver(self.connection).cursor() as cursor, cursor.copy(_SPOOL) as copy:
            for line in lines:
                copy.write_row((run.reconciliation_id, *line))

    def spooled(self, run: Run) -> Iterator[BalanceTransaction]:
        """Yield the lines of the statements in order of account and source, by code points."""
        rows = stream(self.connection, _SPOOLED, (run.reconciliation_id,))
        yield from map(BalanceTransaction._make, rows)

    def count_spooled(self, run: Run) -> int:
        """Return how many lines there are."""
        query = select(func.count()).where(
            statement_lines.c.reconciliation_id == run.reconciliation_id
        )
        return self.connection.scalar(query) or 0

    def open_events(self) -> Mapping[str, str]:
        """Return `received` or `failed` for each object that an unhandled event of it names."""
        table = processor_events.c
        query = (
            select(table.body, table.status)
            .where(table.status.in_(["received", "failed"]))
            .order_by(table.received_at.desc())
            .limit(EVENTS_LOOKED_AT)
        )
        return {
            name.decode("ascii"): status
            for body, status in self.connection.execute(query)
            for name in _OBJECT.findall(body)
        }

    def keep(self, run: Run, items: Sequence[tuple[int, Compared, Explanation]]) -> None:
        """Keep what has no partner, numbered from 1."""
        if items:
            rows = [
                {"reconciliation_id": run.reconciliation_id, "position": position}
                | {"first_seen_at": run.started_at, "first_seen_in": run.reconciliation_id}
                | _item(compared, explanation)
                for position, compared, explanation in items
            ]
            self.connection.execute(reconciliation_items.insert(), rows)

    def finish(self, run: Run, outcome: Outcome, now: datetime) -> None:
        """Keep what came of it, and since when each item is known; forget the statements."""
        self.connection.execute(_SINCE_WHEN, {"run": run.reconciliation_id})
        self._forget(statement_lines.c.reconciliation_id == run.reconciliation_id)
        self._update(
            run,
            status="done",
            finished_at=now,
            books_balance=outcome.books.platform,
            processor_balance=outcome.processor.platform,
            payees_books_balance=outcome.books.payees,
            payees_processor_balance=outcome.processor.payees,
            matched=outcome.matched,
            unmatched=outcome.unmatched,
        )

    def newest(self, *, after: UUID | None, limit: int) -> Sequence[ReconciliationSummary]:
        """Return runs, newest first."""
        table = reconciliations.c
        key = tuple_(table.started_at, table.reconciliation_id)
        query = select(reconciliations).order_by(
            table.started_at.desc(), table.reconciliation_id.desc()
        )
        if after is not None:
            before = select(table.started_at, table.reconciliation_id).where(
                table.reconciliation_id == after
            )
            query = query.where(key < before.scalar_subquery())
        rows = self.connection.execute(query.limit(limit)).mappings()
        return [ReconciliationSummary.model_validate(_summary(row)) for row in rows]

    def get(self, reconciliation_id: UUID) -> ReconciliationView:
        """Return a run with its items; raise NotFound (`reconciliation_not_found`)."""
        query = select(reconciliations).where(
            reconciliations.c.reconciliation_id == reconciliation_id
        )
        row = self.connection.execute(query).mappings().one_or_none()
        if row is None:
            raise NotFound("reconciliation_not_found", "Look at the list of runs.")
        items = (
            select(reconciliation_items)
            .where(reconciliation_items.c.reconciliation_id == reconciliation_id)
            .order_by(reconciliation_items.c.position)
            .limit(ITEMS_SHOWN)
        )
        return ReconciliationView(
            **_summary(row),
            unmatched=tuple(
                ReconciliationItem.model_validate(dict(item))
                for item in self.connection.execute(items).mappings()
            ),
        )

    def _run(self, now: datetime) -> Run:
        newest = self.connection.scalar(select(func.max(journal_entries.c.entry_id)))
        return Run(new_id(), now, newest or 0)

    def _row(self, run: Run, asked_by: str) -> dict[str, Any]:
        return {
            "reconciliation_id": run.reconciliation_id,
            "day": day_in_japan(run.started_at),
            "asked_by": asked_by,
            "status": "running",
            "currency": CURRENCY,
            "posted_before": run.posted_before,
            "started_at": run.started_at,
            "leased_until": run.started_at + LEASE,
        }

    def _update(self, run: Run, **values: object) -> None:
        table = reconciliations.c
        mine = (table.reconciliation_id == run.reconciliation_id) & (table.status == "running")
        if not self.connection.execute(
            reconciliations.update().where(mine).values(values)
        ).rowcount:
            raise Rejected(
                "reconciliation_taken_over", "It took so long that another took it over."
            )

    def _clear(self, now: datetime) -> None:
        """Forget the statements of runs that were cut off; give up those that nobody takes over."""
        cut_off = select(reconciliations.c.reconciliation_id).where(_cut_off(now))
        self._forget(statement_lines.c.reconciliation_id.in_(cut_off))
        self.connection.execute(
            reconciliations.update()
            .where(_cut_off(now), reconciliations.c.asked_by == "operator")
            .values(status="abandoned")
        )

    def _forget(self, which: ColumnElement[bool]) -> None:
        self.connection.execute(delete(statement_lines).where(which))


def _cut_off(now: datetime) -> ColumnElement[bool]:
    table = reconciliations.c
    return (table.status == "running") & (table.leased_until < now)


def _item(compared: Compared, explanation: Explanation) -> dict[str, Any]:
    theirs, ours = compared
    return {
        "reason": compared.reason,
        "explanation": explanation,
        "account": compared.either.account,
        "source": compared.either.source,
        "balance_transaction": theirs.transaction_id if theirs else None,
        "entry_id": ours.entry_id if ours else None,
        "theirs": theirs.net if theirs else None,
        "ours": ours.net if ours else None,
        "occurred_at": compared.either.occurred_at,
    }


def _summary(row: RowMapping) -> dict[str, Any]:
    shown = {name: value for name, value in row.items() if name not in _HIDDEN}
    shown["unmatched_count"] = shown.pop("unmatched")
    return shown | {"at": row["finished_at"] or row["started_at"]}
