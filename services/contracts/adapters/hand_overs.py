"""Hand-overs, and dates that were moved, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.tables import milestones
from services.contracts.adapters.tables_hand_overs import date_moves, hand_overs
from services.contracts.domain.hand_over import HandOver
from services.contracts.domain.terms import Consent
from shared.errors import NotFound, Rejected
from shared.messages.handovers import HandOverParty, HandOverStatus
from shared.money import Money

_HAND_OVERS = select(hand_overs, milestones.c.contract_id, milestones.c.currency).join_from(
    hand_overs, milestones
)
_NEWEST = _HAND_OVERS.order_by(hand_overs.c.hand_over_id.desc())
# Run by steps of milestones.
_VOID = (
    hand_overs.update()
    .where(
        hand_overs.c.milestone_id == bindparam("of_milestone"),
        hand_overs.c.status == HandOverStatus.PROPOSED,
    )
    .values(status=HandOverStatus.VOID)
)
_AS_THEY_ARE = (
    "hand_over_id",
    "milestone_id",
    "substitute_id",
    "due_on",
    "note",
    "proposed_by",
    "proposed_at",
    "shares_deliveries",
    "to_milestone_id",
    "status",
    "to_contract_id",
)


@dataclass(frozen=True)
class SqlHandOvers:
    """Implements the port HandOvers."""

    connection: Connection

    def add(self, hand_over: HandOver) -> None:
        """Keep a new one; raise Rejected while another one waits."""
        added = insert(hand_overs).values(_row(hand_over)).on_conflict_do_nothing()
        if self.connection.execute(added.returning(hand_overs.c.hand_over_id)).first() is None:
            raise Rejected(
                "hand_over_standing",
                "A hand-over of this milestone waits for its consents already.",
            )

    def get(self, hand_over_id: UUID) -> HandOver:
        """Return it; raise NotFound."""
        query = _HAND_OVERS.where(hand_overs.c.hand_over_id == hand_over_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("hand_over_not_found", "There is no such hand-over of yours.")
        return _hand_over(row)

    def save(self, hand_over: HandOver) -> None:
        """Keep consents, status and the contract that follows."""
        self.connection.execute(
            hand_overs.update()
            .where(hand_overs.c.hand_over_id == hand_over.hand_over_id)
            .values(_row(hand_over))
        )

    def void(self, milestone_id: UUID) -> None:
        """Note that what waits for consents is void."""
        self.connection.execute(_VOID, {"of_milestone": milestone_id})

    def of_contract(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        """Return those of a contract's milestones, newest first, from before the one `after`."""
        return self._newest(milestones.c.contract_id == contract_id, after, limit)

    def offered_to(
        self, substitute_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        """Return those in which this person is to go on, newest first."""
        return self._newest(hand_overs.c.substitute_id == substitute_id, after, limit)

    def _newest(self, which: Any, after: UUID | None, limit: int) -> list[HandOver]:
        query = _NEWEST.where(which).limit(limit)
        if after is not None:
            query = query.where(hand_overs.c.hand_over_id < after)
        return [_hand_over(row) for row in self.connection.execute(query)]


@dataclass(frozen=True)
class SqlDateMoves:
    """Implements the port DateMoves."""

    connection: Connection

    def used_days(self, contract_id: UUID) -> int:
        """Return by how many days the dates of a contract were moved so far."""
        query = select(func.coalesce(func.sum(date_moves.c.days), 0))
        used = self.connection.execute(query.where(date_moves.c.contract_id == contract_id))
        return int(used.scalar_one())

    def add(self, contract_id: UUID, days: int, at: datetime) -> None:
        """Keep that they were moved by so many days more."""
        self.connection.execute(
            date_moves.insert().values(contract_id=contract_id, days=days, moved_at=at)
        )


def _row(hand_over: HandOver) -> dict[str, Any]:
    row = {name: getattr(hand_over, name) for name in _AS_THEY_ARE}
    row |= {"to_assistant": hand_over.to_assistant.amount, "price": hand_over.price.amount}
    for party in HandOverParty:
        consent = hand_over.consents.get(party)
        row[f"{party}_consent_by"] = consent and consent.by
        row[f"{party}_consent_at"] = consent and consent.at
    return row


def _hand_over(row: Row[Any]) -> HandOver:
    values = row._mapping  # noqa: SLF001  (public)

    def money(name: str) -> Money:
        return Money(amount=values[name], currency=row.currency)

    consents = {
        party: Consent(values[f"{party}_consent_by"], values[f"{party}_consent_at"])
        for party in HandOverParty
        if values[f"{party}_consent_by"]
    }
    kept = {name: values[name] for name in _AS_THEY_ARE}
    kinds = {
        "proposed_by": HandOverParty(row.proposed_by),
        "status": HandOverStatus(row.status),
        "to_assistant": money("to_assistant"),
        "price": money("price"),
    }
    return HandOver(**{**kept, **kinds}, contract_id=row.contract_id, consents=consents)
