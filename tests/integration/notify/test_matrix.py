"""Each operation, by each role, on one's own things and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator

import pytest

from services.notify.adapters.outside import HttpSender
from tests.integration.notify.conftest import MemoryMailer, MemoryPusher, notify_api_at
from tests.integration.notify.rights import MATRIX
from tests.integration.notify.stages import stage_of_notify
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres) -> Iterator[Stage]:
    url = postgres.service_database("notify").url
    with notify_api_at(url, MemoryMailer(), MemoryPusher(), HttpSender()) as api:
        yield stage_of_notify(api)


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
