"""The entry points of a service's nameko class: `@on(Event)` and `@every(seconds=…)`.

    class Events:
        name = "payments"
        transactions = Transactions()

        @on(MilestoneAccepted)
        def release(self, accepted: MilestoneAccepted, work: Work) -> None:
            use_cases.release_escrow(accepted, work)

        @on(MilestoneDelivered, batch=100)
        def note(self, delivered: list[MilestoneDelivered], work: Work) -> None:
            use_cases.note_deliveries(delivered, work)

        @every(seconds=1)
        def deadlines(self) -> None:
            use_cases.fire_deadlines(self.transactions)

Each message is handled once, in one transaction that the entry point commits before it
acknowledges. What becomes of a message that fails is told in handling.py.
"""

import inspect
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import cached_property
from typing import Any, NamedTuple, TypeVar

from shared.errors import Transient
from shared.messages.base import Event
from shared.messaging.aside import Aside
from shared.messaging.consumer import Connection, Subscription
from shared.messaging.gate import Gate
from shared.messaging.green import (
    ENTRYPOINT_EXTENSIONS_ATTR,
    Entrypoint,
    LightQueue,
    Semaphore,
    SharedExtension,
    Signal,
    WorkerContext,
)
from shared.messaging.handling import Handler
from shared.messaging.topology import STEPS, Step, queue_name, topology
from shared.messaging.transactions import Transactions
from shared.observability.ops_port import Condition

__all__ = ["Transactions", "every", "heard_by", "on"]

logger = logging.getLogger(__name__)

Method = TypeVar("Method", bound=Callable[..., None])


def on(event: type[Event], *, batch: int = 0) -> Callable[[Method], Method]:
    """Call the method with each such event and the Work of its transaction.

    With `batch`, the method gets a list of up to so many events that came meanwhile, and one Work
    for all. When it raises, each event of the list is handled by itself: a list of one.
    """
    decorate: Callable[[Method], Method] = EventHandler.decorator(event, batch=batch)
    return decorate


def every(*, seconds: float) -> Callable[[Method], Method]:
    """Call the method so long after its last call ended. What it raises is logged."""
    decorate: Callable[[Method], Method] = Every.decorator(seconds=seconds)
    return decorate


def heard_by(service_class: type) -> Mapping[str, tuple[str, type[Event]]]:
    """Return method and event of each queue that the class consumes, by the queue's name."""
    found = [
        (method_name, entrypoint.event)
        for method_name, method in inspect.getmembers(service_class, inspect.isfunction)
        for entrypoint in getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
        if isinstance(entrypoint, EventHandler)
    ]
    times = Counter(event for _, event in found)
    service = service_class.name  # type: ignore[attr-defined]  # nameko's convention
    return {
        queue_name(service, event, method if times[event] > 1 else None): (method, event)
        for method, event in sorted(found, key=lambda pair: (pair[1].event_type(), pair[0]))
    }


class Tried(NamedTuple):
    """What handles the messages of a queue, without a container around it."""

    event: type[Event]
    call: Callable[[list[Event], Any], None]


def handler_of(service_class: type, queue: str) -> Tried | None:
    """Return what handles a queue's messages; None when the class doesn't hear it."""
    name, event = heard_by(service_class).get(queue, ("", Event))
    method = getattr(service_class, name, None)
    if method is None:
        return None
    entrypoints = getattr(method, ENTRYPOINT_EXTENSIONS_ATTR, ())
    batch = any(
        each.batch for each in entrypoints if isinstance(each, EventHandler) and each.event is event
    )

    def call(events: list[Event], work: Any) -> None:
        method(service_class(), events if batch else events[0], work)

    return Tried(event, call)


