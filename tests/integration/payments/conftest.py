"""The database of payments, new for each test; and a market that tests may share."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.db import Database
from shared.provision.databases import ServiceDatabase
from tests.integration.payments.archive import Archive, archive_over
from tests.integration.payments.ledgers import Ledger, ledger_over
from tests.integration.payments.market import Market, market_over
from tests.support.servers import TestPostgres
from tests.support.stripe_process import RunningSimulator, running

# Comparing the books with the processor takes longer the more there is.
TESTS_OF_A_MARKET = 20
AT_ONCE = ("--funds-available-after", "0", "--payout-after", "0", "--refund-after", "0")


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
    with running(tmp_path, *AT_ONCE) as simulator:
        yield simulator


@pytest.fixture
def own_market(payments_database: ServiceDatabase, simulator: RunningSimulator) -> Iterator[Market]:
    """Payments over a new database and that Stripe."""
    with market_over(payments_database.url, simulator) as market:
        yield market.with_new_people()


@dataclass
class Hall:
    """Opens a market when it is asked for one, and again after a test that left it in disorder."""

    postgres: TestPostgres
    folders: pytest.TempPathFactory
    stack: ExitStack = field(default_factory=ExitStack)
    market: Market | None = None
    guests: int = 0

    def open(self) -> Market:
        """Return the market; the same as before, if all is well."""
        self.guests += 1
        if self.guests > TESTS_OF_A_MARKET:
            self.close()
        if self.market is None:
            folder = self.folders.mktemp("stripe")
            simulator = self.stack.enter_context(running(folder, *AT_ONCE))
            url = self.postgres.service_database("payments").url
            self.market = self.stack.enter_context(market_over(url, simulator))
        return self.market

    def close(self) -> None:
        """Stop what runs; what was said to Stripe must fit its specification."""
        self.market = None
        self.guests = 1
        self.stack.close()


@pytest.fixture(scope="module")
def hall(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """Servers that the tests of a module share."""
    hall = Hall(postgres, tmp_path_factory)
    yield hall
    hall.close()


@pytest.fixture
def market(hall: Hall) -> Iterator[Market]:
    """A client and an assistant of the test's own; the servers, the books and the clock are shared.

    After every test the books must be right, to the yen and against the processor.
    """
    market = hall.open().with_new_people()
    try:
        yield market
        market.simulator.control("DELETE", "faults")
        market.settle()
        market.check_books()
    except BaseException:
        hall.close()
        raise


@pytest.fixture
def archive(payments_database: ServiceDatabase) -> Iterator[Archive]:
    """Documents over a new database."""
    with archive_over(payments_database.url) as archive:
        yield archive
