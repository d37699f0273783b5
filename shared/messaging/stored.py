"""An event as a row, of the outbox or of the archive, and the message that is made of it."""

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from pika import BasicProperties

from shared.messaging.envelope import CONTENT_TYPE, Envelope
from shared.messaging.publisher import Outgoing

PERSISTENT = 2
# Letters of accounts: their secrets open doors, and nobody wants to get them twice.
LETTERS: Final = ("accounts.secret_letter.v1", "accounts.address_invited.v1")
COLUMNS: Final = "position, id, type, routing_key, subject, occurred_at, traceparent, data"


class StoredEvent(NamedTuple):
    """A row of COLUMNS; `data` is the event's JSON."""

    position: int
    id: UUID
    type: str
    routing_key: str
    subject: str
    occurred_at: datetime
    traceparent: str | None
    data: str


def outgoing(service: str, event: StoredEvent, routing_key: str | None = None) -> Outgoing:
    """Return the service's message of an event: the same whenever it is made.

    Another routing key than the event's own leads it to one consumer alone.
    """
    envelope = Envelope(
        event.id,
        f"/{service}",
        event.type,
        event.subject,
        event.occurred_at,
        event.traceparent,
        event.data,
    )
    properties = BasicProperties(
        content_type=CONTENT_TYPE,
        delivery_mode=PERSISTENT,
        headers=envelope.headers(),
        message_id=str(event.id),
        timestamp=int(event.occurred_at.timestamp()),
    )
    return Outgoing(routing_key or event.routing_key, properties, event.data.encode())
