"""An events process, as every service has one, that inserts a row for each event.

python -m tests.bench.ours.hearer <database url> <amqp url>
"""

import shared.messaging.bootstrap  # isort: skip  (patches before anything else is imported)

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from shared.clock import Clock, SystemClock
from shared.db import Database
from shared.messaging.on import Transactions, on
from shared.observability.logs import log_to_stderr
from tests.bench.ours.told import HEARER, Told, ToldInBatches, ToldSingly

WORKERS = 10
_INSERT = (
    "INSERT INTO handled (number, milestone_id, assistant_id, amount, title)"
    " SELECT * FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[], %s::bigint[], %s::text[])"
)


@dataclass(frozen=True)
class Work:
    """A repository of its own kind."""

    connection: Connection

    def note(self, heard: Sequence[Told]) -> None:
        """Insert a row for each event, in one statement."""
        rows = [(e.number, e.milestone_id, e.assistant_id, e.amount.amount, e.title) for e in heard]
        columns = tuple(list(column) for column in zip(*rows, strict=True))
        self.connection.exec_driver_sql(_INSERT, columns)


def make_work(connection: Connection, _clock: Clock) -> Work:
    """Return the Work of a transaction."""
    return Work(connection)


class Hearer:
    """Hears both."""

    name = HEARER
    transactions = Transactions()

    @on(ToldInBatches, batch=100)
    def note_all(self, heard: list[ToldInBatches], work: Work) -> None:
        """Handle a hundred."""
        work.note(heard)

    @on(ToldSingly)
    def note(self, heard: ToldSingly, work: Work) -> None:
        """Handle one."""
        work.note([heard])


def main(database_url: str, amqp_url: str) -> None:
    """Run until SIGTERM."""
    log_to_stderr("INFO")
    shared.messaging.bootstrap.run_events(
        Hearer,
        {
            "amqp_url": amqp_url,
            "database": lambda: Database(database_url, pool_size=WORKERS),
            "work": make_work,
            "clock": SystemClock(),
        },
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
