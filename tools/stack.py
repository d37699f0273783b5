"""The whole stack on one machine: servers, simulator, and every process of every service.

with Stack(Path(".run/demo")) as stack:
    httpx.get(f"{stack.url('web')}/docs")
    stack.clock.advance(days=7)
"""

import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Self

from shared.provision.databases import prepare
from shared.provision.errors import UnpreparedError
from tools.broker import Broker, BrokerPorts
from tools.clock import TurnableClock
from tools.environments import Environments, External
from tools.mail import Mail, Mailbox
from tools.ports import chosen_ports, is_open, ops_port_name, require_free
from tools.postgres import Postgres
from tools.processes import Child, StackError, environment, memory_of, spawn, tail, wait_until_ready
from tools.run_folder import AlreadyRunningError, RunFolder
from tools.services import PROCESSES, WITH_STATE

ROOT = Path(__file__).parent.parent
READY_SECONDS = 90
MIGRATION_SECONDS = 120
GRACE_SECONDS = 25
MIGRATIONS_AT_ONCE = 2


class Stack:
    """Everything that Tasuki needs to run, started in order and stopped in reverse.

    Args:
        run_dir: where data, logs, secrets and the state file are; it outlives the stack.
        ports: by the names of `tools.ports.FIXED_PORTS`; free ones unless given.
        external: servers to use instead of our own.
        processes: which kinds of process of which services; all of them unless given.
        record_stripe: have the simulator write down all that is said to it, in `stripe_record`.
        fresh: begin without the data of an earlier run.
        report: told, in a few words, what is being done.
        begin: called when the folder is ours, before anything is started in it.
        tree: the checkout whose services run: this one's, unless another version is to be run.
    """

    def __init__(
        self,
        run_dir: Path,
        *,
        ports: Mapping[str, int] | None = None,
        external: External | None = None,
        processes: Mapping[str, Sequence[str]] = PROCESSES,
        record_stripe: bool = False,
        fresh: bool = False,
        report: Callable[[str], None] = lambda _: None,
        begin: Callable[[], None] = lambda: None,
        tree: Path = ROOT,
    ) -> None:
        self.folder = RunFolder(run_dir)
        self.ports = dict(ports or chosen_ports())
        self.external = external or External()
        self.clock = TurnableClock(self.folder.clock)
        self.report = report
        self.tree = tree
        self._begin = begin
        self._processes = processes
        self._record_stripe = record_stripe
        self._fresh = fresh
        self._children: dict[str, Child] = {}
        self._started = False
        self._exit = ExitStack()
        self._stopping = threading.Event()
        self._environments: Environments | None = None
        self._postgres: Postgres | None = None
        self._broker: Broker | None = None
        self._mailbox = Mailbox(self.folder.mails)

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
        self._exit.enter_context(self.folder.held())
        self._started = True
        try:
            if left := self.folder.clean_up():
                self.report(f"ended what an earlier run left behind: {', '.join(left)}")
            ops = set(map(ops_port_name, self.names))
            for name in self.external.missing() | set(self._processes) | ops:
                require_free(self.ports[name], name)
            self._begin()
            self._start_all()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop all that was started, last first; harmless when nothing runs."""
        if not self._started:
            return
        self._stopping.set()
        # All services at once: each finishes what it has in hand.
        with ThreadPoolExecutor(max(1, len(self._children))) as pool:
            for child in reversed(self._children.values()):
                pool.submit(child.stop, grace_seconds=GRACE_SECONDS)
        self._stop_servers()
        self._children.clear()
        self.folder.forget()
        self._exit.close()
        self._started = False

    def migrate(self) -> None:
        """Bring every database to its newest revision, whether the stack runs or not.

        Raises StackError when a migration fails.
        """
        try:
            with self.folder.held():
                self.folder.clean_up()
                self._make_servers()
                try:
                    self._start_database()
                finally:
                    self._stop_servers()
                    self.folder.forget()
        except AlreadyRunningError:
            self._make_servers()
            self._migrate()

    def _start_all(self) -> None:
        self._stopping.clear()
        self._make_servers()
        with ThreadPoolExecutor() as pool:
            try:
                self._start_in_order(pool)
            except BaseException:
                # The other threads wait for what this ends, and the pool waits for them.
                self._abort()
                raise
        self.folder.write_addresses(self.addresses())

    def _start_in_order(self, pool: ThreadPoolExecutor) -> None:
        if self.external.amqp_url:
            self.report("AMQP_URL is used for all services as it is, whatever it may do there")
        broker = pool.submit(self._broker.start) if self._broker else None
        aside = [pool.submit(self._start_simulator), pool.submit(self._start_mail)]
        self._start_database()
        for name in self._names("api"):
            self._spawn(name)
        if broker:
            broker.result()
            self.report("RabbitMQ is ready")
        for name in (*self._names("relay"), *self._names("events")):
            self._spawn(name)
        _results([*aside, *(pool.submit(self._wait, name) for name in self.names)])

    def _start_database(self) -> None:
        if self._postgres:
            self._postgres.start()
        self.report("PostgreSQL is ready, migrating")
        self._migrate()

    def _abort(self) -> None:
        self._stopping.set()
        for child in self._children.values():
            child.kill()
        if self._broker:
            self._broker.kill()

    def _stop_servers(self) -> None:
        for server in (self._broker, self._postgres):
            if server:
                server.stop()

    def _make_servers(self) -> None:
        if self._fresh:
            self.folder.empty()
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

    def _migrate(self) -> None:
        services = [service for service in WITH_STATE if service in self._processes]
        roles = self.environments.secrets.roles
        try:
            prepare(self.environments.admin_url, {each: roles[each] for each in services})
        except UnpreparedError as error:
            raise StackError(str(error)) from error
        with ThreadPoolExecutor(MIGRATIONS_AT_ONCE) as pool:
            _results([pool.submit(self._migrate_one, service) for service in services])

    def _migrate_one(self, service: str) -> None:
        name = f"{service}-migrate"
        log = self.folder.logs / f"{name}.log"
        # Not written down in the state file: it ends by itself, and may be another's to write.
        child = spawn(name, _command(service, "migrate"), env=self.code_env(service), log=log)
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
            if self._record_stripe:
                options += ["--record", str(self.stripe_record)]
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

    def _spawn(self, name: str) -> None:
        if self._stopping.is_set():
            raise StackError("stopped while starting")
        service, _, kind = name.partition("-")
        command = _command(service, kind)
        ops = {"OPS_PORT": str(self.ports[ops_port_name(name)])}
        env = self.code_env(service) | ops
        self._children[name] = self.folder.spawn(name, command, env=env)

    def _wait(self, name: str) -> None:
        wait_until_ready(
            self._children[name],
            lambda: self.ready(name),
            timeout_seconds=READY_SECONDS,
            poll_seconds=0.1,
        )

    def ready(self, name: str) -> bool:
        """Tell whether a process says that it does its work."""
        return answers(f"{self.ops_url(name)}/readyz")

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

    def code_env(self, service: str) -> dict[str, str]:
        """Return the same for a process of Python, which finds the services' code by it."""
        return self.env(service) | {"PYTHONPATH": str(self.tree)}

    def url(self, name: str) -> str:
        """Return the base address of a service, of `web` or of the simulator (`stripe`)."""
        return self.environments.url(name)

    def ops_url(self, name: str) -> str:
        """Return the base address of a process's ops port: /livez, /readyz, /metrics."""
        return self.environments.url(ops_port_name(name))

    def public_url(self) -> str:
        """Return where people open the pages."""
        return self.environments.public_url()

    def addresses(self) -> dict[str, str]:
        """Return where a person finds what."""
        web = self.public_url()
        stripe = self.external.stripe_api_base or self.url("stripe")
        mail = f"{self.folder.mails} (SMTP on port {self.ports['smtp']})"
        return {
            "web": web,
            "API documentation": f"{web}/docs",
            "Stripe" if self.external.stripe_api_base else "Stripe simulator": stripe,
            "mail": self.external.smtp_url or mail,
            **self._sample(),
            "logs": str(self.folder.logs),
        }

    @property
    def stripe_record(self) -> Path:
        """The file of what was said to the simulator and by it, one JSON object per line."""
        return self.folder.path / "stripe-record.jsonl"

    def mails(self) -> list[Mail]:
        """Return the mails that were caught, in their order."""
        return self._mailbox.mails()

    def log(self, name: str) -> Path:
        """Return the log of a process."""
        return self._process(name).log

    def kill(self, name: str) -> None:
        """End a process (also `postgres`, `rabbitmq`) with SIGKILL; it stays down until restart."""
        self._process(name).kill()

    def restart(self, name: str) -> None:
        """Start a process again (stopping it first if it runs) and wait until it is ready."""
        process = self._process(name)
        if isinstance(process, Postgres | Broker):
            process.restart()
            return
        process.stop(grace_seconds=GRACE_SECONDS)
        if name == "stripe":
            self._start_simulator()
        elif name == "smtp":
            self._start_mail()
        else:
            self._spawn(name)
            self._wait(name)

    def ended(self) -> list[str]:
        """Return the names of the processes that should run and don't."""
        return [name for name, process in self._processes_by_name().items() if not process.alive()]

    def memory(self) -> dict[str, int]:
        """Return the memory of each process with its children, in bytes."""
        return {
            name: sum(memory_of(pid) for pid in process.pids)
            for name, process in self._processes_by_name().items()
        }

    def _sample(self) -> dict[str, str]:
        people = self.folder.demo_people
        return {"people to sign in as": str(people)} if people.exists() else {}

    def _names(self, kind: str) -> list[str]:
        return [f"{service}-{kind}" for service, kinds in self._processes.items() if kind in kinds]

    def _processes_by_name(self) -> dict[str, Child | Postgres | Broker]:
        servers = {"postgres": self._postgres, "rabbitmq": self._broker}
        return {name: server for name, server in servers.items() if server} | self._children

    def _process(self, name: str) -> Child | Postgres | Broker:
        known = self._processes_by_name()
        if name not in known:
            raise StackError(f"no process {name!r}; there are: {', '.join(known)}")
        return known[name]


def _command(service: str, kind: str) -> list[str]:
    # -P: the code is that of PYTHONPATH, wherever we were called from.
    return [sys.executable, "-P", "-m", f"services.{service}", kind]


def _results(futures: Iterable[Future[None]]) -> None:
    for future in futures:
        future.result()


def answers(url: str) -> bool:
    """Tell whether a server answers with success at an address."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310  (our own http address)
            return True
    except (urllib.error.URLError, OSError):
        return False
