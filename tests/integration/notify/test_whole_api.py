"""Every operation, with what schemathesis makes of its description."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.notify.adapters.outside import HttpSender
from tests.integration.notify.conftest import MemoryMailer, MemoryPusher, notify_api_at
from tests.integration.notify.stages import stage_of_notify
from tests.support.fuzzing import operations_of, try_everything
from tests.support.matrix import Stage
from tests.support.servers import TestPostgres


@pytest.fixture(scope="module")
def stage(postgres: TestPostgres) -> Iterator[Stage]:
    url = postgres.service_database("notify").url
    with notify_api_at(url, MemoryMailer(), MemoryPusher(), HttpSender()) as api:
        yield stage_of_notify(api)


@pytest.mark.parametrize("operation", operations_of("notify", but=("GET /api/v1/notify/live",)))
def test_every_answer_is_one_that_is_described(stage: Stage, operation: Any) -> None:
    try_everything(operation, stage)
