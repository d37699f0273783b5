"""Whether a service is drained: its events processes stand still until an operator resumes it.

Kept in the service's database, so that it holds for all of its processes and outlives them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Text, Uuid, select
from sqlalchemy.dialects.postgresql import insert

if TYPE_CHECKING:
    from alembic.operations import Operations

DRAINED: Final = "drained"


def switches_table(metadata: MetaData) -> Table:
    """Return the table of what operators have switched, and why; no row: as usual."""
    return Table(
        "switches",
        metadata,
        Column("name", Text, primary_key=True),
        Column("since", DateTime(timezone=True), nullable=False),
        Column("person_id", Uuid, nullable=False),
        Column("reason", Text, nullable=False),
    )


def create_switches(op: "Operations") -> None:
    """Create the table: called by a service's migration."""
    metadata = MetaData()
    switches_table(metadata)
    metadata.create_all(op.get_bind())


_SWITCHES = switches_table(MetaData())
_DRAINED = select(_SWITCHES.c.since, _SWITCHES.c.reason).where(_SWITCHES.c.name == DRAINED)


@dataclass(frozen=True)
class Drained:
    """Since when a service is drained, and why."""

    since: datetime
    reason: str


def drained(connection: Connection) -> Drained | None:
    """Return since when the service is drained; None when it works."""
    row = connection.execute(_DRAINED).one_or_none()
    return Drained(row.since, row.reason) if row else None


def drain(connection: Connection, by: UUID, reason: str, now: datetime) -> None:
    """Let the events processes stand still; the first reason stays."""
    row = {"name": DRAINED, "since": now, "person_id": by, "reason": reason}
    connection.execute(insert(_SWITCHES).values(row).on_conflict_do_nothing())


def resume(connection: Connection) -> None:
    """Let them work again."""
    connection.execute(_SWITCHES.delete().where(_SWITCHES.c.name == DRAINED))
