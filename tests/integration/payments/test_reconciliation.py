"""Runs of the reconciliation over a real database; the processor's statement is made here."""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from services.payments.adapters import stripe_statements
from services.payments.adapters.stripe_client import StripeApi
from services.payments.adapters.stripe_statements import StripeStatements
from services.payments.domain.statement import PLATFORM, BalanceTransaction
from services.payments.use_cases.reconciling import (
    compare,
    get_run,
    list_runs,
    read_statements,
    reconcile_daily,
    reconcile_now,
)
from shared.errors import NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.books import ReconciliationItem, ReconciliationView
from shared.people import Person
from tests.integration.payments.ledgers import FEE, GROSS, NOVEMBER, Ledger
from tests.support.stripe_process import KEY, RunningSimulator

ACCOUNT = "acct_1"


@dataclass
class FakeStatements:
    """What the processor says; `away` makes it stop after so many lines."""

    lines_of: dict[str, list[BalanceTransaction]] = field(default_factory=dict)
    away_after: int | None = None

    def add(self, source: str, net: int, account: str = PLATFORM, kind: str = "charge") -> None:
        """Let an account have another line."""
        lines = self.lines_of.setdefault(account, [])
        name = f"txn_{account}_{len(lines)}"
        lines.append(BalanceTransaction(account, source, name, net, kind, NOVEMBER))

    def captured(self, milestones: Iterable[UUID]) -> None:
        """Let it know of these payments, and in another order than ours."""
        for each in sorted(milestones, reverse=True):
            self.add(f"ch_{each.hex}", GROSS - FEE)

    def balance(self, account_id: str | None) -> int:
        return sum(each.net for each in self.lines_of.get(account_id or PLATFORM, []))

    def lines(self, account_id: str | None) -> Iterator[BalanceTransaction]:
        for number, each in enumerate(self.lines_of.get(account_id or PLATFORM, [])):
            if number == self.away_after:
                raise Transient("processor_unavailable")
            yield each


@pytest.fixture
def statements() -> FakeStatements:
    """A processor that knows nothing yet."""
    return FakeStatements()


def an_operator() -> Person:
    return Person(new_id(), frozenset({Role.OPERATOR}))


def only_item(view: ReconciliationView) -> ReconciliationItem:
    (item,) = view.unmatched
    return item


def test_all_that_agrees_is_matched_and_nothing_is_left_behind(
    ledger: Ledger, statements: FakeStatements
) -> None:
    statements.captured(ledger.lives(20))
    view = reconcile_now(ledger.transactions, statements)
    assert (view.status, view.matched, view.unmatched_count, view.unmatched) == ("done", 20, 0, ())
    assert view.books_balance == view.processor_balance == 20 * (GROSS - FEE)
    assert ledger.rows("SELECT * FROM statement_lines") == []


def test_payees_are_compared_account_by_account(ledger: Ledger, statements: FakeStatements) -> None:
    with ledger.database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO payees (person_id, account_id, status, requirements)"
            " VALUES (%s, %s, 'active', '{}')",
            (ledger.assistant, ACCOUNT),
        )
    (milestone,) = ledger.lives(1)
    statements.captured([milestone])
    payout = new_id()
    ledger.post(*ledger.paid_out(payout))
    amount = 37_295
    statements.add(f"tr_{payout.hex}", -amount, kind="transfer")
    statements.add(f"tr_{payout.hex}", amount, ACCOUNT, kind="payment")
    statements.add(f"po_{payout.hex}", -amount, ACCOUNT, kind="payout")
    view = reconcile_now(ledger.transactions, statements)
    assert (view.matched, view.unmatched) == (4, ())
    assert view.payees_books_balance == view.payees_processor_balance == 0


def test_what_one_side_lacks_is_kept_with_its_reason_and_explanation(
    ledger: Ledger, statements: FakeStatements
) -> None:
    known, unknown = ledger.lives(2)
    statements.captured([known])
    statements.add("ch_strange", 77)
    statements.add("txn_fee", -3, kind="stripe_fee")
    view = reconcile_now(ledger.transactions, statements)
    assert view.matched == 1
    assert {(each.source, each.reason, each.explanation) for each in view.unmatched} == {
        (f"ch_{unknown.hex}", "ours_only", "unexplained"),
        ("ch_strange", "theirs_only", "unexplained"),
        ("txn_fee", "theirs_only", "kind_not_booked"),
    }
    assert view.processor_balance - view.books_balance == 77 - 3 - (GROSS - FEE)


def test_an_event_that_waits_or_failed_explains_what_only_they_have(
    ledger: Ledger, statements: FakeStatements
) -> None:
    for status, source in (("received", "ch_waits"), ("failed", "ch_bad"), ("handled", "ch_done")):
        with ledger.database.transaction() as connection:
            connection.exec_driver_sql(
                "INSERT INTO processor_events"
                " (event_id, type, body, received_at, status, attempts, next_attempt_at)"
                " VALUES (%s, 'charge.succeeded', %s, now(), %s, 1, now())",
                (f"evt_{source}", f'{{"id": "{source}"}}'.encode(), status),
            )
        statements.add(source, 5)
    view = reconcile_now(ledger.transactions, statements)
    assert {each.source: each.explanation for each in view.unmatched} == {
        "ch_waits": "event_on_its_way",
        "ch_bad": "event_failed",
        "ch_done": "unexplained",
    }


