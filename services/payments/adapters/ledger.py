"""The books in PostgreSQL: any number of postings in one statement; the journal guards itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from services.payments.domain.ledger import JournalEntry
from shared.errors import Rejected

# One round trip and one plan whatever the number of entries. What was posted before is left out,
# lines and all; numbers are given in the order of the entries.
_POST = """
WITH given AS (
    SELECT * FROM unnest(
        %s::int[], %s::text[], %s::uuid[], %s::text[], %s::text[], %s::timestamptz[]
    ) AS given (position, fact, reference, source, currency, occurred_at)
), posted AS (
    INSERT INTO journal_entries (fact, reference, source, currency, occurred_at)
    SELECT fact, reference, source, currency, occurred_at FROM given ORDER BY position
    ON CONFLICT (fact, source) DO NOTHING
    RETURNING entry_id, fact, source
), lines AS (
    INSERT INTO journal_lines (entry_id, line, account, owner, debit, credit)
    SELECT entry_id, line, account, owner, debit, credit
    FROM unnest(
        %s::int[], %s::smallint[], %s::text[], %s::uuid[], %s::bigint[], %s::bigint[]
    ) AS line (position, line, account, owner, debit, credit)
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
        heads = [
            (position, each.fact, each.reference, each.source, each.currency, each.occurred_at)
            for position, each in enumerate(entries)
        ]
        lines = [
            (position, number, line.account, line.owner, line.debit, line.credit)
            for position, entry in enumerate(entries)
            for number, line in enumerate(entry.lines, start=1)
        ]
        if not heads:
            return set()
        columns = tuple(
            list(column) for rows in (heads, lines) for column in zip(*rows, strict=True)
        )
        try:
            posted = self.connection.exec_driver_sql(_POST, columns)
        except IntegrityError as error:
            if _OVERDRAWN in str(error.orig):
                raise Rejected(
                    "account_overdrawn",
                    "The books hold less than this would take.",
                    references=sorted({str(each.reference) for each in entries}),
                ) from error
            raise
        return {(fact, source) for fact, source in posted}
