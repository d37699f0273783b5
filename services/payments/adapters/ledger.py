"""The books in PostgreSQL: any number of postings in one statement; the journal guards itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from psycopg.errors import CheckViolation
from sqlalchemy import Connection, func, select

from services.payments.adapters.tables import journal_entries, journal_lines, payees
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.postings import Account
from services.payments.domain.statement import PLATFORM, Movement
from shared.db import driver
from shared.errors import Rejected
from shared.messages.books import AccountBalanceView, JournalEntryView

# One round trip and one plan whatever the number of entries: they come as one JSON text, which is
# made and read faster than an array for each column. What was posted before is left out, lines and
# all; numbers are given in the order of the entries.
_POST = """
WITH given AS (
    SELECT * FROM json_to_recordset(%s) AS given (
        position int, fact text, reference uuid, source text, currency text,
        occurred_at timestamptz
    )
), posted AS (
    INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)
    SELECT fact, reference, source, currency, occurred_at FROM given ORDER BY position
    ON CONFLICT (fact, source) DO NOTHING
    RETURNING entry_id, fact, source
), lines AS (
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, owner, debit, credit
    FROM json_to_recordset(%s) AS line (
        position int, line smallint, account text, owner uuid, debit bigint, credit bigint
    )
    JOIN given USING (position) JOIN posted USING (fact, source)
)
SELECT fact, source FROM posted
"""
_OVERDRAWN = "not_overdrawn"
_OF_ENTRY = journal_entries.c.entry_id == journal_lines.c.entry_id


@dataclass(frozen=True)
class SqlBooks:
    """Implements the port Books."""

    connection: Connection

    def post(self, entries: Sequence[JournalEntry]) -> set[tuple[str, str]]:
        """Post entries; return (fact, source) of those that were not posted before.

        Raises Rejected (`account_overdrawn`) when more is taken from an escrow, a payable, a payout
        or a refund than is there.
        """
        if not entries:
            return set()
        try:
            posted = driver(self.connection).execute(_POST, (_heads(entries), _lines(entries)))
        except CheckViolation as error:
            if error.diag.constraint_name == _OVERDRAWN:
                raise Rejected(
                    "account_overdrawn",
                    "The books hold less than this would take.",
                    references=sorted({str(each.reference) for each in entries}),
                ) from error
            raise
        return {(fact, source) for fact, source in posted}

    def trial_balance(self) -> Sequence[AccountBalanceView]:
        """Return the sums over each account and currency."""
        query = (
            select(
                journal_lines.c.account,
                journal_entries.c.currency,
                func.sum(journal_lines.c.debit).label("debit"),
                func.sum(journal_lines.c.credit).label("credit"),
            )
            .join_from(journal_lines, journal_entries, _OF_ENTRY)
            .group_by(journal_lines.c.account, journal_entries.c.currency)
            .order_by(journal_lines.c.account, journal_entries.c.currency)
        )
        rows = self.connection.execute(query).mappings()
        return [AccountBalanceView.model_validate(dict(row)) for row in rows]

    def entries(
        self, *, reference: UUID | None, after: int | None, limit: int
    ) -> Sequence[JournalEntryView]:
        """Return entries, oldest first: all, or those about one milestone."""
        page = select(journal_entries).order_by(journal_entries.c.entry_id).limit(limit)
        if reference is not None:
            page = page.where(journal_entries.c.reference == reference)
        if after is not None:
            page = page.where(journal_entries.c.entry_id > after)
        entries = self.connection.execute(page).mappings().all()
        query = (
            select(journal_lines)
            .where(journal_lines.c.entry_id.in_([each["entry_id"] for each in entries]))
            .order_by(journal_lines.c.entry_id, journal_lines.c.line)
        )
        lines: dict[int, list[object]] = {each["entry_id"]: [] for each in entries}
        for line in self.connection.execute(query).mappings():
            lines[line["entry_id"]].append(dict(line))
        return [
            JournalEntryView.model_validate({**each, "lines": lines[each["entry_id"]]})
            for each in entries
        ]

    def movements(self) -> Sequence[Movement]:
        """Return what each entry does to our balance at the processor, and to the payees'."""
        query = (
            select(
                journal_lines.c.entry_id,
                payees.c.account_id,
                journal_entries.c.source,
                func.sum(journal_lines.c.debit - journal_lines.c.credit).label("net"),
            )
            .join_from(journal_lines, journal_entries, _OF_ENTRY)
            .outerjoin(payees, payees.c.person_id == journal_lines.c.owner)
            .where(journal_lines.c.account.in_([Account.PROCESSOR_BALANCE, Account.PAYEE_BALANCE]))
            .group_by(journal_lines.c.entry_id, payees.c.account_id, journal_entries.c.source)
            .order_by(journal_lines.c.entry_id)
        )
        return [
            Movement(row.entry_id, row.account_id or PLATFORM, row.source, int(row.net))
            for row in self.connection.execute(query)
        ]


def _heads(entries: Sequence[JournalEntry]) -> str:
    return json.dumps(
        [
            {
                "position": position,
                "fact": each.fact,
                "reference": str(each.reference),
                "source": each.source,
                "currency": each.currency,
                "occurred_at": each.occurred_at.isoformat(),
            }
            for position, each in enumerate(entries)
        ]
    )


def _lines(entries: Sequence[JournalEntry]) -> str:
    return json.dumps(
        [
            {
                "position": position,
                "line": number,
                "account": each.account,
                "owner": each.owner and str(each.owner),
                "debit": each.debit,
                "credit": each.credit,
            }
            for position, entry in enumerate(entries)
            for number, each in enumerate(entry.lines, start=1)
        ]
    )
