"""The database of payments, new for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.db import Database
from tests.integration.payments.ledgers import Ledger, ledger_over
from tests.integration.payments.market import Market, market_over
from tests.support.servers import TestPostgres
from tests.support.stripe_process import RunningSimulator, running
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


@pytest.fixture
def ledger(
    postgres: TestPostgres, payments_database: ServiceDatabase, database: Database
) -> Ledger:
    """A journal of its own, to be proved and spoiled."""
    return ledger_over(payments_database, database, postgres.server.url)


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[RunningSimulator]:
    """A Stripe of the test's own, where money is available and arrives at once.

    At the end all that was said must fit Stripe's specification.
    """
    with running(tmp_path, "--funds-available-after", "0", "--payout-after", "0") as simulator:
        yield simulator


@pytest.fixture
def market(payments_database: ServiceDatabase, simulator: RunningSimulator) -> Iterator[Market]:
    """Payments over a new database and that Stripe."""
    with market_over(payments_database.url, simulator) as market:
        yield market
