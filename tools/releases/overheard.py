"""What services tell each other, as it passes the broker: to be kept, and to be told again."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika

from tools.story.witness import SPEAKERS


@dataclass(frozen=True)
class Said:
    """A message as it was published."""

    exchange: str
    routing_key: str
    properties: pika.BasicProperties
    body: bytes

    @property
    def event_type(self) -> str:
        """The CloudEvents type, `<service>.<event>.v<version>`."""
        return str(self.properties.headers["cloudEvents:type"])

    def facts(self) -> dict[str, Any]:
        """Return what the event says."""
        facts: dict[str, Any] = json.loads(self.body)
        return facts

    def line(self) -> str:
        """Return it as a line of a file."""
        given = {name: value for name, value in vars(self.properties).items() if value is not None}
        kept = {
            "exchange": self.exchange,
            "routing_key": self.routing_key,
            "properties": given,
            "body": self.body.decode(),
        }
        return json.dumps(kept, ensure_ascii=False, sort_keys=True)

    @staticmethod
    def of_line(line: str) -> "Said":
        """Return what `line` wrote down."""
        kept = json.loads(line)
        properties = pika.BasicProperties(**kept["properties"])
        return Said(kept["exchange"], kept["routing_key"], properties, kept["body"].encode())


@contextmanager
def overhearing(url: str) -> Iterator[Callable[[], list[Said]]]:
    """Keep a copy of everything that is published; yield what returns the copies so far."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for service in SPEAKERS:
        channel.queue_bind(queue, f"{service}.events", "#")
    copies: list[Said] = []

    def collect() -> list[Said]:
        while True:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                return copies
            copies.append(Said(method.exchange, method.routing_key, properties, body))

    yield collect
    connection.close()


def say(url: str, said: Iterable[Said]) -> None:
    """Publish messages as they were; return when the broker has all of them."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    for message in said:
        channel.basic_publish(
            message.exchange, message.routing_key, message.body, message.properties
        )
    connection.close()
