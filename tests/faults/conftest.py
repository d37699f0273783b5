"""The stack that is damaged while stories are told on it."""

from collections.abc import Iterator

import pytest

from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.demo import stage_on
from tools.story.narrator import Silent


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Every process of every service, on real servers and the Stripe simulator."""
    with Stack(tmp_path_factory.mktemp("stack")) as running:
        yield running


@pytest.fixture(scope="module")
def stage(stack: Stack) -> Iterator[Stage]:
    """A stage for stories on the stack."""
    with stage_on(stack, Silent()) as made:
        yield made
