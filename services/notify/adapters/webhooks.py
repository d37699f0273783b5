"""Webhook endpoints and what was sent to them, in PostgreSQL."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.notify.adapters.claiming import claimed
from services.notify.adapters.tables_webhooks import attempts, deliveries, endpoints
from services.notify.domain.webhooks import (
    Attempt,
    Disabled,
    Due,
    Endpoint,
    Message,
    Result,
    Secret,
)
from services.notify.ports_webhooks import Sender, WebhookWork
from shared.clock import Clock
from shared.messages.webhooks import AttemptView, DeliveryStatus, DeliveryView
from shared.observability.traces import current_traceparent
from shared.sealed import Seal


@dataclass(frozen=True)
class SqlEndpoints:
    """Implements the port Endpoints; secrets are sealed."""

    connection: Connection
    seal: Seal

    def add(self, endpoint: Endpoint) -> None:
        """Keep a new one."""
        self.connection.execute(endpoints.insert().values(self._row(endpoint)))

    def find(self, endpoint_id: UUID, *, lock: bool = False) -> Endpoint | None:
        """Return one; `lock`: and keep others from changing it."""
        query = endpoints.select().where(endpoints.c.endpoint_id == endpoint_id)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        return _endpoint(row, self.seal) if row else None

    def of(self, account_ids: Collection[UUID]) -> Sequence[Endpoint]:
        """Return those of these accounts, the oldest first."""
        query = (
            endpoints.select()
            .where(endpoints.c.account_id.in_(account_ids))
            .order_by(endpoints.c.endpoint_id)
        )
        return [_endpoint(row, self.seal) for row in self.connection.execute(query)]

    def save(self, endpoint: Endpoint) -> None:
        """Keep what it is now."""
        self.connection.execute(
            endpoints.update()
            .where(endpoints.c.endpoint_id == endpoint.endpoint_id)
            .values(self._row(endpoint))
        )

    def remove(self, endpoint_id: UUID) -> None:
        """Forget it, and all that was sent there."""
        self.connection.execute(endpoints.delete().where(endpoints.c.endpoint_id == endpoint_id))

    def _row(self, endpoint: Endpoint) -> dict[str, Any]:
        newest, *older = endpoint.secrets
        return {
            "endpoint_id": endpoint.endpoint_id,
            "account_id": endpoint.account_id,
            "url": endpoint.url,
            "event_types": sorted(endpoint.event_types),
            "description": endpoint.description,
            "secret": self.seal.close(newest.value),
            "old_secret": self.seal.close(older[0].value) if older else None,
            "old_secret_until": older[0].expires_at if older else None,
            "added_at": endpoint.added_at,
            "disabled": endpoint.disabled,
            "failing_since": endpoint.failing_since,
        }


@dataclass(frozen=True)
class SqlDeliveries:
    """Implements the port Deliveries."""

    connection: Connection
    seal: Seal
    clock: Clock

    def add(self, messages: Sequence[Message]) -> None:
        """Keep them, to be sent at once."""
        if messages:
            rows = [
                vars(each)
                | {
                    "status": DeliveryStatus.PENDING,
                    "attempts": 0,
                    "next_attempt_at": each.created_at,
                    "traceparent": each.traceparent or current_traceparent(),
                }
                for each in messages
            ]
            self.connection.execute(deliveries.insert(), rows)

    def newest(
        self, endpoint_id: UUID, status: DeliveryStatus | None, after: UUID | None, limit: int
    ) -> Sequence[DeliveryView]:
        """Return what was sent to an endpoint, the newest first."""
        query = (
            deliveries.select()
            .where(deliveries.c.endpoint_id == endpoint_id)
            .order_by(deliveries.c.delivery_id.desc())
            .limit(limit)
        )
        if status:
            query = query.where(deliveries.c.status == status)
        if after:
            query = query.where(deliveries.c.delivery_id < after)
        return self._views(self.connection.execute(query))

    def find(self, endpoint_id: UUID, delivery_id: UUID) -> DeliveryView | None:
        """Return a message to this endpoint."""
        query = deliveries.select().where(
            deliveries.c.delivery_id == delivery_id, deliveries.c.endpoint_id == endpoint_id
        )
        return next(iter(self._views(self.connection.execute(query))), None)

    def again(self, delivery_id: UUID) -> None:
        """Have a message sent once more, now, with all its attempts before it."""
        self.connection.execute(
            deliveries.update()
            .where(deliveries.c.delivery_id == delivery_id)
            .values(status=DeliveryStatus.PENDING, attempts=0, next_attempt_at=self.clock.now())
        )

    def claim(self, until: datetime, limit: int) -> Sequence[Due]:
        """Take messages that are due, one for each endpoint; nobody else gets them before then.

        One at a time for an endpoint: a slow one holds up itself only. What an endpoint that was
        disabled still has waits, and goes out when it is woken.
        """
        now = self.clock.now()
        other = deliveries.alias()
        is_first = ~(
            select(other.c.delivery_id)
            .where(
                other.c.endpoint_id == deliveries.c.endpoint_id,
                other.c.status == DeliveryStatus.PENDING,
                other.c.next_attempt_at <= now,
                other.c.delivery_id < deliveries.c.delivery_id,
            )
            .exists()
        )
        enabled = select(endpoints.c.endpoint_id).where(endpoints.c.disabled.is_(None))
        taken = claimed(
            deliveries, until, limit, now, deliveries.c.endpoint_id.in_(enabled), is_first
        )
        query = select(taken, endpoints).join(
            endpoints, endpoints.c.endpoint_id == taken.c.endpoint_id
        )
        return [self._due(row, now) for row in self.connection.execute(query)]

    def record(self, due: Due, attempt: Attempt, result: Result) -> None:
        """Keep an attempt and what follows from it for the message."""
        delivery_id = due.message.delivery_id
        self.connection.execute(
            deliveries.update()
            .where(deliveries.c.delivery_id == delivery_id)
            .values(status=result.status, next_attempt_at=result.next_attempt_at)
        )
        self.connection.execute(
            attempts.insert().values(vars(attempt) | {"delivery_id": delivery_id})
        )

    def _due(self, row: Row[Any], now: datetime) -> Due:
        endpoint = _endpoint(row, self.seal)
        message = Message(
            row.delivery_id,
            row.endpoint_id,
            row.event_type,
            row.payload,
            row.created_at,
            row.traceparent,
        )
        signing = tuple(endpoint.signing(now))
        return Due(message, endpoint.url, signing, row.attempts, endpoint.failing_since)

    def _views(self, found: Iterable[Row[Any]]) -> list[DeliveryView]:
        rows = list(found)
        ids = [row.delivery_id for row in rows]
        tried: dict[UUID, list[AttemptView]] = {each: [] for each in ids}
        query = (
            attempts.select()
            .where(attempts.c.delivery_id.in_(ids))
            .order_by(attempts.c.attempt_id.desc())
        )
        for row in self.connection.execute(query):
            tried[row.delivery_id].append(AttemptView.model_validate(dict(row._mapping)))  # noqa: SLF001 (public)
        return [
            DeliveryView.model_validate(
                dict(row._mapping) | {"attempts": tried[row.delivery_id]}  # noqa: SLF001 (public)
            )
            for row in rows
        ]


def _endpoint(row: Row[Any], seal: Seal) -> Endpoint:
    secrets = [Secret(seal.open(row.secret))]
    if row.old_secret:
        secrets.append(Secret(seal.open(row.old_secret), row.old_secret_until))
    return Endpoint(
        endpoint_id=row.endpoint_id,
        account_id=row.account_id,
        url=row.url,
        event_types=frozenset(row.event_types),
        description=row.description,
        secrets=tuple(secrets),
        added_at=row.added_at,
        disabled=Disabled(row.disabled) if row.disabled else None,
        failing_since=row.failing_since,
    )


def webhook_work(connection: Connection, clock: Clock, seal: Seal, sender: Sender) -> WebhookWork:
    """Return the Work of a transaction."""
    return WebhookWork(
        endpoints=SqlEndpoints(connection, seal),
        deliveries=SqlDeliveries(connection, seal, clock),
        sender=sender,
        clock=clock,
    )
