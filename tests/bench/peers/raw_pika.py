"""Events with pika alone, in three parts.

    python -m tests.bench.peers.raw_pika publish <amqp url>     a player: a confirm awaited for each
    python -m tests.bench.peers.raw_pika batches <amqp url>     a player: confirms per 1,000
    python -m tests.bench.peers.raw_pika consume <amqp url> <database url>

The consumer inserts and commits each event, then acknowledges it.
"""

import json
import sys
import threading
from functools import partial
from typing import Any

import pika
import psycopg

from tests.bench.peers.insert import INSERT, body, row
from tests.bench.players import serve

QUEUE = "raw_pika"
BATCHES_QUEUE = "raw_pika.batches"
PREFETCH = 500
CONFIRMED_TOGETHER = 1_000
QUORUM = {"x-queue-type": "quorum"}
CONNECT_SECONDS = 10
CONFIRM_SECONDS = 60


def properties(number: int) -> pika.BasicProperties:
    """Return what is said about a message: that it is durable, and which one it is."""
    return pika.BasicProperties(
        content_type="application/json", delivery_mode=2, message_id=str(number)
    )


def publish(amqp_url: str) -> None:
    """Serve: publish one by one."""
    channel = pika.BlockingConnection(pika.URLParameters(amqp_url)).channel()
    channel.queue_declare(QUEUE, durable=True, arguments=QUORUM)
    channel.confirm_delivery()

    def play(count: int) -> None:
        for number in range(count):
            channel.basic_publish("", QUEUE, body(number), properties(number), mandatory=True)

    serve(play)


class BatchPublisher:
    """Publishes 1,000, awaits the broker's confirms of all, and so on."""

    def __init__(self, amqp_url: str) -> None:
        self._ready = threading.Event()
        self._done = threading.Event()
        self._last_tag = 0
        self._waiting: set[int] = set()
        self._connection: Any = pika.SelectConnection(
            pika.URLParameters(amqp_url), on_open_callback=self._on_open
        )
        threading.Thread(target=self._connection.ioloop.start, daemon=True).start()
        self._ready.wait(CONNECT_SECONDS)

    def play(self, count: int) -> None:
        """Publish so many."""
        for first in range(0, count, CONFIRMED_TOGETHER):
            batch = range(first, min(count, first + CONFIRMED_TOGETHER))
            self._done.clear()
            self._connection.ioloop.add_callback_threadsafe(partial(self._send, batch))
            self._done.wait(CONFIRM_SECONDS)

    def _on_open(self, _connection: object) -> None:
        self._connection.channel(on_open_callback=self._on_channel)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.confirm_delivery(self._on_answer)
        channel.queue_declare(
            BATCHES_QUEUE, durable=True, arguments=QUORUM, callback=lambda _: self._ready.set()
        )

    def _send(self, batch: range) -> None:
        self._waiting = set(range(self._last_tag + 1, self._last_tag + 1 + len(batch)))
        self._last_tag += len(batch)
        for number in batch:
            self._channel.basic_publish("", BATCHES_QUEUE, body(number), properties(number))

    def _on_answer(self, frame: Any) -> None:
        tag = frame.method.delivery_tag
        if frame.method.multiple:
            self._waiting = {waiting for waiting in self._waiting if waiting > tag}
        else:
            self._waiting.discard(tag)
        if not self._waiting:
            self._done.set()


def consume(amqp_url: str, database_url: str) -> None:
    """Consume until SIGTERM."""
    database = psycopg.connect(database_url)
    channel = pika.BlockingConnection(pika.URLParameters(amqp_url)).channel()
    channel.queue_declare(QUEUE, durable=True, arguments=QUORUM)
    channel.basic_qos(prefetch_count=PREFETCH)

    def handle(channel: Any, method: Any, _properties: object, payload: bytes) -> None:
        database.execute(INSERT, row(json.loads(payload)))
        database.commit()
        channel.basic_ack(method.delivery_tag)

    channel.basic_consume(QUEUE, handle)
    channel.start_consuming()


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["publish", amqp_url]:
            publish(amqp_url)
        case ["batches", amqp_url]:
            serve(BatchPublisher(amqp_url).play)
        case ["consume", amqp_url, database_url]:
            consume(amqp_url, database_url)
