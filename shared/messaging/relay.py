"""The relay: takes committed events out of a service's outbox to the broker, in their order.

A row leaves the table only after the broker confirmed its message, so an event may be published
twice, and never not at all. It goes into the archive, from where it can be told once more
(archive.py). Any number of relays may run: one holds the outbox (an advisory lock of its database
session) and the others wait for it to go.
"""

import logging
import threading
from collections import deque
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg
from opentelemetry.trace import Span

from shared.messaging import sending
from shared.messaging.publisher import Batch, Publisher, PublisherClosed
from shared.messaging.replaying import carrying_out
from shared.messaging.stored import COLUMNS, LETTERS, StoredEvent, outgoing
from shared.messaging.topology import Exchange, events_exchange
from shared.observability.metrics import OUTBOX_HELD, PUBLISHED
from shared.observability.ops_port import Pulse, Vitals

logger = logging.getLogger(__name__)

BATCH = 500
POLL_SECONDS = 1.0
STANDBY_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0
# Each wait has an end of its own: for the broker's confirmation, and for a statement.
LONGEST_TURN_SECONDS = 45.0
OUTBOX_LOCK = 0x7A5_0B0  # any number that nothing else in the database locks

_NEXT = f"""
    SELECT {COLUMNS} FROM outbox WHERE position <> ALL(%s) ORDER BY position LIMIT %s
"""  # noqa: S608  (constants)
ARCHIVE = f"""
    WITH published AS (DELETE FROM outbox WHERE position = ANY(%s) RETURNING {COLUMNS})
    INSERT INTO outbox_archive ({COLUMNS})
    SELECT {COLUMNS} FROM published WHERE type <> ALL(%s)
"""  # noqa: S608  (constants)


@dataclass(frozen=True)
class _UnderWay:
    """Rows whose messages are with the broker."""

    positions: list[int]
    batch: Batch
    spans: list[Span]


# The session is what holds the lock: both ends must notice within seconds when it is broken. And
# when a crash of the database undoes a delete, the events are published again: no need to wait
# for the disk.
_OPTIONS = " ".join(
    f"-c {setting}"
    for setting in (
        "statement_timeout=10s",
        "synchronous_commit=off",
        "tcp_keepalives_idle=5",
        "tcp_keepalives_interval=2",
        "tcp_keepalives_count=3",
    )
)


def vitals() -> Vitals:
    """Return what a relay tells of itself; it is ready while it holds the outbox or stands by."""
    return Vitals(Pulse(LONGEST_TURN_SECONDS))


def run_relay(
    service: str,
    database_url: str,
    amqp_url: str,
    stop: threading.Event,
    life: Vitals | None = None,
) -> None:
    """Publish the service's outbox until `stop` is set; finish the batch in hand.

    Comes back by itself, within seconds, when the database or the broker was away.
    """
    life = life or vitals()
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        life.pulse.beat()
        try:
            with _connect(database_url) as database:
                if _hold(database, stop, life):
                    publisher = Publisher(
                        amqp_url, Exchange(events_exchange(service), "topic"), f"{service} relay"
                    )
                    logger.info("holding the outbox", extra={"service": service})
                    life.reached.met()
                    pause = FIRST_PAUSE_SECONDS
                    OUTBOX_HELD.set(1)
                    try:
                        with carrying_out(service, database_url, amqp_url):
                            _relay(service, database, publisher, stop, life.pulse)
                    finally:
                        OUTBOX_HELD.set(0)
                        publisher.close()
        except (psycopg.OperationalError, PublisherClosed) as error:
            life.reached.unmet(f"interrupted: {type(error).__name__}")
            logger.warning(
                "relay interrupted", extra={"error": str(error), "next_try_in_seconds": pause}
            )
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)


def _connect(url: str) -> psycopg.Connection:
    return psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=5,
        options=_OPTIONS,
        keepalives_idle=5,
        keepalives_interval=2,
        keepalives_count=3,
        tcp_user_timeout=10_000,
    )


def _hold(database: psycopg.Connection, stop: threading.Event, life: Vitals) -> bool:
    """Wait until this session holds the outbox; return False when told to stop before."""
    waiting = False
    while not stop.is_set():
        life.pulse.beat()
        held = database.execute("SELECT pg_try_advisory_lock(%s)", (OUTBOX_LOCK,)).fetchone()
        if held == (True,):
            return True
        if not waiting:
            logger.info("another relay holds the outbox, standing by")
            life.reached.met()
            waiting = True
        stop.wait(STANDBY_SECONDS)
    return False


def _relay(
    service: str,
    database: psycopg.Connection,
    publisher: Publisher,
    stop: threading.Event,
    pulse: Pulse,
) -> None:
    """Publish batch after batch, reading the next one while the broker takes the last one."""
    database.execute("LISTEN outbox")
    under_way: _UnderWay | None = None
    prepared: date | None = None
    while under_way or not stop.is_set():
        pulse.beat()
        publisher.must_be_open()
        if prepared != (today := datetime.now(UTC).date()):
            # The months to come; whatever fails here, the archive takes events nevertheless.
            database.execute("SELECT prepare_outbox_archive()")
            prepared = today
        rows = [] if stop.is_set() else _next_rows(database, under_way)
        sent = None
        if rows:
            rows, spans = sending.begun(service, rows)
            batch = publisher.publish([outgoing(service, row) for row in rows])
            sent = _UnderWay([row.position for row in rows], batch, spans)
        if under_way and not _settle(database, publisher, under_way):
            stop.wait(STANDBY_SECONDS)
        if sent is None and not stop.is_set():
            # A notification of a commit that came meanwhile was kept, and ends this at once.
            deque(database.notifies(timeout=POLL_SECONDS, stop_after=1), maxlen=0)
        under_way = sent


def _next_rows(database: psycopg.Connection, under_way: _UnderWay | None) -> list[StoredEvent]:
    # Not "after the last position": an earlier one may become visible later.
    positions = under_way.positions if under_way else []
    rows = database.execute(_NEXT, (positions, BATCH)).fetchall()
    return list(map(StoredEvent._make, rows))


def _settle(database: psycopg.Connection, publisher: Publisher, sent: _UnderWay) -> bool:
    """Archive what the broker has taken; return whether that was everything."""
    confirmed = publisher.confirmed(sent.batch)
    sending.ended(sent.spans, confirmed)
    positions = [sent.positions[index] for index in confirmed]
    database.execute(ARCHIVE, (positions, list(LETTERS)))
    PUBLISHED.inc(len(confirmed))
    if refused := len(sent.positions) - len(confirmed):
        logger.warning("the broker refused events", extra={"events": refused})
    return not refused
