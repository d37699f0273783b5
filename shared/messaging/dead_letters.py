"""Dead letters: what a service could not handle, for an operator to look at and decide.

    python -m shared.messaging.dead_letters <service> list
    python -m shared.messaging.dead_letters <service> show    --id <id>
    python -m shared.messaging.dead_letters <service> replay  --id <id> | --all
    python -m shared.messaging.dead_letters <service> discard --id <id> | --all

AMQP_URL names the broker and the service's own user. A replayed letter goes back to the queue that
it came from and starts its tries anew; if it was handled meanwhile, the inbox refuses it.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from typing import Any

import pika
from pika.exceptions import AMQPError, UnroutableError

from shared.messaging.envelope import ATTEMPT, ERROR, QUEUE, Received
from shared.messaging.pika_connections import parameters
from shared.messaging.topology import dead_exchange, requeue_exchange
from shared.settings import Settings

UNKNOWN = "?"
# From RabbitMQ 4 on a quorum queue drops what was given back 20 times, unless told otherwise: a
# letter that was looked at this often is sent anew.
LOOKED_AT = 10


@dataclass(frozen=True)
class DeadLetter:
    """A message among the dead letters of a service."""

    received: Received
    properties: pika.BasicProperties

    @property
    def id(self) -> str:
        """The message's id; one that came without is known by a digest of its body."""
        digest = hashlib.sha256(self.received.body).hexdigest()
        return self.received.message_id or f"sha256:{digest[:16]}"

    @property
    def queue(self) -> str:
        """The queue that it died in."""
        return str(self.received.headers.get(QUEUE) or self._death.get("queue") or UNKNOWN)

    @property
    def error(self) -> str:
        """What went wrong at last: our words, or the broker's reason."""
        ours = self.received.headers.get(ERROR)
        return str(self._death.get("reason") or UNKNOWN) if ours is None else str(ours)

    @property
    def attempts(self) -> int:
        """How often it failed."""
        return self.received.attempt

    @property
    def _death(self) -> dict[str, Any]:
        # Written by the broker into what it moves here itself (`delivery_limit`); last first.
        deaths: list[dict[str, Any]] = self.received.headers.get("x-death") or [{}]
        return deaths[0]

    def as_text(self) -> str:
        """Return all that is known of it."""
        facts = {
            "id": self.id,
            "queue": self.queue,
            "error": self.error,
            "attempts": self.attempts,
            "content_type": self.received.content_type,
            "headers": self.received.headers,
        }
        body = self.received.body.decode(errors="replace")
        return f"{json.dumps(facts, indent=2, default=str, ensure_ascii=False)}\n{body}"


Choice = Callable[[DeadLetter], bool]


def find(service: str, amqp_url: str, chosen: Choice = lambda _: True) -> list[DeadLetter]:
    """Return the service's dead letters, oldest first. They stay there."""
    with _channel(amqp_url) as channel:
        channel.confirm_delivery()
        found = []
        for tag, letter in _letters(service, channel):
            if letter.received.deliveries >= LOOKED_AT:
                _send(channel, dead_exchange(service), letter.queue, letter)
                channel.basic_ack(tag)
            if chosen(letter):
                found.append(letter)
        return found


def replay(service: str, amqp_url: str, chosen: Choice) -> list[DeadLetter]:
    """Put the chosen letters back into the queues that they came from; return them.

    Raises UnroutableError for a letter whose queue is gone: it stays, and so do those after it.
    """
    with _channel(amqp_url) as channel:
        channel.confirm_delivery()
        done = []
        for tag, letter in _letters(service, channel):
            if chosen(letter):
                _send_back(service, channel, letter)
                channel.basic_ack(tag)
                done.append(letter)
        return done


def discard(service: str, amqp_url: str, chosen: Choice) -> list[DeadLetter]:
    """Delete the chosen letters for good; return them."""
    with _channel(amqp_url) as channel:
        done = []
        for tag, letter in _letters(service, channel):
            if chosen(letter):
                channel.basic_ack(tag)
                done.append(letter)
        return done


def _send_back(service: str, channel: Any, letter: DeadLetter) -> None:
    headers = letter.received.own_headers()
    for ours in (ATTEMPT, ERROR, QUEUE):
        headers.pop(ours, None)
    _send(channel, requeue_exchange(service), f"replay.{letter.queue}", letter, headers)


def _send(
    channel: Any,
    exchange: str,
    routing_key: str,
    letter: DeadLetter,
    headers: dict[str, Any] | None = None,
) -> None:
    """Publish a letter, and return when the broker has it; it may be taken from its place then."""
    if headers is None:
        # What the broker wrote down of its death would be lost with the broker's own headers.
        ours = {ATTEMPT: letter.attempts, ERROR: letter.error, QUEUE: letter.queue}
        headers = letter.received.own_headers() | ours
    properties = copy(letter.properties)
    properties.headers = headers
    channel.basic_publish(exchange, routing_key, letter.received.body, properties, mandatory=True)


@contextmanager
def _channel(amqp_url: str) -> Iterator[Any]:
    connection = pika.BlockingConnection(parameters(amqp_url))
    try:
        yield connection.channel()
    finally:
        # What was taken and not acknowledged goes back to its place.
        connection.close()


def _letters(service: str, channel: Any) -> Iterator[tuple[int, DeadLetter]]:
    """Yield those that are there now: one that dies again while it is replayed isn't among them.

    A letter that another reader gave back a moment ago isn't counted yet, but is found by the
    first get: that waits for its turn in the queue's log. So it's asked for before the count.
    """
    queue = dead_exchange(service)
    method, properties, body = channel.basic_get(queue)
    left = channel.queue_declare(queue, passive=True).method.message_count
    while method is not None:
        received = Received(
            properties.message_id,
            properties.content_type,
            properties.headers or {},
            method.routing_key,
            body,
        )
        yield method.delivery_tag, DeadLetter(received, properties)
        if not left:
            return
        left -= 1
        method, properties, body = channel.basic_get(queue)


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says; exit with status 1 when there is no such letter."""
    asked = _parser().parse_args(arguments)
    url = Settings().amqp_url
    if not url:
        sys.exit("Set AMQP_URL to the broker's address, with the service's own user.")

    def chosen(letter: DeadLetter) -> bool:
        return asked.id in (None, letter.id)

    act = {"list": find, "show": find, "replay": replay, "discard": discard}[asked.action]
    try:
        letters = act(asked.service, url, chosen)
    except UnroutableError:
        sys.exit("The queue of a letter is gone; it stays. Is the service's events process up?")
    except AMQPError as error:
        sys.exit(f"No dead letters of {asked.service} can be read: {error!r}")
    if asked.id and not letters:
        sys.exit(f"There is no dead letter {asked.id} in {dead_exchange(asked.service)}.")
    for letter in letters:
        line = f"{letter.id}  {letter.queue}  attempts: {letter.attempts}  {letter.error}"
        _say(letter.as_text() if asked.action == "show" else line)
    _say({"replay": "replayed", "discard": "discarded"}.get(asked.action, "found"), len(letters))


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.messaging.dead_letters", description=__doc__.splitlines()[0]
    )
    parser.add_argument("service")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("list", help="one line per letter, oldest first").set_defaults(id=None)
    show = actions.add_parser("show", help="everything about one letter")
    show.add_argument("--id", required=True)
    for name, what in (("replay", "put back into its queue"), ("discard", "delete for good")):
        action = actions.add_parser(name, help=what)
        which = action.add_mutually_exclusive_group(required=True)
        which.add_argument("--id")
        which.add_argument("--all", action="store_true")
    return parser


if __name__ == "__main__":
    main()
