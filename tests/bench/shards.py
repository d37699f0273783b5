"""One queue in several: by a consistent hash of the contract, so that each keeps its order.

The exchange of a service's events leads to a consistent hash exchange, which gives every contract's
messages to one of the shards, quorum queues as all of ours; a shard has one active consumer.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from statistics import median
from typing import Final
from uuid import uuid4

import pika
from pika.adapters.blocking_connection import BlockingChannel

from tests.bench.figures import Figure
from tests.bench.players import Background
from tests.bench.servers import Servers
from tests.bench.transport import query
from tools.waiting import until

CONTRACTS: Final = 200
EACH: Final = 30
COUNT: Final = CONTRACTS * EACH
SHARDS: Final = (2, 4)
WORKERS: Final = 10
# CloudEvents' own name for what keeps an order (its extension "partitioning").
KEY: Final = "cloudEvents:partitionkey"
SOURCE: Final = "bench.events"
PATIENCE_SECONDS: Final = 120
TABLES: Final = """
    CREATE TABLE inbox (consumer text, message_id uuid, PRIMARY KEY (consumer, message_id));
    CREATE TABLE handled (position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
                          contract int NOT NULL, number int NOT NULL);
"""
# A message that was handled after a later one of its contract.
_LATE: Final = """
    SELECT count(*) FROM (
        SELECT number < max(number) OVER (PARTITION BY contract ORDER BY position) AS late
        FROM handled
    ) AS each WHERE late
"""


def shards(servers: Servers, rounds: int) -> list[Figure]:
    """Measure."""
    contests = {f"one queue, {WORKERS} at once": (1, WORKERS), "one queue, one at a time": (1, 1)}
    contests |= {f"{count} shards, one at a time each": (count, 1) for count in SHARDS}
    rates: dict[str, list[float]] = {what: [] for what in contests}
    late, spread = dict.fromkeys(contests, 0), dict.fromkeys(contests, "")
    for _ in range(rounds):
        for what, (count, workers) in contests.items():
            rate, came_late, spread[what] = _round(servers, count, workers)
            rates[what].append(rate)
            late[what] += came_late
    found = []
    for what, each in rates.items():
        told = f"{COUNT:,} messages of {CONTRACTS} contracts{spread[what]}; rounds "
        found += [
            Figure(what, median(each), "/s", f"{told}{min(each):,.0f} to {max(each):,.0f}"),
            Figure("… out of their contract's order", float(late[what]), "", "in all rounds"),
        ]
    return [*found, _resharded(servers)]


def _round(servers: Servers, count: int, workers: int) -> tuple[float, int, str]:
    """Return messages per second, how many came late, and how evenly they were divided."""
    name = uuid4().hex[:8]
    database = servers.database(f"bench_shards_{name}")
    query(database, TABLES)
    with _channel(servers.broker.url) as channel:
        queues = _declare(channel, name, count)
        _publish(channel, _messages(range(EACH)))
        # Asked again: what a queue says right after a publish may be of before.
        lengths = until(lambda: _all_there(channel, queues), "all is in the queues")
        spread = f"; in the shards {', '.join(map(str, lengths))}" if count > 1 else ""
        with _consumers(servers, database, queues, workers):
            began = time.monotonic()
            _wait(database, COUNT)
            seconds = time.monotonic() - began
    [(late,)] = query(database, _LATE)
    return COUNT / seconds, late, spread


def _resharded(servers: Servers) -> Figure:
    """Return how many come late when a shard is added while messages wait."""
    name = uuid4().hex[:8]
    database = servers.database(f"bench_shards_{name}")
    query(database, TABLES)
    half = EACH // 2
    with _channel(servers.broker.url) as channel:
        queues = _declare(channel, name, 2)
        _publish(channel, _messages(range(half)))
        queues = _declare(channel, name, 3)
        _publish(channel, _messages(range(half, EACH)))
        with _consumers(servers, database, queues, 1):
            _wait(database, COUNT)
        channel.exchange_delete(SOURCE)
    [(late,)] = query(database, _LATE)
    told = "drain the queues first, or take messages in any order, as Tasuki's handlers do"
    return Figure("a third shard added while messages wait: out of order", float(late), "", told)


@contextmanager
def _channel(url: str) -> Iterator[BlockingChannel]:
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    yield channel
    connection.close()


def _declare(channel: BlockingChannel, name: str, count: int) -> list[str]:
    """Declare the exchange of a service, and the shards of one hearer."""
    hashed = f"{name}.hashed"
    if count < 3:
        channel.exchange_delete(SOURCE)
    channel.exchange_declare(SOURCE, "topic", durable=True)
    by_contract = {"hash-header": KEY}
    channel.exchange_declare(hashed, "x-consistent-hash", durable=True, arguments=by_contract)
    channel.exchange_bind(hashed, SOURCE, "#")
    queues = [f"{name}.{number}" for number in range(count)]
    arguments = {"x-queue-type": "quorum", "x-single-active-consumer": count > 1}
    for queue in queues:
        channel.queue_declare(queue, durable=True, arguments=arguments)
        channel.queue_bind(queue, hashed, "10")
    return queues


def _messages(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield contracts in turn, each with its messages in order."""
    return ((contract, number) for number in numbers for contract in range(CONTRACTS))


def _publish(channel: BlockingChannel, messages: Iterable[tuple[int, int]]) -> None:
    for contract, number in messages:
        properties = pika.BasicProperties(
            message_id=str(uuid4()), delivery_mode=2, headers={KEY: f"contract-{contract}"}
        )
        channel.basic_publish(SOURCE, "told.v1", f"{contract} {number}".encode(), properties)


def _all_there(channel: BlockingChannel, queues: Sequence[str]) -> list[int] | None:
    lengths = [channel.queue_declare(queue, passive=True).method.message_count for queue in queues]
    return lengths if sum(lengths) == COUNT else None


@contextmanager
def _consumers(
    servers: Servers, database: str, queues: Sequence[str], workers: int
) -> Iterator[None]:
    with ExitStack() as stack:
        for queue in queues:
            arguments = (database, servers.broker.url, queue, str(workers))
            stack.enter_context(Background("ours.shard", *arguments, logs=servers.logs))
        yield


def _wait(database: str, count: int) -> None:
    until(
        lambda: query(database, "SELECT count(*) FROM handled")[0][0] >= count,
        f"{count} messages are handled",
        timeout=PATIENCE_SECONDS,
        interval=0.1,
    )
