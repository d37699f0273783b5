"""`make status`: what runs, whether it is ready, and when there is something to look at."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import typer

from tools import __main__ as commands
from tools.processes import StackError
from tools.run_folder import Started, State

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]
WEB = {"web": "http://localhost:8000"}


@pytest.fixture
def probe() -> Iterator[Callable[[int], str]]:
    """Return what starts an ops port that answers with a status, and returns the port."""
    with ExitStack() as running:

        def started(status: int) -> str:
            class Handler(BaseHTTPRequestHandler):
                def do_GET(self) -> None:
                    self.send_response(status if self.path == "/readyz" else 404)
                    self.end_headers()

                def log_message(self, *_: object) -> None:
                    """Say nothing."""

            server = running.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
            threading.Thread(target=server.serve_forever, daemon=True).start()
            running.callback(server.shutdown)
            return str(server.server_port)

        yield started


@pytest.fixture
def status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Return what tells the status of processes that the state file names."""
    monkeypatch.setattr(commands, "RUN", tmp_path)

    def told(*entries: Started, addresses: dict[str, str] = WEB) -> str:
        supervisor = Started.of("supervisor", os.getpid())
        state = json.dumps(asdict(State(supervisor, [*entries], addresses)))
        (tmp_path / "state.json").write_text(state, encoding="utf-8")
        commands.status()
        return capsys.readouterr().out

    return told


def running(name: str, ops_port: str = "") -> Started:
    return Started.of(name, os.getpid(), "the.log", ops_port)


def test_a_process_that_is_ready_and_a_server_that_runs_are_well(
    status: Callable[..., str], probe: Callable[[int], str]
) -> None:
    said = status(running("postgres"), running("programs-api", probe(200)))

    rows = {line.split()[0]: line.split()[2] for line in said.splitlines() if "the.log" in line}
    assert rows == {"postgres": "runs", "programs-api": "ready"}
    assert said.endswith("running. Stop it: make stop\n")


def test_a_process_that_is_not_ready_is_named(
    status: Callable[..., str], probe: Callable[[int], str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(StackError, match=r"not ready: programs-relay\."):
        status(running("programs-api", probe(200)), running("programs-relay", probe(503)))

    assert "not ready" in capsys.readouterr().out


def test_before_all_is_there_nothing_has_to_be_ready(
    status: Callable[..., str], probe: Callable[[int], str]
) -> None:
    said = status(running("programs-api", probe(503)), addresses={})

    assert said.endswith("starting. Stop it: make stop\n")


def test_a_process_that_ended_is_named_and_nobody_asks_it(status: Callable[..., str]) -> None:
    with subprocess.Popen(FOREVER) as process:
        entry = Started.of("programs-api", process.pid, "the.log", "1")
        process.kill()

    with pytest.raises(StackError, match=r"without programs-api\."):
        status(entry)


def test_what_does_not_run_ends_with_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "RUN", tmp_path)

    with pytest.raises(typer.Exit):
        commands.status()
