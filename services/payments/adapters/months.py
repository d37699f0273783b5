"""Closed months in PostgreSQL, and the sums that close one: the journal is read once, in parts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter
from typing import Final

from sqlalchemy import Connection, select, text

from services.payments.adapters.tables_books import closed_month_balances, closed_months
from services.payments.domain.months import AccountMonth, Month, Scope, SubAccount
from services.payments.ports_books import Added, ClosedMonth
from shared.db import driver
from shared.errors import Transient
from shared.messages.books import ClosedBalanceView, ClosedMonthView

# Any number that nobody else takes: it stands for "closing a month".
_LOCK: Final = 0xC105E

# One scan of a part of the journal gives all: sums, unbalanced entries, and what the guarded
# sub-accounts got. Those wait in a table, as there may be more of them than fit into memory.
_ADD_UP: Final = """
    WITH line AS MATERIALIZED (
        SELECT entry.entry_id, currency, account, owner, debit, credit,
            counts(entry.entry_id, occurred_at, %(begins)s, %(ends)s, %(cut_before)s, %(cut)s)
        FROM journal_entries AS entry LEFT JOIN journal_lines AS line
            ON line.entry_id = entry.entry_id
        WHERE entry.entry_id BETWEEN %(first)s AND %(last)s
    ), noted AS (
        INSERT INTO closing_sums (account, owner, currency, amount)
        SELECT account, owner, currency, sum(credit - debit)
        FROM line JOIN ledger_accounts USING (account)
        WHERE guarded GROUP BY account, owner, currency
    )
    SELECT account, currency, counts, sum(debit)::bigint, sum(credit)::bigint, NULL::bigint
    FROM line WHERE counts <> 'later' AND account IS NOT NULL
    GROUP BY account, currency, counts
    UNION ALL
    SELECT NULL, NULL, 'within', NULL, NULL, count(DISTINCT entry_id)
    FROM line WHERE counts = 'within'
    UNION ALL (
        SELECT NULL, NULL, 'unbalanced', NULL, NULL, entry_id FROM line
        GROUP BY entry_id HAVING count(account) = 0 OR sum(debit) <> sum(credit)
        ORDER BY entry_id LIMIT 10
    )
"""
_OFF: Final = text("""
    SELECT account, owner::text, currency, coalesce(summed, 0)::bigint, coalesce(balance, 0)
    FROM (
        SELECT account, owner, currency, sum(amount) AS summed
        FROM closing_sums GROUP BY account, owner, currency
    ) AS sums FULL JOIN account_balances USING (account, owner, currency)
    WHERE coalesce(summed, 0) <> coalesce(balance, 0) OR summed < 0
    ORDER BY account, owner, currency LIMIT 10
""")


@dataclass(frozen=True)
class SqlMonths:
    """Implements the port Months."""

    connection: Connection

    def lock(self) -> None:
        """Keep others from closing; raise Transient (`close_under_way`) when one does."""
        taken = self.connection.scalar(
            text("SELECT pg_try_advisory_xact_lock(:key)"), {"key": _LOCK}
        )
        if not taken:
            raise Transient("close_under_way", "Another process closes a month just now.")

    def cuts(self) -> Mapping[Month, int]:
        """Return the months that are closed, each with its cut."""
        query = select(closed_months.c.month, closed_months.c.to_entry)
        return {Month(month): cut for month, cut in self.connection.execute(query)}

    def add_up(self, first: int, last: int, scope: Scope) -> Added:
        """Sum up the entries with these numbers, and note what guarded sub-accounts get."""
        values = {**scope._asdict(), "first": first, "last": last}
        sums = {}
        entries, unbalanced = 0, []
        rows = driver(self.connection).execute(_ADD_UP, values)
        for account, currency, what, debit, credit, number in rows:
            if account is not None:
                sums[account, currency, what == "within"] = debit, credit
            elif what == "within":
                entries = number
            else:
                unbalanced.append(number)
        return Added(sums, entries, tuple(unbalanced))

    def sub_accounts_off(self) -> Sequence[SubAccount]:
        """Return the first few sub-accounts whose sum isn't their balance, or is below zero."""
        found = [SubAccount._make(row) for row in self.connection.execute(_OFF)]
        self.connection.execute(text("DELETE FROM closing_sums"))
        return found

    def add(self, closed: ClosedMonth, accounts: Sequence[AccountMonth]) -> None:
        """Keep a closed month for good."""
        month = closed.month.first
        self.connection.execute(
            closed_months.insert(),
            {
                "month": month,
                "to_entry": closed.to_entry,
                "entries": closed.entries,
                "sha256": closed.sha256,
                "closed_at": closed.closed_at,
            },
        )
        if accounts:
            self.connection.execute(
                closed_month_balances.insert(),
                [{"month": month, **each._asdict(), "closing": each.closing} for each in accounts],
            )

    def closings(self, month: Month) -> Mapping[tuple[str, str], int]:
        """Return the closing balances of a closed month by account and currency."""
        table = closed_month_balances.c
        query = select(table.account, table.currency, table.closing).where(
            table.month == month.first
        )
        return {(row.account, row.currency): row.closing for row in self.connection.execute(query)}

    def views(self) -> Sequence[ClosedMonthView]:
        """Return the closed months, newest first, with their accounts."""
        table = closed_month_balances.c
        rows = self.connection.execute(
            select(closed_month_balances).order_by(table.month, table.account, table.currency)
        ).mappings()
        balances = {
            month: tuple(ClosedBalanceView.model_validate(dict(row)) for row in group)
            for month, group in groupby(rows, itemgetter("month"))
        }
        months = select(closed_months).order_by(closed_months.c.month.desc())
        return [
            ClosedMonthView(
                month=str(Month(row.month)),
                to_entry=row.to_entry,
                entries=row.entries,
                sha256=row.sha256.hex(),
                closed_at=row.closed_at,
                balances=balances.get(row.month, ()),
            )
            for row in self.connection.execute(months)
        ]
