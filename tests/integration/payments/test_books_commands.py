"""The books at the command line, as processes of their own."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from shared.provision.databases import ServiceDatabase
from tests.integration.payments.ledgers import NOVEMBER, Ledger
from tests.support.stripe_process import KEY, RunningSimulator, running


@pytest.fixture
def stripe(tmp_path: Path) -> Iterator[RunningSimulator]:
    """A Stripe where nothing has happened."""
    with running(tmp_path) as simulator:
        yield simulator


class Shell:
    """Runs commands of payments."""

    def __init__(self, database_url: str, clock_file: Path, stripe_url: str) -> None:
        self.environment = os.environ | {
            "DATABASE_URL": database_url,
            "CLOCK_FILE": str(clock_file),
            "STRIPE_API_BASE": stripe_url,
            "STRIPE_API_KEY": KEY,
        }

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one to its end."""
        return subprocess.run(
            [sys.executable, "-m", "services.payments", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@pytest.fixture
def shell(payments_database: ServiceDatabase, tmp_path: Path, stripe: RunningSimulator) -> Shell:
    """A shell that thinks it is December 2026, or later."""
    ahead = NOVEMBER + timedelta(days=40)
    offset = int((ahead - NOVEMBER.now(ahead.tzinfo)).total_seconds())
    clock_file = tmp_path / "clock"
    clock_file.write_text(str(max(0, offset)), encoding="ascii")
    return Shell(payments_database.url, clock_file, stripe.url)


def test_a_journal_is_sealed_and_verified(shell: Shell, ledger: Ledger) -> None:
    ledger.lives(2)
    done = shell("seal", "--progress")
    assert done.returncode == 0, done.stderr
    assert "unsealed: 0" in done.stdout
    assert "seal" in done.stderr
    kept = done.stdout.split("sha256: ")[1].split()[0]
    assert len(kept) == 64
    done = shell("verify", "--expect", kept)
    assert (done.returncode, done.stderr) == (0, "")
    assert "verified" in done.stdout


def test_what_was_tampered_with_ends_with_status_1(shell: Shell, ledger: Ledger) -> None:
    ledger.lives(2)
    shell("seal")
    ledger.tamper("UPDATE journal_lines SET credit = credit + 1 WHERE entry_id = 3 AND credit > 0")
    done = shell("verify")
    assert done.returncode == 1
    assert "broken: entry_altered\nrange: 1\nentry: 3\n" in done.stdout


def test_a_month_is_closed_once_and_exported(shell: Shell, ledger: Ledger, tmp_path: Path) -> None:
    ledger.lives(1)
    done = shell("close", "--month", "2026-11")
    assert done.returncode == 0, done.stderr
    assert "liability:escrow JPY opening=0 debit=55000 credit=55000 closing=0" in done.stdout
    done = shell("close", "--month", "2026-11")
    assert (done.returncode, done.stderr.split(":")[0]) == (1, "month_closed")
    assert shell("export").stdout.count("\n") == 1 + 9
    file = tmp_path / "november.beancount"
    done = shell("export", "--month", "2026-11", "--format", "beancount", "--output", str(file))
    assert done.returncode == 0, done.stderr
    assert file.read_text("utf-8").count(' * "') == 2


@pytest.mark.parametrize("arguments", [("close",), ("close", "--month", "2026-13"), ("seal", "x")])
def test_what_makes_no_sense_is_refused(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell(*arguments).returncode in {1, 2}


def test_books_that_the_processor_does_not_know_end_with_status_1(
    shell: Shell, ledger: Ledger
) -> None:
    assert shell("reconcile").returncode == 0
    ledger.lives(1)
    done = shell("reconcile")
    assert done.returncode == 1
    assert "ours_only platform ch_" in done.stdout
    assert "unmatched: 1" in done.stdout


def test_the_processors_events_are_caught_up_with_from_a_time_with_its_zone(shell: Shell) -> None:
    done = shell("catch-up", "--since", "2026-11-01T00:00:00+09:00")
    assert (done.returncode, done.stdout) == (0, "listed: 0\nnew: 0\n"), done.stderr
    done = shell("catch-up", "--since", "2026-11-01")
    assert (done.returncode, "has no zone" in done.stderr) == (2, True)
