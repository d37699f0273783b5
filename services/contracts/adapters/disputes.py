"""Disputes in PostgreSQL."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select

from services.contracts.adapters.tables import (
    dispute_statements,
    disputes,
    milestones,
    statement_files,
)
from services.contracts.domain.dispute import Dispute, Split, no_such_dispute
from shared.db import new_values, update_by
from shared.messages.contracts import StatementView
from shared.money import Money

_TEXTS = (
    "answer_until",
    "answer",
    "answered_at",
    "proposed_by",
    "resolved_by",
    "resolution",
    "resolved_at",
)
_AMOUNTS = ("proposed_to_assistant", "to_assistant", "to_client")
_SAVE = update_by(disputes, "dispute_id", (*_TEXTS, *_AMOUNTS))
_DISPUTE = select(disputes, milestones.c.currency).join_from(disputes, milestones)


@dataclass(frozen=True)
class SqlDisputes:
    """Implements the port Disputes."""

    connection: Connection

    def add(self, dispute: Dispute) -> None:
        """Keep a new dispute."""
        self.connection.execute(
            disputes.insert().values(
                dispute_id=dispute.dispute_id,
                milestone_id=dispute.milestone_id,
                opened_by=dispute.opened_by,
                reason=dispute.reason,
                opened_at=dispute.opened_at,
                answer_until=dispute.answer_until,
                criterion=dispute.criterion,
            )
        )

    def get(self, contract_id: UUID, dispute_id: UUID) -> Dispute:
        """Return the dispute; raise NotFound (`dispute_not_found`)."""
        query = _DISPUTE.where(
            disputes.c.dispute_id == dispute_id, milestones.c.contract_id == contract_id
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise no_such_dispute()
        return _dispute(row)

    def of_milestone(self, milestone_id: UUID) -> Dispute:
        """Return the dispute of a milestone that has one."""
        query = _DISPUTE.where(disputes.c.milestone_id == milestone_id)
        return _dispute(self.connection.execute(query).one())

    def save(self, dispute: Dispute) -> None:
        """Keep what may change of it."""
        split, proposed = dispute.split, dispute.proposed_to_assistant
        amounts = {
            "new_proposed_to_assistant": proposed.amount if proposed is not None else None,
            "new_to_assistant": split.to_assistant.amount if split else None,
            "new_to_client": split.to_client.amount if split else None,
        }
        changes = new_values(dispute, _TEXTS) | amounts
        self.connection.execute(_SAVE, {"id": dispute.dispute_id} | changes)

    def state(self, dispute_id: UUID, statement: StatementView) -> None:
        """Keep what a party says to it."""
        said = statement.model_dump(exclude={"files"})
        self.connection.execute(dispute_statements.insert().values(dispute_id=dispute_id, **said))
        rows = [
            {"statement_id": statement.statement_id, "position": position, "file_id": file.file_id}
            for position, file in enumerate(statement.files)
        ]
        if rows:
            self.connection.execute(statement_files.insert(), rows)

    def any_in(self, contract_id: UUID) -> bool:
        """Tell whether there is or was a dispute in this contract."""
        query = (
            select(disputes.c.dispute_id)
            .join_from(disputes, milestones)
            .where(milestones.c.contract_id == contract_id)
        )
        return self.connection.execute(query.limit(1)).first() is not None


def _dispute(row: Row[Any]) -> Dispute:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=row.currency)

    proposed = row.proposed_to_assistant
    split = None
    if row.resolved_at:
        split = Split(money(row.to_assistant), money(row.to_client))
    return Dispute(
        dispute_id=row.dispute_id,
        milestone_id=row.milestone_id,
        opened_by=row.opened_by,
        reason=row.reason,
        opened_at=row.opened_at,
        answer_until=row.answer_until,
        answer=row.answer,
        answered_at=row.answered_at,
        proposed_by=row.proposed_by,
        proposed_to_assistant=None if proposed is None else money(proposed),
        split=split,
        resolved_by=row.resolved_by,
        resolution=row.resolution,
        resolved_at=row.resolved_at,
    )
