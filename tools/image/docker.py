"""The docker command, and a daemon of our own where none runs."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tools.processes import StackError, environment, spawn, tail, wait_until_ready

DAEMON_SECONDS = 60


def docker(*arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> str:
    """Run a docker command; return what it printed. Raises StackError with its last words."""
    return run(["docker", *arguments], env=env, stdin=stdin)


def run(
    command: list[str], *, env: Mapping[str, str] | None = None, stdin: str | None = None
) -> str:
    """Run a command; return what it printed. Raises StackError with its last words."""
    try:
        done = subprocess.run(
            command,
            env={**os.environ, **(env or {})},
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise StackError(f"{command[0]} is not installed") from error
    if done.returncode:
        said = "\n".join((done.stdout + done.stderr).strip().splitlines()[-25:])
        raise StackError(f"{' '.join(command[:6])} … failed:\n{said}")
    return done.stdout


def inspect(name: str) -> Any:
    """Return all that docker knows of an image or a container."""
    return json.loads(docker("inspect", name))[0]


def has_image(name: str) -> bool:
    """Tell whether an image of this name is here."""
    return bool(docker("image", "ls", "-q", name).strip())


def answers() -> bool:
    """Tell whether a daemon answers."""
    found = shutil.which("docker")
    return (
        found is not None
        and not subprocess.run([found, "version"], capture_output=True, check=False).returncode
    )


@contextmanager
def daemon(folder: Path) -> Iterator[None]:
    """Have a docker daemon: the one that runs, or one of our own in the folder, for as long.

    Raises StackError when there is none and none can be started.
    """
    if answers():
        yield
        return
    server = shutil.which("dockerd")
    if not server or os.geteuid() != 0:
        raise StackError(
            "no docker daemon answers. Start it, or install one and come back as root:"
            " apt-get install docker.io"
        )
    socket = f"unix://{folder.absolute()}/docker.sock"
    command = [
        *(server, "--host", socket, "--pidfile", f"{folder.absolute()}/docker.pid"),
        *("--data-root", f"{folder.absolute()}/data", "--exec-root", f"{folder.absolute()}/exec"),
    ]
    child = spawn("dockerd", command, env=environment(), log=folder / "dockerd.log")
    before = os.environ.get("DOCKER_HOST")
    os.environ["DOCKER_HOST"] = socket
    try:
        wait_until_ready(child, answers, timeout_seconds=DAEMON_SECONDS)
        yield
    except StackError as error:
        raise StackError(
            f"{error}\n{tail(child.log)}" if not child.alive() else str(error)
        ) from error
    finally:
        child.stop(grace_seconds=DAEMON_SECONDS)
        os.environ.pop("DOCKER_HOST")
        if before:
            os.environ["DOCKER_HOST"] = before
