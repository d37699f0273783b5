"""Brings the ports of the books and their PostgreSQL adapters together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, text

from services.payments.adapters.journal import SqlJournal
from services.payments.adapters.months import SqlMonths
from services.payments.adapters.reconciliations import SqlReconciliations
from services.payments.adapters.seals import SqlSeals
from services.payments.adapters.traces import SqlTraces
from services.payments.ports_books import BooksWork
from shared.clock import Clock
from shared.db import Database

# Reading the whole journal takes longer than any message may.
_PATIENTLY: Final = text("SET LOCAL statement_timeout = '30min'")
_SNAPSHOT: Final = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")


def make_books_work(connection: Connection, clock: Clock) -> BooksWork:
    """Return the work of one transaction, which may take its time."""
    connection.execute(_PATIENTLY)
    return BooksWork(
        journal=SqlJournal(connection),
        seals=SqlSeals(connection),
        reconciliations=SqlReconciliations(connection),
        months=SqlMonths(connection),
        traces=SqlTraces(connection),
        clock=clock,
    )


@dataclass(frozen=True)
class SqlBooksTransactions:
    """Implements the port BooksTransactions."""

    database: Database
    clock: Clock

    @contextmanager
    def begin(self, *, snapshot: bool = False) -> Iterator[BooksWork]:
        """Yield the work of a new transaction; commit at the end, roll back on any exception."""
        with self.database.transaction() as connection:
            if snapshot:
                connection.execute(_SNAPSHOT)
            yield make_books_work(connection, self.clock)
