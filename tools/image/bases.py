"""The images that ours are built from, made of what this machine has where no registry is.

A machine may have its own way to Debian's packages and to Python's. Nothing of it gets into the
image: Debian's come by the sources of this machine, Python's are fetched here, by its own pip, and
the first stage of the build finds them in its base.
"""

import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tools.image.docker import docker, has_image, run
from tools.processes import StackError
from tools.stack import ROOT

DEBIAN = "debian:bookworm-slim"
BUILD_BASE = "tasuki-build-base"
SUITE = "bookworm"
PYTHON = "3.11"
# What Debian 12's C library can load.
GLIBC_MINORS = range(5, 37)
STAND_INS = Path(__file__).parent / "stand_ins"
Report = Callable[[str], None]


def make_debian(folder: Path, report: Report) -> None:
    """Have an image named debian:bookworm-slim: the one that is here, a registry's, or our own."""
    if has_image(DEBIAN) or _pulled(DEBIAN):
        return
    if not shutil.which("debootstrap"):
        raise StackError(
            f"there is neither {DEBIAN} nor a registry, nor debootstrap to make one with;"
            " as root, run: apt-get install debootstrap"
        )
    report(f"no {DEBIAN} here and no registry: making one with debootstrap")
    root = folder / "debian"
    shutil.rmtree(root, ignore_errors=True)
    mirror, sources = sources_of_this_machine()
    run(["debootstrap", "--variant=minbase", SUITE, str(root), mirror])
    (root / "etc/apt/sources.list").write_text(sources, encoding="utf-8")
    for left in ("var/cache/apt", "var/lib/apt/lists", "var/log", "var/cache/ldconfig"):
        _empty(root / left)
    archive = folder / "debian.tar"
    run(["tar", "--numeric-owner", "-C", str(root), "-cf", str(archive), "."])
    docker("import", str(archive), DEBIAN)
    archive.unlink()
    shutil.rmtree(root)


def sources_of_this_machine() -> tuple[str, str]:
    """Return the mirror of Debian that apt uses here, and sources of all of the suite for an image.

    Raises StackError when apt knows no mirror of it.
    """
    told = run(["apt-get", "indextargets", "--format", "$(SITE)|$(RELEASE)|$(REPO_URI)"])
    found: dict[str, str] = {}
    for line in told.splitlines():
        _, release, address = line.split("|")
        if re.fullmatch(rf"{SUITE}(-updates|-security)?", release):
            found.setdefault(release, address.rstrip("/"))
    if SUITE not in found:
        raise StackError(f"apt on this machine has no mirror of Debian {SUITE}")
    lines = (f"deb {address} {release} main\n" for release, address in sorted(found.items()))
    return found[SUITE], "".join(lines)


def make_build_base(folder: Path) -> None:
    """Have an image like Debian's with the wheels of the lock files in it, fetched by our pip.

    Raises StackError when one can't be had.
    """
    wheels = folder / "build-base" / "wheels"
    wheels.mkdir(parents=True, exist_ok=True)
    for lock in ("requirements.lock", "deploy/trial.lock"):
        run(
            [
                *(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"),
                *("--require-hashes", "--only-binary=:all:", "--python-version", PYTHON),
                *(f"--platform={tag}" for tag in _platforms(platform.machine())),
                *("-r", str(ROOT / lock), "--dest", str(wheels)),
            ]
        )
    dockerfile = f"FROM {DEBIAN}\nCOPY wheels /wheels\nENV PIP_NO_INDEX=1 PIP_FIND_LINKS=/wheels\n"
    (wheels.parent / "Dockerfile").write_text(dockerfile, encoding="utf-8")
    docker("build", "--quiet", "--tag", BUILD_BASE, str(wheels.parent))


def make_server(image: str, stand_in: str, report: Report) -> None:
    """Have a server's image: the one that is here, a registry's, or Debian's under its name."""
    if has_image(image) or _pulled(image):
        return
    report(f"no {image} here and no registry: building {stand_in} of Debian under that name")
    docker("build", "--quiet", "--tag", image, str(STAND_INS / stand_in))


def _pulled(image: str) -> bool:
    command = ["docker", "pull", "--quiet", image]
    return not subprocess.run(command, capture_output=True, check=False).returncode


def _platforms(machine: str) -> list[str]:
    older = ("manylinux2014", "manylinux2010", "manylinux1")
    newer = (f"manylinux_2_{minor}" for minor in reversed(GLIBC_MINORS))
    return [f"{tag}_{machine}" for tag in (*newer, *older)]


def _empty(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            path.unlink()
