"""What programs tells of how it stands: clocks that should have gone off."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Executable, func, text

from services.programs.adapters.path import SILENT_FROM, silent
from shared.observability.gauges import Reading, overdue

_CLOCKS: Final[Mapping[str, Executable]] = {
    name: text(f"SELECT count(*), min(due_at) FROM {name} WHERE due_at <= :now")  # noqa: S608  (own names)
    for name in ("helps", "drafts", "check_ins")
} | {"silence": silent(func.count(), func.min(SILENT_FROM))}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from overdue(connection, now, _CLOCKS)