def test_an_entry_that_was_posted_since_is_explained(
    ledger: Ledger, statements: FakeStatements
) -> None:
    operator = an_operator()
    with ledger.transactions.begin() as work:
        run = work.reconciliations.begin(work.clock.now())
    processor = read_statements(run, statements, ledger.transactions)
    ledger.lives(1)
    with ledger.transactions.begin() as work:
        compare(run, processor, work)
    with ledger.transactions.begin() as work:
        view = get_run(operator, work, run.reconciliation_id)
    assert only_item(view).explanation == "posted_after_statement"


def test_an_item_keeps_its_age_until_it_is_settled(
    ledger: Ledger, statements: FakeStatements
) -> None:
    statements.add("ch_strange", 77)
    first = reconcile_now(ledger.transactions, statements)
    ledger.clock.forward(days=1)
    statements.add("ch_new", 5)
    second = reconcile_now(ledger.transactions, statements)
    seen = {each.source: each.first_seen_at for each in second.unmatched}
    assert seen == {
        "ch_strange": only_item(first).first_seen_at,
        "ch_new": ledger.clock.now(),
    }
    ledger.clock.forward(days=1)
    third = reconcile_now(ledger.transactions, FakeStatements())
    assert third.unmatched == ()


def test_the_clock_runs_once_a_day_in_japan_however_many_look(
    ledger: Ledger, statements: FakeStatements
) -> None:
    def look(_: int) -> ReconciliationView | None:
        return reconcile_daily(ledger.transactions, statements)

    with ThreadPoolExecutor(8) as pool:
        done = [each for each in pool.map(look, range(16)) if each]
    assert [each.asked_by for each in done] == ["clock"]
    ledger.clock.forward(hours=14, minutes=59)  # from 9:00 in Japan on
    assert look(0) is None
    ledger.clock.forward(minutes=1)
    tomorrow = look(0)
    assert tomorrow
    assert tomorrow.day == done[0].day + timedelta(days=1)


def test_a_run_that_was_cut_off_is_taken_over_and_begins_anew(
    ledger: Ledger, statements: FakeStatements
) -> None:
    statements.captured(ledger.lives(3))
    now = ledger.clock.now()
    with ledger.transactions.begin() as work:
        lost = work.reconciliations.claim(now)
        assert lost
        work.reconciliations.spool(lost, list(statements.lines(None))[:2], now)
    assert reconcile_daily(ledger.transactions, statements) is None
    ledger.clock.forward(minutes=11)
    statements.away_after = 1
    with pytest.raises(Transient):
        reconcile_daily(ledger.transactions, statements)
    statements.away_after = None
    ledger.clock.forward(minutes=11)
    view = reconcile_daily(ledger.transactions, statements)
    assert view
    assert (view.matched, view.unmatched) == (3, ())
    with (
        pytest.raises(Rejected, match="reconciliation_taken_over"),
        ledger.transactions.begin() as work,
    ):
        work.reconciliations.spool(lost, [], now)


def test_an_operators_run_that_was_cut_off_is_given_up(
    ledger: Ledger, statements: FakeStatements
) -> None:
    statements.add("ch_1", 5)
    statements.add("ch_2", 5)
    statements.away_after = 1
    with pytest.raises(Transient):
        reconcile_now(ledger.transactions, statements)
    ledger.clock.forward(minutes=11)
    statements.away_after = None
    reconcile_now(ledger.transactions, statements)
    with ledger.transactions.begin() as work:
        runs = list_runs(an_operator(), work, after=None, limit=5)
        older = list_runs(an_operator(), work, after=runs[0].reconciliation_id, limit=5)
    assert [each.status for each in runs] == ["done", "abandoned"]
    assert older == runs[1:]


def test_a_run_that_there_is_not_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound), ledger.transactions.begin() as work:
        get_run(an_operator(), work, new_id())


def test_a_statement_is_read_page_by_page(
    simulator: RunningSimulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_statements, "PAGE", 2)
    intents = simulator.client.v1.payment_intents
    paid: list[Any] = [
        intents.create(
            {
                "amount": 1_000 + number,
                "currency": "jpy",
                "payment_method": "pm_card_visa",
                "confirm": True,
            }
        )
        for number in range(5)
    ]
    statements = StripeStatements(StripeApi.connect(KEY, simulator.url))
    lines = list(statements.lines(None))
    assert {each.source for each in lines} == {str(each.latest_charge) for each in paid}
    assert len({each.transaction_id for each in lines}) == 5
    assert {(each.account, each.kind) for each in lines} == {(PLATFORM, "charge")}
    assert sum(each.net for each in lines) == statements.balance(None)
