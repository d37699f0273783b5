"""Events on the wire: CloudEvents 1.0 in binary mode, as AMQP 0-9-1 properties and headers.

(CloudEvents: https://github.com/cloudevents/spec, AMQP protocol binding, prefix `cloudEvents:`.)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel, ValidationError

CONTENT_TYPE = "application/json"
PREFIX = "cloudEvents:"
SPEC_VERSION = "1.0"
TRACEPARENT = "traceparent"

# What we add to a message that failed, and what the broker adds to one that it moved.
ATTEMPT = "x-tasuki-attempt"
ERROR = "x-tasuki-error"
QUEUE = "x-tasuki-queue"
ROUTING_KEY = "x-tasuki-routing-key"
DELIVERY_COUNT = "x-delivery-count"
_BROKERS_OWN = ("x-death", "x-first-death-", "x-last-death-", DELIVERY_COUNT)

M = TypeVar("M", bound=BaseModel)


class Undecodable(Exception):
    """What came is not the event that its queue is for, and never will be."""


@dataclass(frozen=True)
class Envelope:
    """An event with its attributes; `data` is its JSON."""

    id: UUID
    source: str
    type: str
    subject: str
    time: datetime
    traceparent: str | None
    data: str

    def headers(self) -> dict[str, str]:
        """Return the AMQP headers of the message."""
        headers = {
            f"{PREFIX}specversion": SPEC_VERSION,
            f"{PREFIX}id": str(self.id),
            f"{PREFIX}source": self.source,
            f"{PREFIX}type": self.type,
            f"{PREFIX}subject": self.subject,
            f"{PREFIX}time": self.time.isoformat(),
        }
        if self.traceparent:
            headers[TRACEPARENT] = self.traceparent
        return headers


@dataclass(frozen=True)
class Received:
    """A message as the broker delivered it."""

    message_id: str | None
    content_type: str | None
    headers: Mapping[str, Any]
    routing_key: str
    body: bytes

    @property
    def attempt(self) -> int:
        """How often handling it has failed so far."""
        attempt = self.headers.get(ATTEMPT, 0)
        return attempt if isinstance(attempt, int) else 0

    @property
    def deliveries(self) -> int:
        """How often a quorum queue has delivered it before, in vain."""
        count = self.headers.get(DELIVERY_COUNT, 0)
        return count if isinstance(count, int) else 0

    @property
    def traceparent(self) -> str | None:
        """The W3C trace context of whoever told it."""
        traceparent = self.headers.get(TRACEPARENT)
        return traceparent if isinstance(traceparent, str) else None

    def told_at(self) -> datetime | None:
        """Return the event's time; None when it can't be read, or is of no time zone."""
        try:
            told_at = datetime.fromisoformat(self.headers[f"{PREFIX}time"])
        except (KeyError, TypeError, ValueError):
            return None
        return told_at if told_at.tzinfo else None

    def id(self) -> UUID:
        """Return the id that the inbox knows it by; raise Undecodable without one."""
        try:
            return UUID(self.message_id)
        except (TypeError, ValueError, AttributeError):
            raise Undecodable(f"message_id {self.message_id!r} is not a UUID") from None

    def decode(self, model: type[M], event_type: str) -> M:
        """Return the event. Raise Undecodable on another content type, event type or shape."""
        if self.content_type != CONTENT_TYPE:
            raise Undecodable(f"content type {self.content_type!r} is not {CONTENT_TYPE}")
        told = self.headers.get(f"{PREFIX}type", event_type)
        if told != event_type:
            raise Undecodable(f"event type {told!r} is not {event_type}")
        try:
            return model.model_validate_json(self.body)
        except ValidationError as error:
            faults = error.errors(include_url=False, include_context=False, include_input=False)
            raise Undecodable(f"not a {event_type}: {faults}") from error

    def own_headers(self) -> dict[str, Any]:
        """Return the headers without what the broker wrote into them on the way."""
        return {k: v for k, v in self.headers.items() if not k.startswith(_BROKERS_OWN)}
