"""What the check of the image would find: its rules, tried without docker."""

from pathlib import Path
from typing import Any

import pytest

from tools.image import bases, findings, look_inside
from tools.image.bases import sources_of_this_machine
from tools.processes import StackError

CONFINED: dict[str, Any] = {
    "Config": {"User": "10001:10001"},
    "HostConfig": {
        "ReadonlyRootfs": True,
        "CapDrop": ["ALL"],
        "CapAdd": None,
        "SecurityOpt": ["no-new-privileges:true"],
        "Memory": 536_870_912,
        "PidsLimit": 256,
        "Privileged": False,
    },
}


def test_a_container_that_is_confined_has_no_fault() -> None:
    assert findings.of_container("jobs-api", CONFINED) == ""


@pytest.mark.parametrize(
    ("setting", "value", "fault"),
    [
        ("ReadonlyRootfs", False, "writes to its file system"),
        ("CapDrop", None, "has capabilities"),
        ("CapAdd", ["NET_ADMIN"], "has capabilities"),
        ("SecurityOpt", None, "may gain privileges"),
        ("Memory", 0, "has no memory limit"),
        ("PidsLimit", None, "has no limit of processes"),
        ("Privileged", True, "is privileged"),
    ],
)
def test_each_way_to_be_less_confined_is_told(setting: str, value: Any, fault: str) -> None:
    loose = CONFINED | {"HostConfig": CONFINED["HostConfig"] | {setting: value}}

    assert findings.of_container("jobs-api", loose) == f"jobs-api {fault}"


def test_a_container_of_root_is_told() -> None:
    loose = CONFINED | {"Config": {"User": ""}}

    assert findings.of_container("web-api", loose) == "web-api runs as another user"


def test_builds_that_differ_in_a_layer_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    layers = {"one": ["sha256:a", "sha256:b"], "other": ["sha256:a", "sha256:c"]}
    monkeypatch.setattr(findings, "layers", layers.__getitem__)

    (differ,) = findings.of_builds("one", "other")
    (same,) = findings.of_builds("one", "one")

    assert not differ.holds
    assert differ.figures.startswith("1 of 2 layers")
    assert same.holds


def test_the_mirrors_are_those_of_the_machine_each_suite_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told = (
        "S|bookworm|https://mirror.example/debian/\n"
        "S|bookworm|https://mirror.example/debian/\n"
        "S|bookworm-security|https://mirror.example/security/\n"
        "S|stable|https://others.example/\n"
    )
    monkeypatch.setattr(bases, "run", lambda _: told)

    mirror, sources = sources_of_this_machine()

    assert mirror == "https://mirror.example/debian"
    assert sources == (
        "deb https://mirror.example/debian bookworm main\n"
        "deb https://mirror.example/security bookworm-security main\n"
    )


def test_a_machine_without_a_mirror_of_the_suite_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bases, "run", lambda _: "S|trixie|https://mirror.example/debian/\n")

    with pytest.raises(StackError, match="no mirror of Debian bookworm"):
        sources_of_this_machine()


def test_the_byte_code_of_a_source_is_looked_for_where_python_keeps_it() -> None:
    where = look_inside.cache_of(Path("/app/shared/money.py"))

    assert where.parent == Path("/app/shared/__pycache__")
    assert where.name.startswith("money.cpython-3")
