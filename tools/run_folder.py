"""The folder of a run (`.run/<name>`): its secrets, logs, mails, clock, and what it has started.

The state file names every process by its id *and* start time, so that an id that the system gave to
somebody else since is never taken for ours.
"""

import fcntl
import json
import os
import secrets
import shutil
import signal
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from shared.provision.databases import RolePasswords
from shared.sealed import new_key
from tools.processes import Child, StackError, kill_all, runs, spawn, wait_until_ended
from tools.services import WITH_STATE, new_passwords

SAME_START_SECONDS = 2
GRACE_SECONDS = 20
# On SIGTERM PostgreSQL would wait for its clients.
STOP_SIGNALS = {"postgres": signal.SIGINT}


class AlreadyRunningError(StackError):
    """Another process runs a stack in this folder."""


@dataclass(frozen=True)
class Secrets:
    """Every password and key of a run; made once, kept with its data."""

    postgres: str
    broker: str
    roles: Mapping[str, RolePasswords]
    broker_users: Mapping[str, str]
    stripe_api_key: str
    webhook_secret: str
    thin_webhook_secret: str
    # Younger than the folders of some runs, which get theirs when they are read.
    session_keys: str = field(default_factory=new_key)
    factor_keys: str = field(default_factory=new_key)
    link_keys: str = field(default_factory=new_key)
    bounce_secret: str = field(default_factory=secrets.token_urlsafe)
    webhook_keys: str = field(default_factory=new_key)

    @staticmethod
    def generate() -> "Secrets":
        """Return new random ones."""
        return Secrets(
            postgres=secrets.token_urlsafe(24),
            broker=secrets.token_urlsafe(24),
            roles={service: RolePasswords.generate() for service in WITH_STATE},
            broker_users=new_passwords(),
            stripe_api_key=f"sk_test_{secrets.token_hex(16)}",
            webhook_secret=f"whsec_{secrets.token_hex(16)}",
            thin_webhook_secret=f"whsec_{secrets.token_hex(16)}",
        )

    @staticmethod
    def parse(text: str) -> "Secrets":
        """Read what `json.dumps(asdict(...))` wrote."""
        values: dict[str, Any] = json.loads(text)
        roles = {service: RolePasswords(**pair) for service, pair in values.pop("roles").items()}
        return Secrets(roles=roles, **values)


