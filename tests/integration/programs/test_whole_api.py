"""Every operation, with what schemathesis makes of its description."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.programs.stages import stage_of_programs
from tests.support.fuzzing import operations_of, try_everything
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with stage_of_programs(postgres, tmp_path_factory.mktemp("files")) as stage:
        yield stage


@pytest.mark.parametrize("operation", operations_of("programs"))
def test_every_answer_is_one_that_is_described(stage: Stage, operation: Any) -> None:
    try_everything(operation, stage)
