"""What people are shown, read straight from the tables: a query for each kind of row."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Select, or_, select

from services.contracts.adapters.agreements import SqlContracts
from services.contracts.adapters.milestones import file_view
from services.contracts.adapters.tables import (
    contracts,
    deadlines,
    deliveries,
    delivery_files,
    files,
    milestones,
    timeline,
)
from shared.errors import NotFound
from shared.messages.contracts import (
    ContractSummary,
    ContractView,
    DeadlineView,
    DeliveryView,
    MilestoneView,
    TimelineEntry,
)
from shared.money import Money

Rows = dict[UUID, list[Row[Any]]]


@dataclass(frozen=True)
class SqlViews:
    """Implements the port Views."""

    connection: Connection

    def contract(self, contract_id: UUID) -> ContractView:
        """Return the whole contract; raise NotFound."""
        agreements = SqlContracts(self.connection)
        contract = agreements.get(contract_id)
        happened = (
            select(timeline)
            .where(timeline.c.contract_id == contract_id)
            .order_by(timeline.c.entry_id)
        )
        return ContractView(
            contract_id=contract_id,
            job_id=contract.job_id,
            client_id=contract.client_id,
            assistant_id=contract.assistant_id,
            title=contract.title,
            mode=contract.mode,
            terms=agreements.terms(contract_id),
            milestones=self._milestones(milestones.c.contract_id == contract_id),
            timeline=tuple(
                TimelineEntry.model_validate(row, from_attributes=True)
                for row in self.connection.execute(happened)
            ),
            agreed_at=contract.agreed_at,
        )

    def milestone(self, milestone_id: UUID) -> MilestoneView:
        """Return a milestone; raise NotFound."""
        for view in self._milestones(milestones.c.milestone_id == milestone_id):
            return view
        raise NotFound("milestone_not_found", "The contract has no such milestone.")

    def contracts_of(
        self, person_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[ContractSummary]:
        """Return the contracts of which the person is a party, newest first."""
        query = (
            select(contracts)
            .where(or_(contracts.c.client_id == person_id, contracts.c.assistant_id == person_id))
            .order_by(contracts.c.contract_id.desc())
            .limit(limit)
        )
        if after is not None:
            query = query.where(contracts.c.contract_id < after)
        return [
            ContractSummary.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        ]

    def _milestones(self, which: ColumnElement[bool]) -> tuple[MilestoneView, ...]:
        found = self.connection.execute(
            select(milestones).where(which).order_by(milestones.c.position)
        ).all()
        ids = [row.milestone_id for row in found]
        handed_in = self._by(
            "milestone_id",
            select(deliveries)
            .where(deliveries.c.milestone_id.in_(ids))
            .order_by(deliveries.c.position),
        )
        attached = self._by(
            "delivery_id",
            select(files, delivery_files.c.delivery_id)
            .join(delivery_files, delivery_files.c.file_id == files.c.file_id)
            .join(deliveries, deliveries.c.delivery_id == delivery_files.c.delivery_id)
            .where(deliveries.c.milestone_id.in_(ids))
            .order_by(delivery_files.c.position),
        )
        running = self._by(
            "milestone_id",
            select(deadlines)
            .where(deadlines.c.milestone_id.in_(ids), deadlines.c.fired_at.is_(None))
            .order_by(deadlines.c.due_at),
        )
        return tuple(_milestone_view(row, handed_in, attached, running) for row in found)

    def _by(self, column: str, query: Select[Any]) -> Rows:
        """Return the query's rows, grouped by this column."""
        groups: Rows = defaultdict(list)
        for row in self.connection.execute(query):
            groups[getattr(row, column)].append(row)
        return groups


def _milestone_view(row: Row[Any], handed_in: Rows, attached: Rows, running: Rows) -> MilestoneView:
    return MilestoneView(
        milestone_id=row.milestone_id,
        title=row.title,
        description=row.description,
        price=Money(amount=row.price_amount, currency=row.currency),
        due_on=row.due_on,
        status=row.status,
        overdue=row.overdue,
        deliveries=tuple(
            DeliveryView(
                delivery_id=delivery.delivery_id,
                text=delivery.text,
                files=tuple(file_view(file) for file in attached[delivery.delivery_id]),
                delivered_at=delivery.delivered_at,
                change_request=delivery.change_request,
            )
            for delivery in handed_in[row.milestone_id]
        ),
        deadlines=tuple(
            DeadlineView(kind=deadline.kind, due_at=deadline.due_at)
            for deadline in running[row.milestone_id]
        ),
        ending_asked_by=row.ending_asked_by,
        ending_reason=row.ending_reason,
    )
