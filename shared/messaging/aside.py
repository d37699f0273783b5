"""Puts failed messages aside: into a delay queue, or among the dead letters."""

import logging
from typing import Any

import amqp

from shared.messaging.connections import BROKEN, abandon, close, connect
from shared.messaging.envelope import ATTEMPT, ERROR, QUEUE, ROUTING_KEY, Received
from shared.messaging.green import Semaphore
from shared.messaging.topology import Step, dead_exchange, retry_exchange

logger = logging.getLogger(__name__)

PERSISTENT = 2
ERROR_LENGTH = 2_000


class Aside:
    """Publishes failed messages, each confirmed by the broker and by a queue that took it.

    It has a connection of its own, opened with the first failure: the broker may block those that
    publish, and acknowledgements must go on.
    """

    def __init__(self, service: str, url: str) -> None:
        self._service = service
        self._url = url
        self._connection: Any = None
        self._channel: Any = None
        self._one_at_a_time = Semaphore()

    def try_later(self, message: Received, queue: str, step: Step, error: str) -> None:
        """Put the message in a delay queue. Raises one of BROKEN when it did not get there."""
        headers = self._headers(message, queue, error)
        self._send(retry_exchange(self._service), f"{step.name}.{queue}", message, headers)

    def bury(self, message: Received, queue: str, error: str) -> None:
        """Make the message a dead letter. Raises one of BROKEN when it did not get there."""
        headers = self._headers(message, queue, error)
        self._send(dead_exchange(self._service), queue, message, headers)

    def close(self) -> None:
        """Close the connection, if there is one."""
        close(self._connection)
        self._connection = self._channel = None

    def _headers(self, message: Received, queue: str, error: str) -> dict[str, Any]:
        return (
            {ROUTING_KEY: message.routing_key}
            | message.own_headers()
            | {
                ATTEMPT: message.attempt + 1,
                ERROR: error[:ERROR_LENGTH],
                QUEUE: queue,
            }
        )

    def _send(
        self, exchange: str, routing_key: str, message: Received, headers: dict[str, Any]
    ) -> None:
        properties = {"content_type": message.content_type, "message_id": message.message_id}
        copy = amqp.Message(
            message.body,
            delivery_mode=PERSISTENT,
            application_headers=headers,
            **{name: value for name, value in properties.items() if value is not None},
        )
        with self._one_at_a_time:
            was_open = self._connection is not None
            try:
                self._publish(copy, exchange, routing_key)
            except BROKEN:
                # An idle connection may have died unnoticed; a new one tells for certain.
                if not was_open:
                    raise
                self._publish(copy, exchange, routing_key)

    def _publish(self, message: Any, exchange: str, routing_key: str) -> None:
        try:
            if self._connection is None:
                name = f"{self._service} failures"
                self._connection = connect(self._url, name, confirms=True)
                self._channel = self._connection.channel()
            self._channel.basic_publish(message, exchange, routing_key, mandatory=True)
        except BaseException:
            # Whatever was in flight, the next confirmation must not be taken for this one's.
            abandon(self._connection)
            self._connection = self._channel = None
            raise
