"""Webhooks to customers: their endpoints, and what was delivered (Standard Webhooks 1.0)."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, HttpUrl, StringConstraints

from shared.messages.base import Command, Storable, View

EventType = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z]+\.[a-z_]+$", max_length=100),
    Field(description="`<service>.<event>`, out of those that are listed"),
]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), Storable]


class EndpointFields(Command):
    """What may be said of an endpoint, at first and later."""

    url: Annotated[HttpUrl, Field(description="https, and outside of our own network")]
    event_types: Annotated[
        frozenset[EventType], Field(max_length=100, description="None of them means all")
    ] = frozenset()
    description: Note = ""


class AddEndpoint(EndpointFields):
    """Have events sent to an address."""

    account_id: Annotated[
        UUID | None, Field(description="A company's; without it, one's own events")
    ] = None


class ChangeEndpoint(EndpointFields):
    """Say anew what an endpoint is; `enabled` also wakes one that was disabled."""

    enabled: bool = True


class EndpointView(View):
    """An address that events are sent to."""

    endpoint_id: UUID
    account_id: UUID
    url: str
    event_types: frozenset[str]
    description: str
    enabled: bool
    disabled_because: Annotated[str, Field(description="gone, failing, by_owner or empty")] = ""
    added_at: datetime
    failing_since: datetime | None = None


class EndpointSecretView(EndpointView):
    """An endpoint with its new secret, which is shown this once."""

    secret: Annotated[str, Field(description="whsec_…: verifies the signatures of messages")]


class EndpointList(View):
    """The endpoints of an account."""

    items: tuple[EndpointView, ...]


class EventTypeList(View):
    """What an endpoint can be told of."""

    items: tuple[str, ...]


class DeliveryStatus(StrEnum):
    """How a message to an endpoint stands."""

    PENDING = "pending"
    DELIVERED = "delivered"
    FAILED = "failed"


class AttemptView(View):
    """One attempt to deliver a message."""

    attempted_at: datetime
    status: Annotated[int | None, Field(description="What was answered, if anything")]
    milliseconds: int
    error: Annotated[str, Field(description="Why there is no answer, or none that counts")] = ""
    answer: Annotated[str, Field(description="The first characters of it")] = ""


class DeliveryView(View):
    """A message to an endpoint, and what became of it."""

    delivery_id: Annotated[UUID, Field(description="`webhook-id` is `msg_` with this")]
    endpoint_id: UUID
    event_type: str
    status: DeliveryStatus
    created_at: datetime
    next_attempt_at: datetime | None
    attempts: tuple[AttemptView, ...]
    payload: Annotated[str, Field(description="The body, as it is signed")]


class EndpointTraffic(View):
    """How messages to an endpoint fare, for operators: where it is, without the path to it.

    The numbers are those of the last seven days.
    """

    endpoint_id: UUID
    account_id: UUID
    host: str
    enabled: bool
    disabled_because: str = ""
    failing_since: datetime | None = None
    delivered: int
    failed: int
    pending: int


class TrafficView(View):
    """All endpoints, those that fail first."""

    items: tuple[EndpointTraffic, ...]
