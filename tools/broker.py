"""A private RabbitMQ node: its own ports, epmd, cookie and data folder.

The machine's own RabbitMQ service, if there is one, is neither used nor touched. Users and their
permissions are given to the node as a definitions file that it reads at its start: a call of
rabbitmqctl would cost seconds of CPU each.
"""

import os
import secrets
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pika
from pika.exceptions import AMQPError

from shared.messaging.pika_connections import parameters as parameters_of
from shared.provision.broker import ADMIN, BrokerUser, administrator, definitions
from tools.ports import LOOPBACK, free_ports, is_open
from tools.processes import Child, Spawn, StackError, environment, spawn, wait_until_ready
from tools.server_tls import ServerTls

NODE = "tasuki@localhost"
START_SECONDS = 90
STOP_SECONDS = 30
# Debian's /usr/sbin/rabbitmq-server only lets root and its own user in, and changes the user.
HOMES = ("/usr/lib/rabbitmq/bin", "/opt/rabbitmq/sbin", "/usr/local/sbin", "/usr/sbin")

_CONFIGURATION = """\
{listeners}
load_definitions = {definitions}
log.console = false
log.file.level = info
vm_memory_high_watermark.absolute = 512MB
disk_free_limit.absolute = 50MB
# The write-ahead log of quorum queues is also held in memory: 512 MB as it comes.
raft.wal_max_size_bytes = 33554432
"""
_PLAIN = "listeners.tcp.1 = {host}:{amqp}"
_TLS_ONLY = """\
listeners.tcp = none
listeners.ssl.1 = {host}:{amqp}
ssl_options.cacertfile = {tls.authority}
ssl_options.certfile = {tls.certificate}
ssl_options.keyfile = {tls.key}
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2"""
# Two schedulers that sleep when idle; distribution on the loopback only.
_EMULATOR = (
    "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -kernel inet_dist_use_interface {127,0,0,1}"
)


@dataclass(frozen=True)
class BrokerPorts:
    """The three ports that a node needs."""

    amqp: int
    distribution: int
    epmd: int

    @staticmethod
    def free() -> "BrokerPorts":
        """Return three free ones."""
        return BrokerPorts(*free_ports(3))


