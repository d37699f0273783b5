"""Every operation, with what schemathesis makes of its description; the books stay right."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.integration.payments.conftest import Hall
from tests.integration.payments.stages import stage_of_payments
from tests.support.fuzzing import operations_of, try_everything
from tests.support.matrix import Stage


@pytest.fixture(scope="module")
def stage(hall: Hall) -> Iterator[Stage]:
    market = hall.open().with_new_people()
    yield stage_of_payments(market)
    market.settle()
    market.check_books()


@pytest.mark.parametrize("operation", operations_of("payments"))
def test_every_answer_is_one_that_is_described(stage: Stage, operation: Any) -> None:
    try_everything(operation, stage)
