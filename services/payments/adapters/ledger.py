"""The books in PostgreSQL: any number of postings in one statement; the journal guards itself."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from psycopg.errors import CheckViolation
from sqlalchemy import Connection

from services.payments.domain.ledger import JournalEntry
from shared.db import driver
from shared.errors import Rejected

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
