"""What must hold of the image and of its containers, each with figures."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.image.build import layers
from tools.image.docker import docker, inspect
from tools.story.proofs import Proof

USER = "10001:10001"
MOST_BYTES = 750_000_000
LOOK_INSIDE = Path(__file__).parent / "look_inside.py"


def of_builds(first: str, second: str) -> Iterator[Proof]:
    """Tell whether two builds gave the same layers: names, bytes, owners, modes and times."""
    one, other = layers(first), layers(second)
    same = sum(1 for a, b in zip(one, other, strict=False) if a == b)
    yield Proof(
        "two builds without a cache are the same to the last byte",
        one == other,
        f"{same} of {len(one)} layers; the last is {one[-1][7:19]}",
    )


def of_image(image: str) -> Iterator[Proof]:
    """Tell what the image says of itself, and what is in it."""
    whole = inspect(image)
    config = whole["Config"]
    yield Proof("it runs as a numbered user without rights", config["User"] == USER, config["User"])
    yield Proof(
        "its entry point is `python -m`, and it knows its health",
        config["Entrypoint"] == ["python", "-m"] and bool(config.get("Healthcheck")),
        f"every {config['Healthcheck']['Interval'] / 1e9:g} s",
    )
    labels = {name: text for name, text in (config["Labels"] or {}).items() if text}
    wanted = {
        f"org.opencontainers.image.{each}" for each in ("title", "version", "revision", "licenses")
    }
    yield Proof(
        "it is labelled",
        labels.keys() >= wanted,
        labels.get("org.opencontainers.image.revision", "")[:12],
    )
    size = whole["Size"]
    yield Proof("it takes less than 750 MB", size < MOST_BYTES, f"{size / 1e6:,.0f} MB")
    yield from _inside(json.loads(_look(image)))
    yield _help_runs(image)


def _look(image: str) -> str:
    program = LOOK_INSIDE.read_text(encoding="utf-8")
    return docker("run", "--rm", "-i", "--entrypoint", "python", image, "-", stdin=program)


def _inside(found: dict[str, list[str]]) -> Iterator[Proof]:
    unwanted = [*found["programs"], *found["modules"]]
    yield Proof(
        "no compiler, no pip and nothing that fetches is in it",
        not unwanted,
        ", ".join(unwanted) or "none",
    )
    yield Proof(
        "only the code that runs is in it",
        found["code"] == ["services", "shared", "tasuki"],
        ", ".join(found["code"]),
    )
    yield _none("nothing in it gives its caller another's rights", found["raising"])
    yield _none("no caches and no logs are in it", found["left"])
    yield _none("its user can write no file of it", found["writable"])
    late = [*found["checked"], *found["uncompiled"]]
    yield Proof(
        "all byte code is made and is never checked again",
        bool(found["compiled"]) and not late,
        ", ".join(late[:3]) or f"{len(found['compiled']):,} files",
    )


def _none(claim: str, paths: list[str]) -> Proof:
    return Proof(claim, not paths, ", ".join(paths[:3]) or "none")


def _help_runs(image: str) -> Proof:
    options = ("--rm", "--read-only", "--network", "none", "--cap-drop", "ALL")
    said = docker("run", *options, "--security-opt", "no-new-privileges", image)
    return Proof(
        "it runs on a file system that it can't write to", "Usage" in said, "tasuki --help"
    )


def of_container(name: str, whole: dict[str, Any]) -> str:
    """Return in what way a container is less confined than it must be; nothing when it isn't."""
    host, user = whole["HostConfig"], whole["Config"]["User"]
    loose = {
        "writes to its file system": not host["ReadonlyRootfs"],
        "has capabilities": host["CapDrop"] != ["ALL"] or bool(host["CapAdd"]),
        "may gain privileges": not any(
            each.startswith("no-new-privileges") for each in host["SecurityOpt"] or ()
        ),
        "has no memory limit": not host["Memory"],
        "has no limit of processes": not host["PidsLimit"],
        "runs as another user": user != USER,
        "is privileged": host["Privileged"],
    }
    return ", ".join(f"{name} {fault}" for fault, holds in loose.items() if holds)
