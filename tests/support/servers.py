"""A real PostgreSQL and a real RabbitMQ for tests: one of each per session, started when asked."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg
import pytest
from psycopg import sql

from shared.migrations import migrate
from shared.provision.broker import service_users
from shared.provision.databases import (
    RolePasswords,
    ServiceDatabase,
    grant_schema,
    make_database,
    make_roles,
    service_database,
    with_database,
)
from tools.broker import Broker, BrokerPorts
from tools.ports import free_port
from tools.postgres import Postgres
from tools.services import WITH_STATE

PASSWORD = "for-tests-only"
_numbers = itertools.count(1)


@dataclass
class TestPostgres:
    """The session's PostgreSQL server, and fresh databases in it."""

    __test__ = False
    server: Postgres
    _templates: dict[str, str] = field(default_factory=dict)

    def create_database(self) -> str:
        """Return the administrator's URL of a new, empty database."""
        name = f"test_{next(_numbers)}"
        with self._admin() as admin:
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return with_database(self.server.url, name)

    def service_database(self, service: str) -> ServiceDatabase:
        """Return a new database of a service, migrated, with its own roles as in production.

        It is copied from one that was migrated once, in some 50 ms.
        """
        if service not in self._templates:
            self._templates[service] = self._migrated(service)
        return self._copy(service, self._templates[service])

    def empty_service_database(self, service: str) -> ServiceDatabase:
        """Return a new database of a service with its roles and nothing in it."""
        with self._admin() as admin:
            make_roles(admin, service, RolePasswords(PASSWORD, PASSWORD))
        return self._copy(service, "template1")

    def _migrated(self, service: str) -> str:
        database = self.empty_service_database(service)
        migrate(service, database.owner_url)
        return database.owner_url.rpartition("/")[2]

    def _copy(self, service: str, template: str) -> ServiceDatabase:
        name = f"test_{service}_{next(_numbers)}"
        with self._admin() as admin:
            make_database(admin, service, name, template)
        grant_schema(with_database(self.server.url, name), service)
        return service_database(
            self.server.url, service, RolePasswords(PASSWORD, PASSWORD), database=name
        )

    def _admin(self) -> psycopg.Connection:
        return psycopg.connect(self.server.url, autocommit=True)


@dataclass
class TestBroker:
    """The session's RabbitMQ node; every test or module takes a virtual host of its own."""

    __test__ = False
    node: Broker

    def create_vhost(self) -> str:
        """Return the administrator's URL of a new virtual host."""
        return self.node.create_vhost(f"test-{next(_numbers)}")

    def user_url(self, service: str, vhost_url: str) -> str:
        """Return the URL of a service's own user (its permissions only) on a virtual host."""
        user = next(user for user in self.node.users if user.name == service)
        return self.node.user_url(user, vhost_url.rpartition("/")[2])


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestPostgres]:
    """One PostgreSQL server for the session, without fsync; its databases die with it."""
    folder = tmp_path_factory.mktemp("postgres")
    server = Postgres(folder, port=free_port(), password=PASSWORD, durable=False)
    try:
        server.start()
        yield TestPostgres(server)
    finally:
        server.stop()


@pytest.fixture(scope="session")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBroker]:
    """One RabbitMQ node for the session, with a user for each service."""
    users = service_users(dict.fromkeys(WITH_STATE, PASSWORD))
    node = Broker(tmp_path_factory.mktemp("rabbitmq"), BrokerPorts.free(), PASSWORD, users)
    try:
        node.start()
        yield TestBroker(node)
    finally:
        node.stop()


@pytest.fixture
def vhost(broker: TestBroker) -> str:
    """The administrator's URL of a virtual host that nobody used before."""
    return broker.create_vhost()
