"""TCP ports on this machine: which are free, and who holds one."""

import socket

import psutil

from tools.processes import StackError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody holds now."""
    return free_ports(1)[0]


def free_ports(count: int) -> list[int]:
    """Return that many different free ports: all are held while they are chosen."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for held in sockets:
            held.bind((LOOPBACK, 0))
        return [held.getsockname()[1] for held in sockets]
    finally:
        for held in sockets:
            held.close()


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


def require_free(port: int, what: str, variable: str) -> None:
    """Raise StackError, naming who holds the port and the variable that chooses another."""
    if not is_free(port):
        raise StackError(
            f"port {port} for {what} is taken by {holder(port)}.\n"
            f"Stop that program, or choose another port: {variable}=<port> make run"
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