class Consumer(SharedExtension):  # type: ignore[misc]  # nameko publishes no types
    """What the event handlers of a container share: a connection, and slots to work in."""

    gate = Gate()

    def __init__(self) -> None:
        self.subscriptions: list[Subscription] = []

    @property
    def transactions(self) -> Transactions:
        """The service's Transactions."""
        return self.gate.transactions

    def may_consume(self) -> bool:
        """Tell whether messages are to be taken; once not, what is in hand is let go first."""
        self.gate.wait_until_known()
        return self.gate.is_open

    def is_idle(self) -> bool:
        """Tell whether no handler runs."""
        return bool(self.slots.balance >= self.workers)

    @cached_property
    def workers(self) -> int:
        """How many handlers may run at once: no more than there are connections kept for."""
        return min(int(self.container.max_workers), self.transactions.at_once)

    @cached_property
    def slots(self) -> Semaphore:
        """What a handler holds while it runs."""
        return Semaphore(self.workers)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The delays of retries."""
        return tuple(self.container.config.get("steps", STEPS))

    @cached_property
    def aside(self) -> Aside:
        """Where failed messages go."""
        return Aside(self.container.service_name, self.container.config["amqp_url"])

    def start(self) -> None:
        """Connect and consume, in the background."""
        heard = {name: event for name, (_, event) in heard_by(self.container.service_cls).items()}
        service = self.container.service_name
        self._connection = Connection(
            self.container.config["amqp_url"],
            f"{service} events",
            topology(service, heard, self.steps),
            self.subscriptions,
            consuming=self.container.config.get("consuming") or Condition("never told"),
            working=self,
        )
        self._thread = self.container.spawn_managed_thread(self._connection.run)

    def stop(self) -> None:
        """Close the connections: all handlers have ended by now."""
        self._thread.kill()
        self._connection.close()
        self.aside.close()


class EventHandler(Entrypoint):  # type: ignore[misc]  # likewise
    """Handles one event with one method."""

    consumer = Consumer()

    def __init__(self, event: type[Event], *, batch: int = 0) -> None:
        super().__init__(expected_exceptions=(Exception,))
        self.event = event
        self.batch = batch
        self._waiting = LightQueue()
        self._stopping = False

    def setup(self) -> None:
        """Subscribe to the queue that the method hears."""
        mine = (self.method_name, self.event)
        heard = heard_by(self.container.service_cls)
        queue = next(name for name, pair in heard.items() if pair == mine)
        self._handler = Handler(
            queue,
            self.event,
            self._call,
            self.consumer.transactions.connected,
            self.consumer.aside,
            self.consumer.steps,
            self.consumer.transactions.clock,
        )
        # As many again as are in hand, so that the next ones are there when these are done.
        prefetch = 2 * (self.batch or self.consumer.workers)
        self._subscription = Subscription(queue, prefetch, self._waiting.put)
        self.consumer.subscriptions.append(self._subscription)

    def start(self) -> None:
        """Start to handle: one batch at a time, or several messages at once."""
        loops = 1 if self.batch else self.consumer.workers
        self._loops = [self.container.spawn_managed_thread(self._run) for _ in range(loops)]

    def stop(self) -> None:
        """Take nothing new, and return when what is in hand is done and acknowledged."""
        self._subscription.cancel()
        self._stopping = True
        for _ in self._loops:
            self._waiting.put(None)
        for loop in self._loops:
            loop.wait()

    def _run(self) -> None:
        while not self._stopping:
            with ExitStack() as slot:
                deliveries = [self._waiting.get()]
                slot.enter_context(self.consumer.slots)
                while len(deliveries) < self.batch and not self._waiting.empty():
                    deliveries.append(self._waiting.get())
                # What nobody has begun with goes back to the broker when the connection closes.
                if not self._stopping and self.consumer.gate.is_open:
                    self._handler.handle(deliveries)

    def _call(self, events: list[Event], work: Any) -> None:
        done = Signal()

        def finished(_worker: WorkerContext, result: object, exc_info: Any) -> tuple[object, Any]:
            if exc_info:
                done.send_exception(*exc_info)
            else:
                done.send()
            return result, exc_info

        self.container.spawn_worker(
            self,
            (events if self.batch else events[0], work),
            {},
            context_data=Transactions.trace(),
            handle_result=finished,
        )
        done.wait()


class Every(Entrypoint):  # type: ignore[misc]  # likewise
    """Calls a method again and again, never twice at once."""

    gate = Gate()

    def __init__(self, *, seconds: float) -> None:
        super().__init__(expected_exceptions=(Exception,))
        self.seconds = seconds
        self._stop = Signal()

    def start(self) -> None:
        """Start the clock."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Stop the clock, and return when the call in hand has ended."""
        if not self._stop.ready():
            self._stop.send(result=True)
        self._thread.wait()

    def _run(self) -> None:
        self.gate.wait_until_known()
        while not self._stop.wait(timeout=self.seconds):
            if not self.gate.is_open:
                continue
            done = Signal()

            def finished(
                _worker: WorkerContext, result: object, exc_info: Any, done: Signal = done
            ) -> tuple[object, Any]:
                done.send(exc_info)
                return result, exc_info

            self.container.spawn_worker(self, (), {}, handle_result=finished)
            if exc_info := done.wait():
                self._tell(exc_info)

    def _tell(self, exc_info: Any) -> None:
        transient = isinstance(exc_info[1], Transient)
        logger.log(
            logging.WARNING if transient else logging.ERROR,
            "a clock's call failed, the next one comes",
            extra={"method": self.method_name, "error": str(exc_info[1])},
            exc_info=None if transient else exc_info,
        )
