import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import psutil
import pytest

from tools.processes import StackError
from tools.run_folder import AlreadyRunningError, RunFolder, Started, State

FOREVER = [sys.executable, "-c", "import signal; signal.pause()"]


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "run")


@pytest.fixture
def somebody() -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(FOREVER)
    yield process
    process.kill()
    process.wait()


def leave_behind(folder: RunFolder, entry: Started) -> None:
    """Write the state file of a supervisor that was killed."""
    gone = Started("supervisor", 2**22 - 1, 0)
    folder.path.mkdir(parents=True)
    text = json.dumps(asdict(State(gone, [entry], {})))
    (folder.path / "state.json").write_text(text, encoding="utf-8")


def test_what_a_killed_supervisor_left_behind_is_ended(
    folder: RunFolder, somebody: subprocess.Popen[bytes]
) -> None:
    leave_behind(folder, Started.of("jobs-api", somebody.pid))

    assert folder.clean_up() == ["jobs-api"]

    assert somebody.poll() is not None
    assert folder.state().started == []


def test_a_process_that_got_the_id_of_ours_is_left_alone(
    folder: RunFolder, somebody: subprocess.Popen[bytes]
) -> None:
    entry = Started.of("jobs-api", somebody.pid)
    leave_behind(folder, replace(entry, created=entry.created - 60))

    assert folder.clean_up() == []

    assert somebody.poll() is None


def test_one_stack_at_a_time_holds_a_folder(folder: RunFolder) -> None:
    with folder.held(), pytest.raises(AlreadyRunningError), RunFolder(folder.path).held():
        pass

    with RunFolder(folder.path).held():
        pass


def test_secrets_are_made_once_and_only_the_owner_reads_them(folder: RunFolder) -> None:
    folder.path.mkdir()

    first = folder.secrets()

    assert folder.secrets() == first
    files = [folder.path / "secrets.json", *folder.token_keys.iterdir()]
    assert len(files) == 2
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_data_without_its_secrets_is_told_with_the_way_out(folder: RunFolder) -> None:
    (folder.path / "postgres").mkdir(parents=True)

    with pytest.raises(StackError, match=r"begin anew: rm -r"):
        folder.secrets()


def test_a_started_process_is_written_down_at_once(folder: RunFolder) -> None:
    folder.path.mkdir()
    child = folder.spawn("sleeper", FOREVER, env={})
    try:
        state = RunFolder(folder.path).state()
        assert [entry.pid for entry in state.started] == [child.pid]
        assert state.supervisor is not None
        assert state.supervisor.process() == psutil.Process(os.getpid())
    finally:
        child.kill()
