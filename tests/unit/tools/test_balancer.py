"""The balancer of the upgrade drill, between real sockets."""

import socket
import threading
from collections.abc import Iterator

import pytest

from tools.ports import LOOPBACK, free_port
from tools.releases.balancer import Balancer


class Server(threading.Thread):
    """Says its name, and what it was told, on each connection."""

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.word = name
        self.socket = socket.create_server((LOOPBACK, 0))
        self.port: int = self.socket.getsockname()[1]
        self.start()

    def run(self) -> None:
        """Serve until the socket is closed."""
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                connection.sendall(f"{self.word} heard ".encode() + connection.recv(100))


@pytest.fixture
def balancer() -> Iterator[Balancer]:
    balancer = Balancer(free_port())
    balancer.start()
    yield balancer
    balancer.stop()


def ask(balancer: Balancer) -> bytes:
    with socket.create_connection((LOOPBACK, balancer.port), timeout=5) as connection:
        connection.sendall(b"hello")
        answer = b""
        while part := connection.recv(100):
            answer += part
        return answer


def test_connections_go_to_one_target_after_another(balancer: Balancer) -> None:
    balancer.targets = [Server("old").port, Server("new").port]
    answers = [ask(balancer) for _ in range(4)]
    assert sorted(answers) == [b"new heard hello"] * 2 + [b"old heard hello"] * 2


def test_a_target_that_does_not_listen_is_passed_over(balancer: Balancer) -> None:
    balancer.targets = [free_port(), Server("new").port]
    assert [ask(balancer) for _ in range(3)] == [b"new heard hello"] * 3


def test_a_target_that_was_taken_out_gets_no_more_connections(balancer: Balancer) -> None:
    old, new = Server("old"), Server("new")
    balancer.targets = [old.port, new.port]
    balancer.targets = [new.port]
    assert [ask(balancer) for _ in range(3)] == [b"new heard hello"] * 3


def test_without_a_target_connections_are_closed(balancer: Balancer) -> None:
    with socket.create_connection((LOOPBACK, balancer.port), timeout=5) as connection:
        assert connection.recv(1) == b""
