"""Paydays and payouts on demand: when, how much, to which bank, and what if it can't be."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.payments.use_cases import paydays
from shared.messages.jobs import Category
from shared.provision.databases import ServiceDatabase
from tests.integration.payments.market import BASE, Market, market_over
from tests.support.stripe_process import running

# What a price of 50,000 comes to for the assistant.
NET = 37_795
FAILING_BANK_ACCOUNT = "1111116"

# Friday 31 August is a month's end; 15 September is a Saturday, and the Monday after it a holiday.
FIRST_HALF, SECOND_HALF = date(2035, 8, 10), date(2035, 8, 20)
MONTH_END, MID_MONTH = date(2035, 8, 31), date(2035, 9, 18)


@pytest.fixture
def market(own_market: Market) -> Iterator[Market]:
    """A market whose clock is the test's own; its books must be right at the end."""
    yield own_market
    own_market.settle()
    own_market.check_books()


def release(market: Market, price: int = 50_000, **terms: Any) -> UUID:
    """Have a milestone paid and accepted today."""
    (milestone,) = market.agree(price, **terms)
    market.pay(milestone)
    market.accept(milestone)
    return milestone


def small(market: Market) -> UUID:
    """Have a milestone accepted whose net, 687 yen, is less than may be paid out."""
    return release(market, 800, category=Category.RESEARCH)


def told(market: Market, event: str) -> list[Any]:
    """Return what the events of this name say to the assistant, in order."""
    found = market.rows(
        "SELECT data::jsonb AS said FROM outbox WHERE data LIKE '%' || :assistant || '%'"
        " AND split_part(type, '.', 2) = :event ORDER BY position",
        event=event,
    )
    return [row.said for row in found]


def statuses(market: Market) -> list[str]:
    return [each["status"] for each in market.payouts()]


def send_back(market: Market, payout: Any) -> None:
    """Let the bank send a payout back that had arrived."""
    row = market.row(
        "SELECT source FROM journal_entries WHERE fact = 'payout_sent' AND reference = :payout",
        payout=payout["payout_id"],
    )
    market.simulator.control("POST", f"payouts/{row.source}/returned", code="no_account")
    market.settle()


def payable(market: Market) -> int:
    amount: int = market.payable()["payable"]["amount"]
    assert amount == market.balance("liability:assistant_payable", market.assistant.person_id)
    return amount


