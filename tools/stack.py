"""The whole stack on one machine: servers, simulator, and every process of every service.

with Stack(Path(".run/demo")) as stack:
    httpx.get(f"{stack.url('web')}/healthz")
    stack.clock.advance(days=7)
"""

import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Self

import psutil

from tools.broker import Broker, BrokerPorts
from tools.environments import Environments, External
from tools.mail import Mail, caught
from tools.ports import chosen_ports, is_open, require_free
from tools.postgres import Postgres, prepare
from tools.processes import Child, StackError, environment, tail, wait_until_ready
from tools.run_folder import RunFolder, replace
from tools.services import PROCESSES, WITH_STATE

ROOT = Path(__file__).parent.parent
READY_SECONDS = 90
MIGRATION_SECONDS = 120
GRACE_SECONDS = 25
MIGRATIONS_AT_ONCE = 2
# What a process says in its log once it does its work; an api is asked over HTTP instead.
SAYS_WHEN_READY = {
    "events": (b'"consuming"',),
    "relay": (b'"holding the outbox"', b'"another relay holds the outbox, standing by"'),
}


@dataclass(frozen=True)
class TurnableClock:
    """The clock of every process of the stack: the machine's time plus what the file says."""

    file: Path

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Turn the clock forward; every process sees it at its next look."""
        ahead = timedelta(days=days, hours=hours, seconds=seconds) + self.offset()
        replace(self.file, str(int(ahead.total_seconds())))

    def offset(self) -> timedelta:
        """Return how far the clock is ahead of the machine's."""
        text = self.file.read_text(encoding="ascii") if self.file.exists() else ""
        return timedelta(seconds=int(text or 0))


