"""Each operation, by each role, on one's own things and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator

import pytest

from tests.integration.accounts.conftest import client_of, settings_at
from tests.integration.accounts.rights import MATRIX
from tests.integration.accounts.stages import stage_of_accounts
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    url = postgres.service_database("accounts").url
    with client_of(settings_at(url, tmp_path_factory.mktemp("keys"))) as client:
        yield stage_of_accounts(client)


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
