"""The queues that a service consumes, kept in its database, and how much is in them.

Which queues there are is told by the nameko class, which only the events process can load: it
writes their names down when it starts. A queue that no class consumes any more stays in the list:
that is what an operator has to know of it.
"""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

import pika
from pika.exceptions import AMQPError, ChannelClosedByBroker
from sqlalchemy import Column, Connection, DateTime, MetaData, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from shared.messages.operations import QueueView
from shared.messaging.pika_connections import parameters as parameters_of
from shared.messaging.topology import STEPS, dead_exchange, delay_queue

if TYPE_CHECKING:
    from alembic.operations import Operations

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS = 5

Kind = Literal["handles", "waits", "dead"]


def heard_queues_table(metadata: MetaData) -> Table:
    """Return the table of the queues that the service's events process has consumed."""
    return Table(
        "heard_queues",
        metadata,
        Column("queue", Text, primary_key=True),
        Column("seen_at", DateTime(timezone=True), nullable=False),
    )


def create_heard_queues(op: "Operations") -> None:
    """Create the table: called by a service's migration."""
    metadata = MetaData()
    heard_queues_table(metadata)
    metadata.create_all(op.get_bind())


_HEARD = heard_queues_table(MetaData())


def remember(connection: Connection, queues: Iterable[str], now: datetime) -> None:
    """Keep the names of queues that are consumed from now on."""
    rows = [{"queue": queue, "seen_at": now} for queue in queues]
    if rows:
        statement = insert(_HEARD)
        statement = statement.on_conflict_do_update(
            index_elements=["queue"], set_={"seen_at": statement.excluded.seen_at}
        )
        connection.execute(statement, rows)


def heard(connection: Connection) -> list[str]:
    """Return the names of the queues that were consumed at some time."""
    return list(connection.scalars(select(_HEARD.c.queue).order_by(_HEARD.c.queue)))


@dataclass(frozen=True)
class Depths:
    """Asks the broker how much lies in a service's queues; the messages stay where they are."""

    service: str
    amqp_url: str

    def of(self, handles: Iterable[str]) -> list[QueueView] | None:
        """Return the service's queues with what is in them; None while the broker is away."""
        try:
            with self._connected() as connection:
                return list(self._views(connection, handles))
        except (AMQPError, OSError) as error:
            logger.warning("the broker can't be asked", extra={"error": repr(error)})
            return None

    def _views(self, connection: Any, handles: Iterable[str]) -> Iterator[QueueView]:
        wanted: list[tuple[str, Kind]] = [(name, "handles") for name in handles]
        wanted += [(delay_queue(self.service, step), "waits") for step in STEPS]
        wanted += [(dead_exchange(self.service), "dead")]
        channel = connection.channel()
        for name, kind in wanted:
            try:
                found = channel.queue_declare(name, passive=True).method
            except ChannelClosedByBroker:  # its way to say that there is no such queue
                channel = connection.channel()
                yield QueueView(name=name, kind=kind, messages=0, consumers=0, there=False)
                continue
            yield QueueView(
                name=name, kind=kind, messages=found.message_count, consumers=found.consumer_count
            )

    @contextmanager
    def _connected(self) -> Iterator[Any]:
        parameters = parameters_of(self.amqp_url)
        parameters.socket_timeout = parameters.stack_timeout = TIMEOUT_SECONDS
        parameters.blocked_connection_timeout = TIMEOUT_SECONDS
        connection = pika.BlockingConnection(parameters)
        try:
            yield connection
        finally:
            if connection.is_open:
                connection.close()
