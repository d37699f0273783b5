"""Each operation, by each role, on one's own milestone and on another's: every cell is asserted.

The operations are those of the API's own description, so that a new one needs its row.
"""

from collections.abc import Iterator

import pytest

from tests.integration.payments.conftest import Hall
from tests.integration.payments.rights import MATRIX
from tests.integration.payments.stages import stage_of_payments
from tests.support.matrix import Stage


@pytest.fixture(scope="module")
def stage(hall: Hall) -> Iterator[Stage]:
    market = hall.open().with_new_people()
    yield stage_of_payments(market)
    market.settle()
    market.check_books()


@pytest.mark.parametrize(("operation", "role"), MATRIX.cells())
def test_an_operation_is_for_whom_the_table_says(stage: Stage, operation: str, role: str) -> None:
    stage.check(operation, role)
