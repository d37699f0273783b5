"""What supporters have looked at, in PostgreSQL."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Connection, exists, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.tables import deliveries, draft_looks


@dataclass(frozen=True)
class SqlDrafts:
    """Implements the port Drafts."""

    connection: Connection

    def note_look(self, draft_id: UUID, milestone_id: UUID, looked_at: datetime) -> None:
        """Keep that somebody has looked at a draft of this milestone, once."""
        row = {"draft_id": draft_id, "milestone_id": milestone_id, "looked_at": looked_at}
        self.connection.execute(insert(draft_looks).values(row).on_conflict_do_nothing())

    def use_look(self, milestone_id: UUID, now: datetime) -> bool:
        """Use up what was looked at since the milestone's last delivery; False without any."""
        since = exists(
            select(deliveries.c.delivery_id).where(
                deliveries.c.milestone_id == milestone_id,
                deliveries.c.delivered_at >= draft_looks.c.looked_at,
            )
        )
        used = (
            draft_looks.update()
            .where(
                draft_looks.c.milestone_id == milestone_id,
                draft_looks.c.used_at.is_(None),
                ~since,
            )
            .values(used_at=now)
            .returning(draft_looks.c.draft_id)
        )
        return bool(self.connection.execute(used).all())
