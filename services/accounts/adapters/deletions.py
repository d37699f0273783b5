"""Those who want to leave for good, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import deletions
from services.accounts.domain.deletion import Deletion
from shared.messages.deletion import DeletionStatus


@dataclass(frozen=True)
class SqlDeletions:
    """Implements the port Deletions."""

    connection: Connection

    def find(self, person_id: UUID) -> Deletion | None:
        """Return what was asked for last."""
        query = select(deletions).where(deletions.c.person_id == person_id)
        row = self.connection.execute(query).one_or_none()
        return _deletion(row) if row else None

    def lock(self, person_id: UUID) -> Deletion | None:
        """Return it, and keep others from changing it."""
        query = select(deletions).where(deletions.c.person_id == person_id).with_for_update()
        row = self.connection.execute(query).one_or_none()
        return _deletion(row) if row else None

    def keep(self, deletion: Deletion) -> None:
        """Keep what it is now."""
        answers = {service: list(reasons) for service, reasons in deletion.answers.items()}
        row = vars(deletion) | {"answers": answers}
        self.connection.execute(
            insert(deletions)
            .values(row)
            .on_conflict_do_update(
                index_elements=[deletions.c.person_id],
                set_={name: row[name] for name in row.keys() - {"person_id"}},
            )
        )

    def due(self, now: datetime, limit: int) -> Sequence[Deletion]:
        """Return some that are due, locked; none that somebody else has in hand."""
        query = (
            select(deletions)
            .where(deletions.c.status == DeletionStatus.SCHEDULED)
            .where(deletions.c.due_at <= now)
            .order_by(deletions.c.due_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return [_deletion(row) for row in self.connection.execute(query)]


def _deletion(row: Row[Any]) -> Deletion:
    return Deletion(
        person_id=row.person_id,
        status=DeletionStatus(row.status),
        asked_at=row.asked_at,
        due_at=row.due_at,
        round=row.round,
        answers={service: tuple(reasons) for service, reasons in row.answers.items()},
    )
