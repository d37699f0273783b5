"""What notify tells of how it stands: letters, pushes and webhooks to be sent, and digests.

What waits for a time that somebody chose (quiet hours) isn't pending before that time.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, text

from shared.observability.gauges import Reading, overdue, pending

_WAITING: Final = "status = 'pending' AND (next_attempt_at <= :now OR attempts > 0)"
_SINCE: Final = "CASE WHEN attempts = 0 THEN next_attempt_at ELSE {} END"

_KINDS: Final = {
    "letter": text(
        f"SELECT count(*), min({_SINCE.format('told_at')}) FROM mails WHERE {_WAITING}"  # noqa: S608  (of this file alone)
    ),
    "push": text(
        f"SELECT count(*), min({_SINCE.format('told_at')})"  # noqa: S608  (likewise)
        f" FROM pushes JOIN notifications USING (notification_id) WHERE {_WAITING}"
    ),
    "webhook": text(
        f"SELECT count(*), min({_SINCE.format('created_at')})"  # noqa: S608  (likewise)
        f" FROM webhook_deliveries WHERE {_WAITING}"
    ),
}
_CLOCKS: Final = {
    "digest": text(
        "SELECT count(*), min(next_digest_at) FROM preferences WHERE next_digest_at <= :now"
    )
}


def read(connection: Connection, now: datetime) -> Iterator[Reading]:
    """Yield the gauges."""
    yield from pending(connection, now, _KINDS)
    yield from overdue(connection, now, _CLOCKS)
