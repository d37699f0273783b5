import sys
from pathlib import Path

import psutil
import pytest

from tests.support.wait import eventually
from tools.processes import Child, StackError, environment, runs, spawn, wait_until_ready


def start(script: str, tmp_path: Path) -> Child:
    return spawn("worker", [sys.executable, "-c", script], env={}, log=tmp_path / "worker.log")


def test_a_process_that_ends_at_its_start_is_told_with_its_last_words(tmp_path: Path) -> None:
    child = start("print('no money'); raise SystemExit(3)", tmp_path)

    with pytest.raises(StackError, match=r"(?s)worker ended.*exit 3.*no money.*worker\.log"):
        wait_until_ready(child, lambda: False, timeout_seconds=10)


def test_a_process_that_never_gets_ready_is_killed(tmp_path: Path) -> None:
    child = start("import signal; signal.pause()", tmp_path)

    with pytest.raises(StackError, match="was not ready within 0 s"):
        wait_until_ready(child, lambda: False, timeout_seconds=0.1)

    assert not child.alive()


def test_one_that_does_not_listen_is_killed_after_the_grace_with_its_children(
    tmp_path: Path,
) -> None:
    script = (
        "import signal, subprocess, sys\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "subprocess.Popen([sys.executable, '-c', 'import signal; signal.pause()'])\n"
        "print('started', flush=True)\n"
        "signal.pause()"
    )
    child = start(script, tmp_path)
    eventually(lambda: b"started" in child.said())
    family = psutil.Process(child.pid).children()

    child.stop(grace_seconds=0.1)

    assert not child.alive()
    assert len(family) == 1
    assert not runs(family[0])


def test_what_it_said_begins_with_this_start(tmp_path: Path) -> None:
    for word in ("first", "second"):
        child = start(f"print('{word}')", tmp_path)
        child.popen.wait(10)

    assert child.said() == b"second\n"
    assert (tmp_path / "worker.log").read_text(encoding="utf-8") == "first\nsecond\n"


def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(StackError, match="worker can't be started"):
        spawn("worker", [str(tmp_path / "nothing")], env={}, log=tmp_path / "worker.log")


def test_the_terminals_variables_do_not_reach_a_service(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://elsewhere")

    assert "DATABASE_URL" not in environment()
    assert environment(HTTP_PORT="1")["HTTP_PORT"] == "1"
