"""Taking what is due out of a table of things to be sent, so that each is in one hand at a time."""

from datetime import datetime
from typing import Final

from sqlalchemy import CTE, ColumnElement, Table, select

PENDING: Final = "pending"
SENT: Final = "sent"
FAILED: Final = "failed"


def claimed(
    table: Table, until: datetime, limit: int, now: datetime, *which: ColumnElement[bool]
) -> CTE:
    """Return the rows that are due, oldest first, as they are once nobody else gets them.

    That is until `until`: whoever dies with them in hand loses them then. Each counts one attempt
    more. `which` are further conditions.
    """
    [key] = table.primary_key
    due = (
        select(key)
        .where(table.c.status == PENDING, table.c.next_attempt_at <= now, *which)
        .order_by(table.c.next_attempt_at, key)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return (
        table.update()
        .where(key.in_(due))
        .values(attempts=table.c.attempts + 1, next_attempt_at=until)
        .returning(table)
        .cte("claimed")
    )
