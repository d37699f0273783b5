from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from services.accounts.__main__ import AccountsSettings, make_app
from shared.provision.databases import ServiceDatabase
from shared.sealed import new_key
from tests.support.servers import TestPostgres
from tests.unit.accounts.test_tokens import write_key


@pytest.fixture
def database(postgres: TestPostgres) -> ServiceDatabase:
    return postgres.service_database("accounts")


def settings_at(url: str, folder: Path) -> AccountsSettings:
    """Return real settings, with the cheapest hash that there is."""
    write_key(folder / "1.pem")
    return AccountsSettings(
        database_url=url,
        token_keys_dir=folder,
        factor_keys=new_key(),
        client_attempts=1_000,
        operators_need_second_factor=False,
        rate_limit_anonymous=0,
        rate_limit_person=0,
        argon2_time_cost=1,
        argon2_memory_kib=32,
        argon2_parallelism=1,
    )


@contextmanager
def client_of(settings: AccountsSettings) -> Iterator[TestClient]:
    """Yield a client of the API."""
    app = make_app(settings)
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client
    app.state.edge.database.engine.dispose()


@pytest.fixture
def settings(database: ServiceDatabase, tmp_path: Path) -> AccountsSettings:
    return settings_at(database.url, tmp_path)


@pytest.fixture
def client(settings: AccountsSettings) -> Iterator[TestClient]:
    with client_of(settings) as client:
        yield client