@dataclass(frozen=True)
class Started:
    """A process as the state file knows it."""

    name: str
    pid: int
    created: float
    log: str = ""
    ops_port: str = ""

    @staticmethod
    def of(name: str, pid: int, log: str = "", ops_port: str = "") -> "Started":
        """Return the entry of a process that runs. Raises psutil.NoSuchProcess when it doesn't."""
        return Started(name, pid, psutil.Process(pid).create_time(), log, ops_port)

    def process(self) -> psutil.Process | None:
        """Return the process if it still is the one that was started."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.created) < SAME_START_SECONDS
        except psutil.NoSuchProcess:
            return None
        return process if same and runs(process) else None


@dataclass
class RunFolder:
    """Where one stack keeps everything of its own."""

    path: Path
    _started: list[Started] = field(default_factory=list, init=False)
    _writing: threading.Lock = field(default_factory=threading.Lock, init=False)

    def __post_init__(self) -> None:
        self.path = self.path.absolute()

    @property
    def logs(self) -> Path:
        """The folder of the logs, one per process."""
        return self.path / "logs"

    @property
    def clock(self) -> Path:
        """The file that turns the clock of every process: an offset in seconds."""
        return self.path / "clock"

    @property
    def mails(self) -> Path:
        """The file of the caught mails."""
        return self.path / "mails.jsonl"

    @property
    def token_keys(self) -> Path:
        """The folder of the keys that sign access tokens."""
        return self.path / "token-keys"

    @property
    def demo_people(self) -> Path:
        """The file that says as whom web lets anybody sign in, where a sample market is."""
        return self.path / "demo-people.json"

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder: one stack at a time. The system gives it back if we are killed.

        Raises AlreadyRunningError.
        """
        self.path.mkdir(parents=True, exist_ok=True)
        with (self.path / "lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise AlreadyRunningError(f"a stack is running in {self.path}") from None
            yield

    def secrets(self) -> Secrets:
        """Return the run's secrets; make them, and a key for tokens, when the folder is new."""
        file = self.path / "secrets.json"
        if not file.exists():
            if (self.path / "postgres").exists():
                raise StackError(
                    f"{file} is gone, and without it the data beside it can't be opened.\n"
                    f"Put it back, or begin anew: rm -r {self.path}"
                )
            write_secret(file, json.dumps(asdict(Secrets.generate()), indent=2))
        self.token_keys.mkdir(mode=0o700, exist_ok=True)
        if not any(self.token_keys.glob("*.pem")):
            name = f"{datetime.now(UTC):%Y-%m-%d}.pem"
            write_secret(self.token_keys / name, new_token_key())
        text = file.read_text(encoding="utf-8")
        read = Secrets.parse(text)
        if (whole := json.dumps(asdict(read), indent=2)) != text:
            write_secret(new := file.with_suffix(".new"), whole)
            new.replace(file)
        return read

    def spawn(
        self, name: str, command: Sequence[str], *, env: Mapping[str, str], log: Path | None = None
    ) -> Child:
        """Start a process and write it down at once."""
        child = spawn(name, command, env=env, log=log or self.logs / f"{name}.log")
        with self._writing:
            known = [entry for entry in self._started if entry.name != name]
            entry = Started.of(name, child.pid, str(child.log), env.get("OPS_PORT", ""))
            self._started = [*known, entry]
            self._write_state()
        return child

    def write_addresses(self, addresses: Mapping[str, str]) -> None:
        """Note who supervises, and where everything is, for `status` and `stop`."""
        with self._writing:
            self._write_state(addresses)

    def empty(self) -> None:
        """Remove the data of an earlier run. Who calls this holds the folder."""
        for entry in self.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()

    def forget(self) -> None:
        """Write down that nothing runs any more."""
        with self._writing:
            self._started = []
            (self.path / "state.json").unlink(missing_ok=True)

    def clean_up(self) -> list[str]:
        """End what a supervisor that was killed left behind; return the names of it."""
        left = [
            (entry, process)
            for entry in self.state().started
            if (process := entry.process()) is not None
        ]
        processes = [process for _, process in left]
        family = [child for process in processes for child in process.children(recursive=True)]
        for entry, process in reversed(left):
            process.send_signal(STOP_SIGNALS.get(entry.name, signal.SIGTERM))
        kill_all(wait_until_ended([*processes, *family], timeout_seconds=GRACE_SECONDS))
        self.forget()
        return [entry.name for entry, _ in left]

    def supervisor(self) -> psutil.Process | None:
        """Return the process that runs a stack in this folder now, if there is one."""
        entry = self.state().supervisor
        return entry.process() if entry else None

    def state(self) -> "State":
        """Return what the state file says; nothing when there is none."""
        try:
            values = json.loads((self.path / "state.json").read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return State(None, [], {})
        return State(
            supervisor=Started(**values["supervisor"]),
            started=[Started(**entry) for entry in values["started"]],
            addresses=values["addresses"],
        )

    def _write_state(self, addresses: Mapping[str, str] | None = None) -> None:
        state = State(
            supervisor=Started.of("supervisor", os.getpid()),
            started=self._started,
            addresses=dict(self.state().addresses if addresses is None else addresses),
        )
        replace(self.path / "state.json", json.dumps(asdict(state), indent=2))


@dataclass(frozen=True)
class State:
    """What runs, as the state file tells it."""

    supervisor: Started | None
    started: list[Started]
    addresses: dict[str, str]


def replace(file: Path, text: str) -> None:
    """Write a file as a whole or not at all: readers never see half of it."""
    new = file.with_name(f"{file.name}.new")
    new.write_text(text, encoding="utf-8")
    new.replace(file)


def write_secret(file: Path, text: str) -> None:
    """Write a new file that only its owner may read."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as output:
        output.write(text)


def new_token_key() -> str:
    """Return a new Ed25519 private key as PEM."""
    key = Ed25519PrivateKey.generate()
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