class Stack:
    """Everything that Tasuki needs to run, started in order and stopped in reverse.

    Args:
        run_dir: where data, logs, secrets and the state file are; it outlives the stack.
        ports: by the names of `tools.ports.FIXED_PORTS`; free ones unless given.
        external: servers to use instead of our own.
        processes: which kinds of process of which services; all of them unless given.
        fresh: begin without the data of an earlier run.
        report: told, in a few words, what is being done.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        ports: Mapping[str, int] | None = None,
        external: External | None = None,
        processes: Mapping[str, Sequence[str]] = PROCESSES,
        fresh: bool = False,
        report: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = RunFolder(run_dir)
        self.ports = dict(ports or chosen_ports())
        self.external = external or External()
        self.clock = TurnableClock(self.folder.clock)
        self.report = report
        self._processes = processes
        self._fresh = fresh
        self._children: dict[str, Child] = {}
        self._exit = ExitStack()
        self._stopping = threading.Event()
        self._environments: Environments | None = None
        self._postgres: Postgres | None = None
        self._broker: Broker | None = None

    # Starting and stopping

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start everything and return when all of it is ready.

        Raises StackError when anything can't be started (what was started is stopped again), and
        AlreadyRunningError when the folder's stack is running.
        """
        try:
            self._exit.enter_context(self.folder.held())
            if left := self.folder.clean_up():
                self.report(f"ended what an earlier run left behind: {', '.join(left)}")
            for name, port in self.ports.items():
                require_free(port, name)
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all that was started, last first; harmless when nothing runs."""
        self._stopping.set()
        # All services at once: each finishes what it has in hand.
        with ThreadPoolExecutor(max(1, len(self._children))) as pool:
            for child in reversed(self._children.values()):
                pool.submit(child.stop, grace_seconds=GRACE_SECONDS)
        for server in (self._broker, self._postgres):
            if server:
                server.stop()
        self._children.clear()
        self.folder.forget()
        self._exit.close()

    def _start_all(self) -> None:
        self._stopping.clear()
        self._make_servers()
        with ThreadPoolExecutor(4 + MIGRATIONS_AT_ONCE) as pool:
            broker = pool.submit(self._broker.start) if self._broker else None
            aside = [pool.submit(self._start_simulator), pool.submit(self._start_mail)]
            if self._postgres:
                self._postgres.start()
            prepare(self.environments.admin_url, self.environments.secrets.roles)
            self.report("PostgreSQL is ready; migrating")
            self._migrate()
            for name in self._names("api"):
                self._spawn(name)
            if broker:
                broker.result()
                self.report("RabbitMQ is ready")
            for name in (*self._names("relay"), *self._names("events")):
                self._spawn(name)
            self._wait_for([*aside, *(pool.submit(self._wait, name) for name in self.names)])
        self.folder.write_addresses(self.addresses())

    def _make_servers(self) -> None:
        if self._fresh:
            self._remove_data()
        secrets = self.folder.secrets()
        if not self.external.database_url:
            self._postgres = Postgres(
                self.folder.path / "postgres",
                port=self.ports["postgres"],
                password=secrets.postgres,
                start_process=self.folder.spawn,
            )
        admin_url = self._postgres.url if self._postgres else self.external.database_url
        self._environments = Environments(
            self.folder, self.ports, secrets, self.external, admin_url
        )
        if not self.external.amqp_url:
            ports = BrokerPorts(
                self.ports["amqp"], self.ports["amqp_distribution"], self.ports["epmd"]
            )
            self._broker = Broker(
                self.folder.path / "rabbitmq",
                ports,
                secrets.broker,
                self._environments.broker_users(),
                self.folder.spawn,
            )

    def _remove_data(self) -> None:
        for entry in self.folder.path.iterdir():
            if entry.is_dir():
                shutil.rmtree(entry)
            elif entry.name != "lock":
                entry.unlink()

    def _migrate(self) -> None:
        with ThreadPoolExecutor(MIGRATIONS_AT_ONCE) as pool:
            services = [service for service in WITH_STATE if service in self._processes]
            self._wait_for([pool.submit(self._migrate_one, service) for service in services])

    def _migrate_one(self, service: str) -> None:
        child = self._launch(f"{service}-migrate", service, "migrate")
        try:
            failed = child.popen.wait(MIGRATION_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            failed = True
        if failed:
            raise StackError(f"the migration of {service} failed.\n{tail(child.log)}")

    def _start_simulator(self) -> None:
        if not self.external.stripe_api_base:
            options = self.environments.simulator_options()
            self._start_tool("stripe", "tools.stripe_simulator", options)

    def _start_mail(self) -> None:
        if not self.external.smtp_url:
            options = ["--port", str(self.ports["smtp"]), "--file", str(self.folder.mails)]
            self._start_tool("smtp", "tools.mail", options)

    def _start_tool(self, name: str, module: str, options: list[str]) -> None:
        command = [sys.executable, "-m", module, *options]
        env = environment(PYTHONPATH=str(ROOT), CLOCK_FILE=str(self.folder.clock))
        child = self.folder.spawn(name, command, env=env)
        self._children[name] = child
        port = self.ports[name]
        wait_until_ready(child, lambda: is_open(port), timeout_seconds=READY_SECONDS)

    def _wait_for(self, futures: list[Future[None]]) -> None:
        for future in futures:
            future.result()

    def _spawn(self, name: str) -> None:
        service, _, kind = name.partition("-")
        self._children[name] = self._launch(name, service, kind)

    def _launch(self, name: str, service: str, kind: str) -> Child:
        if self._stopping.is_set():
            raise StackError("stopped while starting")
        command = [sys.executable, "-m", f"services.{service}", kind]
        env = self.env(service) | {"PYTHONPATH": str(ROOT)}
        return self.folder.spawn(name, command, env=env)

    def _wait(self, name: str) -> None:
        service, _, kind = name.partition("-")
        child = self._children[name]
        says = SAYS_WHEN_READY.get(kind)

        def ready() -> bool:
            if says is None:
                return _answers(f"{self.url(service)}/readyz")
            return any(line in child.said() for line in says)

        wait_until_ready(child, ready, timeout_seconds=READY_SECONDS, poll_seconds=0.1)

    # What tests and the story ask of a stack that runs

    @property
    def names(self) -> list[str]:
        """The names of all processes of services: `<service>-<kind>`."""
        return [name for kind in ("api", "relay", "events") for name in self._names(kind)]

    @property
    def environments(self) -> Environments:
        """The environments of the processes; only of a stack that was started."""
        if self._environments is None:
            raise StackError("the stack is not running")
        return self._environments

    @property
    def postgres(self) -> Postgres:
        """The stack's own PostgreSQL server. Raises StackError when an external one is used."""
        if self._postgres is None:
            raise StackError("PostgreSQL is not this stack's own: DATABASE_URL names it")
        return self._postgres

    @property
    def broker(self) -> Broker:
        """The stack's own RabbitMQ node. Raises StackError when an external one is used."""
        if self._broker is None:
            raise StackError("RabbitMQ is not this stack's own: AMQP_URL names it")
        return self._broker

    def env(self, service: str) -> dict[str, str]:
        """Return the environment of a service's processes."""
        return self.environments.of(service)

    def url(self, name: str) -> str:
        """Return the base address of a service, of `web` or of the simulator (`stripe`)."""
        return self.environments.url(name)

    def addresses(self) -> dict[str, str]:
        """Return where a person finds what."""
        web = self.url("web")
        stripe = self.external.stripe_api_base or self.url("stripe")
        mail = f"{self.folder.mails} (SMTP on port {self.ports['smtp']})"
        return {
            "web": web,
            "API documentation": f"{web}/docs",
            "Stripe" if self.external.stripe_api_base else "Stripe simulator": stripe,
            "mail": self.external.smtp_url or mail,
            "logs": str(self.folder.logs),
        }

    def mails(self) -> list[Mail]:
        """Return the mails that were caught, in their order."""
        return caught(self.folder.mails)

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self._child(name).log

    def kill(self, name: str) -> None:
        """End a process with SIGKILL; it stays down until `restart`."""
        self._child(name).kill()

    def restart(self, name: str) -> None:
        """Start a process again (stopping it first if it runs) and wait until it is ready."""
        self._child(name).stop(grace_seconds=GRACE_SECONDS)
        if name == "stripe":
            self._start_simulator()
        elif name == "smtp":
            self._start_mail()
        else:
            self._spawn(name)
            self._wait(name)

    def ended(self) -> list[str]:
        """Return the names of processes that should run and don't."""
        return [name for name, child in self._children.items() if not child.alive()]

    def memory(self) -> dict[str, int]:
        """Return the memory of each process with its children, in bytes."""
        pids = {name: [child.pid] for name, child in self._children.items() if child.alive()}
        if self._postgres and self._postgres.pid:
            pids["postgres"] = [self._postgres.pid]
        if self._broker:
            pids["rabbitmq"] = self._broker.pids
        return {name: sum(map(memory_of, each)) for name, each in pids.items()}

    def _names(self, kind: str) -> list[str]:
        return [f"{service}-{kind}" for service, kinds in self._processes.items() if kind in kinds]

    def _child(self, name: str) -> Child:
        try:
            return self._children[name]
        except KeyError:
            known = ", ".join(self._children)
            raise StackError(f"no process {name!r}; there are: {known}") from None


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


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  (our own http address)
            return True
    except (urllib.error.URLError, OSError):
        return False
