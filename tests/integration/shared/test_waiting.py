"""`python -m services.<name> wait`, with a real PostgreSQL: what stands before processes."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest

from shared.migrations import migrate
from shared.process import waiting_for
from tests.support.servers import TestPostgres


@pytest.fixture
def url(postgres: TestPostgres) -> str:
    """A database with nothing in it."""
    return postgres.create_database()


@pytest.fixture
def waiting(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that waits: it has said so."""
    with subprocess.Popen(
        [sys.executable, "-m", "services.jobs", "wait"],
        env={**os.environ, "DATABASE_URL": url},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr
        first = process.stderr.readline()
        assert "migrations have not run" in first, first
        yield process
        process.kill()


def test_it_ends_well_once_the_database_is_migrated(
    url: str, waiting: subprocess.Popen[str]
) -> None:
    assert waiting.poll() is None
    migrate("jobs", url)
    assert waiting.wait(60) == 0


def test_it_ends_at_once_when_it_is_stopped(waiting: subprocess.Popen[str]) -> None:
    waiting.terminate()
    _, said = waiting.communicate(timeout=30)
    assert waiting.returncode == 1
    assert said.endswith("stopped while waiting\n")


def test_who_waited_too_long_is_told_what_to_look_for(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setattr("shared.process.signal.signal", lambda *_: None)
    with pytest.raises(SystemExit, match="have not run; is `python"):
        waiting_for("jobs", seconds=0)()
