"""What webhooks to customers need of the outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notify.domain.webhooks import Attempt, Due, Endpoint, Message, Result
from shared.clock import Clock
from shared.messages.webhooks import DeliveryStatus, DeliveryView, EndpointTraffic


class Endpoints(Protocol):
    """The addresses that accounts have events sent to."""

    def add(self, endpoint: Endpoint) -> None:
        """Keep a new one."""
        ...

    def find(self, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
        """Return one; `lock`: and keep others from changing it."""
        ...

    def of(self, account_ids: Collection[UUID]) -> Sequence[Endpoint]:
        """Return those of these accounts, the oldest first."""
        ...

    def save(self, endpoint: Endpoint) -> None:
        """Keep what it is now."""
        ...

    def remove(self, endpoint_id: UUID) -> None:
        """Forget it, and all that was sent there."""
        ...


class Deliveries(Protocol):
    """Messages to endpoints, and what became of them."""

    def add(self, messages: Sequence[Message]) -> None:
        """Keep them, to be sent at once."""
        ...

    def newest(
        self, endpoint_id: UUID, status: DeliveryStatus | None, after: UUID | None, limit: int
    ) -> Sequence[DeliveryView]:
        """Return what was sent to an endpoint, the newest first."""
        ...

    def find(self, endpoint_id: UUID, delivery_id: UUID) -> DeliveryView | None:
        """Return a message to this endpoint."""
        ...

    def again(self, delivery_id: UUID) -> None:
        """Have a message sent once more, now, with all its attempts before it."""
        ...

    def claim(self, until: datetime, limit: int) -> Sequence[Due]:
        """Take messages that are due, one for each endpoint; nobody else gets them before then."""
        ...

    def record(self, due: Due, attempt: Attempt, result: Result) -> None:
        """Keep an attempt and what follows from it for the message."""
        ...


class Sender(Protocol):
    """Sends a message over HTTP."""

    def send(self, due: Due, at: datetime) -> Attempt:
        """Send it and return what came of it; never raises."""
        ...

    def refusal(self, url: str) -> str | None:
        """Return why nothing may be sent there, judged by its looks alone."""
        ...


@dataclass(frozen=True)
class WebhookWork:
    """One transaction's worth of ports."""

    endpoints: Endpoints
    deliveries: Deliveries
    sender: Sender
    clock: Clock


class Traffic(Protocol):
    """How messages to all endpoints fare."""

    def since(self, moment: datetime, limit: int) -> Sequence[EndpointTraffic]:
        """Return endpoints with what was sent there since, those that fail first."""
        ...


@dataclass(frozen=True)
class TrafficWork:
    """What operators need to look at all endpoints."""

    traffic: Traffic
    clock: Clock
