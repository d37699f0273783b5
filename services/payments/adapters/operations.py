"""Calls to the processor and its webhooks in PostgreSQL, claimed with SKIP LOCKED."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import operations, processor_events
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from shared.errors import NotFound


@dataclass(frozen=True)
class SqlOperations:
    """Implements the port Operations."""

    connection: Connection

    def add(self, new: Sequence[Operation]) -> None:
        """Keep new calls."""
        rows = [
            {
                "operation_id": each.operation_id,
                "kind": each.kind,
                "subject": each.subject,
                "request": each.request,
                "status": each.status,
                "attempts": each.attempts,
                "keys_spent": each.keys_spent,
                "next_attempt_at": each.next_attempt_at,
                "leased_until": each.leased_until,
                "answer": each.answer,
            }
            for each in new
        ]
        if rows:
            self.connection.execute(operations.insert(), rows)

    def pending(self, subject: UUID, kind: OperationKind) -> Operation | None:
        """Return the call of that kind that is still open."""
        query = (
            select(operations)
            .where(operations.c.subject == subject, operations.c.kind == kind)
            .where(operations.c.status == OperationStatus.PENDING)
            .with_for_update()
        )
        row = self.connection.execute(query).one_or_none()
        return _operation(row) if row else None

    def due(self, now: datetime, limit: int) -> Sequence[Operation]:
        """Return open calls that are due and in nobody's hands, and lock them."""
        query = (
            select(operations)
            .where(operations.c.status == OperationStatus.PENDING)
            .where(operations.c.next_attempt_at <= now)
            .where(or_(operations.c.leased_until.is_(None), operations.c.leased_until <= now))
            .order_by(operations.c.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_operation(row) for row in self.connection.execute(query)]

    def lock(self, operation_id: UUID) -> Operation:
        """Return the call and keep others from changing it; raise NotFound."""
        query = select(operations).where(operations.c.operation_id == operation_id)
        row = self.connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("operation_not_found", "There is no such call.")
        return _operation(row)

    def save(self, changed: Sequence[Operation]) -> None:
        """Keep what has become of them."""
        if not changed:
            return
        names = (
            "status",
            "attempts",
            "keys_spent",
            "next_attempt_at",
            "leased_until",
            "answer",
        )
        self.connection.execute(
            operations.update()
            .where(operations.c.operation_id == bindparam("id"))
            .values({name: bindparam(f"new_{name}") for name in names}),
            [
                {"id": each.operation_id} | {f"new_{name}": getattr(each, name) for name in names}
                for each in changed
            ],
        )

    def hasten(self, kind: OperationKind, account_id: str, now: datetime) -> None:
        """Make the open calls of that kind on an account due now."""
        self.connection.execute(
            operations.update()
            .where(operations.c.status == OperationStatus.PENDING, operations.c.kind == kind)
            .where(operations.c.request["account_id"].astext == account_id)
            .values(next_attempt_at=now)
        )


def _operation(row: Row[Any]) -> Operation:
    return Operation(
        operation_id=row.operation_id,
        kind=OperationKind(row.kind),
        subject=row.subject,
        request=row.request,
        status=OperationStatus(row.status),
        attempts=row.attempts,
        keys_spent=row.keys_spent,
        next_attempt_at=row.next_attempt_at,
        leased_until=row.leased_until,
        answer=row.answer,
    )


@dataclass(frozen=True)
class SqlProcessorEvents:
    """Implements the port ProcessorEvents."""

    connection: Connection

    def receive(self, event: ProcessorEvent) -> bool:
        """Keep an event; False when it was received before."""
        row = {
            "event_id": event.event_id,
            "type": event.type,
            "body": event.body,
            "received_at": event.received_at,
            "status": event.status,
            "attempts": event.attempts,
            "next_attempt_at": event.next_attempt_at,
            "reason": event.reason,
        }
        new = insert(processor_events).values(row).on_conflict_do_nothing()
        kept = self.connection.execute(new.returning(processor_events.c.event_id))
        return kept.first() is not None

    def due(self, now: datetime, limit: int) -> Sequence[ProcessorEvent]:
        """Return events that are to be handled, oldest first, and lock them."""
        query = (
            select(processor_events)
            .where(processor_events.c.status == EventStatus.RECEIVED)
            .where(processor_events.c.next_attempt_at <= now)
            .order_by(processor_events.c.next_attempt_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [
            ProcessorEvent(
                event_id=row.event_id,
                type=row.type,
                body=row.body,
                received_at=row.received_at,
                next_attempt_at=row.next_attempt_at,
                status=EventStatus(row.status),
                attempts=row.attempts,
                reason=row.reason,
            )
            for row in self.connection.execute(query)
        ]

    def save(self, events: Sequence[ProcessorEvent]) -> None:
        """Keep what has become of them."""
        if not events:
            return
        names = ("status", "attempts", "next_attempt_at", "reason")
        self.connection.execute(
            processor_events.update()
            .where(processor_events.c.event_id == bindparam("id"))
            .values({name: bindparam(f"new_{name}") for name in names}),
            [
                {"id": each.event_id} | {f"new_{name}": getattr(each, name) for name in names}
                for each in events
            ],
        )
