"""The seal: tampering shows, whoever did it and however."""

import threading
from itertools import pairwise
from typing import Any

import pytest
from psycopg import errors

import services.payments.domain.seal as sealing_rules
from services.payments.domain.seal import ORIGIN
from services.payments.use_cases.sealing import seal, seal_hourly, verify
from shared.errors import Transient
from shared.ids import new_id
from shared.messages.books import BreakView
from tests.integration.payments.ledgers import Ledger


@pytest.fixture(autouse=True)
def small_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    """A range has four entries at most, so that a few postings make a chain."""
    monkeypatch.setattr(sealing_rules, "ENTRIES_IN_A_RANGE", 4)


def broken(ledger: Ledger, expected: str | None = None) -> BreakView | None:
    return verify(ledger.transactions, expected).broken


def test_an_empty_journal_has_no_seal_and_fits(ledger: Ledger) -> None:
    view = seal(ledger.transactions)
    assert (view.ranges, view.to_entry, view.sha256, view.unsealed) == (0, 0, None, 0)
    assert broken(ledger) is None


def test_ranges_follow_each_other_without_a_gap(ledger: Ledger) -> None:
    ledger.lives(5)
    assert seal(ledger.transactions).ranges == 3
    ledger.lives(1)
    view = seal(ledger.transactions)
    assert (view.ranges, view.unsealed) == (4, 0)
    ranges = ledger.rows("SELECT * FROM sealed_ranges ORDER BY number")
    assert [each["entries"] for each in ranges] == [4, 4, 2, 2]
    assert ranges[0]["from_entry"] == 1
    assert bytes(ranges[0]["previous"]) == ORIGIN
    for before, after in pairwise(ranges):
        assert after["from_entry"] == before["to_entry"] + 1
        assert after["previous"] == before["sha256"]
    assert broken(ledger) is None


def test_nothing_new_seals_nothing(ledger: Ledger) -> None:
    ledger.lives(1)
    first = seal(ledger.transactions)
    assert seal(ledger.transactions) == first


def test_entries_that_came_since_are_counted(ledger: Ledger) -> None:
    ledger.lives(1)
    seal(ledger.transactions)
    ledger.lives(2)
    assert verify(ledger.transactions).unsealed == 4


def test_numbers_of_rolled_back_postings_stay_gaps(ledger: Ledger) -> None:
    ledger.lives(1)
    with pytest.raises(RuntimeError), ledger.unfinished(ledger.captured(new_id())):
        raise RuntimeError
    ledger.lives(1)
    seal(ledger.transactions)
    assert broken(ledger) is None


