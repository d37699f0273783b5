"""What customers' own programs are told, and when it is tried again (Standard Webhooks 1.0)."""

import base64
import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final, Literal, get_origin
from uuid import UUID

from pydantic_core import to_json

from services.notify.domain.tellings import TELLINGS
from shared.messages.base import Event
from shared.messages.webhooks import DeliveryStatus

PING: Final = "notify.ping"
# After each attempt that failed, how long until the next: three days in all.
DELAYS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
JITTER: Final = 0.1
FAILING_FOR: Final = timedelta(days=5)
OVERLAP: Final = timedelta(hours=24)
SECRET_BYTES: Final = 24
ANSWER_CHARACTERS: Final = 1_000
MOST_ENDPOINTS: Final = 10
_PARTIES: Final = ("client_id", "assistant_id", "substitute_id", "person_id")


def _name(event: type[Event]) -> str:
    return f"{event.service}.{event.event_name}"


# What an endpoint may ask for: everything that people are told of their work and their money. What
# happens in programs goes to nobody's endpoint: it is about people who learn, and whom they ask.
EVENT_TYPES: Final[Mapping[str, type[Event]]] = {
    _name(row.event): row.event
    for row in TELLINGS
    if row.event.service not in {"accounts", "notify", "programs"}
}


class Disabled(StrEnum):
    """Why nothing is sent to an endpoint."""

    GONE = "gone"
    FAILING = "failing"
    BY_OWNER = "by_owner"


@dataclass(frozen=True)
class Secret:
    """A key of signatures; an old one goes on signing until it expires."""

    value: str
    expires_at: datetime | None = None


@dataclass(frozen=True)
class Endpoint:
    """An address that an account's events are sent to."""

    endpoint_id: UUID
    account_id: UUID
    url: str
    event_types: frozenset[str]
    description: str
    secrets: tuple[Secret, ...]
    added_at: datetime
    disabled: Disabled | None = None
    failing_since: datetime | None = None

    def wants(self, event_type: str) -> bool:
        """Tell whether it is told of this."""
        return not self.disabled and (not self.event_types or event_type in self.event_types)

    def signing(self, now: datetime) -> list[str]:
        """Return the secrets that sign now, the newest first."""
        return [
            each.value for each in self.secrets if each.expires_at is None or now < each.expires_at
        ]

    def rotated(self, now: datetime) -> tuple[Secret, ...]:
        """Return the secrets with a new one; the one before signs for a day more."""
        return (Secret(new_secret()), Secret(self.secrets[0].value, now + OVERLAP))


@dataclass(frozen=True)
class Message:
    """What is to be sent to an endpoint; `traceparent` is the trace in which it was wanted."""

    delivery_id: UUID
    endpoint_id: UUID
    event_type: str
    payload: str
    created_at: datetime
    traceparent: str | None = None


@dataclass(frozen=True)
class Due:
    """A message in hand, at its n-th attempt."""

    message: Message
    url: str
    secrets: tuple[str, ...]
    attempt: int
    failing_since: datetime | None


@dataclass(frozen=True)
class Attempt:
    """What came of one attempt."""

    attempted_at: datetime
    status: int | None
    milliseconds: int
    error: str = ""
    answer: str = ""

    @property
    def delivered(self) -> bool:
        """Tell whether the other side has taken it: any 2xx says so, and nothing else."""
        return self.status is not None and 200 <= self.status < 300  # noqa: PLR2004 (2xx)


@dataclass(frozen=True)
class Result:
    """How a message and its endpoint stand after an attempt."""

    status: DeliveryStatus
    next_attempt_at: datetime | None = None
    disable: Disabled | None = None
    failing_since: datetime | None = field(default=None)


def after(attempt: Attempt, due: Due, spread: float) -> Result:
    """Return what follows from an attempt; `spread` from -1 to 1 keeps the tries from clustering.

    410 Gone disables the endpoint, and so does an endpoint's fifth day without a success.
    """
    now = attempt.attempted_at
    if attempt.delivered:
        return Result(DeliveryStatus.DELIVERED)
    since = due.failing_since or now
    if attempt.status == 410:  # noqa: PLR2004 (Gone)
        return Result(DeliveryStatus.FAILED, disable=Disabled.GONE, failing_since=since)
    failing = Disabled.FAILING if now - since >= FAILING_FOR else None
    if due.attempt > len(DELAYS):
        return Result(DeliveryStatus.FAILED, disable=failing, failing_since=since)
    delay = DELAYS[due.attempt - 1] * (1 + JITTER * spread)
    return Result(DeliveryStatus.PENDING, now + delay, failing, since)


def new_secret() -> str:
    """Return a new secret, as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode('ascii')}"


def parties(event: Event) -> Iterator[UUID]:
    """Yield the accounts whose endpoints may hear of this."""
    seen = {getattr(event, name, None) for name in _PARTIES}
    yield from sorted(each for each in seen if isinstance(each, UUID))


def payload(event: Event, told_at: datetime) -> tuple[str, str]:
    """Return type and body of what is sent: ids, days, times and states, and nothing in words.

    A thin payload: whoever wants to know more asks the API, which knows what they may see.
    """
    fields = type(event).model_fields
    told = {
        name: value
        for name, value in event
        if isinstance(value, UUID | datetime | date | StrEnum | bool | int)
        or get_origin(fields[name].annotation) is Literal
    }
    return _name(type(event)), body(_name(type(event)), told_at, told)


def body(event_type: str, told_at: datetime, data: Mapping[str, object]) -> str:
    """Return the JSON that is signed and sent."""
    return to_json({"type": event_type, "timestamp": told_at, "data": data}).decode()
