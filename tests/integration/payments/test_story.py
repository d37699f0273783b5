"""The money of a milestone, from the first page to the bank."""

from shared.messages.jobs import Mode
from tests.integration.payments.market import Market


def test_a_milestone_is_funded_released_and_paid_out_to_the_yen(own_market: Market) -> None:
    market = own_market
    market.become_payee()
    first, second = market.agree(50_000, 50_000)
    market.pay(first)
    assert market.money(first)["in_escrow"]["amount"] == 49_895
    market.accept(first)
    money = market.money(first)
    assert (money["net"]["amount"], money["platform_fee"]["amount"]) == (37_795, 11_000)
    assert money["platform_fee_tax"]["amount"] == 1_100
    payout = market.pay_out()
    assert (payout["status"], payout["gross"]["amount"]) == ("paid", 37_795)
    assert (payout["transfer_fee"]["amount"], payout["amount"]["amount"]) == (500, 37_295)
    # The second one's fee is marginal to the first: 21,000 of 110,000 less 11,000.
    market.pay(second)
    market.accept(second)
    assert market.money(second)["platform_fee"]["amount"] == 10_000
    assert market.pay_out()["status"] == "paid"
    market.check_books()
    assert market.rows("SELECT * FROM account_balances WHERE balance <> 0") == []
    assert market.told() == [
        "payee_activated",
        *["funding_started", "milestone_funded", "escrow_released", "payout_paid"] * 2,
    ]


def test_the_platform_withholds_in_principal_mode(own_market: Market) -> None:
    market = own_market
    market.become_payee()
    (milestone,) = market.agree(50_000, mode=Mode.PRINCIPAL)
    market.pay(milestone)
    assert market.money(milestone)["funded"]["amount"] == 55_000
    market.accept(milestone)
    assert market.pay_out()["amount"]["amount"] == 37_295
    sums = market.sums()
    assert sums["liability:withholding"] == 5_105
    assert sums["liability:consumption_tax"] == 1_100
    assert sums["income:transfer_fee"] == 500
    market.check_books()


def test_an_ended_milestone_is_refunded_in_full(own_market: Market) -> None:
    market = own_market
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.end(milestone)
    assert market.money(milestone)["status"] == "refunding"
    market.settle()
    assert market.money(milestone)["status"] == "refunded"
    market.check_books()
    assert market.told()[-1] == "milestone_refunded"
    assert market.rows("SELECT * FROM account_balances WHERE balance <> 0") == []