@pytest.mark.parametrize(
    ("statement", "what", "entry_id"),
    [
        ("UPDATE journal_lines SET debit = debit + 1 WHERE entry_id = 7 AND line = 1",
         "entry_altered", 7),
        ("UPDATE journal_lines SET owner = gen_random_uuid() WHERE entry_id = 6 AND line = 2",
         "entry_altered", 6),
        ("UPDATE journal_entries SET occurred_at = now() WHERE entry_id = 5", "entry_altered", 5),
        ("UPDATE journal_entries SET source = 'ch_other' WHERE entry_id = 1", "entry_altered", 1),
        ("DELETE FROM journal_lines WHERE entry_id = 2", "entry_altered", 2),
        ("DELETE FROM journal_entries WHERE entry_id = 3", "entry_altered", 3),
        (
            """
            WITH gone AS (DELETE FROM journal_lines WHERE entry_id = 8)
            DELETE FROM journal_entries WHERE entry_id = 8
            """,
            "entry_missing",
            8,
        ),
        ("INSERT INTO journal_lines VALUES (9, 9, 'asset:bank', NULL, 5, 0)", "entry_altered", 9),
        ("INSERT INTO journal_lines VALUES (-3, 1, 'asset:bank', NULL, 5, 0)", "entry_added", -3),
    ],
)  # fmt: skip
def test_what_an_administrator_changed_is_found(
    ledger: Ledger, statement: str, what: Any, entry_id: int
) -> None:
    ledger.lives(5)
    seal(ledger.transactions)
    ledger.tamper(statement)
    found = broken(ledger)
    assert found == BreakView(number=max(1, (entry_id + 3) // 4), what=what, entry_id=entry_id)


def test_an_entry_that_was_put_into_a_gap_is_found(ledger: Ledger) -> None:
    ledger.lives(1)
    with pytest.raises(RuntimeError), ledger.unfinished(ledger.captured(new_id())):
        raise RuntimeError
    ledger.lives(1)
    seal(ledger.transactions)
    # The numbers are the runtime role's to give, with some effort.
    with ledger.database.transaction() as connection:
        connection.exec_driver_sql("""
            WITH entry AS (
                INSERT INTO journal_entries OVERRIDING SYSTEM VALUE
                VALUES (3, 'captured', gen_random_uuid(), 'late', 'JPY', now())
                RETURNING entry_id
            )
            INSERT INTO journal_lines
            SELECT entry_id, line, 'asset:bank', NULL, debit, credit
            FROM entry, (VALUES (1, 7, 0), (2, 0, 7)) AS lines (line, debit, credit)
        """)
    found = broken(ledger)
    assert found == BreakView(number=1, what="entry_added", entry_id=3)


def test_a_seal_that_was_changed_is_found(ledger: Ledger) -> None:
    ledger.lives(5)
    seal(ledger.transactions)
    ledger.tamper("UPDATE sealed_ranges SET sealed_at = now() WHERE number = 2")
    assert broken(ledger) == BreakView(number=2, what="range_altered")
    ledger.tamper("DELETE FROM sealed_ranges WHERE number = 1")
    assert broken(ledger) == BreakView(number=2, what="chain_broken")


def test_a_chain_that_was_made_anew_lacks_the_hash_that_was_kept_elsewhere(
    ledger: Ledger,
) -> None:
    ledger.lives(3)
    kept = seal(ledger.transactions).sha256
    ledger.lives(1)
    seal(ledger.transactions)
    assert broken(ledger, kept) is None
    ledger.tamper(
        "TRUNCATE sealed_ranges CASCADE",
        "UPDATE journal_lines SET debit = debit + 1 WHERE entry_id = 7 AND line = 1",
    )
    seal(ledger.transactions)
    assert broken(ledger) is None
    found = broken(ledger, kept)
    assert found
    assert found.what == "hash_not_in_chain"


@pytest.mark.parametrize(
    "change", ["UPDATE sealed_ranges SET entries = 1", "DELETE FROM sealed_ranges"]
)
def test_a_seal_is_never_changed(ledger: Ledger, change: str) -> None:
    ledger.lives(1)
    seal(ledger.transactions)
    with (
        pytest.raises(Exception) as refused,  # noqa: PT011  (the cause is what is looked at)
        ledger.database.transaction() as connection,
    ):
        connection.exec_driver_sql(change)
    assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)


def test_a_range_that_does_not_continue_the_chain_is_refused(ledger: Ledger) -> None:
    ledger.lives(1)
    seal(ledger.transactions)
    with (
        pytest.raises(Exception, match="must continue the chain"),
        ledger.database.transaction() as connection,
    ):
        connection.exec_driver_sql(
            "INSERT INTO sealed_ranges SELECT number + 1, to_entry + 2, to_entry + 9, 1,"
            " sha256, sha256('x'), substring(fingerprints for 16), now() FROM sealed_ranges"
        )


def test_a_smaller_number_that_commits_late_is_waited_for(ledger: Ledger) -> None:
    sealed: list[int] = []
    thread = threading.Thread(target=lambda: sealed.append(seal(ledger.transactions).to_entry))
    with ledger.unfinished(ledger.captured(new_id())):
        ledger.post(ledger.captured(new_id()))
        thread.start()
        thread.join(timeout=0.3)
        assert thread.is_alive()
    thread.join()
    assert sealed == [2]
    assert ledger.rows("SELECT entries FROM sealed_ranges") == [{"entries": 2}]
    assert broken(ledger) is None


def test_postings_go_on_while_it_waits_and_are_not_waited_for(
    ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.payments.adapters.journal._PATIENCE", 3)
    with ledger.unfinished(ledger.captured(new_id())):
        ledger.post(ledger.captured(new_id()))
        with pytest.raises(Transient, match="journal_busy"):
            seal(ledger.transactions)
    assert seal(ledger.transactions).to_entry == 2


def test_the_clock_seals_once_an_hour_however_often_it_is_looked_at(ledger: Ledger) -> None:
    ledger.lives(1)
    assert seal_hourly(ledger.transactions)
    ledger.lives(1)
    ledger.clock.forward(minutes=59)
    assert seal_hourly(ledger.transactions) is None
    ledger.clock.forward(minutes=1)
    view = seal_hourly(ledger.transactions)
    assert view
    assert view.ranges == 2


def test_two_that_seal_at_once_make_one_chain(ledger: Ledger) -> None:
    ledger.lives(10)
    threads = [threading.Thread(target=seal, args=(ledger.transactions,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert verify(ledger.transactions).ranges == 5
    assert broken(ledger) is None
