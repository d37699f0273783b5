"""What a message that is tried would post in the books."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, text

from shared.messages.operations import PostingView

_LAST = text("SELECT coalesce(max(entry_id), 0) FROM journal_entries")
_POSTED = text(
    """
    SELECT fact, reference, account, owner, debit, credit, currency
    FROM journal_entries JOIN journal_lines USING (entry_id)
    WHERE entry_id > :last ORDER BY entry_id, line
    """
)


def watch(connection: Connection) -> Callable[[], Sequence[PostingView]]:
    """Return what tells which lines were posted since, in a transaction that sees its own only."""
    last = connection.execute(_LAST).scalar_one()

    def posted() -> Sequence[PostingView]:
        found = connection.execute(_POSTED, {"last": last}).mappings()
        return [PostingView(**row) for row in found]

    return posted
