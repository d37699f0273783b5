"""Watches the market's events from outside: what was said, and who has handled it."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Self

import pika
import psycopg
from pika.exceptions import AMQPError

SPEAKERS = ("accounts", "jobs", "contracts", "payments")


@dataclass(frozen=True)
class Heard:
    """An event as it passed the broker."""

    event_id: str
    event_type: str
    subject: str


@dataclass
class Witness:
    """A listener on every service's exchange, with a queue of its own that goes with it.

    `amqp_url` is the operator's; `databases` are the services' databases, for their inboxes.
    """

    amqp_url: str
    databases: Mapping[str, str]
    _events: SimpleQueue[Heard] = field(default_factory=SimpleQueue, init=False)
    _connection: pika.BlockingConnection = field(init=False)
    _thread: threading.Thread = field(init=False)

    def __enter__(self) -> Self:
        """Begin to listen."""
        self._connection = pika.BlockingConnection(pika.URLParameters(self.amqp_url))
        channel = self._connection.channel()
        queue = channel.queue_declare("", exclusive=True).method.queue
        for service in SPEAKERS:
            channel.queue_bind(queue, f"{service}.events", "#")
        channel.basic_consume(queue, self._heard, auto_ack=True)
        self._thread = threading.Thread(target=self._listen, args=(channel,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop listening."""
        with contextlib.suppress(AMQPError):
            self._connection.add_callback_threadsafe(self._connection.close)
        self._thread.join(timeout=5)

    def news(self) -> list[Heard]:
        """Return the events since the last call."""
        return list(self._drain())

    def handled_by(self, events: list[Heard]) -> dict[str, list[str]]:
        """Return the consumers whose inboxes hold each event's id, by event id."""
        ids = [event.event_id for event in events]
        consumers: dict[str, list[str]] = {}
        for url in self.databases.values():
            with psycopg.connect(url) as connection:
                rows = connection.execute(
                    "SELECT message_id::text, consumer FROM inbox WHERE message_id::text = ANY(%s)",
                    [ids],
                )
                for event_id, consumer in rows:
                    consumers.setdefault(event_id, []).append(consumer)
        return consumers

    def _listen(self, channel: pika.adapters.blocking_connection.BlockingChannel) -> None:
        with contextlib.suppress(AMQPError):
            channel.start_consuming()

    def _heard(self, _: object, __: object, properties: pika.BasicProperties, ___: bytes) -> None:
        headers = properties.headers or {}
        self._events.put(
            Heard(
                str(properties.message_id),
                str(headers.get("cloudEvents:type", "")),
                str(headers.get("cloudEvents:subject", "")),
            )
        )

    def _drain(self) -> Iterator[Heard]:
        while True:
            try:
                yield self._events.get_nowait()
            except Empty:
                return
