"""The journal as CSV and beancount: beancount's own checker finds nothing to say."""

import csv
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core.data import Transaction

from services.payments.domain.months import Month
from services.payments.use_cases import exporting
from services.payments.use_cases.closing import close
from services.payments.use_cases.exporting import Export, export
from shared.ids import new_id
from tests.integration.payments.ledgers import FEE, GROSS, NOVEMBER, Ledger

OCTOBER = datetime(2026, 10, 31, 14, 59, tzinfo=UTC)
FIRST_OF_NOVEMBER = datetime(2026, 10, 31, 15, 0, tzinfo=UTC)
DECEMBER = datetime(2026, 12, 2, tzinfo=UTC)
MONTH = Month.named("2026-11")


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces are small, so that they are put together."""
    monkeypatch.setattr(exporting, "PIECE_CHARACTERS", 500)


@pytest.fixture
def year(ledger: Ledger) -> Ledger:
    """A journal of three months."""
    ledger.lives(2, at=OCTOBER)
    ledger.lives(3, at=FIRST_OF_NOVEMBER)
    ledger.post(*ledger.paid_out(new_id(), at=NOVEMBER))
    ledger.post(ledger.captured(new_id(), NOVEMBER))
    ledger.lives(1, at=DECEMBER)
    return ledger


def written(ledger: Ledger, asked: Export, folder: Path) -> Path:
    file = folder / asked.filename
    file.write_text("".join(export(asked, ledger.transactions)), encoding="utf-8", newline="")
    return file


def checked(file: Path) -> list[Any]:
    """Return what beancount reads; bean-check must find no error."""
    done = subprocess.run(
        [Path(sys.executable).with_name("bean-check"), file],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    entries, found, _ = loader.load_file(str(file))
    assert found == []
    return [each for each in entries if isinstance(each, Transaction)]


def rows_of(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(file.read_text("utf-8").splitlines()))


@pytest.mark.parametrize("by_owner", [False, True])
def test_the_whole_history_is_sound_to_beancount(
    year: Ledger, tmp_path: Path, *, by_owner: bool
) -> None:
    found = checked(written(year, Export("beancount", None, by_owner), tmp_path))
    assert len(found) == 17
    postings = [posting for each in found for posting in each.postings]
    escrow = [each for each in postings if each.account.startswith("Liabilities:Escrow")]
    assert sum(each.units.number for each in escrow) == -GROSS
    assert len({each.account for each in escrow}) == (7 if by_owner else 1)


@pytest.mark.parametrize("by_owner", [False, True])
def test_a_single_month_opens_with_what_there_was(
    year: Ledger, tmp_path: Path, *, by_owner: bool
) -> None:
    found = checked(written(year, Export("beancount", MONTH, by_owner), tmp_path))
    assert found[0].narration == "Opening balances"
    opening = {each.account: each.units.number for each in found[0].postings}
    assert opening["Assets:ProcessorBalance"] == 2 * (GROSS - FEE)
    assert len(found) == 1 + 13
    assert {each.date.month for each in found} == {11}


def test_a_month_without_any_entry_is_sound(ledger: Ledger, tmp_path: Path) -> None:
    assert checked(written(ledger, Export("beancount", MONTH), tmp_path)) == []
    assert checked(written(ledger, Export("beancount"), tmp_path)) == []


def test_what_was_posted_after_the_close_is_in_the_next_month(year: Ledger, tmp_path: Path) -> None:
    kinds = (
        Export("csv", MONTH),
        Export("beancount", MONTH),
        Export("beancount", MONTH, by_owner=True),
    )
    before = [written(year, each, tmp_path).read_text("utf-8") for each in kinds]
    close(MONTH, year.transactions)
    year.post(year.captured(new_id(), NOVEMBER))
    assert [written(year, each, tmp_path).read_text("utf-8") for each in kinds] == before
    found = checked(written(year, Export("beancount", MONTH.after), tmp_path))
    late = [each for each in found if "occurred" in each.meta]
    assert [(str(each.date), str(each.meta["occurred"])) for each in late] == [
        ("2026-12-01", "2026-11-10")
    ]


def test_every_line_is_in_the_csv_of_one_month(year: Ledger, tmp_path: Path) -> None:
    months = [Month.named("2026-10"), MONTH, MONTH.after]
    rows = [
        row for month in months for row in rows_of(written(year, Export("csv", month), tmp_path))
    ]
    whole = rows_of(written(year, Export("csv"), tmp_path))
    assert sorted(map(str, rows)) == sorted(map(str, whole))
    assert len(whole) == year.rows("SELECT count(*) AS lines FROM journal_lines")[0]["lines"]
    assert sum(int(row["debit"]) for row in whole) == sum(int(row["credit"]) for row in whole)
    first = whole[0]
    assert (first["date"], first["fact"], first["account"], first["debit"], first["currency"]) == (
        "2026-10-31",
        "captured",
        "asset:processor_balance",
        str(GROSS),
        "JPY",
    )
    assert {row["date"] for row in rows if row["fact"] == "captured"} == {
        "2026-10-31",
        "2026-11-01",
        "2026-11-10",
        "2026-12-02",
    }
