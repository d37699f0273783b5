"""Rows of PostgreSQL in streams: a cursor of the server, whatever their number."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import Any, Final, LiteralString

from psycopg import sql
from sqlalchemy import Connection

from shared.db import driver

ROWS_AT_A_TIME: Final = 2_000
_numbers = count(1)


def stream(
    connection: Connection,
    query: LiteralString,
    values: Sequence[object] | Mapping[str, object] = (),
    rows_at_a_time: int = ROWS_AT_A_TIME,
) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a query, within the transaction that is open.

    Several streams may be read at once. One that is not read to its end ends with the transaction:
    nothing has to be closed, whoever drops it and whenever.
    """
    database = driver(connection)
    name = sql.Identifier(f"stream_{next(_numbers)}")
    declare = sql.SQL("DECLARE {} NO SCROLL CURSOR FOR ").format(name) + sql.SQL(query)
    database.execute(declare, values, prepare=False)
    fetch = sql.SQL("FETCH {} FROM {}").format(sql.Literal(rows_at_a_time), name)
    while rows := database.execute(fetch, prepare=False).fetchall():
        yield from rows
    database.execute(sql.SQL("CLOSE {}").format(name), prepare=False)
