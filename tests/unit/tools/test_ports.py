import os
import socket

import pytest

from tools.ports import chosen_ports, fixed_ports, free_port, is_free, require_free
from tools.processes import StackError


def test_a_taken_port_names_its_holder_and_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        with pytest.raises(StackError) as told:
            require_free(port, "web")

    assert f"process {os.getpid()}" in str(told.value)
    assert "TASUKI_WEB_PORT=<port> make run" in str(told.value)


def test_a_free_port_is_let_through() -> None:
    port = free_port()

    require_free(port, "web")

    assert is_free(port)


def test_the_environment_chooses_a_port() -> None:
    ports = fixed_ports({"TASUKI_WEB_PORT": "9000"})

    assert ports["web"] == 9000
    assert ports["accounts"] == 8001


@pytest.mark.parametrize("text", ["0", "65536", "eighty", "-1", "\uff18\uff10"])
def test_what_is_no_port_is_refused(text: str) -> None:
    with pytest.raises(StackError, match="TASUKI_WEB_PORT must be a port"):
        fixed_ports({"TASUKI_WEB_PORT": text})


def test_chosen_ports_differ() -> None:
    ports = chosen_ports()

    assert len(set(ports.values())) == len(ports) == len(fixed_ports({}))
