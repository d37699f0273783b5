"""What we depend on is pinned to its bytes, and of a licence that we may pass on."""

import re
from collections import Counter
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

import pytest

from tools.audit import LOCKS

ROOT = Path(__file__).parents[3]
_NAME = re.compile(r"([A-Za-z0-9._-]+)(?:\[[\w,-]+\])?==\S+")
# Permissive, or weak copyleft that a program may be linked with.
ALLOWED = re.compile(
    r"MIT|BSD|Apache|ISC|PSF|Python|Unlicense|MPL|Mozilla|LGPL|Lesser General|Zlib|0BSD|CNRI",
    re.IGNORECASE,
)


def packages(lock: str) -> dict[str, str]:
    """Return each package of a lock file with all that is said of it."""
    text = re.sub(r"\\\n\s*", " ", (ROOT / lock).read_text(encoding="utf-8"))
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    found = {}
    for line in lines:
        named = _NAME.match(line)
        assert named, f"{lock}: not pinned to one version: {line}"
        found[named[1]] = line
    return found


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_is_pinned_and_hashed(lock: str) -> None:
    found = packages(lock)
    assert len(found) > 50
    for name, line in found.items():
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", line), f"{lock}: {name} has no hash"
        assert not re.search(r"://| @ |--index|--trusted|--pre", line), f"{lock}: {name}: {line}"


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_file_names_no_index_and_no_package_twice(lock: str) -> None:
    text = (ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"^--(index|extra-index|find-links|trusted)", text, re.MULTILINE)
    names = Counter(each.lower().replace("_", "-") for each in re.findall(_NAME, text))
    # A package may stand twice for different platforms or Pythons, each with a marker.
    for name in (each for each, times in names.items() if times > 1):
        pinned = [line for line in text.splitlines() if line.lower().startswith(f"{name}==")]
        assert all(";" in line for line in pinned), f"{lock}: {name} twice"


def test_the_same_package_has_the_same_version_in_every_lock() -> None:
    production = packages(LOCKS[0])
    for lock in LOCKS[1:]:
        others = packages(lock)
        differing = [name for name in production if name not in others]
        assert differing == [], lock


def test_what_is_in_production_has_a_licence_that_may_be_passed_on() -> None:
    refused = {}
    for name in packages(LOCKS[0]):
        try:
            said = metadata(name)
        except PackageNotFoundError:
            continue  # for another platform
        classifiers = [each for each in said.get_all("Classifier") or () if "License" in each]
        licence = said["License-Expression"] or " / ".join(classifiers) or said["License"] or ""
        if not ALLOWED.search(licence) or re.search(r"AGPL|Affero|SSPL|BUSL", licence):
            refused[name] = licence
    assert refused == {}
