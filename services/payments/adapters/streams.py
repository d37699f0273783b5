"""Rows of PostgreSQL in streams: a cursor of the server, whatever their number."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, LiteralString

from sqlalchemy import Connection

from shared.db import driver

ROWS_AT_A_TIME = 2_000
_numbers = count(1)


def stream(
    connection: Connection,
    query: LiteralString,
    values: Sequence[object] | Mapping[str, object] = (),
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, within the transaction that is open.

    Several streams may be read at once.
    """
    with driver(connection).cursor(f"stream_{next(_numbers)}") as cursor:
        cursor.itersize = ROWS_AT_A_TIME
        yield from cursor.execute(query, values)
