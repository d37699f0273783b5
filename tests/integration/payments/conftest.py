"""The database of payments, new for each test."""

from collections.abc import Iterator

import pytest

from shared.db import Database
from tests.support.servers import TestPostgres
from tools.postgres import ServiceDatabase


@pytest.fixture
def payments_database(postgres: TestPostgres) -> ServiceDatabase:
    """A migrated database of payments with its two roles."""
    return postgres.service_database("payments")


@pytest.fixture
def database(payments_database: ServiceDatabase) -> Iterator[Database]:
    """The same, as the service's runtime role sees it."""
    database = Database(payments_database.url)
    yield database
    database.engine.dispose()
