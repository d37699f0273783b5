"""Four eyes in PostgreSQL and over HTTP: what waits for a second operator, and who decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Date,
    DateTime,
    Index,
    MetaData,
    Row,
    Table,
    Text,
    Uuid,
)
from sqlalchemy.dialects.postgresql import JSONB, insert

from shared import four_eyes
from shared.db import valid_at
from shared.four_eyes import Approval, CarryOut, Status, Wanted
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.operations import ApprovalView, RefuseApproval
from shared.money import Money, yen

if TYPE_CHECKING:
    from alembic.operations import Operations

# What an endpoint adds to its description when a second operator may be needed.
MAY_WAIT: Final[dict[int | str, dict[str, Any]]] = {
    202: {
        "model": ApprovalView,
        "description": "Nothing is done yet: a second operator has to approve it",
    }
}


def approvals_table(metadata: MetaData) -> Table:
    """Return the table of money actions that wait, or waited, for a second operator."""
    return Table(
        "approvals",
        metadata,
        Column("approval_id", Uuid, primary_key=True),
        Column("kind", Text, nullable=False),
        Column("subject", Uuid, nullable=False),
        Column("wanted", JSONB, nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("currency", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("asked_by", Uuid, nullable=False),
        Column("asked_at", DateTime(timezone=True), nullable=False),
        Column("status", Text, nullable=False),
        Column("decided_by", Uuid),
        Column("decided_at", DateTime(timezone=True)),
        Column("note", Text),
        CheckConstraint("status IN ('waiting', 'carried_out', 'refused')"),
        CheckConstraint("status <> 'carried_out' OR decided_by <> asked_by"),
        Index(
            "approvals_waiting",
            "kind",
            "subject",
            unique=True,
            postgresql_where="status = 'waiting'",
        ),
    )


def four_eyes_limits_table(metadata: MetaData) -> Table:
    """Return the table of the amounts from which on a second operator is needed."""
    return Table(
        "four_eyes_limits",
        metadata,
        Column("valid_from", Date, primary_key=True),
        Column("amount", BigInteger, CheckConstraint("amount >= 0"), nullable=False),
    )


def create_approvals(op: "Operations") -> None:
    """Create the tables, with the limit that a market begins with: by a service's migration."""
    metadata = MetaData()
    approvals_table(metadata)
    limits = four_eyes_limits_table(metadata)
    metadata.create_all(op.get_bind())
    op.get_bind().execute(limits.insert().values(valid_from=date(2020, 1, 1), amount=100_000))


_METADATA = MetaData()
_APPROVALS = approvals_table(_METADATA)
_LIMITS = four_eyes_limits_table(_METADATA)


@dataclass(frozen=True)
class SqlApprovals:
    """Implements the port Approvals."""

    connection: Connection

    def limit(self, on: date) -> Money:
        """Return the amount from which on a second operator is needed on that day."""
        return yen(int(valid_at(self.connection, _LIMITS, on)["amount"]))

    def add(self, approval: Approval) -> bool:
        """Keep it; False when something of its kind waits for the same subject."""
        wanted = approval.wanted
        row = {
            "approval_id": approval.approval_id,
            "kind": wanted.kind,
            "subject": wanted.subject,
            "wanted": dict(wanted.order),
            "amount": wanted.amount.amount,
            "currency": wanted.amount.currency,
            "reason": wanted.reason,
            "asked_by": approval.asked_by,
            "asked_at": approval.asked_at,
            "status": approval.status,
        }
        unless_waiting = insert(_APPROVALS).values(row).on_conflict_do_nothing()
        added = self.connection.execute(unless_waiting.returning(_APPROVALS.c.approval_id))
        return added.first() is not None

    def lock(self, approval_id: UUID) -> Approval | None:
        """Return it, locked."""
        query = _APPROVALS.select().where(_APPROVALS.c.approval_id == approval_id)
        row = self.connection.execute(query.with_for_update()).one_or_none()
        return None if row is None else _approval(row)

    def save(self, approval: Approval) -> None:
        """Keep what was decided."""
        self.connection.execute(
            _APPROVALS.update()
            .where(_APPROVALS.c.approval_id == approval.approval_id)
            .values(
                status=approval.status,
                decided_by=approval.decided_by,
                decided_at=approval.decided_at,
                note=approval.note,
            )
        )

    def newest(
        self, status: Status | None, *, after: UUID | None, limit: int
    ) -> Sequence[Approval]:
        """Return what waits, or what became of it, newest first."""
        query = _APPROVALS.select().order_by(_APPROVALS.c.approval_id.desc()).limit(limit)
        if status is not None:
            query = query.where(_APPROVALS.c.status == status)
        if after is not None:
            query = query.where(_APPROVALS.c.approval_id < after)
        return [_approval(row) for row in self.connection.execute(query)]


def _approval(row: Row[Any]) -> Approval:
    amount = Money(amount=row.amount, currency=row.currency)
    return Approval(
        approval_id=row.approval_id,
        wanted=Wanted(row.kind, row.subject, amount, row.reason, row.wanted),
        asked_by=row.asked_by,
        asked_at=row.asked_at,
        status=row.status,
        decided_by=row.decided_by,
        decided_at=row.decided_at,
        note=row.note,
    )


def approvals_router(service: str, carry_out: CarryOut[Any]) -> APIRouter:
    """Return the endpoints by which operators see and decide what waits for a second one."""
    router = APIRouter(prefix=f"/api/v1/{service}/operations/approvals", tags=["operations"])

    @router.get("")
    def list_approvals(
        query: Annotated[Query[Any], Depends(query)],
        status: Annotated[Status | None, QueryParameter(description="All without")] = None,
        after: After = None,
        limit: Limit = 20,
    ) -> Page[ApprovalView]:
        """Return money actions that wait for a second operator, or waited, newest first."""
        person = query.person
        found = query.run(
            lambda work: four_eyes.list_approvals(
                status, person, work, after=after, limit=limit + 1
            )
        )
        return page(found, limit, lambda each: each.approval_id)

    @router.post("/{approval_id}/approval", response_model=ApprovalView)
    def approve(approval_id: UUID, command: Annotated[Command[Any], Depends(command)]) -> Answered:
        """Have it carried out (another operator than the one who asked for it)."""
        person = command.person
        return command.run(lambda work: four_eyes.approve(approval_id, person, carry_out, work))

    @router.post("/{approval_id}/refusal", response_model=ApprovalView)
    def refuse(
        approval_id: UUID,
        body: RefuseApproval,
        command: Annotated[Command[Any], Depends(command)],
    ) -> Answered:
        """Say no to it, or take back what one has asked for oneself (an operator)."""
        person = command.person
        return command.run(lambda work: four_eyes.refuse(approval_id, body, person, work))

    return router
