"""Calls to the processor and its webhooks in PostgreSQL, claimed with SKIP LOCKED."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Text, Uuid, bindparam, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import operations, processor_events
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.observability.traces import current_traceparent

# Built once: the clocks of the events process ask several times per second.
_PENDING = operations.c.status == OperationStatus.PENDING
_OPEN = (
    select(operations)
    .where(operations.c.subject == bindparam("of"), operations.c.kind == bindparam("is"), _PENDING)
    .order_by(operations.c.operation_id.desc())
    .limit(1)
    .with_for_update()
)
_DUE_OPERATIONS = (
    select(operations)
    .where(_PENDING, operations.c.next_attempt_at <= bindparam("now"))
    .where(or_(operations.c.leased_until.is_(None), operations.c.leased_until <= bindparam("now")))
    .order_by(operations.c.next_attempt_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_LOCK_OPERATION = (
    select(operations).where(operations.c.operation_id == bindparam("id")).with_for_update()
)
_RECEIVED = (
    *("event_id", "type", "body", "received_at"),
    *("status", "attempts", "next_attempt_at", "reason"),
)
_OF_OPERATION = ("status", "attempts", "keys_spent", "next_attempt_at", "leased_until", "answer")
_SAVE_OPERATION = update_by(operations, "operation_id", _OF_OPERATION)
# What is due already isn't written again.
_HASTEN = (
    operations.update()
    .where(_PENDING, operations.c.kind == bindparam("is"))
    .where(operations.c.next_attempt_at > bindparam("now"))
    .values(next_attempt_at=bindparam("now"))
)
_HASTEN_ON = _HASTEN.where(operations.c.request["account_id"].astext == bindparam("account"))
# An event goes on in the trace of the call that it is about, or in that of its own request.
_OF_CALL = (
    select(operations.c.traceparent)
    .where(operations.c.operation_id == bindparam("cause", type_=Uuid()))
    .scalar_subquery()
)
_RECEIVE = (
    insert(processor_events)
    .values(
        {name: bindparam(name) for name in _RECEIVED}
        | {"traceparent": func.coalesce(_OF_CALL, bindparam("current", type_=Text()))}
    )
    .on_conflict_do_nothing()
    .returning(processor_events.c.event_id)
)
_DUE_EVENTS = (
    select(processor_events)
    .where(processor_events.c.status == EventStatus.RECEIVED)
    .where(processor_events.c.next_attempt_at <= bindparam("now"))
    .order_by(processor_events.c.next_attempt_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_OF_EVENT = ("status", "attempts", "next_attempt_at", "reason")
_SAVE_EVENT = update_by(processor_events, "event_id", _OF_EVENT)


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
                "traceparent": each.traceparent or current_traceparent(),
            }
            for each in new
        ]
        if rows:
            self.connection.execute(operations.insert(), rows)

    def pending(self, subject: UUID, kind: OperationKind) -> Operation | None:
        """Return the newest call of that kind that is still open."""
        row = self.connection.execute(_OPEN, {"of": subject, "is": kind}).one_or_none()
        return _operation(row) if row else None

    def due(self, now: datetime, limit: int) -> Sequence[Operation]:
        """Return open calls that are due and in nobody's hands, and lock them."""
        found = self.connection.execute(_DUE_OPERATIONS, {"now": now, "most": limit})
        return [_operation(row) for row in found]

    def lock(self, operation_id: UUID) -> Operation:
        """Return the call and keep others from changing it; raise NotFound."""
        row = self.connection.execute(_LOCK_OPERATION, {"id": operation_id}).one_or_none()
        if row is None:
            raise NotFound("operation_not_found", "There is no such call.")
        return _operation(row)

    def save(self, changed: Sequence[Operation]) -> None:
        """Keep what has become of them."""
        if not changed:
            return
        self.connection.execute(
            _SAVE_OPERATION,
            [{"id": each.operation_id} | new_values(each, _OF_OPERATION) for each in changed],
        )

    def hasten(self, kind: OperationKind, account_id: str | None, now: datetime) -> None:
        """Make the open calls of that kind due now: those on an account, or (None) all."""
        which = {"is": kind, "now": now}
        if account_id is None:
            self.connection.execute(_HASTEN, which)
        else:
            self.connection.execute(_HASTEN_ON, which | {"account": account_id})


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
        traceparent=row.traceparent,
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
            "cause": event.operation_id,
            "current": current_traceparent(),
        }
        return self.connection.execute(_RECEIVE, row).first() is not None

    def due(self, now: datetime, limit: int) -> Sequence[ProcessorEvent]:
        """Return events that are to be handled, oldest first, and lock them."""
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
                traceparent=row.traceparent,
            )
            for row in self.connection.execute(_DUE_EVENTS, {"now": now, "most": limit})
        ]

    def save(self, events: Sequence[ProcessorEvent]) -> None:
        """Keep what has become of them."""
        if not events:
            return
        self.connection.execute(
            _SAVE_EVENT, [{"id": each.event_id} | new_values(each, _OF_EVENT) for each in events]
        )