def test_what_is_released_by_the_15th_is_paid_at_the_months_end(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    market.become_payee()
    release(market)
    assert market.payable()["next_payday"] == MONTH_END.isoformat()
    for day in (date(2035, 8, 15), date(2035, 8, 30)):
        market.turn_to(day)
        assert market.look_at_paydays() == 0
    market.turn_to(MONTH_END)
    assert market.look_at_paydays() == 1
    (payout,) = market.payouts()
    assert (payout["status"], payout["payday"]) == ("paid", MONTH_END.isoformat())
    assert not payout["on_demand"]
    assert (payout["gross"]["amount"], payout["amount"]["amount"]) == (NET, NET - 500)


def test_what_is_released_later_is_paid_on_the_15th_or_the_next_banking_day(
    market: Market,
) -> None:
    market.turn_to(SECOND_HALF)
    market.become_payee()
    release(market)
    for day in (MONTH_END, date(2035, 9, 15), date(2035, 9, 17)):
        market.turn_to(day)
        assert market.look_at_paydays() == 0
    market.turn_to(MID_MONTH)
    assert market.look_at_paydays() == 1
    assert statuses(market) == ["paid"]


def test_a_payday_that_was_missed_is_made_up_for(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    market.become_payee()
    release(market)
    market.turn_to(date(2035, 9, 5))
    assert market.look_at_paydays() == 1
    assert market.look_at_paydays() == 0


def test_no_payday_is_later_than_the_laws_sixtieth_day(market: Market) -> None:
    market.turn_to(SECOND_HALF)
    market.become_payee()
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.deliver(milestone, datetime(2035, 7, 20, 3, tzinfo=UTC))
    market.accept(milestone)
    # The sixtieth day is a Monday on which banks are closed, after a weekend.
    row = market.row("SELECT payday, pay_by FROM releases WHERE milestone_id = :m", m=milestone)
    assert row.pay_by == date(2035, 9, 17)
    assert row.payday == date(2035, 9, 14)
    market.turn_to(date(2035, 9, 14))
    assert market.look_at_paydays() == 1


def test_one_payout_gathers_all_that_is_due_and_costs_one_fee(market: Market) -> None:
    market.turn_to(date(2035, 8, 1))
    market.become_payee()
    first = release(market, 20_000)
    market.turn_to(FIRST_HALF)
    second = release(market, 30_000)
    market.turn_to(SECOND_HALF)
    later = release(market, 40_000)
    market.turn_to(MONTH_END)
    assert market.look_at_paydays() == 1
    (payout,) = market.payouts()
    nets = [market.money(each)["net"]["amount"] for each in (first, second, later)]
    assert payout["gross"]["amount"] == nets[0] + nets[1]
    assert payout["transfer_fee"]["amount"] == 500
    assert payable(market) == nets[2]
    (said,) = told(market, "payout_paid")
    assert [each["net"]["amount"] for each in said["milestones"]] == nets[:2]


def test_on_demand_all_is_paid_at_once_whatever_its_payday(market: Market) -> None:
    market.become_payee()
    release(market, 20_000)
    release(market, 30_000)
    payout = market.pay_out()
    assert (payout["status"], payout["on_demand"]) == ("paid", True)
    assert payable(market) == 0
    answer = market.ask_for_payout()
    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_payable")


def test_less_than_the_minimum_is_gathered_on(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    market.become_payee()
    small(market)
    answer = market.ask_for_payout()
    assert (answer.status_code, answer.json()["code"]) == (409, "payout_below_minimum")
    assert (answer.json()["payable"], answer.json()["minimum"]) == (687, 1_000)
    market.turn_to(MONTH_END)
    assert market.look_at_paydays() == 0
    (said,) = told(market, "payout_delayed")
    assert (said["reason"], said["payable"]["amount"]) == ("below_minimum", 687)
    small(market)
    market.turn_to(date(2035, 9, 17))
    assert market.look_at_paydays() == 0
    # On the second one's payday both are paid together.
    market.turn_to(MID_MONTH)
    assert market.look_at_paydays() == 1
    assert market.payouts()[0]["gross"]["amount"] == 2 * 687


@pytest.mark.parametrize(("routing", "fee"), [("0036201", 100), ("0001001", 500), ("", 500)])
def test_the_fee_of_a_transfer_depends_on_the_bank(market: Market, routing: str, fee: int) -> None:
    market.become_payee(**({"routing_number": routing} if routing else {}))
    release(market)
    assert market.payable()["transfer_fee"]["amount"] == fee
    payout = market.pay_out()
    assert (payout["transfer_fee"]["amount"], payout["amount"]["amount"]) == (fee, NET - fee)
    if routing:
        assert market.payee()["bank"]["bank_code"] == routing[:4]


def test_the_fee_of_the_day_holds(market: Market) -> None:
    market.become_payee()
    release(market, 20_000)
    tomorrow = market.today + timedelta(days=1)
    market.row("INSERT INTO transfer_fees VALUES (:day, '', 300) RETURNING 1", day=tomorrow)
    assert market.pay_out()["transfer_fee"]["amount"] == 500
    market.turn(days=1)
    release(market, 20_000)
    assert market.pay_out()["transfer_fee"]["amount"] == 300


def test_a_payout_that_the_bank_refuses_is_payable_again_with_its_fee(market: Market) -> None:
    market.become_payee(account_number=FAILING_BANK_ACCOUNT)
    release(market)
    payout = market.pay_out()
    assert payout["status"] == "returned"
    assert payout["failure"]
    assert payable(market) == NET
    assert "income:transfer_fee" not in market.sums()
    # The transfer was taken back: all is on our own balance again.
    assert "asset:payee_balance" not in market.sums()
    facts = {row.fact for row in market.rows("SELECT fact FROM journal_entries")}
    assert {"payout_failed", "payout_taken_back"} <= facts
    assert "payout_returned" not in facts
    (said,) = told(market, "payout_returned")
    assert [each["net"]["amount"] for each in said["milestones"]] == [NET]


def test_a_payout_that_comes_back_after_it_was_paid_is_payable_again_with_its_fee(
    market: Market,
) -> None:
    market.become_payee()
    release(market)
    send_back(market, market.pay_out())
    assert statuses(market) == ["returned"]
    assert payable(market) == NET
    sums = market.sums()
    assert "income:transfer_fee" not in sums
    assert "asset:payee_balance" not in sums
    facts = {row.fact for row in market.rows("SELECT fact FROM journal_entries")}
    assert {"payout_returned", "payout_taken_back"} <= facts
    assert "payout_failed" not in facts


def test_paydays_pause_after_a_return_until_the_assistant_asks(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    market.become_payee()
    release(market)
    market.turn_to(MONTH_END)
    assert market.look_at_paydays() == 1
    send_back(market, market.payouts()[0])
    assert market.payable()["paused"]
    assert market.look_at_paydays() == 0
    (said,) = told(market, "payout_delayed")
    assert said["reason"] == "bank_returned"
    # Asked for, it goes again, and paydays go on.
    assert market.pay_out()["status"] == "paid"
    assert not market.payable()["paused"]
    release(market)
    market.turn_to(MID_MONTH)
    assert market.look_at_paydays() == 1
    assert statuses(market) == ["paid", "paid", "returned"]


def test_paydays_go_on_once_the_bank_account_is_another(market: Market) -> None:
    account = market.become_payee(account_number=FAILING_BANK_ACCOUNT)
    release(market)
    assert market.pay_out()["status"] == "returned"
    market.turn(days=60)
    assert market.look_at_paydays() == 0
    path = f"accounts/{account}/bank_account"
    market.simulator.control("POST", path, account_number="7654321")
    market.settle()
    assert not market.payable()["paused"]
    assert market.look_at_paydays() == 1
    assert statuses(market) == ["paid", "returned"]


def test_who_has_no_account_is_told_once_per_payday_and_reminded_after(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    release(market)
    market.turn_to(MONTH_END)
    for _ in range(3):
        assert market.look_at_paydays() == 0
    (said,) = told(market, "payout_delayed")
    assert (said["reason"], said["payable"]["amount"]) == ("no_payee_account", NET)
    market.turn_to(date(2035, 9, 29))
    market.look_at_paydays()
    assert told(market, "payable_reminder") == []
    market.turn_to(date(2035, 9, 30))
    for _ in range(3):
        market.look_at_paydays()
    (reminded,) = told(market, "payable_reminder")
    assert (reminded["payable"]["amount"], reminded["waiting_since"]) == (
        NET,
        MONTH_END.isoformat(),
    )
    market.turn_to(date(2035, 10, 30))
    market.look_at_paydays()
    assert len(told(market, "payable_reminder")) == 2
    assert len(told(market, "payout_delayed")) == 1
    assert payable(market) == NET


def test_a_new_payday_is_told_of_again(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    release(market)
    market.turn_to(SECOND_HALF)
    release(market)
    market.turn_to(MONTH_END)
    market.look_at_paydays()
    market.turn_to(MID_MONTH)
    market.look_at_paydays()
    assert [each["payable"]["amount"] for each in told(market, "payout_delayed")] == [
        NET,
        2 * NET,
    ]
    assert told(market, "payable_reminder") == []


def test_a_restricted_payee_is_told_what_is_missing_and_paid_once_active(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    account = market.become_payee()
    path = f"accounts/{account}/capabilities"
    market.simulator.control("POST", path, status="restricted")
    market.settle()
    release(market)
    answer = market.ask_for_payout()
    assert (answer.status_code, answer.json()["code"]) == (409, "payee_not_active")
    assert answer.json()["requirements"] == market.payee()["requirements"] != []
    market.turn_to(MONTH_END)
    assert market.look_at_paydays() == 0
    (said,) = told(market, "payout_delayed")
    assert said["reason"] == "payee_not_active"
    assert said["requirements"] == market.payee()["requirements"]
    market.simulator.control("POST", path, status="active")
    market.settle()
    (restricted,), activated = told(market, "payee_restricted"), told(market, "payee_activated")
    assert restricted["changed_at"] < activated[-1]["changed_at"]
    assert market.look_at_paydays() == 1
    assert statuses(market) == ["paid"]


def test_operators_see_what_the_law_wants_paid_soon(market: Market) -> None:
    def late() -> list[Any]:
        found: list[Any] = market.operator.get(f"{BASE}/late-payables").json()
        return found

    milestone = release(market)
    assert late() == []
    market.turn(days=44)
    assert late() == []
    market.turn(days=1)
    (watched,) = late()
    assert watched["milestone_id"] == str(milestone)
    assert (watched["owed"]["amount"], watched["days_left"]) == (NET, 14)
    market.turn(days=15)
    assert late()[0]["days_left"] == -1
    market.become_payee()
    assert market.ask_for_payout().status_code == 201
    # It is watched until the bank has it.
    assert len(late()) == 1
    market.settle()
    assert late() == []
    answer = market.assistant.get(f"{BASE}/late-payables")
    assert (answer.status_code, answer.json()["code"]) == (403, "role_required")


def test_two_clocks_on_one_payday_pay_once(market: Market) -> None:
    market.turn_to(FIRST_HALF)
    people = [market, *(market.with_new_people() for _ in range(3))]
    for each in people:
        each.become_payee()
        release(each)
    market.turn_to(MONTH_END)
    market.now()
    with ThreadPoolExecutor(4) as clocks:
        started = list(clocks.map(paydays.pay_due, [market] * 4))
    assert sum(started) == len(people)
    market.settle()
    assert [statuses(each) for each in people] == [["paid"]] * len(people)


def test_asked_for_twice_at_once_it_is_paid_once(market: Market) -> None:
    market.become_payee()
    release(market)
    with ThreadPoolExecutor(4) as others:
        answers = list(others.map(lambda _: market.ask_for_payout(), range(4)))
    codes = sorted(answer.status_code for answer in answers)
    assert codes == [201, 409, 409, 409]
    market.settle()
    assert statuses(market) == ["paid"]


def test_a_declined_transfer_is_payable_again_and_says_why(market: Market) -> None:
    account = market.become_payee()
    release(market)
    # We haven't heard of it yet.
    path = f"accounts/{account}/capabilities"
    market.simulator.control("POST", path, status="restricted")
    assert market.ask_for_payout().status_code == 201
    market.settle()
    (payout,) = market.payouts()
    assert (payout["status"], bool(payout["failure"])) == ("declined", True)
    assert payable(market) == NET
    assert "income:transfer_fee" not in market.sums()
    market.simulator.control("POST", path, status="active")
    market.settle()
    assert market.pay_out()["status"] == "paid"


@pytest.fixture
def slow_market(payments_database: ServiceDatabase, tmp_path: Path) -> Iterator[Market]:
    """A market whose processor makes money available after four days, as in Japan."""
    with (
        running(tmp_path, "--payout-after", "0") as simulator,
        market_over(payments_database.url, simulator) as market,
    ):
        yield market.with_new_people()


def test_a_payout_waits_for_the_money_to_become_available(slow_market: Market) -> None:
    market = slow_market
    market.become_payee()
    release(market)
    market.pay_out()
    assert statuses(market) == ["requested"]
    call = market.row("SELECT * FROM operations WHERE kind = 'create_transfer'")
    assert (call.status, call.answer["code"]) == ("pending", "balance_insufficient")
    market.check_books()
    market.turn(days=4, minutes=1)
    market.settle()
    assert statuses(market) == ["paid"]
    market.check_books()
