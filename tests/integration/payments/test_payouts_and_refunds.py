"""Payouts that wait, come back or are too small; money that nobody awaits any more."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from services.payments.use_cases import operations
from shared.messages.jobs import Category
from tests.integration.payments.market import BASE, Market, market_over
from tests.support.stripe_process import running
from tests.support.stripe_steps import GOOD_CARD
from tools.postgres import ServiceDatabase

REFUND_FAILS_LATER = "4000000000005126"
FAILING_BANK_ACCOUNT = "1111116"


def statuses(market: Market) -> list[str]:
    return [each["status"] for each in market.payouts()]


def balance_of(market: Market, account: str) -> int:
    rows = market.rows("SELECT account, balance FROM account_balances")
    return sum(row.balance for row in rows if row.account == account)


def test_a_payout_waits_until_its_payee_is_active(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    market.step()
    assert statuses(market) == ["requested"]
    assert balance_of(market, "liability:assistant_payable") == 37_795
    market.become_payee()
    market.until(lambda: statuses(market) == ["paid"])
    market.check_books()


def test_small_amounts_wait_until_together_they_reach_the_minimum(market: Market) -> None:
    market.become_payee()
    first, second = market.agree(800, 800, category=Category.RESEARCH)
    for milestone in (first, second):
        market.pay(milestone)
    market.accept(first)
    market.step()
    assert statuses(market) == ["requested"]
    market.accept(second)
    market.until(lambda: statuses(market) == ["paid", "paid"])
    market.check_books()


def test_accepted_twice_or_together_is_released_once(market: Market) -> None:
    market.become_payee()
    milestones = market.agree(50_000, 60_000, 70_000)
    for milestone in milestones:
        market.pay(milestone)
    market.accept(*milestones)
    market.accept(milestones[0])
    market.accept(*milestones)
    market.until(lambda: statuses(market) == ["paid"] * 3)
    fees = [market.money(each)["platform_fee"]["amount"] for each in milestones]
    # 55,000, 66,000 and 77,000 with tax: 20 % up to 100,000, then 10 %.
    assert fees == [11_000, 11_100, 7_700]
    assert market.told().count("escrow_released") == 3
    market.check_books()


def test_an_assistant_whose_bank_refuses_keeps_the_money_payable(market: Market) -> None:
    market.become_payee(account_number=FAILING_BANK_ACCOUNT)
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    market.until(lambda: statuses(market) == ["returned"])
    assert market.payouts()[0]["failure"]
    assert balance_of(market, "liability:assistant_payable") == 37_795
    assert balance_of(market, "liability:payout_in_transit") == 0
    assert market.told()[-1] == "payout_returned"
    market.check_books()


def test_a_payout_that_comes_back_after_it_was_paid_is_payable_again(market: Market) -> None:
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    market.until(lambda: statuses(market) == ["paid"])
    (row,) = market.rows("SELECT source FROM journal_entries WHERE fact = 'payout_sent'")
    market.simulator.control("POST", f"payouts/{row.source}/returned", code="no_account")
    market.until(lambda: statuses(market) == ["returned"])
    assert balance_of(market, "liability:assistant_payable") == 37_795
    facts = [each.fact for each in market.rows("SELECT fact FROM journal_entries ORDER BY 1")]
    assert "payout_returned" in facts
    assert "payout_failed" not in facts
    market.check_books()


def test_a_milestone_that_is_paid_after_it_ended_is_refunded_at_once(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.check_out(milestone).json()["url"]
    form = {"card_number": GOOD_CARD, "expiry": "12/40", "cvc": "123"}
    assert httpx.post(page, data=form).status_code == httpx.codes.SEE_OTHER
    market.end(milestone)
    market.until(lambda: len(market.rows("SELECT FROM refunds WHERE status = 'confirmed'")) == 1)
    assert market.money(milestone)["status"] == "closed"
    assert "milestone_funded" not in market.told()
    market.check_books()


def test_an_open_page_is_closed_when_its_milestone_ends(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.check_out(milestone).json()["url"]
    market.end(milestone)
    operations.run_operations(market, market.gateway)
    form = {"card_number": GOOD_CARD, "expiry": "12/40", "cvc": "123"}
    assert httpx.post(page, data=form).status_code == httpx.codes.GONE


def test_a_refund_that_the_bank_sends_back_is_still_owed(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone, REFUND_FAILS_LATER)
    market.end(milestone)
    market.until(lambda: market.money(milestone)["status"] == "refunded")
    (row,) = market.rows("SELECT source FROM journal_entries WHERE fact = 'refund_confirmed'")
    market.turn(seconds=10)
    market.until(lambda: len(market.rows("SELECT FROM refunds WHERE status = 'failed'")) == 1)
    assert balance_of(market, "liability:refunds_payable") == 49_895
    assert row.source.startswith("re_")
    market.check_books()


def test_cancelled_twice_is_refunded_once_and_never_released(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.end(milestone)
    market.end(milestone)
    market.until(lambda: market.money(milestone)["status"] == "refunded")
    with pytest.raises(Exception, match="step_not_possible"):
        market.accept(milestone)
    assert len(market.rows("SELECT FROM refunds")) == 1
    market.check_books()


def test_a_restricted_payee_is_told_what_is_missing_and_paid_later(market: Market) -> None:
    account = market.become_payee()
    market.simulator.control("POST", f"accounts/{account}/capabilities", status="restricted")
    market.until(lambda: market.payee()["status"] == "restricted")
    assert market.payee()["requirements"]
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    market.step()
    assert statuses(market) == ["requested"]
    market.simulator.control("POST", f"accounts/{account}/capabilities", status="active")
    market.until(lambda: statuses(market) == ["paid"])
    assert market.told()[:3] == ["payee_activated", "payee_restricted", "funding_started"]


@pytest.fixture
def slow_market(payments_database: ServiceDatabase, tmp_path: Path) -> Iterator[Market]:
    """A market whose processor makes money available after four days, as in Japan."""
    with (
        running(tmp_path, "--payout-after", "0") as simulator,
        market_over(payments_database.url, simulator) as market,
    ):
        yield market


def test_a_payout_waits_for_the_money_to_become_available(slow_market: Market) -> None:
    market = slow_market
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    market.until(lambda: statuses(market) == ["transferred"])
    market.step()
    (call,) = market.rows("SELECT * FROM operations WHERE kind = 'create_payout'")
    assert (call.status, call.answer["code"]) == ("pending", "balance_insufficient")
    market.check_books()
    market.turn(days=4, minutes=1)
    market.until(lambda: statuses(market) == ["paid"])
    market.check_books()
    assert market.assistant.get(f"{BASE}/payouts").json()["next"] is None
