"""Figures for the tax office: what was withheld, by the journal; and payments of a year."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Connection, Row, select, text

from services.payments.adapters.documents.issuers import SqlIssuers
from services.payments.adapters.documents.tables import withholding_rules
from services.payments.domain.periods import Period
from services.payments.domain.withholding import PaymentRecord, TaxRules, Withheld, source_of
from services.payments.ports_documents import Remittance

# What was withheld is what the journal says; from how much, the releases and what was taken back.
_WITHHELD: Final = text("""
    WITH withheld AS (
        SELECT assistant_id, sum(credit - debit)::bigint AS withheld
        FROM journal_lines
        JOIN journal_entries USING (entry_id)
        JOIN escrows ON milestone_id = reference
        JOIN contracts USING (contract_id)
        WHERE account = 'liability:withholding' AND fact <> 'withholding_remitted'
            AND occurred_at >= :begins AND occurred_at < :ends
        GROUP BY assistant_id
    ), paid_for AS (
        SELECT assistant_id, price + tax AS amount, withholding FROM releases
        WHERE released_at >= :begins AND released_at < :ends
        UNION ALL
        SELECT assistant_id, back.price + back.tax, back.withholding
        FROM release_reversals AS back JOIN releases USING (release_id)
        WHERE released_at >= :begins AND released_at < :ends
        UNION ALL
        SELECT assistant_id, -(back.price + back.tax), back.withholding
        FROM release_reversals AS back JOIN releases USING (release_id)
        WHERE reversed_at >= :begins AND reversed_at < :ends
    )
    SELECT assistant_id, coalesce(display_name, assistant_id::text) AS name, withheld, (
            SELECT coalesce(sum(amount), 0)::bigint FROM paid_for
            WHERE paid_for.assistant_id = withheld.assistant_id AND withholding > 0
        ) AS paid
    FROM withheld LEFT JOIN people ON person_id = assistant_id
    ORDER BY name, assistant_id
