"""A service's own database: one engine, one transaction at a time for whoever asks."""

import logging
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from typing import Any, cast

import psycopg
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Select,
    Table,
    Update,
    bindparam,
    create_engine,
    select,
    text,
)
from sqlalchemy.exc import InterfaceError, OperationalError

from shared.errors import Transient

logger = logging.getLogger(__name__)

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_MS = 10_000


class Database:
    """A pool of connections to one PostgreSQL database; connects when first asked.

    PostgreSQL itself ends a statement that takes too long (`statement_timeout`): a time-out of ours
    would leave the connection in an unknown state.
    """

    def __init__(
        self, url: str, *, pool_size: int = 5, statement_timeout_ms: int = STATEMENT_TIMEOUT_MS
    ) -> None:
        self.engine: Engine = create_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_use_lifo=True,
            # Errors are logged: what people write must not be in them.
            hide_parameters=True,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                "options": f"-c statement_timeout={statement_timeout_ms} -c timezone=UTC",
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield a connection; commit at the end, roll back on any exception.

        Raises Transient when the database is away; the caller's work is then not done.
        """
        try:
            with self.engine.begin() as connection:
                yield connection
        except (OperationalError, InterfaceError) as error:
            # Connections that the server closed (a restart) are all of one age: drop them together.
            if error.connection_invalidated:
                self.engine.dispose()
            raise _unavailable(error.orig) from error
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            raise _unavailable(error) from error

    def reachable(self) -> bool:
        """Tell whether a statement gets through now."""
        try:
            with self.transaction() as connection:
                connection.execute(text("SELECT 1"))
        except Transient:
            return False
        return True


def _unavailable(why: BaseException | None) -> Transient:
    # The database's words name hosts, users and addresses of the inside: for the log only.
    logger.warning("the database is away", extra={"error": str(why)})
    return Transient("database_unavailable", "The database is away. Send it again in a moment.")


def driver(connection: Connection) -> "psycopg.Connection[tuple[Any, ...]]":
    """Return psycopg's own connection, in the same transaction.

    For a statement that every message or posting pays for: SQLAlchemy would double its price. Its
    errors are psycopg's.
    """
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)


def valid_at(connection: Connection, rules: Table, day: date) -> dict[str, Any]:
    """Return the row of dated configuration that holds on a day, without its `valid_from`.

    Raises sqlalchemy's NoResultFound before the first row.
    """
    row = dict(connection.execute(_valid_at(rules), {"day": day}).mappings().one())
    del row["valid_from"]
    return row


@cache
def _valid_at(rules: Table) -> Select[Any]:
    """Return the query, built once: every command runs some of them."""
    return (
        select(rules)
        .where(rules.c.valid_from <= bindparam("day"))
        .order_by(rules.c.valid_from.desc())
        .limit(1)
    )


def whole_rows(
    connection: Connection, table: Table, condition: ColumnElement[bool], *, but: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """Return rows of a table with all their columns, but for some."""
    left_out = set(but)
    wanted = select(*(each for each in table.columns if each.name not in left_out))
    return [dict(row) for row in connection.execute(wanted.where(condition)).mappings()]


def update_by(table: Table, key: str, names: Iterable[str]) -> Update:
    """Return the UPDATE of these columns in the row of a key.

    Its parameters are `id`, and `new_<name>` for each column: see `new_values`.
    """
    return (
        table.update()
        .where(table.c[key] == bindparam("id"))
        .values({name: bindparam(f"new_{name}") for name in names})
    )


def new_values(changed: object, names: Iterable[str]) -> dict[str, object]:
    """Return what an object's attributes are now, as parameters of `update_by`."""
    return {f"new_{name}": getattr(changed, name) for name in names}


def driver_url(url: str) -> str:
    """Return the URL with psycopg 3 named as the driver, whatever scheme it came with."""
    scheme, _, rest = url.partition("://")
    if scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError(f"DATABASE_URL must begin with postgresql://, not {scheme}://")
    return f"postgresql+psycopg://{rest}"
