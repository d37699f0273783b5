"""Replays that operators asked for: rows, carried out by the relay that holds the outbox.

An operator's process may end, a relay may be replaced, the broker may go away: a replay goes on
from the position that it has reached, until it is done, stopped, or nobody hears it.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import psycopg
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
from shared.messaging.archive import NobodyHears, Pace, Progress, Selection, count, replay
from shared.messaging.publisher import PublisherClosed

if TYPE_CHECKING:
    from alembic.operations import Operations

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 5.0
END_SECONDS: Final = 10.0
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"


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


_NEXT = """
    SELECT replay_id, consumer, since, until, types, position, published, unheard, rate
    FROM replays WHERE status = 'running' ORDER BY replay_id LIMIT 1
"""
_PROGRESS = """
    UPDATE replays SET published = %s, unheard = %s, position = %s
    WHERE replay_id = %s RETURNING status
"""
_END = """
    UPDATE replays SET status = %s, error = %s, ended_at = now()
    WHERE replay_id = %s AND status = 'running'
"""


@dataclass(frozen=True)
class _Asked:
    """A replay that is to be carried out, from where it was left."""

    replay_id: UUID
    wanted: Selection
    reached: Progress
    rate: float


@contextmanager
def carrying_out(service: str, database_url: str, amqp_url: str) -> Iterator[None]:
    """Carry out what is asked for in a thread of its own, while the block runs."""
    replays = _Replays(service, database_url, amqp_url, threading.Event())
    thread = threading.Thread(target=replays.run, name=f"{service} replays", daemon=True)
    thread.start()
    try:
        yield
    finally:
        replays.ended.set()
        thread.join(END_SECONDS)


@dataclass(frozen=True)
class _Replays:
    """Carries out the replays of a service, one after another, until `ended` is set."""

    service: str
    database_url: str
    amqp_url: str
    ended: threading.Event

    def run(self) -> None:
        """Look for replays again and again; whatever fails is tried again."""
        while not self.ended.is_set():
            try:
                with psycopg.connect(self.database_url, autocommit=True) as database:
                    while not self.ended.wait(LOOK_SECONDS):
                        if asked := _next(database):
                            self._carry_out(database, asked)
            except (psycopg.OperationalError, PublisherClosed) as error:
                logger.warning("replays wait", extra={"error": str(error)})
            except Exception:
                logger.exception("a replay failed, and is tried again")
            self.ended.wait(PAUSE_SECONDS)

    def _carry_out(self, database: psycopg.Connection, asked: _Asked) -> None:
        interrupted = threading.Event()

        def note(progress: Progress) -> None:
            facts = (
                asked.reached.published + progress.published,
                asked.reached.unheard + progress.unheard,
                progress.position,
                asked.replay_id,
            )
            status = database.execute(_PROGRESS, facts).fetchone()
            if status != (RUNNING,) or self.ended.is_set():
                interrupted.set()

        pace = Pace(asked.rate, note, interrupted)
        status, why = DONE, ""
        try:
            replay(self.service, self.database_url, self.amqp_url, asked.wanted, pace)
        except NobodyHears as error:
            status, why = FAILED, str(error)
        if not interrupted.is_set():
            database.execute(_END, (status, why, asked.replay_id))
            logger.info("a replay ended", extra={"replay": str(asked.replay_id), "status": status})


def _next(database: psycopg.Connection) -> _Asked | None:
    row = database.execute(_NEXT).fetchone()
    if row is None:
        return None
    replay_id, consumer, since, until, types, position, published, unheard, rate = row
    wanted = Selection(consumer, since, until, tuple(types), position)
    return _Asked(replay_id, wanted, Progress(published, unheard, position), rate)
