"""Retainers and their hours in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.contracts.adapters.milestones import MILESTONES, milestone_from
from services.contracts.adapters.tables import milestones
from services.contracts.adapters.tables_retainers import hour_entries, retainers
from services.contracts.domain.milestone import Milestone
from services.contracts.domain.retainer import Retainer, not_a_retainer
from shared.messages.contracts import MilestoneKind
from shared.messages.jobs import Period
from shared.messages.retainers import HoursEntryView
from shared.money import Money

# Run whenever a milestone comes to its end.
_GET = select(retainers).where(retainers.c.contract_id == bindparam("id"))
_PERIODS = MILESTONES.where(
    milestones.c.contract_id == bindparam("of_contract"),
    milestones.c.kind == MilestoneKind.PERIOD,
).order_by(milestones.c.position, milestones.c.milestone_id)


@dataclass(frozen=True)
class SqlRetainers:
    """Implements the port Retainers."""

    connection: Connection

    def add(self, retainer: Retainer) -> None:
        """Keep a new retainer."""
        self.connection.execute(
            retainers.insert().values(
                contract_id=retainer.contract_id,
                period=retainer.period,
                hourly_amount=retainer.hourly_price.amount,
                currency=retainer.hourly_price.currency,
                hours_limit=retainer.hours_limit,
                starts_on=retainer.starts_on,
            )
        )

    def get(self, contract_id: UUID) -> Retainer | None:
        """Return the retainer of a contract, or None."""
        row = self.connection.execute(_GET, {"id": contract_id}).one_or_none()
        return None if row is None else _retainer(row)

    def lock(self, contract_id: UUID) -> Retainer:
        """Return it, locked until the transaction ends; raise Rejected."""
        row = self.connection.execute(_GET.with_for_update(), {"id": contract_id}).one_or_none()
        if row is None:
            raise not_a_retainer()
        return _retainer(row)

    def save(self, retainer: Retainer) -> None:
        """Keep that notice was given."""
        self.connection.execute(
            retainers.update()
            .where(retainers.c.contract_id == retainer.contract_id)
            .values(ends_on=retainer.ends_on, ended_by=retainer.ended_by)
        )

    def periods(self, contract_id: UUID) -> Sequence[Milestone]:
        """Return its periods in order of their days, to be looked at."""
        rows = self.connection.execute(_PERIODS, {"of_contract": contract_id})
        return [milestone_from(row) for row in rows]


@dataclass(frozen=True)
class SqlHours:
    """Implements the port Hours."""

    connection: Connection

    def of_period(self, milestone_id: UUID) -> Sequence[HoursEntryView]:
        """Return the hours of a period, in order of their days."""
        query = (
            select(hour_entries)
            .where(hour_entries.c.milestone_id == milestone_id)
            .order_by(hour_entries.c.day, hour_entries.c.logged_at, hour_entries.c.entry_id)
        )
        return [
            HoursEntryView.model_validate(row, from_attributes=True)
            for row in self.connection.execute(query)
        ]

    def minutes(self, contract_id: UUID) -> dict[UUID, int]:
        """Return how many minutes each period has that has any."""
        query = (
            select(hour_entries.c.milestone_id, func.sum(hour_entries.c.minutes))
            .join_from(hour_entries, milestones)
            .where(milestones.c.contract_id == contract_id)
            .group_by(hour_entries.c.milestone_id)
        )
        return {milestone_id: int(sum_) for milestone_id, sum_ in self.connection.execute(query)}

    def put(self, milestone_id: UUID, entry: HoursEntryView) -> None:
        """Keep an entry, or what it is now."""
        values = entry.model_dump()
        self.connection.execute(
            insert(hour_entries)
            .values(milestone_id=milestone_id, **values)
            .on_conflict_do_update(index_elements=["entry_id"], set_=values)
        )

    def remove(self, milestone_id: UUID, entry_id: UUID) -> None:
        """Take an entry away."""
        self.connection.execute(
            hour_entries.delete().where(
                hour_entries.c.milestone_id == milestone_id, hour_entries.c.entry_id == entry_id
            )
        )


def _retainer(row: Row[Any]) -> Retainer:
    return Retainer(
        contract_id=row.contract_id,
        period=Period(row.period),
        hourly_price=Money(amount=row.hourly_amount, currency=row.currency),
        hours_limit=row.hours_limit,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
        ended_by=row.ended_by,
    )
