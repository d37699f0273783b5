"""What accounts tells of how it stands: deletions that are overdue."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from shared.observability.gauges import Reading, overdue

_CLOCKS: Final = {
    "deletion": text(
        "SELECT count(*), min(due_at) FROM deletions WHERE status = 'scheduled' AND due_at <= :now"
    )
}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from overdue(connection, now, _CLOCKS)
