"""Dated configuration in PostgreSQL: of each table, the newest rows that are valid on a day."""

from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection, Row, Table, func, select

from services.payments.adapters.tables import (
    chargeback_policies,
    consumption_tax_rates,
    payout_rules,
    platform_fee_tiers,
    processor_rules,
    transfer_fees,
    withheld_categories,
    withholding_tiers,
)
from services.payments.domain.rates import BorneBy, PayoutRules, ProcessorRules, Rates, Tier
from shared.calendar import PayCycle
from shared.messages.jobs import Category
from shared.money import yen


@dataclass
class SqlRules:
    """Implements the port Rules; a batch of one transaction asks the database once."""

    connection: Connection
    _rates: dict[tuple[date, Category], Rates] = field(default_factory=dict)

    def rates(self, on: date, category: Category) -> Rates:
        """Return the taxes and fees in force on that day, for that kind of work."""
        key = (on, category)
        if key not in self._rates:
            self._rates[key] = self._read(on, category)
        return self._rates[key]

    def payouts(self, on: date) -> PayoutRules:
        """Return what is in force for payouts on that day."""
        row = self._valid(payout_rules, on)[0]
        return PayoutRules(
            transfer_fees={
                each.bank_code: yen(each.fee) for each in self._valid(transfer_fees, on)
            },
            minimum=yen(row.minimum),
            cycle=PayCycle(first_cutoff=row.first_cutoff),
            limit_days=row.limit_days,
            reminder_days=row.reminder_days,
        )

    def processor(self, on: date) -> ProcessorRules:
        """Return what the processor allows on that day."""
        row = self._valid(processor_rules, on)[0]
        return ProcessorRules(
            minimum_charge=yen(row.minimum_charge),
            maximum_charge=yen(row.maximum_charge),
            hold_days=row.hold_days,
            pay_within_days=row.pay_within_days,
        )

    def chargeback_loss(self, on: date) -> BorneBy:
        """Return who bears, on that day, what a chargeback takes after the release."""
        return BorneBy(self._valid(chargeback_policies, on)[0].borne_by)

    def _read(self, on: date, category: Category) -> Rates:
        query = (
            select(withheld_categories.c.withheld)
            .where(withheld_categories.c.category == category)
            .where(withheld_categories.c.valid_from <= on)
            .order_by(withheld_categories.c.valid_from.desc())
            .limit(1)
        )
        withheld = self.connection.scalar(query)
        return Rates(
            tax_basis_points=self._valid(consumption_tax_rates, on)[0].basis_points,
            fee_tiers=self._tiers(platform_fee_tiers, on),
            withholding_tiers=self._tiers(withholding_tiers, on) if withheld else (),
        )

    def _tiers(self, table: Table, on: date) -> tuple[Tier, ...]:
        rows = sorted((row.above, row.basis_points) for row in self._valid(table, on))
        return tuple(Tier(above, basis_points) for above, basis_points in rows)

    def _valid(self, table: Table, on: date) -> list[Row[tuple[object, ...]]]:
        newest = select(func.max(table.c.valid_from)).where(table.c.valid_from <= on)
        query = select(table).where(table.c.valid_from == newest.scalar_subquery())
        rows = list(self.connection.execute(query))
        if not rows:
            raise LookupError(f"{table.name} says nothing about {on}")
        return rows
