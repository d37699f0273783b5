"""The servers of a run: a durable PostgreSQL and a private RabbitMQ node, in a folder of their own.

PostgreSQL keeps the commit time of every transaction: a benchmark reads from it when something was
committed, instead of asking again and again.
"""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql

from shared.migrations import migrate
from shared.provision.databases import (
    RolePasswords,
    ServiceDatabase,
    prepare,
    service_database,
    with_database,
)
from tools.broker import Broker, BrokerPorts
from tools.ports import free_port
from tools.postgres import Postgres

PASSWORD = "for-benchmarks-only"
PLUGINS = ("rabbitmq_consistent_hash_exchange",)
FOLDER = Path(__file__).parents[2] / ".run" / "bench"


@dataclass(frozen=True)
class Servers:
    """What a benchmark may use."""

    postgres: Postgres
    broker: Broker
    logs: Path

    def database(self, name: str) -> str:
        """Return the administrator's URL of a new, empty database."""
        with psycopg.connect(self.postgres.url, autocommit=True) as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return with_database(self.postgres.url, name)

    def service_database(self, service: str) -> ServiceDatabase:
        """Return the database of a service, migrated, with its own roles as in production."""
        passwords = RolePasswords(PASSWORD, PASSWORD)
        prepare(self.postgres.url, {service: passwords})
        database = service_database(self.postgres.url, service, passwords)
        migrate(service, database.owner_url)
        return database

    def settle(self) -> None:
        """Write out what the last round left behind, so that the next one doesn't pay for it."""
        with psycopg.connect(self.postgres.url, autocommit=True) as admin:
            admin.execute("CHECKPOINT")


@contextmanager
def servers() -> Iterator[Servers]:
    """Start both in a new folder, stop them at the end, and leave only the logs."""
    folder = FOLDER / str(os.getpid())
    postgres = Postgres(folder / "postgres", port=free_port(), password=PASSWORD, durable=True)
    broker = Broker(folder / "rabbitmq", BrokerPorts.free(), PASSWORD, plugins=PLUGINS)
    try:
        postgres.start()
        with psycopg.connect(postgres.url, autocommit=True) as admin:
            admin.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        postgres.restart()
        broker.start()
        yield Servers(postgres, broker, FOLDER / "logs")
    finally:
        broker.stop()
        postgres.stop()
        shutil.rmtree(folder, ignore_errors=True)
