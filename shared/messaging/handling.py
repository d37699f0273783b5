"""How a message is handled, and what becomes of it: done, tried again later, or a dead letter."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Protocol

import psycopg
from opentelemetry.trace import Span, SpanKind
from sqlalchemy import Connection
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.clock import Clock
from shared.errors import DomainError, Transient
from shared.messages.base import Event
from shared.messaging import inbox
from shared.messaging.envelope import Received, Undecodable
from shared.messaging.topology import Step
from shared.observability import traces
from shared.observability.metrics import MESSAGE_LAG_SECONDS, MESSAGE_SECONDS, MESSAGES

logger = logging.getLogger(__name__)

BUG_TRIES = 3

_TRANSIENT = (
    Transient,
    psycopg.OperationalError,
    OperationalError,
    InterfaceError,
    PoolTimeoutError,
)
_PERMANENT = (Undecodable, DomainError)


class Delivery(Protocol):
    """A message in hand. Neither call raises when the connection that brought it is gone."""

    @property
    def received(self) -> Received:
        """The message."""
        ...

    def acknowledge(self) -> None:
        """Tell the broker that it may forget the message."""

    def give_back(self) -> None:
        """Let the broker deliver the message again."""


class Failures(Protocol):
    """Where a message goes that could not be handled. Both raise when it did not get there."""

    def try_later(self, message: Received, queue: str, step: Step, error: str) -> None:
        """Put the message in a delay queue."""

    def bury(self, message: Received, queue: str, error: str) -> None:
        """Make the message a dead letter."""


def next_try(error: Exception, failures: int, steps: Sequence[Step]) -> Step | None:
    """Return how long to wait after the n-th failure, or None when the message is dead.

    Transient: later and later, until the steps are used up. A refusal or an unreadable message:
    dead at once. Anything else is a bug: three tries, a first step apart.
    """
    if isinstance(error, _TRANSIENT):
        return steps[failures - 1] if failures <= len(steps) else None
    if isinstance(error, _PERMANENT):
        return None
    return steps[0] if failures < BUG_TRIES else None


@dataclass(frozen=True)
class Handler:
    """Handles the messages of one queue, each once, in transactions.

    `call` gets a list of events, and the Work; `begin` opens a transaction; `clock` tells how long
    after an event it was handled.
    """

    queue: str
    event: type[Event]
    call: Callable[[list[Event], Any], None]
    begin: Callable[[], AbstractContextManager[tuple[Connection, Any]]]
    failures: Failures
    steps: Sequence[Step]
    clock: Clock

    def handle(self, deliveries: Sequence[Delivery]) -> None:
        """Handle the messages in one transaction, or each in its own if that fails.

        Never raises: whatever happens, each message is acknowledged, or comes again.
        """
        if len(deliveries) == 1:
            self._handle_one(deliveries[0])
            return
        with self._span([each.received for each in deliveries]) as span:
            try:
                self._apply(deliveries)
            except Exception as error:  # noqa: BLE001  (each message gets its own verdict below)
                logger.info(
                    "batch failed, handling its messages one by one",
                    extra={"queue": self.queue, "messages": len(deliveries), "error": str(error)},
                )
                traces.failed(span, error)
                applied = False
            else:
                applied = True
        for delivery in deliveries:
            if applied:
                delivery.acknowledge()
            else:
                self._handle_one(delivery)

    def _handle_one(self, delivery: Delivery) -> None:
        with self._span([delivery.received]) as span:
            try:
                self._apply([delivery])
            except Exception as error:  # noqa: BLE001  (an outcome is found for every error)
                traces.failed(span, error)
                self._fail(delivery, error)
            else:
                delivery.acknowledge()

    def _span(self, messages: Sequence[Received]) -> AbstractContextManager[Span]:
        """Return a span of the first message's trace, linked to those of the others."""
        first, *others = messages
        known: dict[str, str | int] = {
            "messaging.system": "rabbitmq",
            "messaging.operation.type": "process",
            "messaging.destination.name": self.queue,
        }
        if others:
            known["messaging.batch.message_count"] = len(messages)
        else:
            known["messaging.message.id"] = first.message_id or ""
        return traces.continued(
            first.traceparent,
            f"process {self.queue}",
            SpanKind.CONSUMER,
            known,
            (each.traceparent for each in others),
        )

    def _apply(self, deliveries: Sequence[Delivery]) -> None:
        event_type = self.event.event_type()
        events = {
            delivery.received.id(): delivery.received.decode(self.event, event_type)
            for delivery in deliveries
        }
        for key, event in events.items():
            event.be_told_as(key)
        began = time.perf_counter()
        with self.begin() as (connection, work):
            fresh = inbox.claim(connection, self.queue, list(events))
            if len(fresh) < len(deliveries):
                duplicates = len(deliveries) - len(fresh)
                logger.debug("handled before", extra={"queue": self.queue, "messages": duplicates})
            if fresh:
                self.call([event for key, event in events.items() if key in fresh], work)
        self._count(deliveries, len(fresh), time.perf_counter() - began)

    def _count(self, deliveries: Sequence[Delivery], fresh: int, seconds: float) -> None:
        """Count what was committed."""
        MESSAGE_SECONDS.labels(self.queue).observe(seconds)
        MESSAGES.labels(self.queue, "done").inc(fresh)
        if duplicates := len(deliveries) - fresh:
            MESSAGES.labels(self.queue, "duplicate").inc(duplicates)
        now, lag = self.clock.now(), MESSAGE_LAG_SECONDS.labels(self.queue)
        for delivery in deliveries:
            if told_at := delivery.received.told_at():
                lag.observe(max((now - told_at).total_seconds(), 0.0))

    def _fail(self, delivery: Delivery, error: Exception) -> None:
        message = delivery.received
        step = next_try(error, message.attempt + 1, self.steps)
        told = f"{type(error).__name__}: {error}"
        try:
            if step:
                self.failures.try_later(message, self.queue, step, told)
            else:
                self.failures.bury(message, self.queue, told)
        except Exception:
            logger.exception("could not put a failed message aside", extra=self._facts(message))
            delivery.give_back()
            return
        MESSAGES.labels(self.queue, "retried" if step else "dead").inc()
        self._tell(message, error, step)
        delivery.acknowledge()

    def _tell(self, message: Received, error: Exception, step: Step | None) -> None:
        facts = self._facts(message) | {"error": f"{type(error).__name__}: {error}"}
        bug = not isinstance(error, _TRANSIENT + _PERMANENT)
        if step:
            level = logging.ERROR if bug else logging.WARNING
            text = f"message failed, next try in {step.name}"
        else:
            level, text = logging.ERROR, "message is now a dead letter"
        logger.log(level, text, extra=facts, exc_info=error if bug else None)

    def _facts(self, message: Received) -> dict[str, object]:
        return {
            "queue": self.queue,
            "message_id": message.message_id,
            "attempt": message.attempt + 1,
        }
