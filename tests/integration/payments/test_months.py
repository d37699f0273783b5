"""Closing months: every entry counts once, and nothing is added to what is closed."""

from datetime import UTC, datetime

import pytest
from psycopg import errors

import services.payments.use_cases.closing as closing_rules
from services.payments.domain.months import Month
from services.payments.use_cases.closing import close
from services.payments.use_cases.sealing import seal, verify
from shared.errors import Rejected, Transient
from shared.ids import new_id
from shared.messages.books import ClosedMonthView
from tests.integration.payments.ledgers import FEE, GROSS, NOVEMBER, Ledger

OCTOBER = datetime(2026, 10, 20, tzinfo=UTC)
LAST_OF_NOVEMBER = datetime(2026, 11, 30, 14, 59, tzinfo=UTC)
FIRST_OF_DECEMBER = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
MONTH = Month.named("2026-11")


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sums are made over three numbers at a time, so that parts are put together."""
    monkeypatch.setattr(closing_rules, "TOGETHER", 3)


def over(view: ClosedMonthView, account: str) -> tuple[int, int, int, int]:
    (found,) = (each for each in view.balances if each.account == account)
    return found.opening, found.debit, found.credit, found.closing


def test_a_month_has_opening_debit_credit_and_closing_of_each_account(ledger: Ledger) -> None:
    ledger.lives(2, at=OCTOBER)
    ledger.lives(3)
    ledger.post(ledger.captured(new_id(), LAST_OF_NOVEMBER))
    ledger.post(ledger.captured(new_id(), FIRST_OF_DECEMBER))
    view = close(MONTH, ledger.transactions)
    assert (view.month, view.entries, view.to_entry) == ("2026-11", 7, 12)
    net = GROSS - FEE
    assert over(view, "asset:processor_balance") == (2 * net, 4 * GROSS, 4 * FEE, 6 * net)
    assert over(view, "liability:escrow") == (0, 3 * GROSS, 4 * GROSS, -GROSS)
    assert sum(each.closing for each in view.balances) == 0
    assert view.sha256 == seal(ledger.transactions).sha256
    assert ledger.rows("SELECT * FROM closing_sums") == []


def test_what_is_posted_late_counts_in_the_next_month(ledger: Ledger) -> None:
    ledger.lives(1)
    first = close(MONTH, ledger.transactions)
    ledger.post(ledger.captured(new_id()))  # occurred in November
    ledger.post(ledger.captured(new_id(), FIRST_OF_DECEMBER))
    ledger.clock.forward(days=40)
    second = close(MONTH.after, ledger.transactions)
    assert (first.entries, second.entries) == (2, 2)
    assert over(second, "asset:processor_balance")[0] == over(first, "asset:processor_balance")[3]
    assert over(second, "liability:escrow") == (0, 0, 2 * GROSS, -2 * GROSS)


def test_what_was_posted_before_the_close_but_occurred_after_the_month_counts_in_its_own(
    ledger: Ledger,
) -> None:
    ledger.post(ledger.captured(new_id(), FIRST_OF_DECEMBER))
    ledger.lives(1)
    assert close(MONTH, ledger.transactions).entries == 2
    ledger.clock.forward(days=40)
    assert close(MONTH.after, ledger.transactions).entries == 1


def test_months_are_closed_in_order_once_and_when_they_are_over(ledger: Ledger) -> None:
    ledger.lives(1)
    ledger.clock.time = LAST_OF_NOVEMBER
    with pytest.raises(Rejected, match="month_not_over"):
        close(MONTH, ledger.transactions)
    ledger.clock.time = FIRST_OF_DECEMBER
    close(MONTH, ledger.transactions)
    with pytest.raises(Rejected, match="month_closed"):
        close(MONTH, ledger.transactions)
    ledger.clock.forward(days=100)
    with pytest.raises(Rejected, match="month_not_next") as refused:
        close(MONTH.after.after, ledger.transactions)
    assert refused.value.facts == {"next": "2026-12"}


def test_a_month_of_an_empty_journal_is_closed_too(ledger: Ledger) -> None:
    view = close(MONTH, ledger.transactions)
    assert (view.entries, view.to_entry, view.balances) == (0, 0, ())


@pytest.mark.parametrize(
    ("spoil", "fact"),
    [
        ("UPDATE journal_lines SET debit = debit + 1 WHERE entry_id = 1 AND line = 1",
         "unbalanced_entries"),
        ("DELETE FROM journal_lines WHERE entry_id = 2", "unbalanced_entries"),
        ("UPDATE account_balances SET balance = balance + 1", "sub_accounts"),
        ("DELETE FROM account_balances", "sub_accounts"),
        ("UPDATE closed_month_balances SET closing = 0, debit = 0, credit = 0, opening = 0",
         "openings"),
    ],
)  # fmt: skip
def test_books_that_do_not_hold_are_not_closed(ledger: Ledger, spoil: str, fact: str) -> None:
    ledger.lives(1)
    ledger.post(ledger.captured(new_id()))
    close(MONTH, ledger.transactions)
    ledger.clock.forward(days=40)
    ledger.tamper(spoil)
    with pytest.raises(Rejected, match="books_do_not_hold") as refused:
        close(MONTH.after, ledger.transactions)
    assert refused.value.facts[fact]
    assert len(ledger.rows("SELECT * FROM closed_months")) == 1


def test_a_close_waits_for_nobody(ledger: Ledger) -> None:
    with ledger.transactions.begin() as work:
        work.months.lock()
        with pytest.raises(Transient, match="close_under_way"):
            close(MONTH, ledger.transactions)
    assert verify(ledger.transactions).broken is None


def test_a_closed_month_is_never_changed(ledger: Ledger) -> None:
    ledger.lives(1)
    close(MONTH, ledger.transactions)
    for change in ("UPDATE closed_months SET entries = 1", "DELETE FROM closed_month_balances"):
        with (
            pytest.raises(Exception) as refused,  # noqa: PT011  (its cause is looked at)
            ledger.database.transaction() as connection,
        ):
            connection.exec_driver_sql(change)
        assert isinstance(refused.value.__cause__, errors.InsufficientPrivilege)


def test_it_says_how_far_it_is(ledger: Ledger) -> None:
    ledger.lives(4, at=NOVEMBER)
    told: list[tuple[int, int]] = []
    close(MONTH, ledger.transactions, lambda done, total: told.append((done, total)))
    assert told == [(3, 8), (6, 8), (8, 8)]
