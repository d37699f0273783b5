"""What jobs tells of how it stands: saved searches that are overdue."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from shared.observability.gauges import Reading, overdue

_CLOCKS: Final = {
    "saved_search": text("SELECT count(*), min(next_at) FROM saved_searches WHERE next_at <= :now")
}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from overdue(connection, now, _CLOCKS)
