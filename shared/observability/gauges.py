"""How a service stands: gauges that its apis read from the database and the broker when asked.

A service has gauges of its own beside those that all have: a function in its adapters. They are
the same in each replica (`max by (…)` in Prometheus), at most 15 s old, and never keep a scrape
from being answered: what can't be read now is left out.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Executable, TextClause, text

from shared.clock import Clock
from shared.db import Database
from shared.errors import Transient
from shared.messaging import queues
from shared.messaging.queues import Depths
from shared.observability.metrics import (
    DATABASE_UP,
    DEAD_LETTERS,
    DEADLINE_OVERDUE_SECONDS,
    DEADLINES_OVERDUE,
    OPERATION_AGE,
    OPERATIONS_PENDING,
    OUTBOX_AGE,
    OUTBOX_EVENTS,
    QUEUE_MESSAGES,
    Described,
)

logger = logging.getLogger(__name__)

FRESH_SECONDS = 15.0
STATEMENT_TIMEOUT_MS = 3_000

_OUTBOX = text("SELECT count(*) AS waiting, min(occurred_at) AS oldest FROM outbox")


class Reading(NamedTuple):
    """A gauge, and what it shows for these values of its labels."""

    gauge: Described
    value: float
    labels: tuple[str, ...] = ()


Read = Callable[[Connection, datetime], Iterable[Reading]]


@dataclass
class Standing(Collector):
    """The gauges of a service, read at most every 15 s, in one short transaction.

    `depths` asks the broker; None where no broker is known.
    """

    database: Database
    clock: Clock
    read: Read
    depths: Depths | None
    _readings: list[Reading] = field(default_factory=list, init=False)
    _stale_at: float = field(default=0.0, init=False)
    _reading: threading.Lock = field(default_factory=threading.Lock, init=False)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        with self._reading:
            if time.monotonic() >= self._stale_at:
                self._readings = self.read_all()
                self._stale_at = time.monotonic() + FRESH_SECONDS
            readings = self._readings
        families: dict[str, GaugeMetricFamily] = {}
        for gauge, value, labels in readings:
            if gauge.name not in families:
                families[gauge.name] = GaugeMetricFamily(
                    gauge.name, gauge.what, labels=gauge.labels
                )
            families[gauge.name].add_metric(labels, value)
        yield from families.values()

    def read_all(self) -> list[Reading]:
        """Return what the gauges show now; what can't be read is left out."""
        try:
            with self.database.transaction() as connection:
                now = self.clock.now()
                found = [*_outbox(connection, now), *self.read(connection, now)]
                names = queues.heard(connection)
        except Transient as error:
            logger.warning("the gauges can't be read", extra={"error": error.code})
            return [Reading(DATABASE_UP, 0)]
        except Exception:
            # Migrations that are behind, say: all else that the process counts is still told.
            logger.exception("the gauges can't be read")
            return [Reading(DATABASE_UP, 1)]
        return [Reading(DATABASE_UP, 1), *found, *self._lying_at_the_broker(names)]

    def _lying_at_the_broker(self, names: Iterable[str]) -> Iterator[Reading]:
        found = self.depths.of(names) if self.depths else None
        if found is None:
            return
        delayed = sum(queue.messages for queue in found if queue.kind == "waits")
        yield Reading(QUEUE_MESSAGES, delayed, ("delayed",))
        for queue in found:
            if queue.kind == "handles":
                yield Reading(QUEUE_MESSAGES, queue.messages, (queue.name,))
            elif queue.kind == "dead":
                yield Reading(DEAD_LETTERS, queue.messages)


def nothing_more(_: Connection, __: datetime) -> Iterable[Reading]:
    """Read no gauges beside those that all services have."""
    return ()


def overdue(
    connection: Connection, now: datetime, clocks: Mapping[str, Executable]
) -> Iterator[Reading]:
    """Yield what each clock has not done yet, by a query `(count, oldest)` with `:now` for each."""
    for clock, query in clocks.items():
        count, oldest = connection.execute(query, {"now": now}).one()
        yield Reading(DEADLINES_OVERDUE, count, (clock,))
        yield Reading(DEADLINE_OVERDUE_SECONDS, _seconds(oldest, now), (clock,))


def pending(
    connection: Connection, now: datetime, kinds: Mapping[str, TextClause]
) -> Iterator[Reading]:
    """Yield the open calls of each kind, by a query `(count, oldest)` with `:now` for each."""
    for kind, query in kinds.items():
        count, oldest = connection.execute(query, {"now": now}).one()
        yield Reading(OPERATIONS_PENDING, count, (kind,))
        yield Reading(OPERATION_AGE, _seconds(oldest, now), (kind,))


def _outbox(connection: Connection, now: datetime) -> Iterator[Reading]:
    waiting, oldest = connection.execute(_OUTBOX).one()
    yield Reading(OUTBOX_EVENTS, waiting)
    yield Reading(OUTBOX_AGE, _seconds(oldest, now))


def _seconds(since: datetime | None, now: datetime) -> float:
    return max((now - since).total_seconds(), 0.0) if since else 0.0
