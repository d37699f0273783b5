"""What all tests share; servers start only when a test asks for one."""

import gc
import os
from typing import Any, Final

import pytest
from hypothesis import settings
from xdist.scheduler import LoadScopeScheduling

# Until all tests are collected: a tenth of the time that this takes went into looking for garbage.
# Whoever hands tests to workers collects none, and would go on like that.
if "PYTEST_XDIST_WORKER" in os.environ:
    gc.disable()

pytest_plugins = ["tests.support.oidc", "tests.support.servers"]

# How long an example takes says more of what runs beside it than of the code.
settings.register_profile("beside others", deadline=None)
settings.load_profile("beside others")

# Made-up passwords need no hash that is slow on purpose: it took most of what accounts needs.
os.environ |= {"ARGON2_MEMORY_KIB": "32", "ARGON2_TIME_COST": "1"}

# Tests that share a whole stack of processes: they take longest, so they begin first.
TOGETHER: Final = ("tests/e2e/browser/", "tests/e2e/", "tests/faults/")


def _together(nodeid: str) -> str | None:
    return next((place for place in TOGETHER if nodeid.startswith(place)), None)


class ByStack(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Gives a worker of pytest-xdist all tests of a file, or of a stack, which it starts once."""

    def _split_scope(self, nodeid: str) -> str:
        return _together(nodeid) or nodeid.partition("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByStack:
    """Say which tests may run beside which others."""
    config.option.loadscopereorder = False  # by our own order, not by the number of tests
    return ByStack(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put first what takes longest."""
    items.sort(key=lambda item: _together(item.nodeid) is None)


def pytest_collection_finish() -> None:
    """Have the garbage collector leave alone what thousands of collected tests keep to the end."""
    gc.collect()
    gc.freeze()
    gc.enable()
