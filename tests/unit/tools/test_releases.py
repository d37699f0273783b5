"""In what order services are replaced, from a version that lacks some of them too."""

from pathlib import Path

import pytest

from tools.drill import ages
from tools.releases.rolling import ORDER
from tools.releases.trees import order_from, processes_of
from tools.services import PROCESSES, WITH_STATE
from tools.stack import ROOT


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A tree of before programs."""
    for service in PROCESSES:
        if service != "programs":
            (tmp_path / "services" / service).mkdir(parents=True)
    return tmp_path


def test_a_change_of_versions_replaces_every_service_once() -> None:
    assert sorted(ORDER) == sorted(PROCESSES)


def test_a_dump_is_made_of_every_database() -> None:
    assert sorted(ages.ORDER) == sorted(WITH_STATE)


def test_a_tree_has_the_processes_of_its_own_services(old: Path) -> None:
    assert processes_of(ROOT) == PROCESSES
    assert PROCESSES.keys() - processes_of(old) == {"programs"}


def test_what_the_old_version_lacks_comes_first_and_the_rest_as_ever(old: Path) -> None:
    assert order_from(ROOT, ORDER) == list(ORDER)
    rest = [service for service in ORDER if service != "programs"]
    assert order_from(old, ORDER) == ["programs", *rest]
