"""The one connection over which a container consumes: it comes back whenever it is lost.

One green thread reads. Others only ever write (acknowledgements), one at a time: py-amqp has one
buffer per connection.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

from amqp import NotFound

from shared.messaging.connections import (
    BROKEN,
    HEARTBEAT_SECONDS,
    abandon,
    close,
    connect,
    deadline,
)
from shared.messaging.envelope import Received
from shared.messaging.green import Semaphore, eventlet
from shared.messaging.topology import Topology, declare
from shared.observability.ops_port import Condition

logger = logging.getLogger(__name__)

# How long a read waits, that a service is drained is noticed, and the last handler's end.
READ_SECONDS = 1.0
LOOK_SECONDS = 0.5
IDLE_HANDS_SECONDS = 0.05
FIRST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 3.0
QOS_SECONDS = 5.0
DECLARE_SECONDS = 30.0
GIVE_BACK_SECONDS = 1.0
# From here on a message is taken alone: it may be the one that kills its process each time, and
# those delivered along with it would be counted as killers too.
SUSPICIOUS_DELIVERIES = 2


@dataclass(frozen=True)
class AmqpDelivery:
    """A message in hand, and the channel that it came over."""

    received: Received
    _channel: Any
    _tag: int
    _writing: Semaphore

    def acknowledge(self) -> None:
        """Tell the broker that it may forget the message."""
        self._answer(self._channel.basic_ack)

    def give_back(self) -> None:
        """Let the broker deliver the message again, after a pause."""
        eventlet.sleep(GIVE_BACK_SECONDS)
        self._answer(lambda tag: self._channel.basic_reject(tag, requeue=True))

    def _answer(self, answer: Callable[[int], object]) -> None:
        try:
            with self._writing:
                answer(self._tag)
        except BROKEN as error:
            # The broker delivers it again, and the inbox refuses what was handled.
            logger.info("the connection of a message is gone", extra={"error": str(error)})


@dataclass
class Subscription:
    """What is consumed from one queue, on a channel of its own."""

    queue: str
    prefetch: int
    deliver: Callable[[AmqpDelivery], object]
    _channel: Any = field(default=None, init=False)
    _tag: str = field(default="", init=False)
    _cancelled: bool = field(default=False, init=False)
    _full_speed: bool = field(default=False, init=False)
    _unsuspicious: bool = field(default=False, init=False)

    def begin(self, connection: Any, writing: Semaphore) -> None:
        """Consume one message at a time, until one comes that isn't suspicious."""
        if self._cancelled:
            return
        self._writing = writing
        self._channel = connection.channel()
        self._full_speed = self._unsuspicious = False
        self._consume(1)

    def speed_up(self) -> None:
        """Prefetch as many as asked for, once it is known that the first one doesn't kill."""
        if self._unsuspicious and not self._full_speed and not self._cancelled:
            self._full_speed = True
            with self._writing:
                self._channel.basic_cancel(self._tag, nowait=True)
                self._consume(self.prefetch)

    def cancel(self) -> None:
        """Consume no more. What was delivered can still be answered."""
        self._cancelled = True
        try:
            if self._channel is not None:
                with self._writing:
                    self._channel.basic_cancel(self._tag, nowait=True)
        except BROKEN:
            pass  # no connection, no consumer

    def _consume(self, prefetch: int) -> None:
        with deadline(QOS_SECONDS):
            self._channel.basic_qos(0, prefetch, False)  # noqa: FBT003  (positional in py-amqp)
        # Nobody waits for the answer: a broker that has just started gives none as long as the
        # queue has no leader, and the other queues shall not wait for this one.
        self._tag = f"{self.queue}.{prefetch}"
        self._channel.basic_consume(self.queue, self._tag, nowait=True, callback=self._on_message)

    def _on_message(self, message: Any) -> None:
        if self._cancelled:
            return
        properties, body = message.properties, message.body
        received = Received(
            message_id=properties.get("message_id"),
            content_type=properties.get("content_type"),
            headers=properties.get("application_headers") or {},
            routing_key=message.delivery_info["routing_key"],
            body=body.encode() if isinstance(body, str) else bytes(body),
        )
        self._unsuspicious = received.deliveries < SUSPICIOUS_DELIVERIES
        tag = message.delivery_info["delivery_tag"]
        self.deliver(AmqpDelivery(received, message.channel, tag, self._writing))


class Working(Protocol):
    """Whether messages may be taken, and whether any is in hand."""

    def may_consume(self) -> bool:
        """Tell whether messages are to be taken."""
        ...

    def is_idle(self) -> bool:
        """Tell whether no handler runs."""
        ...


class Connection:
    """Keeps subscriptions consuming, over one connection after another."""

    def __init__(
        self,
        url: str,
        name: str,
        topology: Topology,
        subscriptions: Iterable[Subscription],
        *,
        consuming: Condition,
        working: Working,
    ) -> None:
        self._url = url
        self._name = name
        self._topology = topology
        self._subscriptions = tuple(subscriptions)
        self._consuming = consuming
        self._working = working
        self._connection: Any = None
        self._pause = FIRST_PAUSE_SECONDS

    def run(self) -> None:
        """Consume for ever; waits for the broker, and for the exchanges of others."""
        while True:
            self._stand_by()
            try:
                self._open()
                self._read()
                self._let_go()
            except NotFound as error:
                self._wait(f"waiting for what others declare: {error.reply_text}")
            except BROKEN as error:
                self._wait(f"no connection to the broker: {error!r}")

    def close(self) -> None:
        """Close the connection; what is not answered goes back to its queue."""
        close(self._connection)

    def _open(self) -> None:
        self._connection = connect(self._url, self._name, heartbeat=HEARTBEAT_SECONDS)
        with deadline(DECLARE_SECONDS):
            setup = self._connection.channel()
            declare(setup, self._topology)
            setup.close()
        writing = Semaphore()
        self._writing = writing
        for subscription in self._subscriptions:
            subscription.begin(self._connection, writing)
        self._pause = FIRST_PAUSE_SECONDS
        self._consuming.met()
        logger.info("consuming", extra={"queues": [s.queue for s in self._subscriptions]})

    def _stand_by(self) -> None:
        """Wait while the service is drained: it is as ready as it is meant to be."""
        while not self._working.may_consume():
            self._consuming.met()
            eventlet.sleep(LOOK_SECONDS)

    def _let_go(self) -> None:
        """Close the connection once what is in hand is done; the rest goes back to its queue."""
        while not self._working.is_idle():
            with self._writing:
                self._connection.heartbeat_tick()
            eventlet.sleep(IDLE_HANDS_SECONDS)
        close(self._connection)

    def _read(self) -> None:
        while self._working.may_consume():
            try:
                self._connection.drain_events(timeout=READ_SECONDS)
            except TimeoutError:
                pass
            else:
                for subscription in self._subscriptions:
                    subscription.speed_up()
            with self._writing:
                self._connection.heartbeat_tick()

    def _wait(self, why: str) -> None:
        self._consuming.unmet(why)
        logger.warning(why, extra={"next_try_in_seconds": self._pause})
        abandon(self._connection)
        eventlet.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE_SECONDS)
