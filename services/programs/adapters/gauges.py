"""What programs tells of how it stands: clocks that should have gone off."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from shared.observability.gauges import Reading, overdue

_CLOCKS: Final = {
    name: text(f"SELECT count(*), min(due_at) FROM {name} WHERE due_at <= :now")  # noqa: S608  (own names)
    for name in ("helps", "drafts", "check_ins")
}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from overdue(connection, now, _CLOCKS)
