"""The inbox: what a consumer has handled is a row of the transaction that handled it.

Rows stay for ever, as the events do in the archives: what was told years ago may be told again.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Column, Connection, DateTime, Index, MetaData, Table, Text, Uuid, text

from shared.db import driver

_CLAIM = (
    "INSERT INTO inbox (consumer, message_id) VALUES (%s, %s)"
    " ON CONFLICT DO NOTHING RETURNING message_id"
)
_CLAIM_ALL = (
    "INSERT INTO inbox (consumer, message_id) SELECT %s, unnest(%s::uuid[])"
    " ON CONFLICT DO NOTHING RETURNING message_id"
)


def inbox_table(metadata: MetaData) -> Table:
    """Return the table of handled messages: one row per consumer (queue) and message."""
    return Table(
        "inbox",
        metadata,
        Column("consumer", Text, primary_key=True),
        Column("message_id", Uuid, primary_key=True),
        Column("handled_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        # Rows come in the order of time: a few pages of index are enough to find the old ones.
        Index("inbox_handled_at", "handled_at", postgresql_using="brin"),
    )


def claim(connection: Connection, consumer: str, message_ids: Sequence[UUID]) -> set[UUID]:
    """Write the messages down as handled and return those that were not so before.

    Waits for a simultaneous transaction that handles one of them, and has its outcome. Raises
    psycopg.OperationalError when the database is away.
    """
    if len(message_ids) == 1:
        rows = driver(connection).execute(_CLAIM, (consumer, message_ids[0]))
    else:
        rows = driver(connection).execute(_CLAIM_ALL, (consumer, list(message_ids)))
    return {message_id for (message_id,) in rows}
