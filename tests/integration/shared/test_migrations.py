"""Migrations on a real PostgreSQL, beside a version that is at work."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from shared import migrations
from shared.migrations import MIGRATION_LOCK, MigrationError, migrate
from tests.support.migrations import saying, write_migrations
from tests.support.servers import TestPostgres
from tests.support.wait import eventually

FIRST = saying("CREATE TABLE jobs (job_id int PRIMARY KEY, title text)")
SECOND = saying("ALTER TABLE jobs ADD COLUMN note text")
INDEX = "create_index(op, 'jobs_title', 'jobs (title)')"


@pytest.fixture
def url(postgres: TestPostgres) -> str:
    """A database with nothing in it."""
    return postgres.create_database()


def value(url: str, query: str) -> object:
    """Return the first value that a query gives."""
    with psycopg.connect(url) as connection:
        row = connection.execute(query.encode()).fetchone()
    return row and row[0]


def revision(url: str) -> object:
    return value(url, "SELECT version_num FROM alembic_version")


def waits_for_a_lock(url: str) -> object:
    return value(url, "SELECT count(*) FROM pg_locks WHERE NOT granted")


def test_a_migration_gives_up_a_lock_that_it_waits_for_and_tries_again(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(migrations.LIMITS, "lock_timeout", "200ms")
    paused = threading.Event()
    monkeypatch.setattr("shared.migrations.time.sleep", lambda _: paused.set())
    monkeypatch.setattr(migrations, "TRIES", 1_000)
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST))
    scripts = write_migrations(tmp_path, FIRST, SECOND)
    with ThreadPoolExecutor(1) as pool, psycopg.connect(url) as reader:
        reader.execute("SELECT * FROM jobs")
        migration = pool.submit(migrate, "jobs", url, scripts=scripts)
        assert paused.wait(30), "it has given up the lock once"
        with psycopg.connect(url, options="-c statement_timeout=5s") as other:
            other.execute("INSERT INTO jobs VALUES (1, 'is not held up')")
        reader.rollback()
        migration.result(timeout=30)
    assert revision(url) == "0002"
    assert value(url, "SELECT count(*) FROM jobs") == 1


def test_a_table_that_stays_locked_is_named_as_what_is_in_the_way(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(migrations.LIMITS, "lock_timeout", "50ms")
    monkeypatch.setattr(migrations, "TRIES", 3)
    monkeypatch.setattr(migrations, "PAUSE_SECONDS", 0.01)
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST))
    scripts = write_migrations(tmp_path, FIRST, SECOND)
    with psycopg.connect(url) as reader:
        reader.execute("SELECT * FROM jobs")
        with pytest.raises(MigrationError, match="stayed locked in 3 tries"):
            migrate("jobs", url, scripts=scripts)
    assert revision(url) == "0001"


def test_a_statement_that_takes_too_long_ends_and_changes_nothing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(migrations.LIMITS, "statement_timeout", "100ms")
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST))
    slow = f"{SECOND}; {saying('SELECT pg_sleep(30)')}"
    with pytest.raises(Exception, match="statement timeout"):
        migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST, slow))
    assert revision(url) == "0001"
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST, SECOND))


def test_migrations_before_one_that_fails_stay_done(url: str, tmp_path: Path) -> None:
    scripts = write_migrations(tmp_path, FIRST, SECOND, saying("SELECT 1 / 0"))
    with pytest.raises(Exception, match="division by zero"):
        migrate("jobs", url, scripts=scripts)
    assert revision(url) == "0002"


def test_two_migration_jobs_run_one_after_the_other(url: str, tmp_path: Path) -> None:
    # Each would fail on the table of the other.
    bodies = [FIRST, saying("SELECT pg_sleep(0.3)"), saying("CREATE TABLE once (x int)")]
    scripts = write_migrations(tmp_path, *bodies)
    with ThreadPoolExecutor(3) as pool:
        for job in [pool.submit(migrate, "jobs", url, scripts=scripts) for _ in range(3)]:
            job.result(timeout=60)
    assert revision(url) == "0003"


def test_a_job_whose_turn_does_not_come_says_what_is_in_the_way(url: str, tmp_path: Path) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", (MIGRATION_LOCK,))
        with pytest.raises(MigrationError, match="another process has been migrating"):
            migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST), turn_seconds=0.1)
    assert value(url, "SELECT to_regclass('jobs')") is None


def test_an_index_is_created_while_others_write_and_another_job_waits(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It waits for a writer for longer than any limit, and nobody waits behind it.
    for setting in ("lock_timeout", "statement_timeout"):
        monkeypatch.setitem(migrations.LIMITS, setting, "200ms")
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST))
    scripts = write_migrations(tmp_path, FIRST, INDEX, SECOND)
    with ThreadPoolExecutor(2) as pool, psycopg.connect(url) as writer:
        writer.execute("INSERT INTO jobs VALUES (1, 'not committed yet')")
        jobs = [pool.submit(migrate, "jobs", url, scripts=scripts) for _ in range(2)]
        eventually(lambda: waits_for_a_lock(url), timeout=30)
        with psycopg.connect(url, options="-c statement_timeout=5s") as other:
            other.execute("INSERT INTO jobs VALUES (2, 'is not held up')")
            assert other.execute("SELECT pg_sleep(0.5)").fetchone()
        writer.commit()
        for job in jobs:
            job.result(timeout=30)
    assert (
        value(
            url,
            "SELECT indisvalid FROM pg_index WHERE indrelid = 'jobs'::regclass"
            " AND NOT indisprimary",
        )
        is True
    )
    assert revision(url) == "0003"


def test_an_index_that_broke_off_is_created_anew(url: str, tmp_path: Path) -> None:
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST))
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO jobs VALUES (1, 'twice'), (2, 'twice')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("CREATE UNIQUE INDEX CONCURRENTLY jobs_title ON jobs (title)")
    migrate("jobs", url, scripts=write_migrations(tmp_path, FIRST, INDEX))
    assert value(url, "SELECT bool_and(indisvalid) FROM pg_index") is True


def test_a_database_that_a_newer_version_migrated_is_left_as_it_is(
    url: str, tmp_path: Path
) -> None:
    migrate("jobs", url, scripts=write_migrations(tmp_path / "new", FIRST, SECOND))
    migrate("jobs", url, scripts=write_migrations(tmp_path / "old", FIRST))
    assert revision(url) == "0002"
