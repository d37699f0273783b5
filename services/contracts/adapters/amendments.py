"""Offers to change terms in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.tables import amendments
from services.contracts.domain.amendment import Amendment
from shared.errors import NotFound, Rejected
from shared.messages.amendments import AmendmentStatus, AmendmentView, OfferAmendment


@dataclass(frozen=True)
class SqlAmendments:
    """Implements the port Amendments."""

    connection: Connection

    def add(self, amendment: Amendment) -> None:
        """Keep a new offer; raise Rejected while another one waits."""
        row = vars(amendment) | {"changes": amendment.changes.model_dump(mode="json")}
        added = insert(amendments).values(row).on_conflict_do_nothing()
        if self.connection.execute(added.returning(amendments.c.amendment_id)).first() is None:
            raise Rejected(
                "amendment_standing",
                "An offer waits for its answer already. Answer it, or withdraw it, first.",
            )

    def lock(self, contract_id: UUID, amendment_id: UUID) -> Amendment:
        """Return an offer, locked until the transaction ends; raise NotFound."""
        query = select(amendments).where(
            amendments.c.contract_id == contract_id, amendments.c.amendment_id == amendment_id
        )
        row = self.connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise NotFound("amendment_not_found", "The contract has no such offer.")
        return _amendment(row)

    def save(self, amendment: Amendment) -> None:
        """Keep what became of it."""
        self.connection.execute(
            amendments.update()
            .where(amendments.c.amendment_id == amendment.amendment_id)
            .values(status=amendment.status, answered_at=amendment.answered_at)
        )

    def newest(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[AmendmentView]:
        """Return the offers of a contract, newest first, from before the one `after`."""
        query = (
            select(amendments)
            .where(amendments.c.contract_id == contract_id)
            .order_by(amendments.c.amendment_id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(amendments.c.amendment_id < after)
        return [
            AmendmentView.model_validate(_amendment(row), from_attributes=True)
            for row in self.connection.execute(query)
        ]


def _amendment(row: Row[Any]) -> Amendment:
    kinds = {
        "changes": OfferAmendment.model_validate(row.changes),
        "status": AmendmentStatus(row.status),
    }
    return Amendment(**{**row._mapping, **kinds})  # noqa: SLF001  (public)
