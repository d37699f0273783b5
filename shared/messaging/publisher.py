"""Publishes batches of messages with pika; a batch is done when the broker confirmed all of it.

pika's BlockingConnection can only wait for one confirmation at a time; its SelectConnection can
have thousands under way, and runs here in a thread of its own.
"""

import logging
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import pika
from pika.spec import Basic

from shared.messaging.pika_connections import parameters as parameters_of
from shared.messaging.topology import Exchange

logger = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10
# A broker short of memory or disk stops to read from us, without a word.
BLOCKED_SECONDS = 20
CONNECT_SECONDS = 5
CONFIRM_SECONDS = 15


class PublisherClosed(Exception):
    """There is no connection (any more), or no answer over it: connect anew."""


@dataclass(frozen=True)
class Outgoing:
    """A message to be published."""

    routing_key: str
    properties: pika.BasicProperties
    body: bytes


@dataclass
class Batch:
    """Messages under way: how many the broker has not answered for, and which it refused."""

    messages: Sequence[Outgoing]
    unanswered: int
    refused: set[int] = field(default_factory=set)
    answered: threading.Event = field(default_factory=threading.Event)

    def answer(self, index: int, *, taken: bool) -> None:
        """Note the broker's answer for one message."""
        if not taken:
            self.refused.add(index)
        self.unanswered -= 1
        if not self.unanswered:
            self.answered.set()


class Publisher:
    """Publishes to one exchange, which it declares. Connects when made; for one thread's use."""

    def __init__(self, url: str, exchange: Exchange, name: str) -> None:
        """Raises PublisherClosed when there is no broker within a few seconds."""
        self.unroutable = 0
        self._exchange = exchange
        self._channel: Any = None
        self._tag = 0
        self._under_way: dict[int, tuple[Batch, int]] = {}  # by delivery tag, in its order
        self._ready = threading.Event()
        self._closed_why: str | None = None
        parameters = parameters_of(url)
        parameters.heartbeat = HEARTBEAT_SECONDS
        parameters.blocked_connection_timeout = BLOCKED_SECONDS
        parameters.socket_timeout = parameters.stack_timeout = CONNECT_SECONDS
        parameters.client_properties = {"connection_name": name}
        self._connection: Any = pika.SelectConnection(
            parameters,
            on_open_callback=lambda _: self._connection.channel(on_open_callback=self._on_channel),
            on_open_error_callback=self._on_closed,
            on_close_callback=self._on_closed,
        )
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()
        if not self._ready.wait(2 * CONNECT_SECONDS) or self._closed_why:
            self.close()
            raise PublisherClosed(self._closed_why or "no answer from the broker")

    def publish(self, messages: Sequence[Outgoing]) -> Batch:
        """Begin to publish the messages, after all that were published before."""
        batch = Batch(messages, len(messages))
        self._connection.ioloop.add_callback_threadsafe(lambda: self._send(batch))
        return batch

    def confirmed(self, batch: Batch) -> set[int]:
        """Wait for the broker; return the indexes of the messages that it took.

        Raises PublisherClosed when the connection ends first: then any of them may be published.
        """
        if self._closed_why is None:
            batch.answered.wait(CONFIRM_SECONDS)
        if batch.unanswered:
            raise PublisherClosed(self._closed_why or "the broker does not confirm")
        return set(range(len(batch.messages))) - batch.refused

    def must_be_open(self) -> None:
        """Raise PublisherClosed when the connection has ended."""
        if self._closed_why is not None:
            raise PublisherClosed(self._closed_why)

    def close(self) -> None:
        """Close the connection, and what pika needed for it. Publish nothing afterwards."""
        self._connection.ioloop.add_callback_threadsafe(self._end)
        self._thread.join(CONNECT_SECONDS)
        if not self._thread.is_alive():
            self._connection.ioloop.close()

    def _run(self) -> None:
        try:
            self._connection.ioloop.start()
        except Exception as error:
            logger.exception("the publisher's thread ended")
            self._on_closed(self._connection, error)

    def _on_channel(self, channel: Any) -> None:
        self._channel = channel
        channel.add_on_close_callback(self._on_closed)
        channel.add_on_return_callback(self._on_return)
        channel.confirm_delivery(self._on_answer)
        channel.exchange_declare(
            exchange=self._exchange.name,
            exchange_type=self._exchange.kind,
            durable=True,
            callback=lambda _: self._ready.set(),
        )

    def _send(self, batch: Batch) -> None:
        if self._closed_why is not None:
            batch.answered.set()
            return
        for index, message in enumerate(batch.messages):
            self._tag += 1
            self._under_way[self._tag] = (batch, index)
            self._channel.basic_publish(
                self._exchange.name,
                message.routing_key,
                message.body,
                message.properties,
                mandatory=True,
            )

    def _on_answer(self, frame: Any) -> None:
        answer = frame.method
        tags = [answer.delivery_tag]
        if answer.multiple:
            tags = list(takewhile(lambda tag: tag <= answer.delivery_tag, self._under_way))
        for tag in tags:
            batch, index = self._under_way.pop(tag)
            batch.answer(index, taken=isinstance(answer, Basic.Ack))

    def _on_return(self, _channel: Any, method: Any, _properties: Any, _body: bytes) -> None:
        # An event that nobody listens to yet is no failure; the broker confirms it nevertheless.
        self.unroutable += 1
        logger.debug("nobody hears this event", extra={"routing_key": method.routing_key})

    def _on_closed(self, _what: Any, reason: Any) -> None:
        if self._closed_why is None:
            self._closed_why = f"{reason!r}"
        self._ready.set()
        for batch, _ in self._under_way.values():
            batch.answered.set()
        self._end()

    def _end(self) -> None:
        self._closed_why = self._closed_why or "closed"
        if self._connection.is_open:
            self._connection.close()
        elif not self._connection.is_closing:
            self._connection.ioloop.stop()