""")
_BY_MONTH: Final = text("""
    SELECT to_char(occurred_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM') AS month,
        sum(credit - debit)::bigint AS withheld
    FROM journal_lines JOIN journal_entries USING (entry_id)
    WHERE account = 'liability:withholding' AND fact <> 'withholding_remitted'
        AND occurred_at < :ends
    GROUP BY month
""")
_REMITTED: Final = text("""
    SELECT debit AS amount, occurred_at
    FROM journal_entries JOIN journal_lines USING (entry_id)
    WHERE fact = 'withholding_remitted' AND source = :source
        AND account = 'liability:withholding'
""")
# Of kinds of work that withholding covers: what was released in the year, and less what was given
# back in it. Unpaid is what of the year's releases had not reached the bank at its end.
_RECORDS: Final = """
    WITH made AS (
        SELECT releases.*, owed > 0 AND NOT EXISTS (
            SELECT FROM payouts WHERE payouts.payout_id = releases.payout_id AND paid_at < :ends
        ) AS unpaid
        FROM releases WHERE released_at < :ends
    ), moved AS (
        SELECT milestone_id, 1 AS sign, unpaid, price, tax, price + tax - gross + withholding
            AS withheld
        FROM made WHERE released_at >= :begins
        UNION ALL
        SELECT milestone_id, 1, unpaid, back.price, back.tax,
            back.price + back.tax - back.gross + back.withholding
        FROM release_reversals AS back JOIN made USING (release_id)
        WHERE released_at >= :begins
        UNION ALL
        SELECT milestone_id, -1, unpaid AND released_at >= :begins, back.price, back.tax,
            back.price + back.tax - back.gross + back.withholding
        FROM release_reversals AS back JOIN made USING (release_id)
        WHERE reversed_at >= :begins AND reversed_at < :ends
    )
    SELECT CASE contracts.mode WHEN 'brokered' THEN client_id END AS payer_id, assistant_id,
        category,
        max(coalesce(clients.display_name, client_id::text)) AS client,
        max(coalesce(assistants.display_name, assistant_id::text)) AS assistant,
        sum(sign * moved.price)::bigint AS price,
        sum(sign * moved.tax)::bigint AS tax,
        sum(sign * moved.withheld)::bigint AS withheld,
        coalesce(sum(sign * (moved.price + moved.tax)) FILTER (WHERE unpaid), 0)::bigint
            AS unpaid,
        coalesce(sum(sign * moved.withheld) FILTER (WHERE unpaid), 0)::bigint AS unpaid_withheld
    FROM moved
    JOIN escrows USING (milestone_id)
    JOIN contracts USING (contract_id)
    LEFT JOIN people AS clients ON clients.person_id = client_id
    LEFT JOIN people AS assistants ON assistants.person_id = assistant_id
    WHERE escrows.withholding > 0 AND {whose}
    GROUP BY payer_id, assistant_id, category
    ORDER BY payer_id NULLS FIRST, assistant, assistant_id, category
"""
_OF_MARKET: Final = text(_RECORDS.format(whose="contracts.mode = 'principal'"))
_OF_PERSON: Final = text(
    _RECORDS.format(
        whose="(assistant_id = :person OR client_id = :person AND contracts.mode = 'brokered')"
    )
)


@dataclass(frozen=True)
class SqlTaxFigures:
    """Implements the port TaxFigures."""

    connection: Connection
    issuers: SqlIssuers

    def rules(self, on: date) -> TaxRules:
        """Return what is in force on that day."""
        query = (
            select(withholding_rules)
            .where(withholding_rules.c.valid_from <= on)
            .order_by(withholding_rules.c.valid_from.desc())
            .limit(1)
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise LookupError(f"withholding_rules says nothing about {on}")
        return TaxRules(row.remittance_day, row.record_above)

    def withheld(self, month: Period) -> Sequence[Withheld]:
        """Return what was withheld from each assistant, by the books."""
        rows = self.connection.execute(_WITHHELD, {"begins": month.begins, "ends": month.ends})
        return [Withheld(row.assistant_id, row.name, row.paid, row.withheld) for row in rows]

    def withheld_by_month(self, until: Period) -> Mapping[str, int]:
        """Return what each month withheld, up to and including this one."""
        rows = self.connection.execute(_BY_MONTH, {"ends": until.ends})
        return {row.month: row.withheld for row in rows}

    def remittance(self, month: Period) -> Remittance | None:
        """Return what was remitted for the month."""
        query = {"source": source_of(month)}
        row = self.connection.execute(_REMITTED, query).one_or_none()
        return Remittance(row.amount, row.occurred_at) if row else None

    def records(self, year: Period, person_id: UUID | None) -> Sequence[PaymentRecord]:
        """Return the year's figures of what a person paid or was paid; None: the market paid."""
        which = {"begins": year.begins, "ends": year.ends, "person": person_id}
        query = _OF_PERSON if person_id else _OF_MARKET
        rows = self.connection.execute(query, which).all()
        last_day = date(year.first.year, 12, 31)
        market = self.issuers.issuer(last_day).issuer.name
        above = self.rules(last_day).record_above
        paid: Counter[tuple[UUID | None, UUID]] = Counter()
        for row in rows:
            paid[row.payer_id, row.assistant_id] += row.price + row.tax
        return [
            _record(row, market, above=paid[row.payer_id, row.assistant_id] > above) for row in rows
        ]


def _record(row: Row[Any], market: str, *, above: bool) -> PaymentRecord:
    return PaymentRecord(
        payer_id=row.payer_id,
        payer=row.client if row.payer_id else market,
        payee_id=row.assistant_id,
        payee=row.assistant,
        category=row.category,
        price=row.price,
        tax=row.tax,
        withheld=row.withheld,
        unpaid=row.unpaid,
        unpaid_withheld=row.unpaid_withheld,
        above_threshold=above,
    )
