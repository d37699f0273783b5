"""Every operation, with what schemathesis makes of its description."""

from typing import Any

import pytest

from tests.integration.contracts.stages import stage_of_contracts
from tests.support.apis import Api
from tests.support.fuzzing import operations_of, try_everything
from tests.support.matrix import Stage


@pytest.fixture(scope="module")
def stage(module_api: Api) -> Stage:
    return stage_of_contracts(module_api)


@pytest.mark.parametrize("operation", operations_of("contracts"))
def test_every_answer_is_one_that_is_described(stage: Stage, operation: Any) -> None:
    try_everything(operation, stage)
