from collections.abc import Iterator

import pytest

from services.jobs.adapters.work import make_work
from services.jobs.api import router
from tests.support.apis import Api, api_of
from tests.support.servers import TestPostgres


@pytest.fixture
def api(postgres: TestPostgres) -> Iterator[Api]:
    with api_of("jobs", [router], make_work, postgres.service_database("jobs").url) as api:
        yield api
