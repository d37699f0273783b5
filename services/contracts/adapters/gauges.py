"""What contracts tells of how it stands: clocks of milestones, and ratings to be revealed."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from services.contracts.domain.clocks import OwnClock
from shared.messages.contracts import DeadlineKind
from shared.observability.gauges import Reading, overdue

# One of these for each kind, so that a kind of which nothing is overdue shows 0.
_DEADLINES: Final = {
    str(kind): text(
        "SELECT count(*), min(due_at) FROM deadlines"
        " WHERE fired_at IS NULL AND due_at <= :now AND kind = :kind"
    ).bindparams(kind=str(kind))
    for kind in (*DeadlineKind, *OwnClock)
}
_CLOCKS: Final = _DEADLINES | {
    "ratings": text(
        "SELECT count(*), min(open_until) FROM rating_rounds"
        " WHERE revealed_at IS NULL AND open_until <= :now"
    )
}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from overdue(connection, now, _CLOCKS)
