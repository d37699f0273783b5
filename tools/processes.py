"""Child processes of the stack: started with a log of their own, stopped politely, then firmly."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import psutil

POLL_SECONDS = 0.02
LAST_LINES = 15


class StackError(Exception):
    """What the person at the terminal has to know, with the way out; never a traceback."""


@dataclass(frozen=True)
class Child:
    """A process that we started: leader of its own session, so that Ctrl-C reaches only us."""

    name: str
    popen: subprocess.Popen[bytes]
    log: Path
    log_start: int

    @property
    def pid(self) -> int:
        """Its process id, which is also its session's."""
        return self.popen.pid

    @property
    def pids(self) -> list[int]:
        """Its process id while it runs."""
        return [self.pid] if self.alive() else []

    def alive(self) -> bool:
        """Tell whether it still runs."""
        return self.popen.poll() is None

    def said(self) -> bytes:
        """Return what it wrote to its log so far."""
        with self.log.open("rb") as file:
            file.seek(self.log_start)
            return file.read()

    def stop(self, *, signal_number: int = signal.SIGTERM, grace_seconds: float = 10) -> None:
        """Ask it to end; after the grace kill it with all that it started. Harmless when ended."""
        if not self.alive():
            return
        family = self._family()
        self.popen.send_signal(signal_number)
        try:
            self.popen.wait(grace_seconds)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            self.popen.wait()
        kill_all(wait_until_ended(family, timeout_seconds=1))

    def kill(self) -> None:
        """End it and all that it started with SIGKILL, and wait until they are gone."""
        if self.alive():
            kill_all([psutil.Process(self.pid), *self._family()])
            self.popen.wait()

    def _family(self) -> list[psutil.Process]:
        try:
            return psutil.Process(self.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []


def kill_all(processes: Sequence[psutil.Process]) -> None:
    """Kill these processes (psutil knows a reused id by its start time) and wait for the end."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    wait_until_ended(processes, timeout_seconds=5)


def runs(process: psutil.Process) -> bool:
    """Tell whether a process runs; one that ended and waits for its parent to notice doesn't."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_ended(
    processes: Sequence[psutil.Process], *, timeout_seconds: float
) -> list[psutil.Process]:
    """Wait until none of the processes runs; return those that still do after the time."""
    deadline = time.monotonic() + timeout_seconds
    while left := [process for process in processes if runs(process)]:
        if time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    return left


class Spawn(Protocol):
    """What starts a process: `spawn`, or one that also writes it down."""

    def __call__(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path
    ) -> Child:
        """Start it."""
        ...


def spawn(
    name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path, cwd: Path | None = None
) -> Child:
    """Start a process in a session of its own; what it says goes to the end of the log.

    Raises StackError when the command can't be started at all.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    try:
        with log.open("ab") as output:
            log_start = output.tell()
            popen = subprocess.Popen(
                command,
                env=dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    except OSError as error:
        raise StackError(f"{name} can't be started: {error}") from error
    return Child(name, popen, log, log_start)


def wait_until_ready(
    child: Child, ready: Callable[[], bool], *, timeout_seconds: float, poll_seconds: float = 0.05
) -> None:
    """Return once the process is ready.

    Raises StackError with its last lines when it ended instead, or was killed as not ready in time.
    """
    deadline = time.monotonic() + timeout_seconds
    while not ready():
        if not child.alive():
            how = f"ended at its start, exit {child.popen.returncode}"
            raise StackError(f"{child.name} {how}.\n{tail(child.log)}")
        if time.monotonic() > deadline:
            child.kill()
            how = f"was not ready within {timeout_seconds:.0f} s"
            raise StackError(f"{child.name} {how}.\n{tail(child.log)}")
        time.sleep(poll_seconds)


def tail(log: Path, lines: int = LAST_LINES) -> str:
    """Return the last lines of a log, indented, and where to read the rest."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 16_384))
            last = file.read().decode(errors="replace").splitlines()[-lines:]
    except FileNotFoundError:
        last = []
    shown = "\n".join(f"  | {line}" for line in last) or "  | (it said nothing)"
    return f"{shown}\n  whole log: {log}"


def environment(**more: str) -> dict[str, str]:
    """Return what every child needs of our own environment, and nothing else, plus what is named.

    A variable set in the terminal (DATABASE_URL, a proxy) must not change one service by surprise.
    """
    passed_on = ("PATH", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SYSTEMROOT")
    found = {name: os.environ[name] for name in passed_on if name in os.environ}
    # Where spans go, and what the hash of a password costs, changes no service's work.
    harmless = ("OTEL_", "ARGON2_")
    found |= {name: value for name, value in os.environ.items() if name.startswith(harmless)}
    return found | more


def memory_of(pid: int) -> int:
    """Return the bytes that a process and its children hold.

    Shared pages are counted once (PSS) where the system tells, else in each process (RSS).
    """
    total = 0
    try:
        top = psutil.Process(pid)
        family = [top, *top.children(recursive=True)]
    except psutil.NoSuchProcess:
        return 0
    for process in family:
        try:
            total += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
        except psutil.AccessDenied:
            total += process.memory_info().rss
        except psutil.NoSuchProcess:
            continue
    return total
