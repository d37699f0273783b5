"""The code of another version, beside this one."""

import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.processes import StackError
from tools.services import PROCESSES
from tools.stack import ROOT


@contextmanager
def checked_out(ref: str) -> Iterator[Path]:
    """Yield a folder with the code of a commit or tag, which goes away with the context.

    Raises StackError when the repository doesn't have it.
    """
    with TemporaryDirectory(prefix="tasuki-tree-") as folder:
        tree = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(tree), ref)
        try:
            yield tree
        finally:
            _git("worktree", "remove", "--force", str(tree))


def processes_of(tree: Path) -> Mapping[str, Sequence[str]]:
    """Return the services that a tree has, with their kinds of process."""
    return {
        service: kinds
        for service, kinds in PROCESSES.items()
        if (tree / "services" / service).is_dir()
    }


def order_from(old: Path, order: Sequence[str]) -> list[str]:
    """Return the order in which services are replaced: those that the old tree lacks come first.

    Others' events processes wait for the exchange of whoever they hear.
    """
    return sorted(order, key=processes_of(old).__contains__)


def commit_of(ref: str) -> str:
    """Return the full id of a commit or tag."""
    return _git("rev-parse", "--verify", f"{ref}^{{commit}}")


def last_release() -> str:
    """Return the newest tag, or an empty text when there is none."""
    try:
        return _git("describe", "--tags", "--abbrev=0")
    except StackError:
        return ""


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", "-C", str(ROOT), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise StackError(f"git {' '.join(arguments)}:\n{done.stderr.strip()}")
    return done.stdout.strip()
