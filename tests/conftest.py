"""What all tests share; servers start only when a test asks for one."""

from pathlib import Path
from typing import Final

import pytest

pytest_plugins = ["tests.support.oidc", "tests.support.servers", "tests.support.stacks"]

HERE: Final = Path(__file__).parent
# Tests that share a whole stack of processes run one after another; others go by their file.
TOGETHER: Final = ("e2e/browser", "e2e", "faults")


@pytest.hookimpl(tryfirst=True)  # xdist reads the groups in this hook, too
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Say which tests may run beside which others (pytest-xdist, `--dist loadgroup`)."""
    for item in items:
        place = item.path.relative_to(HERE).as_posix()
        group = next((each for each in TOGETHER if place.startswith(f"{each}/")), place)
        item.add_marker(pytest.mark.xdist_group(group))
