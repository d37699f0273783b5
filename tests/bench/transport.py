"""Ways of getting events from one database into another: ours and the peers', all alike to measure.

Every way has its publisher and its consumer in processes of their own, on the same servers. When
something was committed is read from PostgreSQL (`track_commit_timestamp`).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from time import time
from typing import Any

import pika
import psycopg
from alembic.migration import MigrationContext
from alembic.operations import Operations
from pika.exceptions import ChannelClosedByBroker
from sqlalchemy import create_engine

from shared.db import driver_url
from shared.messaging.archive_tables import create_outbox_archive
from shared.messaging.migrations import create_messaging_tables
from shared.messaging.topology import queue_name
from tests.bench.ours.teller import TABLES
from tests.bench.ours.told import HEARER, TELLER, ToldInBatches, ToldSingly
from tests.bench.peers.insert import HANDLED
from tests.bench.players import Background, Player
from tests.bench.servers import Servers
from tools.waiting import until

PATIENCE_SECONDS = 120
LATE_SECONDS = 0.02
WARM_UP = 50


@dataclass(frozen=True)
class Transport:
    """A way: `tell` returns when the first event was told; `in_queue`, once all are at the broker.

    `handled` is the URL of the database in which the consumer writes.
    """

    tell: Callable[[int], float]
    in_queue: Callable[[], object]
    consumer: Background
    handled: str

    def rate(self, count: int) -> float:
        """Return events per second, from the first one told to the last one's handler committed."""
        self._forget()
        began = self.tell(count)
        return count / (self._last_commit(count) - began)

    def filled_rate(self, count: int) -> float:
        """Return events per second when all of them are in the queue already."""
        self._forget()
        self.consumer.freeze()
        try:
            self.tell(count)
            self.in_queue()
        finally:
            began = time()
            self.consumer.thaw()
        return count / (self._last_commit(count) - began)

    def _forget(self) -> None:
        query(self.handled, "TRUNCATE handled")

    def _last_commit(self, count: int) -> float:
        wait_until_handled(self.handled, count)
        return max(commit_times(self.handled, "handled").values())


@dataclass(frozen=True)
class Ours:
    """Our way: a teller's outbox, the relay, and an events process that hears."""

    outbox: str
    amqp: str
    handled: str
    hearer: Background
    relay: Background
    servers: Servers

    def teller(self, kind: str, batch: int = 1_000_000, pace: float = 0) -> Player:
        """Return a player that tells, of a kind, so many events in a transaction."""
        return Player(
            "ours.teller", self.outbox, kind, str(batch), str(pace), logs=self.servers.logs
        )

    def transport(self, teller: Player) -> Transport:
        """Return the way from this teller on."""

        def tell(count: int) -> float:
            query(self.outbox, "TRUNCATE told")
            teller.play(count)
            return min(commit_times(self.outbox, "told").values())

        return Transport(tell, self.in_queue, self.hearer, self.handled)

    def in_queue(self) -> float:
        """Return when the outbox is empty."""
        # One connection for all looks: making one costs as much as relaying a hundred events.
        with psycopg.connect(self.outbox, autocommit=True) as connection:
            until(
                lambda: connection.execute("SELECT FROM outbox LIMIT 1").rowcount == 0,
                "the outbox is empty",
                timeout=PATIENCE_SECONDS,
                interval=LATE_SECONDS,
            )
        return time()


@contextmanager
def ours(servers: Servers) -> Iterator[Ours]:
    """Start ours."""
    outbox, handled = servers.database("bench_teller"), servers.database("bench_hearer")
    amqp = servers.broker.url
    for url, table in ((outbox, TABLES), (handled, HANDLED)):
        engine = create_engine(driver_url(url))
        with engine.begin() as connection:
            operations = Operations(MigrationContext.configure(connection))
            create_messaging_tables(operations)
            create_outbox_archive(operations)
            connection.exec_driver_sql(table)
        engine.dispose()
    with (
        Background("ours.relay", TELLER, outbox, amqp, logs=servers.logs) as relay,
        Background("ours.hearer", handled, amqp, logs=servers.logs) as hearer,
    ):
        for event in (ToldInBatches, ToldSingly):
            until(partial(_consumed, amqp, queue_name(HEARER, event)), "the hearer listens")
        yield Ours(outbox, amqp, handled, hearer, relay, servers)


def _consumed(amqp: str, queue: str) -> bool:
    """Tell whether the queue is there, bound and consumed: what is told before is lost."""
    connection = pika.BlockingConnection(pika.URLParameters(amqp))
    try:
        return bool(connection.channel().queue_declare(queue, passive=True).method.consumer_count)
    except ChannelClosedByBroker:
        return False
    finally:
        connection.close()


@contextmanager
def transports(servers: Servers, mine: Ours) -> Iterator[Mapping[str, Transport]]:
    """Yield all ways, by name, warmed up."""
    with ExitStack() as stack:

        def peer(module: str) -> Transport:
            database = servers.database(f"bench_{module}")
            query(database, HANDLED)
            name, url = f"peers.{module}", servers.broker.url
            publisher = stack.enter_context(Player(name, "publish", url, logs=servers.logs))
            consumer = stack.enter_context(
                Background(name, "consume", url, database, logs=servers.logs)
            )
            return Transport(
                lambda count: publisher.play(count).began, lambda: None, consumer, database
            )

        ways = {
            "batched": mine.transport(stack.enter_context(mine.teller("batches"))),
            "one by one": mine.transport(stack.enter_context(mine.teller("singly"))),
            "raw pika": peer("raw_pika"),
            "FastStream": peer("with_faststream"),
            "dramatiq": peer("with_dramatiq"),
        }
        for way in ways.values():
            way.rate(WARM_UP)
        yield ways


def wait_until_handled(url: str, count: int) -> None:
    """Return when so many rows are in the consumer's table."""
    until(
        lambda: query(url, "SELECT count(*) FROM handled")[0][0] >= count,
        f"{count} events are handled",
        timeout=PATIENCE_SECONDS,
        interval=0.1,
    )


def query(url: str, statement: str) -> list[Any]:
    """Execute a statement and return its rows, if it has any."""
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(statement.encode())
        return cursor.fetchall() if cursor.description else []


def commit_times(url: str, table: str) -> dict[int, float]:
    """Return when each row's transaction was committed (seconds since 1970), by its number."""
    at = "extract(epoch FROM pg_xact_commit_timestamp(xmin))::float8"
    return dict(query(url, f"SELECT number, {at} FROM {table}"))  # noqa: S608  (ours)
