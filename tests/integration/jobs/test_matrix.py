"""Each operation, tried by each role, on one's own job and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator

import pytest

from tests.integration.jobs.rights import MATRIX
from tests.integration.jobs.stages import stage_of_jobs
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of_jobs(postgres, tmp_path_factory.mktemp("files")) as stage:
        yield stage


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
