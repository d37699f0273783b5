"""TCP ports on this machine: which are free, and who holds one."""

import random
import socket
from collections.abc import Mapping
from itertools import chain

import psutil

from tools.processes import StackError

LOOPBACK = "127.0.0.1"
HIGHEST_PORT = 65_535
CHOSEN_FROM = (12_000, 32_000)


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody holds now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return that many different free ports.

    They are below those that the system gives to connections that go out: such a one would take
    the port before its server is started. They lie side by side somewhere, so that those who
    choose at the same time seldom choose the same.
    """
    found: list[int] = []
    start = random.randrange(*CHOSEN_FROM)  # noqa: S311  (a place, not a secret)
    for port in chain(range(start, CHOSEN_FROM[1]), range(CHOSEN_FROM[0], start)):
        if is_free(port):
            found.append(port)
            if len(found) == count:
                return found
    raise StackError(f"there are no {count} free ports between {CHOSEN_FROM[0]} and {start}")


def is_free(port: int) -> bool:
    """Tell whether a server could listen on the port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def is_open(port: int) -> bool:
    """Tell whether somebody listens on the port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((LOOPBACK, port)) == 0


def require_free(port: int, name: str) -> None:
    """Raise StackError, naming who holds the port and the variable that chooses another."""
    if not is_free(port):
        raise StackError(
            f"port {port} for {name} is taken by {holder(port)}.\n"
            f"Stop that program, or choose another port: {port_variable(name)}=<port> make run"
        )


def holder(port: int) -> str:
    """Return name and id of the process that listens on the port, as far as we may see it."""
    try:
        listening = [
            connection
            for connection in psutil.net_connections("tcp")
            if connection.status == psutil.CONN_LISTEN
            and connection.laddr
            and connection.laddr.port == port
        ]
        pid = next((connection.pid for connection in listening if connection.pid), None)
        if pid is not None:
            return f"{psutil.Process(pid).name()} (process {pid})"
    except psutil.Error:
        pass
    return "another program"


# `make run` listens here, so that an address can be kept as a bookmark (README.md has the table).
FIXED_PORTS = {
    "web": 8000,
    "accounts": 8001,
    "jobs": 8002,
    "contracts": 8003,
    "payments": 8004,
    "notify": 8005,
    "programs": 8006,
    "stripe": 8010,
    "smtp": 8025,
    "postgres": 8032,
    "amqp": 8072,
    "amqp_distribution": 8073,
    "epmd": 8074,
    # The ops port of each process: `<service>-<kind>` of tools/services.py.
    "accounts-api-ops": 8101,
    "accounts-events-ops": 8102,
    "accounts-relay-ops": 8103,
    "jobs-api-ops": 8104,
    "jobs-events-ops": 8105,
    "jobs-relay-ops": 8106,
    "contracts-api-ops": 8107,
    "contracts-events-ops": 8108,
    "contracts-relay-ops": 8109,
    "payments-api-ops": 8110,
    "payments-events-ops": 8111,
    "payments-relay-ops": 8112,
    "notify-api-ops": 8113,
    "notify-events-ops": 8114,
    "web-api-ops": 8115,
    "programs-api-ops": 8116,
    "programs-events-ops": 8117,
    "programs-relay-ops": 8118,
}


def ops_port_name(process: str) -> str:
    """Return the name of the ops port of a process `<service>-<kind>`."""
    return f"{process}-ops"


def fixed_ports(environ: Mapping[str, str]) -> dict[str, int]:
    """Return the documented ports, or those that the environment names.

    Raises StackError when a variable holds no port.
    """
    return {name: _port(environ, name, default) for name, default in FIXED_PORTS.items()}


def chosen_ports() -> dict[str, int]:
    """Return free ports for a stack that nobody has to find twice: demo and tests."""
    return dict(zip(FIXED_PORTS, free_ports(len(FIXED_PORTS)), strict=True))


def port_variable(name: str) -> str:
    """Return the environment variable that chooses a port."""
    return f"TASUKI_{name.upper().replace('-', '_')}_PORT"


def _port(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(port_variable(name)) or str(default)
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= HIGHEST_PORT:
        raise StackError(f"{port_variable(name)} must be a port (1 to 65535), not {text!r}")
    return int(text)
