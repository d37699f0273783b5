"""One simulator for all tests that don't need one of their own."""

from collections.abc import Iterator

import pytest

from tests.support.stripe_process import RunningSimulator, running


@pytest.fixture(scope="package")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSimulator]:
    with running(tmp_path_factory.mktemp("stripe")) as started:
        yield started
