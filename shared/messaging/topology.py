"""Exchanges, queues, bindings and permissions at the broker: the one place that names them.

For a service S:

    S.events   topic   what S tells; routing key <event>.v<n>
    S.<source>.<event>.v<n>   a queue per event that S hears, bound to <source>.events; also by
                              replay.<queue>, under which an archived event comes to it alone
    S.retry    topic   -> S.retry.1s … S.retry.1h, where a failed message waits for its next try
    S.requeue  topic   from there (and from a replay) back to the queue of the message
    S.dead     fanout  -> S.dead, where an operator finds what could not be handled

All queues are quorum queues. Those that move messages on do it at least once (the broker keeps a
message until the next queue has it), so that nothing is dropped on the way; that needs
`reject-publish` as the overflow behaviour, though no queue has a length limit.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Protocol

from shared.messages.base import Event

# Whose events each service hears; a test compares it with the services' classes.
HEARS: Mapping[str, tuple[str, ...]] = {
    "accounts": ("contracts", "jobs", "payments"),
    "jobs": ("accounts", "contracts", "payments", "programs"),
    "contracts": ("accounts", "jobs", "payments", "programs"),
    "payments": ("accounts", "contracts", "programs"),
    "programs": ("accounts", "contracts", "payments"),
    "notify": ("accounts", "contracts", "jobs", "payments", "programs"),
}

# A message that was delivered this often without an answer is dead: it kills whoever handles it.
DELIVERY_LIMIT = 8


class Step(NamedTuple):
    """A delay queue: a name and how long a message waits in it."""

    name: str
    milliseconds: int


STEPS = (
    Step("1s", 1_000),
    Step("10s", 10_000),
    Step("1m", 60_000),
    Step("10m", 600_000),
    Step("1h", 3_600_000),
)


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    kind: str


class Binding(NamedTuple):
    """Where a queue gets its messages from."""

    exchange: str
    routing_key: str


@dataclass(frozen=True)
class Queue:
    """A durable queue, its arguments and its bindings."""

    name: str
    arguments: Mapping[str, Any]
    bindings: tuple[Binding, ...]


@dataclass(frozen=True)
class Topology:
    """What one service has at the broker. `sources` belong to others and must be there."""

    exchanges: tuple[Exchange, ...]
    sources: tuple[Exchange, ...]
    queues: tuple[Queue, ...]


class Channel(Protocol):
    """What a channel of py-amqp can do for us here."""

    def exchange_declare(
        self, exchange: str, kind: str, /, *, passive: bool, durable: bool, auto_delete: bool
    ) -> object:
        """Declare an exchange."""

    def queue_declare(
        self, queue: str, *, durable: bool, auto_delete: bool, arguments: Mapping[str, Any]
    ) -> object:
        """Declare a queue."""

    def queue_bind(self, queue: str, exchange: str, routing_key: str) -> object:
        """Bind a queue."""


def events_exchange(service: str) -> str:
    """Return the exchange to which a service tells its events."""
    return f"{service}.events"


def hearers(service: str) -> tuple[str, ...]:
    """Return the services that hear a service's events; none for one that tells nothing."""
    return tuple(hearer for hearer, sources in HEARS.items() if service in sources)


def retry_exchange(service: str) -> str:
    """Return the exchange of the delay queues; routing key `<step>.<queue>`."""
    return f"{service}.retry"


def requeue_exchange(service: str) -> str:
    """Return the exchange that leads back to the queues; routing key `<anything>.<queue>`."""
    return f"{service}.requeue"


def dead_exchange(service: str) -> str:
    """Return the exchange of the dead letters; their queue has the same name."""
    return f"{service}.dead"


def queue_name(service: str, event: type[Event], method: str | None = None) -> str:
    """Return the queue of an event; `method` tells two handlers of one event apart."""
    name = f"{service}.{event.event_type()}"
    return f"{name}.{method}" if method else name


def replayed_to(consumer: str, event_type: str) -> str:
    """Return the routing key of an event that is told once more to a queue or a service alone."""
    return f"replay.{consumer}" if "." in consumer else f"replay.{consumer}.{event_type}"


def delay_queue(service: str, step: Step) -> str:
    """Return the queue in which a failed message waits."""
    return f"{service}.retry.{step.name}"


def topology(
    service: str, heard: Mapping[str, type[Event]], steps: Iterable[Step] = STEPS
) -> Topology:
    """Return what a service needs that hears these events, given by the names of its queues."""
    sources = sorted({event.service for event in heard.values()})
    return Topology(
        exchanges=(
            Exchange(events_exchange(service), "topic"),
            Exchange(retry_exchange(service), "topic"),
            Exchange(requeue_exchange(service), "topic"),
            Exchange(dead_exchange(service), "fanout"),
        ),
        sources=tuple(Exchange(events_exchange(s), "topic") for s in sources if s != service),
        queues=(
            _dead_queue(service),
            *(_delay_queue(service, step) for step in steps),
            *(_handler_queue(service, name, event) for name, event in heard.items()),
        ),
    )


def declare(channel: Channel, wanted: Topology) -> None:
    """Declare all of it; what is there already stays. Raises amqp.NotFound without a source."""
    for exchange in wanted.exchanges:
        channel.exchange_declare(
            exchange.name, exchange.kind, passive=False, durable=True, auto_delete=False
        )
    for source in wanted.sources:
        channel.exchange_declare(
            source.name, source.kind, passive=True, durable=True, auto_delete=False
        )
    for queue in wanted.queues:
        channel.queue_declare(
            queue.name, durable=True, auto_delete=False, arguments=dict(queue.arguments)
        )
        for binding in queue.bindings:
            channel.queue_bind(queue.name, binding.exchange, binding.routing_key)


def permissions(service: str) -> tuple[str, str, str]:
    """Return what the service's user may (configure, write, read), as regular expressions.

    Everything of its own; of others only to read (bind to) the events that it hears.
    """
    own = rf"^{service}\."
    sources = HEARS.get(service, ())
    read = rf"^({service}\.|({'|'.join(sources)})\.events$)" if sources else own
    return own, own, read


def _handler_queue(service: str, name: str, event: type[Event]) -> Queue:
    source, event_type = events_exchange(event.service), event.event_type()
    replays = sorted({replayed_to(name, event_type), replayed_to(service, event_type)})
    return Queue(
        name,
        _quorum(dead_exchange(service)) | {"x-delivery-limit": DELIVERY_LIMIT},
        (
            Binding(source, event.routing_key()),
            *(Binding(source, routing_key) for routing_key in replays),
            Binding(requeue_exchange(service), f"*.{name}"),
        ),
    )


def _delay_queue(service: str, step: Step) -> Queue:
    return Queue(
        delay_queue(service, step),
        _quorum(requeue_exchange(service)) | {"x-message-ttl": step.milliseconds},
        (Binding(retry_exchange(service), f"{step.name}.#"),),
    )


def _dead_queue(service: str) -> Queue:
    name = dead_exchange(service)
    return Queue(name, {"x-queue-type": "quorum"}, (Binding(name, ""),))


def _quorum(moves_to: str) -> dict[str, Any]:
    return {
        "x-queue-type": "quorum",
        "x-dead-letter-exchange": moves_to,
        "x-dead-letter-strategy": "at-least-once",
        "x-overflow": "reject-publish",
    }
