"""Replays that operators asked for: rows, carried out by the relay that holds the outbox.

An operator's process may end, a relay may be replaced, the broker may go away: a replay goes on
from the position that it has reached, until it is done, stopped, or nobody hears it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Column,
    Connection,
    DateTime,
    Double,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
    func,
    select,
)

from shared.db import driver
from shared.ids import new_id
from shared.messages.operations import ReplayView, RequestReplay, SelectArchived
from shared.messaging.archive import Selection, count
from shared.messaging.replaying import RUNNING, STOPPED

if TYPE_CHECKING:
    from alembic.operations import Operations


def replays_table(metadata: MetaData) -> Table:
    """Return the table; `since` and `until` are times of publishing, `rate` is events a second."""
    return Table(
        "replays",
        metadata,
        Column("replay_id", Uuid, primary_key=True),
        Column("consumer", Text),
        Column("since", DateTime(timezone=True)),
        Column("until", DateTime(timezone=True), nullable=False),
        Column("types", ARRAY(Text), nullable=False),
        Column("rate", Double, nullable=False),
        Column("status", Text, nullable=False),
        Column("total", BigInteger, nullable=False),
        Column("published", BigInteger, nullable=False),
        Column("unheard", BigInteger, nullable=False),
        Column("position", BigInteger, nullable=False),
        Column("error", Text, nullable=False),
        Column("asked_by", Uuid, nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("ended_at", DateTime(timezone=True)),
    )


def create_replays(op: "Operations") -> None:
    """Create the table: called by the migration of a service that tells events."""
    metadata = MetaData()
    replays_table(metadata)
    metadata.create_all(op.get_bind())


_REPLAYS = replays_table(MetaData())


def counted(connection: Connection, wanted: SelectArchived) -> int:
    """Return how many events a replay would publish now."""
    chosen = Selection(wanted.consumer, wanted.since, wanted.until, wanted.types)
    return count(driver(connection), chosen)


def request(connection: Connection, wanted: RequestReplay, by: UUID) -> ReplayView:
    """Keep what an operator asks for; the relay begins within a second or two.

    What is published later than now is no part of it: everybody hears that anyway.
    """
    now = connection.scalar(select(func.now()))
    assert isinstance(now, datetime)  # noqa: S101  (PostgreSQL's own)
    wanted = wanted.model_copy(update={"until": min(wanted.until or now, now)})
    row = {
        **wanted.model_dump(),
        "types": list(wanted.types),
        "replay_id": new_id(),
        "status": RUNNING,
        "total": counted(connection, wanted),
        "published": 0,
        "unheard": 0,
        "position": 0,
        "error": "",
        "asked_by": by,
        "asked_at": now,
    }
    return _view(connection.execute(_REPLAYS.insert().returning(_REPLAYS), row).one())


def newest(connection: Connection, limit: int) -> Sequence[ReplayView]:
    """Return the replays that were asked for last, the newest first."""
    query = select(_REPLAYS).order_by(_REPLAYS.c.replay_id.desc()).limit(limit)
    return [_view(row) for row in connection.execute(query)]


def find(connection: Connection, replay_id: UUID) -> ReplayView | None:
    """Return a replay as it stands."""
    row = connection.execute(
        select(_REPLAYS).where(_REPLAYS.c.replay_id == replay_id)
    ).one_or_none()
    return _view(row) if row else None


def stop(connection: Connection, replay_id: UUID) -> None:
    """Stop a replay within a second or so; one that has ended stays as it is."""
    connection.execute(
        _REPLAYS.update()
        .where(_REPLAYS.c.replay_id == replay_id, _REPLAYS.c.status == RUNNING)
        .values(status=STOPPED, ended_at=func.now())
    )


def _view(row: Row[Any]) -> ReplayView:
    return ReplayView(**row._mapping)  # noqa: SLF001  (SQLAlchemy's public name for it)
