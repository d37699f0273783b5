"""What contracts and payments told of assistants' work, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Table, case, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables_work import (
    contracts_known,
    milestones_known,
    releases_known,
)
from services.programs.domain.known_work import KnownContract, KnownMilestone, KnownRelease
from services.programs.domain.path import no_such


@dataclass(frozen=True)
class SqlKnownWork:
    """Implements the port KnownWork."""

    connection: Connection

    def merge_contract(self, contract: KnownContract) -> None:
        """Add what is told of a contract to what is known, in whatever order it is heard."""
        self._merge(contracts_known, "contract_id", vars(contract))

    def merge_milestone(self, milestone: KnownMilestone) -> None:
        """Add what is told of a milestone to what is known, in whatever order it is heard."""
        self._merge(milestones_known, "milestone_id", vars(milestone))

    def add_release(self, release: KnownRelease) -> None:
        """Keep a release; one that is known stays as it is."""
        added = insert(releases_known).values(vars(release)).on_conflict_do_nothing()
        self.connection.execute(added)

    def contracts_of(self, assistant_id: UUID) -> Sequence[KnownContract]:
        """Return all contracts of an assistant."""
        query = select(contracts_known).where(contracts_known.c.assistant_id == assistant_id)
        found = self.connection.execute(query.order_by(contracts_known.c.contract_id))
        return [KnownContract(**row._asdict()) for row in found]

    def contract(self, contract_id: UUID) -> KnownContract | None:
        """Return a contract, if it was told of."""
        query = select(contracts_known).where(contracts_known.c.contract_id == contract_id)
        row = self.connection.execute(query).one_or_none()
        return KnownContract(**row._asdict()) if row else None

    def milestone(self, milestone_id: UUID) -> KnownMilestone:
        """Return a milestone; raise NotFound (`milestone_not_found`)."""
        query = select(milestones_known).where(milestones_known.c.milestone_id == milestone_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise no_such("milestone")
        return KnownMilestone(**row._asdict())

    def _merge(self, table: Table, key: str, row: dict[str, Any]) -> None:
        new = insert(table).values(row)
        moments = [name for name in row if name.endswith("_at")]
        told_of = func.greatest(*(new.excluded[name] for name in moments))
        known_of = func.greatest(*(table.c[name] for name in moments))
        told: dict[str, ColumnElement[Any]] = {
            name: func.coalesce(new.excluded[name], table.c[name]) for name in row if name != key
        }
        # The last word is that of the latest moment, not what is heard last.
        told |= {name: func.greatest(new.excluded[name], table.c[name]) for name in moments}
        told["title"] = case(
            (or_(known_of.is_(None), told_of >= known_of), new.excluded.title),
            else_=table.c.title,
        )
        if "weekly_hours" in row:
            # Hours that weren't stated are 0, and say as little as what is null.
            told["weekly_hours"] = func.greatest(new.excluded.weekly_hours, table.c.weekly_hours)
        self.connection.execute(new.on_conflict_do_update(index_elements=[key], set_=told))
