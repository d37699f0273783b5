"""Each operation, by each role, on one's own contract and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from dataclasses import replace

import pytest

from tests.integration.contracts.conftest import Agreed
from tests.integration.contracts.rights import MATRIX, OPERATOR, ROWS
from tests.integration.contracts.stages import stage_of_contracts
from tests.support.apis import Api
from tests.support.matrix import Stage


@pytest.fixture(scope="module")
def stage(module_api: Api) -> Stage:
    return stage_of_contracts(module_api)


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)


THINGS = ("milestone_id", "dispute_id", "amendment_id", "hand_over_id", "message_id", "{file_id}")


@pytest.mark.parametrize(
    "operation",
    [
        operation
        for operation, row in ROWS.items()
        if "{contract_id}" in operation and any(each in f"{operation}{row.body}" for each in THINGS)
    ],
)
def test_nobody_reaches_anothers_things_through_a_contract_of_their_own(
    module_api: Api, stage: Stage, operation: str
) -> None:
    own = Agreed(module_api)
    mixed = {**stage.ids, "contract_id": str(own.contract_id)}
    for caller in (own.client, own.assistant):
        strangers = replace(stage, callers={"mixed": caller})
        refusal = 403 if ROWS[operation].may == OPERATOR else 404
        assert strangers.send(operation, "mixed", mixed) == refusal
    assert stage.send(operation, "operator", mixed) == 404
