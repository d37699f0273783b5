"""Events with FastStream: one message for each, confirmed; a handler that inserts and commits each.

python -m tests.bench.peers.with_faststream publish <amqp url>        a player
python -m tests.bench.peers.with_faststream consume <amqp url> <database url>
"""

import asyncio
import logging
import sys
from typing import Any

import psycopg
from faststream import FastStream
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue

from tests.bench.peers.insert import INSERT, facts, row
from tests.bench.players import serve

WORKERS = 10  # as many as ours has


def publish(amqp_url: str) -> None:
    """Serve."""
    broker, queue = _broker(amqp_url)

    async def publish_all(count: int) -> None:
        for number in range(count):
            await broker.publish(facts(number), queue, persist=True)

    with asyncio.Runner() as runner:
        runner.run(broker.connect())
        runner.run(broker.declare_queue(queue))
        serve(lambda count: runner.run(publish_all(count)))


def consume(amqp_url: str, database_url: str) -> None:
    """Consume until SIGTERM; as many messages at once as there are connections."""
    broker, queue = _broker(amqp_url)
    free: asyncio.LifoQueue[psycopg.AsyncConnection[Any]] = asyncio.LifoQueue()

    async def handle(event: dict[str, Any]) -> None:
        database = await free.get()
        await database.execute(INSERT, row(event))
        await database.commit()
        free.put_nowait(database)

    async def connect() -> None:
        for _ in range(WORKERS):
            free.put_nowait(await psycopg.AsyncConnection.connect(database_url))

    broker.subscriber(queue)(handle)
    asyncio.run(FastStream(broker, on_startup=[connect]).run(log_level=logging.WARNING))


def _broker(amqp_url: str) -> tuple[Any, Any]:
    broker = RabbitBroker(
        amqp_url, default_channel=Channel(prefetch_count=WORKERS), log_level=logging.DEBUG
    )
    return broker, RabbitQueue("faststream", queue_type=QueueType.QUORUM, durable=True)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", amqp_url]:
            publish(amqp_url)
        case ["consume", amqp_url, database_url]:
            consume(amqp_url, database_url)
