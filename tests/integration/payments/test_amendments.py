"""What amendments and retainers do to the money of a milestone."""

from datetime import timedelta

import pytest

from shared.calendar import day_in_japan
from shared.ids import new_id
from tests.integration.payments.market import SEE_OTHER, Market
from tests.integration.payments.test_chargebacks import decide, dispute
from tests.integration.payments.test_refunds import COST, refunds_of


def test_a_lower_price_gives_the_difference_back_once_in_any_order(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.reduce(milestone, 30_000)
    # An earlier one that arrives late, and the same again: they say the price, not the difference.
    market.contracts.reduce(milestone, 40_000)
    market.contracts.reduce(milestone, 30_000)
    market.settle()
    money = market.money(milestone)
    assert (money["status"], money["left"]["amount"]) == ("funded", 30_000)
    assert refunds_of(market, milestone) == [(19_958, "part", "confirmed")]
    market.accept(milestone)
    (release,) = market.money(milestone)["releases"]
    assert release["gross"]["amount"] == COST - 19_958


def test_a_lower_price_that_is_told_after_the_acceptance_comes_back_from_the_assistant(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.accept(milestone)
    for _ in range(2):
        market.contracts.reduce(milestone, 40_000)
    market.settle()
    assert refunds_of(market, milestone) == [(9_979, "after_release", "confirmed")]
    (release,) = market.money(milestone)["releases"]
    assert (release["price"]["amount"], release["gross"]["amount"]) == (40_000, COST - 9_979)


def test_dates_that_arrive_late_do_not_replace_newer_ones(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    now = market.api.clock.now()
    newest = day_in_japan(now) + timedelta(days=30)
    market.contracts.amend(milestone, newest, at=now + timedelta(minutes=2), review_days=10)
    market.contracts.move(milestone, newest - timedelta(days=9), at=now + timedelta(minutes=1))
    market.contracts.amend(milestone, newest - timedelta(days=5), at=now)
    query = "SELECT due_on, review_days FROM escrows WHERE milestone_id = :milestone"
    row = market.row(query, milestone=milestone)
    assert (row.due_on, row.review_days) == (newest, 10)


def test_another_price_before_payment_closes_the_page_and_what_is_paid_goes_back(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    assert market.pay_on(page).status_code == SEE_OTHER
    renewed = market.contracts.replace(milestone, 70_000)
    assert market.contracts.replace(milestone, 70_000) != renewed
    market.settle()
    assert market.money(milestone)["in_escrow"]["amount"] == 0
    paid_back = market.rows("SELECT amount FROM refunds WHERE client_id = :client")
    assert [row.amount for row in paid_back] == [COST]
    market.pay(renewed)
    assert market.money(renewed)["price"]["amount"] == 70_000


def test_a_period_is_divided_by_the_hours_that_were_worked(market: Market) -> None:
    (milestone,) = market.agree(60_000)
    market.pay(milestone)
    settlement = new_id()
    for _ in range(2):
        market.contracts.settle(milestone, 45_000, 15_000, settlement)
    market.settle()
    money = market.money(milestone)
    (release,) = money["releases"]
    assert release["price"]["amount"] == 45_000
    ((back, _, status),) = refunds_of(market, milestone)
    assert status == "confirmed"
    assert back + release["gross"]["amount"] == money["funded"]["amount"]


def test_a_period_without_hours_goes_back_whole(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.settle(milestone, 0, 50_000)
    market.settle()
    assert market.money(milestone)["status"] == "refunded"
    assert refunds_of(market, milestone) == [(COST, "ended", "confirmed")]


@pytest.mark.parametrize(("outcome", "becomes"), [("won", "confirmed"), ("lost", "overtaken")])
def test_a_lower_price_waits_for_the_bank(market: Market, outcome: str, becomes: str) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    dispute_id = dispute(market, milestone)
    market.contracts.reduce(milestone, 30_000)
    market.settle()
    assert refunds_of(market, milestone) == [(19_958, "part", "asked")]
    assert market.money(milestone)["left"]["amount"] == 30_000
    decide(market, dispute_id, outcome)
    market.settle()
    assert refunds_of(market, milestone) == [(19_958, "part", becomes)]