@dataclass
class Broker:
    """A RabbitMQ node of our own, on 127.0.0.1, in one folder that outlives it.

    With `tls` it takes no connections in clear. `plugins` are RabbitMQ's own, by their names.
    """

    folder: Path
    ports: BrokerPorts
    password: str
    users: Sequence[BrokerUser] = ()
    start_process: Spawn = spawn
    tls: ServerTls | None = None
    plugins: Sequence[str] = ()
    _child: Child | None = field(default=None, init=False)
    _epmd: Child | None = field(default=None, init=False)

    @property
    def url(self) -> str:
        """The administrator's URL of the default virtual host."""
        return self.user_url(administrator(self.password))

    @property
    def pids(self) -> list[int]:
        """The ids of the node's process and of its port mapper while they run."""
        return [child.pid for child in (self._epmd, self._child) if child and child.alive()]

    @property
    def log(self) -> Path:
        """What it says at its start; more is in the folder `log` beside."""
        return self.folder / "rabbitmq.log"

    def alive(self) -> bool:
        """Tell whether it runs."""
        return self._child is not None and self._child.alive()

    def user_url(self, user: BrokerUser, vhost: str = "/") -> str:
        """Return a user's URL of a virtual host."""
        login = f"{quote(user.name, safe='')}:{quote(user.password, safe='')}"
        address = f"{self.ports.amqp}/{quote(vhost, safe='')}"
        if self.tls:
            return f"amqps://{login}@{self.tls.host}:{address}?cacertfile={self.tls.authority}"
        return f"amqp://{login}@{LOOPBACK}:{address}"

    def start(self) -> None:
        """Start the node and return when it takes connections of the administrator.

        Raises StackError when RabbitMQ is not installed or the node doesn't start.
        """
        server = program("rabbitmq-server")
        self._write_files()
        env = self._environment()
        # Foreground and ours: the node would start a daemon that stays behind.
        epmd = [program("epmd"), "-port", str(self.ports.epmd)]
        self._epmd = self.start_process("epmd", epmd, env=env, log=self.log)
        # With ALLOW_INPUT the script becomes the node instead of waiting for it.
        node_env = env | {"RABBITMQ_ALLOW_INPUT": "1"}
        self._child = self.start_process(
            "rabbitmq", [server, "-noinput"], env=node_env, log=self.log
        )
        wait_until_ready(
            self._child, self._answers, timeout_seconds=START_SECONDS, poll_seconds=0.1
        )

    def stop(self) -> None:
        """Stop the node; what is durable stays."""
        for child, seconds in ((self._child, STOP_SECONDS), (self._epmd, 2)):
            if child:
                child.stop(grace_seconds=seconds)

    def kill(self) -> None:
        """End the node with SIGKILL."""
        for child in (self._child, self._epmd):
            if child:
                child.kill()

    def restart(self) -> None:
        """Stop and start on the same ports, with the same data."""
        self.stop()
        self.start()

    def create_vhost(self, name: str) -> str:
        """Make a virtual host where all users have their permissions; return the admin's URL.

        Raises StackError when the node refuses.
        """
        admin = administrator(self.password)
        grants = "".join(
            "rabbit_auth_backend_internal:set_permissions("
            + ", ".join(
                _erlang(text)
                for text in (user.name, name, user.configure, user.write, user.read, ADMIN)
            )
            + "), "
            for user in (admin, *self.users)
        )
        self._evaluate(f"rabbit_vhost:add({_erlang(name)}, {_erlang(ADMIN)}), {grants} ok.\n")
        return self.user_url(admin, name)

    def queue_lengths(self) -> dict[str, int]:
        """Return how many messages wait in each queue of the default virtual host.

        Messages in the hands of a consumer are not counted, nor are queues of one connection alone.
        """
        told = self._evaluate(
            'lists:flatten(lists:join(" ", [binary_to_list(element(4, amqqueue:get_name(Queue)))'
            ' || Queue <- rabbit_amqqueue:list(<<"/">>)])).\n'
        )
        connection = pika.BlockingConnection(parameters_of(self.url))
        channel = connection.channel()
        lengths = {
            name: channel.queue_declare(name, passive=True).method.message_count
            for name in told.split('"')[1].split()
            if not name.startswith("amq.gen-")
        }
        connection.close()
        return lengths

    def _evaluate(self, expression: str) -> str:
        # erl_call is a small C program: milliseconds where rabbitmqctl starts a whole Erlang.
        cookie = (self.folder / ".erlang.cookie").read_text(encoding="ascii")
        done = subprocess.run(
            [program("erl_call"), "-sname", NODE, "-c", cookie, "-e"],
            input=expression,
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        if done.returncode or not done.stdout.startswith("{ok,"):
            raise StackError(f"RabbitMQ refused: {done.stdout}{done.stderr}")
        return done.stdout

    def _answers(self) -> bool:
        if not is_open(self.ports.amqp):  # pika would log every attempt, at length
            return False
        parameters = parameters_of(self.url)
        parameters.socket_timeout = 2
        try:
            pika.BlockingConnection(parameters).close()
        except (AMQPError, OSError):
            return False
        return True

    def _write_files(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        cookie = self.folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.touch(mode=0o600)
            cookie.write_text(secrets.token_hex(20), encoding="ascii")
        (self.folder / "enabled_plugins").write_text(
            f"[{','.join(self.plugins)}].\n", encoding="ascii"
        )
        path = self.folder / "definitions.json"
        everybody = [administrator(self.password), *self.users]
        path.write_text(definitions(everybody), encoding="utf-8")
        (self.folder / "rabbitmq.conf").write_text(
            _CONFIGURATION.format(listeners=self._listeners(), definitions=path),
            encoding="utf-8",
        )

    def _listeners(self) -> str:
        kind = _TLS_ONLY if self.tls else _PLAIN
        return kind.format(host=LOOPBACK, amqp=self.ports.amqp, tls=self.tls)

    def _environment(self) -> dict[str, str]:
        here = str(self.folder)
        return environment(
            HOME=here,
            ERL_EPMD_ADDRESS=LOOPBACK,
            ERL_EPMD_PORT=str(self.ports.epmd),
            RABBITMQ_DIST_PORT=str(self.ports.distribution),
            RABBITMQ_NODENAME=NODE,
            RABBITMQ_MNESIA_BASE=f"{here}/mnesia",
            RABBITMQ_LOG_BASE=f"{here}/log",
            RABBITMQ_CONFIG_FILE=f"{here}/rabbitmq.conf",
            RABBITMQ_ENABLED_PLUGINS_FILE=f"{here}/enabled_plugins",
            # A file that isn't there: the machine's /etc/rabbitmq has no say here.
            RABBITMQ_CONF_ENV_FILE=f"{here}/rabbitmq-env.conf",
            RABBITMQ_ADVANCED_CONFIG_FILE=f"{here}/advanced.config",
            RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=_EMULATOR,
            # The tables of these sizes are made at the start, in memory.
            RABBITMQ_MAX_NUMBER_OF_PROCESSES="65536",
            RABBITMQ_MAX_NUMBER_OF_ATOMS="1048576",
        )


def program(name: str) -> str:
    """Return the path of one of RabbitMQ's or Erlang's programs.

    Raises StackError with the command that installs it.
    """
    for folder in HOMES:
        path = Path(folder, name)
        if os.access(path, os.X_OK):
            return str(path)
    if found := shutil.which(name):
        return found
    raise StackError(
        f"{name} is not installed. Install it: make setup (or apt-get install rabbitmq-server), "
        "or name a broker: AMQP_URL=amqp://… make run"
    )


def _erlang(text: str) -> str:
    return "<<" + ",".join(str(byte) for byte in text.encode()) + ">>"
