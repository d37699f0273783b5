"""Migrations of a service's own database with Alembic; forward only: expand, then contract.

They run while the version before works on the same tables. So each migration is a transaction of
its own that gives up a lock it has to wait for, and is tried again: whoever waits for a lock on a
table makes all who come later wait behind them. One process at a time migrates a database.
docs/upgrades.md tells what a migration may do.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from types import ModuleType

import psycopg
from alembic import command, context
from alembic.config import Config
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData, create_engine, pool
from sqlalchemy.exc import OperationalError

from shared.db import driver_url

logger = logging.getLogger(__name__)

LOCK_TIMEOUT = "5s"
STATEMENT_TIMEOUT = "60s"
TRIES = 30
PAUSE_SECONDS = 2.0
MIGRATION_LOCK = 0x7A5_0B1  # any number that nothing else in the database locks
TURN_SECONDS = 900.0
LOOK_SECONDS = 0.5
LIMITS = {"lock_timeout": LOCK_TIMEOUT, "statement_timeout": STATEMENT_TIMEOUT}


class MigrationError(Exception):
    """The database can't be migrated now; the message says what is in the way."""


def migrate(
    service: str, url: str, *, scripts: Path | None = None, turn_seconds: float = TURN_SECONDS
) -> None:
    """Bring the service's database to the newest revision (`services/<service>/migrations`).

    A database that a newer version has migrated is left as it is: that version only expanded it.
    Raises MigrationError when a lock is not to be had in 30 tries, or when another process is at it
    for longer than `turn_seconds`.
    """
    config = _config(service, scripts)
    config.attributes["url"] = url
    with _turn(url, turn_seconds) as database:
        if (newer := _unknown(database, config)) is not None:
            logger.info("a newer version has migrated the database", extra={"revision": newer})
            return
        _upgrade(config)


def revisions(service: str, scripts: Path | None = None) -> list[str]:
    """Return the service's revisions, oldest first."""
    known = ScriptDirectory.from_config(_config(service, scripts)).walk_revisions()
    return [script.revision for script in known][::-1]


def load(service: str, revision: str, scripts: Path | None = None) -> ModuleType:
    """Return the module of a migration."""
    script = ScriptDirectory.from_config(_config(service, scripts)).get_revision(revision)
    return script.module


def sql_of(service: str, revision: str, scripts: Path | None = None) -> str:
    """Return what a migration says to PostgreSQL, without a connection to one."""
    ordered = ["base", *revisions(service, scripts)]
    before = ordered[ordered.index(revision) - 1]
    config = _config(service, scripts)
    config.output_buffer = StringIO()
    command.upgrade(config, f"{before}:{revision}", sql=True)
    return config.output_buffer.getvalue()


def run_migrations(metadata: MetaData) -> None:
    """Run Alembic's migrations: what every service's `migrations/env.py` calls."""
    if context.is_offline_mode():
        context.configure(
            dialect_name="postgresql",
            # Otherwise every % would be doubled, for a driver that isn't there.
            dialect_opts={"paramstyle": "named"},
            target_metadata=metadata,
            transaction_per_migration=True,
        )
        for setting, limit in LIMITS.items():
            context.get_context().impl.static_output(f"SET {setting} = '{limit}';")
        context.run_migrations()
        return
    options = " ".join(f"-c {setting}={limit}" for setting, limit in LIMITS.items())
    engine = create_engine(
        driver_url(context.config.attributes["url"]),
        poolclass=pool.NullPool,
        connect_args={"options": options},
    )
    with engine.connect() as connection:
        context.configure(
            connection=connection, target_metadata=metadata, transaction_per_migration=True
        )
        with context.begin_transaction():
            context.run_migrations()


def create_index(op: Operations, name: str, on: str) -> None:
    """Create an index on a table that has rows already, while others write to it.

    `on` is what follows ON: the table and its columns. Nobody waits for this, so it has all the
    time that it needs. What an attempt that broke off left behind is dropped first.
    """
    with op.get_context().autocommit_block():
        for setting in LIMITS:
            op.execute(f"SET {setting} = 0")
        op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        op.execute(f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {name} ON {on}")
        for setting, limit in LIMITS.items():
            op.execute(f"SET {setting} = '{limit}'")


def _config(service: str, scripts: Path | None) -> Config:
    own = Path(__file__).parent.parent / "services" / service / "migrations"
    config = Config()
    config.set_main_option("script_location", str(scripts or own))
    return config


@contextmanager
def _turn(url: str, turn_seconds: float) -> Iterator[psycopg.Connection]:
    """Wait until no other process migrates the database; yield the session that keeps them off.

    It asks again and again, and doesn't wait in PostgreSQL: a statement that waits is one that an
    index which is created concurrently would wait for.
    """
    deadline = time.monotonic() + turn_seconds
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as database:
        held = "SELECT pg_try_advisory_lock(%s)"
        while database.execute(held, (MIGRATION_LOCK,)).fetchone() != (True,):
            if time.monotonic() > deadline:
                raise MigrationError(
                    f"another process has been migrating this database for {turn_seconds:.0f} s:"
                    " look for it in pg_stat_activity, and run this again"
                )
            time.sleep(LOOK_SECONDS)
        yield database


def _unknown(database: psycopg.Connection, config: Config) -> str | None:
    """Return the database's revision if this version doesn't have it."""
    if database.execute("SELECT to_regclass('alembic_version')").fetchone() == (None,):
        return None
    row: tuple[str] | None = database.execute("SELECT version_num FROM alembic_version").fetchone()
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    return row[0] if row and row[0] not in known else None


def _upgrade(config: Config) -> None:
    for left in range(TRIES - 1, -1, -1):
        try:
            command.upgrade(config, "head")
        except OperationalError as error:
            if not isinstance(error.orig, psycopg.errors.LockNotAvailable):
                raise
            if not left:
                raise MigrationError(
                    f"a table stayed locked in {TRIES} tries of {LOCK_TIMEOUT} each: end the"
                    " transaction that holds it (pg_stat_activity), and run this again"
                ) from error
            logger.warning("a table is locked, trying again", extra={"tries_left": left})
            time.sleep(PAUSE_SECONDS)
        else:
            return
