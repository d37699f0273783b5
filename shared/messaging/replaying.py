"""Carries out the replays that operators asked for: in the relay that holds the outbox.

Beside `shared.messaging.replays`, which keeps what is asked for: a relay imports no SQLAlchemy.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import psycopg

from shared.messaging.archive import NobodyHears, Pace, Progress, Selection, replay
from shared.messaging.publisher import PublisherClosed

logger = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 5.0
END_SECONDS: Final = 10.0
RUNNING, DONE, STOPPED, FAILED = "running", "done", "stopped", "failed"

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
