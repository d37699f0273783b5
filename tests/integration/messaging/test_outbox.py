"""The outbox stands or falls with its transaction, savepoints included."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection

from shared.clock import SystemClock
from shared.db import Database
from shared.messages.base import Event
from shared.messages.jobs import JobClosed
from shared.messaging.migrations import create_messaging_tables
from shared.messaging.outbox import Outbox
from tests.integration.messaging.conftest import closed
from tests.support.servers import TestPostgres

Emit = Callable[[Connection, Event], None]


@pytest.fixture(scope="module")
def database(postgres: TestPostgres) -> Iterator[Database]:
    """A database with the tables of messages."""
    made = Database(postgres.create_database())
    with made.transaction() as connection:
        create_messaging_tables(Operations(MigrationContext.configure(connection)))
    yield made
    made.engine.dispose()


@pytest.fixture(autouse=True)
def _empty(database: Database) -> None:
    with database.transaction() as connection:
        connection.exec_driver_sql("DELETE FROM outbox")


def test_events_are_written_at_the_commit_in_the_order_in_which_they_were_told(
    database: Database,
) -> None:
    events = [closed() for _ in range(3)]
    with database.transaction() as connection:
        for event in events:
            _emit(connection, event)
    assert _written(database) == [str(event.job_id) for event in events]


def test_nothing_is_written_when_the_transaction_fails(database: Database) -> None:
    event = closed()
    with pytest.raises(ValueError, match="bug"):
        _emit_and_fail(database, event)
    with database.transaction() as connection:
        _emit(connection, closed())
    assert str(event.job_id) not in _written(database)
    assert len(_written(database)) == 1


def test_what_is_told_inside_a_savepoint_falls_with_it(database: Database) -> None:
    before, inside, after = closed(), closed(), closed()
    with database.transaction() as connection:
        _emit(connection, before)
        savepoint = connection.begin_nested()
        _emit(connection, inside)
        savepoint.rollback()
        _emit(connection, after)
    assert _written(database) == [str(before.job_id), str(after.job_id)]


def test_what_is_told_inside_a_savepoint_that_holds_is_written(database: Database) -> None:
    before, inside = closed(), closed()
    with database.transaction() as connection:
        _emit(connection, before)
        with connection.begin_nested():
            _emit(connection, inside)
    assert _written(database) == [str(before.job_id), str(inside.job_id)]


def test_a_commit_wakes_the_relay_once_however_much_it_tells(database: Database) -> None:
    url = database.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as listener:
        listener.execute("LISTEN outbox")
        with database.transaction() as connection:
            for _ in range(10):
                _emit(connection, closed())
        notified = list(listener.notifies(timeout=5, stop_after=1))
    assert len(notified) == 1


def _emit_and_fail(database: Database, event: JobClosed) -> None:
    with database.transaction() as connection:
        _emit(connection, event)
        raise ValueError("bug")


def _emit(connection: Connection, event: JobClosed) -> None:
    Outbox(connection, SystemClock()).emit(event, subject=event.job_id)


def _written(database: Database) -> list[str]:
    with database.transaction() as connection:
        rows = connection.exec_driver_sql("SELECT subject FROM outbox ORDER BY position")
        return [subject for (subject,) in rows]
