"""Every operation, with what schemathesis makes of its description."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.accounts.conftest import client_of, settings_at
from tests.integration.accounts.stages import stage_of_accounts
from tests.support.fuzzing import operations_of, try_everything
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    url = postgres.service_database("accounts").url
    with client_of(settings_at(url, tmp_path_factory.mktemp("keys"))) as client:
        yield stage_of_accounts(client)


@pytest.mark.parametrize("operation", operations_of("accounts"))
def test_every_answer_is_one_that_is_described(stage: Stage, operation: Any) -> None:
    try_everything(operation, stage)
