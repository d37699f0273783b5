"""The lock files say all that pip asks for, so that a release made tomorrow changes nothing."""

import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOCK = ROOT / "requirements-dev.lock"
# What a package asks for with an extra: `coverage[toml]>=7.10.6`.
WITH_EXTRAS = re.compile(r"^([A-Za-z0-9._-]+)\[([^\]]+)\][^;]*$")
PINNED = re.compile(r"^([a-z0-9._-]+)(?:\[([^\]]+)\])?==", re.MULTILINE)


def _name(written: str) -> str:
    return re.sub(r"[-_.]+", "-", written).lower()


def test_every_extra_that_a_package_asks_for_is_pinned_with_it() -> None:
    pinned = {name: set(extras.split(",")) for name, extras in PINNED.findall(LOCK.read_text())}
    asked = {
        (_name(found[1]), extra.strip())
        for package in distributions()
        for wanted in package.requires or ()
        if (found := WITH_EXTRAS.match(wanted))
        for extra in found[2].split(",")
    }
    assert ("coverage", "toml") in asked
    # pip takes `coverage[toml]` for unpinned where the lock has only `coverage`.
    assert {each for each in asked if each[1] not in pinned.get(each[0], set())} == set()


@pytest.mark.parametrize("lock", sorted(ROOT.glob("*.lock")), ids=lambda path: path.name)
def test_no_lock_names_a_host(lock: Path) -> None:
    assert "://" not in lock.read_text()
