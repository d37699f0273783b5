"""`python -m tools`, as `make run`, `make stop` and `make status` call it."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.wait import eventually
from tools.ports import chosen_ports, port_variable
from tools.run_folder import RunFolder
from tools.stack import ROOT


@dataclass
class Terminal:
    """Runs commands on a run folder and ports of its own, with an empty market."""

    folder: Path
    ports: dict[str, int] = field(default_factory=chosen_ports)

    @property
    def web(self) -> str:
        return f"http://localhost:{self.ports['web']}"

    def start(self, command: str) -> subprocess.Popen[str]:
        ports = {port_variable(name): str(port) for name, port in self.ports.items()}
        return subprocess.Popen(
            [sys.executable, "-m", "tools", command],
            env=os.environ | ports | {"TASUKI_RUN_DIR": str(self.folder), "TASUKI_SAMPLE": "0"},
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def do(self, command: str) -> tuple[int, str]:
        """Return the exit code and what was said."""
        with self.start(command) as process:
            said, _ = process.communicate(timeout=100)
            return process.returncode, said


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Terminal]:
    made = Terminal(tmp_path / "run")
    yield made
    made.do("stop")


def test_everything_that_the_stack_needs_is_installed(terminal: Terminal) -> None:
    code, said = terminal.do("setup-check")

    assert (code, "PostgreSQL" in said) == (0, True)


def test_stopping_what_does_not_run_is_no_error(terminal: Terminal) -> None:
    assert terminal.do("stop") == (0, "nothing was running\n")


def test_the_status_of_what_does_not_run_is_told_with_the_way_to_start_it(
    terminal: Terminal,
) -> None:
    assert terminal.do("status") == (1, "not running. Start it: make run\n")


def test_a_taken_port_is_told_without_a_traceback(terminal: Terminal) -> None:
    with socket.create_server(("127.0.0.1", terminal.ports["web"])):
        code, said = terminal.do("run")

    assert code == 1
    assert said.startswith(f"port {terminal.ports['web']} for web is taken by")
    assert "TASUKI_WEB_PORT=<port> make run" in said
    assert "Traceback" not in said


# That it starts again where it was stopped is shown on a smaller stack (test_stack.py).
@pytest.mark.timeout(300)
def test_it_runs_once_whoever_asks_again_and_stops(terminal: Terminal) -> None:
    folder = RunFolder(terminal.folder)
    with terminal.start("run") as first:
        eventually(lambda: first.poll() or folder.state().addresses, timeout=120)
        assert httpx.get(f"{terminal.web}/docs").is_success

        code, said = terminal.do("run")
        assert code == 0
        assert terminal.web in said
        assert said.endswith("running. Stop it: make stop\n")

        assert terminal.do("stop") == (0, "stopped\n")
        said, _ = first.communicate(timeout=10)
        assert first.returncode == 0
        assert terminal.web in said
    assert folder.state().started == []
