"""The outbox: events are rows of the transaction that makes them true; a relay publishes them.

Events are collected while a transaction runs and written in one statement right before its commit
(or its next savepoint): a batch that emits a hundred events pays for one round trip.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Engine,
    MetaData,
    Table,
    Text,
    Uuid,
    event,
)

from shared.clock import Clock
from shared.ids import new_id
from shared.messages.base import Event
from shared.observability.traces import current_traceparent

CHANNEL = "outbox"
_COLUMNS = ("id", "type", "routing_key", "subject", "occurred_at", "traceparent", "data")
_Row = tuple[UUID, str, str, str, datetime, str | None, str]

# One statement whatever the number of rows, so that PostgreSQL plans it once; unnest keeps order.
_INSERT = (
    f"INSERT INTO outbox ({', '.join(_COLUMNS)}) SELECT * FROM unnest("  # noqa: S608 (constants)
    "%s::uuid[], %s::text[], %s::text[], %s::text[], %s::timestamptz[], %s::text[], %s::text[])"
)


def outbox_table(metadata: MetaData) -> Table:
    """Return the table of events that are not yet published; `data` is the event's JSON."""
    return Table(
        "outbox",
        metadata,
        Column("position", BigInteger, primary_key=True, autoincrement=True),
        Column("id", Uuid, nullable=False),
        Column("type", Text, nullable=False),
        Column("routing_key", Text, nullable=False),
        Column("subject", Text, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("traceparent", Text),
        Column("data", Text, nullable=False),
    )


@dataclass(frozen=True)
class Outbox:
    """The outbox of one transaction."""

    connection: Connection
    clock: Clock

    def emit(self, happened: Event, *, subject: str | UUID) -> None:
        """Tell everybody that something has happened, if and when this transaction commits.

        `subject` is what it happened to: the id of the milestone, the job, the person.
        """
        _unwritten.setdefault(self.connection, []).append(
            (
                new_id(),
                happened.event_type(),
                happened.routing_key(),
                str(subject),
                self.clock.now(),
                current_traceparent(),
                happened.model_dump_json(),
            )
        )


_unwritten: WeakKeyDictionary[Connection, list[_Row]] = WeakKeyDictionary()


@event.listens_for(Engine, "commit")
def write(connection: Connection) -> None:
    """Write the events of a transaction into the table: its commit does that by itself."""
    rows = _unwritten.pop(connection, None)
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        connection.exec_driver_sql(_INSERT, tuple(columns))


@event.listens_for(Engine, "savepoint")
def _write_before_savepoint(connection: Connection, _name: str) -> None:
    write(connection)


@event.listens_for(Engine, "rollback_savepoint")
def _forget_since_savepoint(connection: Connection, _name: str, _context: None) -> None:
    _unwritten.pop(connection, None)


@event.listens_for(Engine, "rollback")
def _forget(connection: Connection) -> None:
    _unwritten.pop(connection, None)
