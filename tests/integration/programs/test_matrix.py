"""Each operation, tried by each role, on the own program and another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator

import pytest

from tests.integration.programs.rights import MATRIX
from tests.integration.programs.stages import stage_of_programs
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of_programs(postgres, tmp_path_factory.mktemp("files")) as stage:
        yield stage


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
