"""Run inside the image by its Python, as its user: prints as JSON what should not be there."""

import json
import os
import shutil
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

PROGRAMS = (
    *("pip", "pip3", "gcc", "cc", "c++", "g++", "clang", "cpp", "ld", "as", "make"),
    *("git", "curl", "wget"),
)
MODULES = ("pip", "ensurepip", "setuptools", "wheel")
CODE = Path("/app")
# Where installing leaves things behind.
LEFT_BEHIND = ("/var/log", "/var/cache", "/var/lib/apt/lists", "/tmp")  # noqa: S108
KERNELS = {"/proc", "/sys", "/dev"}
# Python never looks at the source's date (PEP 552: unchecked hash-based).
UNCHECKED = b"\1\0\0\0"


def files() -> Iterator[tuple[Path, os.stat_result]]:
    """Yield every file of the image."""
    for root, folders, names in os.walk("/"):
        folders[:] = [each for each in folders if os.path.join(root, each) not in KERNELS]  # noqa: PTH118
        for name in names:
            path = Path(root, name)
            facts = path.lstat()
            if stat.S_ISREG(facts.st_mode):
                yield path, facts


def look() -> dict[str, list[str]]:
    """Return what was found, by what it is."""
    found: dict[str, list[str]] = {
        "programs": [name for name in PROGRAMS if shutil.which(name)],
        "modules": [
            name for name in MODULES if any(Path(folder, name).is_dir() for folder in sys.path)
        ],
        "code": sorted(each.name for each in CODE.iterdir()),
        "left": [],
        "raising": [],
        "writable": [],
        "compiled": [],
        "checked": [],
    }
    for path, facts in files():
        if facts.st_mode & (stat.S_ISUID | stat.S_ISGID):
            found["raising"].append(str(path))
        if os.access(path, os.W_OK):
            found["writable"].append(str(path))
        if facts.st_size and str(path).startswith(LEFT_BEHIND):
            found["left"].append(str(path))
        if path.suffix == ".pyc":
            unchecked = path.read_bytes()[4:8] == UNCHECKED
            found["compiled" if unchecked else "checked"].append(str(path))
    compiled = set(found["compiled"])
    found["uncompiled"] = [
        str(path) for path in CODE.rglob("*.py") if str(cache_of(path)) not in compiled
    ]
    return found


def cache_of(path: Path) -> Path:
    """Return where the byte code of a source is."""
    return path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"


if __name__ == "__main__":
    sys.stdout.write(json.dumps(look()))
