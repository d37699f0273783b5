"""Money that goes back to clients: before and after the release, whole or in part."""

from typing import Any
from uuid import UUID

import pytest

from services.payments.adapters.tables import outbox
from shared.errors import Rejected
from shared.messages.jobs import Mode
from tests.integration.payments.market import BASE, Market

# What a price of 50,000 comes to for the client; then net, fee, and tax on the fee.
COST, NET, FEE, FEE_TAX = 49_895, 37_795, 11_000, 1_100
REFUND_FAILS_LATER = "4000000000005126"
PAYABLE, RECEIVABLE = "liability:assistant_payable", "asset:assistant_receivable"


def a_released_milestone(market: Market, price: int = 50_000, **terms: Any) -> UUID:
    (milestone,) = market.agree(price, **terms)
    market.pay(milestone)
    market.accept(milestone)
    return milestone


def refunds_of(market: Market, milestone: UUID) -> list[tuple[int, str, str]]:
    found = market.money(milestone)["refunds"]
    return [(each["amount"]["amount"], each["reason"], each["status"]) for each in found]


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def owed(market: Market) -> tuple[int, int]:
    """Return what is owed to the assistant, and by them; the books must say so too."""
    seen = market.payable()
    amounts = seen["payable"]["amount"], seen["receivable"]["amount"]
    person = market.assistant.person_id
    assert amounts == (market.balance(PAYABLE, person), -market.balance(RECEIVABLE, person))
    return amounts


def told(market: Market, event: str, milestone: UUID) -> list[Any]:
    """Return what the events of this name say of a milestone, in order."""
    found = market.rows(
        f"SELECT data::jsonb AS said FROM {outbox.name}"  # noqa: S608 - a constant
        " WHERE subject = :milestone AND split_part(type, '.', 2) = :event ORDER BY position",
        milestone=milestone,
        event=event,
    )
    return [row.said for row in found]


def test_a_part_goes_back_before_the_release_and_the_rest_is_released(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    (made,) = market.refund(milestone, 20_000).json()
    assert made["amount"]["amount"] == 19_958  # 40 % of 49,895
    market.settle()
    money = market.money(milestone)
    assert (money["status"], money["left"]["amount"]) == ("funded", 30_000)
    assert money["in_escrow"]["amount"] == COST - 19_958
    assert refunds_of(market, milestone) == [(19_958, "part", "confirmed")]
    market.accept(milestone)
    (release,) = market.money(milestone)["releases"]
    assert release["gross"]["amount"] == COST - 19_958
    (said,) = told(market, "refund_made", milestone)
    assert (said["after_release"], said["left"]["amount"]) == (False, 30_000)
    assert said["from_assistant"]["amount"] == 0


def test_all_of_it_goes_back_before_the_release_and_the_milestone_is_refunded(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    assert market.refund(milestone, 50_000).status_code == 201
    market.settle()
    assert market.money(milestone)["status"] == "refunded"
    assert refunds_of(market, milestone) == [(COST, "ended", "confirmed")]
    assert market.told()[-1] == "milestone_refunded"


def test_parts_go_back_until_nothing_is_left(market: Market) -> None:
    (milestone,) = market.agree(33_333)
    market.pay(milestone)
    funded = market.money(milestone)["funded"]["amount"]
    for price in (11_111, 1, 22_221):
        assert market.refund(milestone, price).status_code == 201
    assert refused(market.refund(milestone, 1))[0] == 409
    market.settle()
    assert market.money(milestone)["status"] == "refunded"
    assert sum(amount for amount, _, _ in refunds_of(market, milestone)) == funded


@pytest.mark.parametrize("mode", Mode)
def test_all_of_it_goes_back_after_the_release_with_fee_and_taxes(
    market: Market, mode: Mode
) -> None:
    before = market.sums()
    milestone = a_released_milestone(market, mode=mode)
    assert owed(market) == (NET, 0)
    assert market.refund(milestone, 50_000).status_code == 201
    market.settle()
    assert owed(market) == (0, 0)
    (release,) = market.money(milestone)["releases"]
    assert {release[name]["amount"] for name in ("gross", "net", "platform_fee")} == {0}
    # Only what the processor took for the payment is left of it.
    expense = "expense:processor_fee", "asset:processor_balance"
    after = market.sums()
    assert {name: each for name, each in after.items() if name not in expense} == {
        name: each for name, each in before.items() if name not in expense
    }
    (said,) = told(market, "refund_made", milestone)
    assert (said["after_release"], said["from_assistant"]["amount"]) == (True, NET)
    assert said["owed"]["amount"] == 0


def test_a_part_goes_back_after_the_release_from_whoever_had_it(market: Market) -> None:
    milestone = a_released_milestone(market)
    assert market.refund(milestone, 20_000, by=market.assistant).status_code == 201
    market.settle()
    (release,) = market.money(milestone)["releases"]
    kept = {name: release[name]["amount"] for name in ("price", "platform_fee", "net", "gross")}
    assert kept == {"price": 30_000, "platform_fee": 6_600, "net": 22_677, "gross": 29_937}
    assert owed(market) == (22_677, 0)
    assert refunds_of(market, milestone) == [(19_958, "after_release", "confirmed")]
    # The next fee is marginal to what was kept: 33,000 of the contract, not 55,000.
    row = market.row(
        "SELECT accumulated FROM contracts JOIN escrows USING (contract_id)"
        " WHERE milestone_id = :milestone",
        milestone=milestone,
    )
    assert row.accumulated == 33_000


def test_what_is_in_escrow_goes_back_before_what_was_released(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.accept_part(milestone, 40_000)
    assert len(market.refund(milestone, 15_000).json()) == 2
    market.settle()
    money = market.money(milestone)
    assert (money["status"], money["left"]["amount"]) == ("released", 0)
    assert money["releases"][0]["price"]["amount"] == 35_000
    assert [reason for _, reason, _ in refunds_of(market, milestone)] == ["part", "after_release"]


def test_the_newest_release_goes_back_first(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.contracts.accept_part(milestone, 10_000)
    market.turn(seconds=1)
    market.accept(milestone)
    assert market.refund(milestone, 45_000).status_code == 201
    prices = [each["price"]["amount"] for each in market.money(milestone)["releases"]]
    assert prices == [5_000, 0]


def test_what_was_paid_out_is_owed_by_the_assistant_and_set_off_when_they_earn(
    market: Market,
) -> None:
    market.become_payee()
    milestone = a_released_milestone(market)
    market.pay_out()
    assert market.refund(milestone, 50_000).status_code == 201
    market.settle()
    assert owed(market) == (0, NET)
    (said,) = told(market, "refund_made", milestone)
    assert said["owed"]["amount"] == NET
    # A small release is taken whole, the next one in part: nobody ever has less than nothing.
    small = a_released_milestone(market, 10_000)
    (of_small,) = told(market, "escrow_released", small)
    assert of_small["set_off"]["amount"] == of_small["net"]["amount"] == 7_559
    assert owed(market) == (0, NET - 7_559)
    large = a_released_milestone(market, 50_000)
    (of_large,) = told(market, "escrow_released", large)
    assert of_large["set_off"]["amount"] == NET - 7_559
    assert owed(market) == (7_559, 0)
    payout = market.pay_out()
    assert (payout["status"], payout["gross"]["amount"]) == ("paid", 7_559)


def test_a_refund_takes_what_is_owed_for_other_work_before_the_assistant_owes(
    market: Market,
) -> None:
    market.become_payee()
    paid_out = a_released_milestone(market)
    market.pay_out()
    a_released_milestone(market, 20_000)
    assert owed(market) == (15_118, 0)
    assert market.refund(paid_out, 50_000).status_code == 201
    assert owed(market) == (0, NET - 15_118)


def test_a_payout_on_its_way_is_not_touched_by_a_refund(market: Market) -> None:
    market.become_payee()
    milestone = a_released_milestone(market)
    assert market.ask_for_payout().status_code == 201
    assert market.refund(milestone, 20_000).status_code == 201
    market.settle()
    assert market.payouts()[0]["amount"]["amount"] == NET - 500
    assert owed(market) == (0, NET - 22_677)


def test_a_payout_that_comes_back_pays_what_the_assistant_owes(market: Market) -> None:
    market.become_payee()
    milestone = a_released_milestone(market)
    market.pay_out()
    assert market.refund(milestone, 20_000).status_code == 201
    assert owed(market) == (0, NET - 22_677)
    row = market.row(
        "SELECT source FROM journal_entries JOIN payouts ON payout_id = reference"
        " WHERE fact = 'payout_sent' AND assistant_id = :assistant"
    )
    market.simulator.control("POST", f"payouts/{row.source}/returned", code="no_account")
    market.settle()
    assert owed(market) == (22_677, 0)
    assert market.pay_out()["gross"]["amount"] == 22_677


@pytest.mark.parametrize("released", [False, True])
def test_more_than_the_price_does_not_go_back_and_nothing_moves(
    market: Market, *, released: bool
) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    if released:
        market.accept(milestone)
    assert refused(market.refund(milestone, 50_001)) == (409, "price_not_within")
    assert refunds_of(market, milestone) == []
    assert market.money(milestone)["status"] == ("released" if released else "funded")


@pytest.mark.parametrize("released", [False, True])
def test_nothing_goes_back_while_a_chargeback_is_open(market: Market, *, released: bool) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    if released:
        market.accept(milestone)
    charge = market.charge_of(milestone)
    market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    assert refused(market.refund(milestone, 10_000)) == (409, "chargeback_open")
    assert refunds_of(market, milestone) == []


def test_who_may_give_money_back(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    assert refused(market.refund(milestone, 1)) == (409, "milestone_not_refundable")
    market.pay(milestone)
    stranger = market.api.person("client", "assistant")
    for person in (market.client, stranger):
        assert refused(market.refund(milestone, 1, by=person)) == (404, "milestone_not_found")
    assert market.refund(milestone, 1, by=market.assistant).status_code == 201


def test_a_refund_that_bounces_is_still_owed_and_tried_again(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone, card=REFUND_FAILS_LATER)
    market.end(milestone)
    market.settle()
    (refund,) = market.money(milestone)["refunds"]
    assert refund["status"] == "failed"
    assert market.balance("liability:refunds_payable", refund["refund_id"]) == COST
    seen = market.operator.get(f"{BASE}/failed-refunds").json()
    assert refund["refund_id"] in {each["refund_id"] for each in seen}
    retry = f"{BASE}/refunds/{refund['refund_id']}/retry"
    assert refused(market.client.post(retry)) == (403, "role_required")
    answer = market.operator.post(retry)
    assert (answer.status_code, answer.json()["status"]) == (200, "asked")
    market.settle()
    facts = market.rows(
        "SELECT fact, count(*) FROM journal_entries WHERE reference = :milestone"
        " AND fact LIKE 'refund_%%' GROUP BY fact",
        milestone=milestone,
    )
    # That card's refunds always bounce: asked for once, confirmed and failed twice.
    assert {row.fact: row.count for row in facts} == {
        "refund_asked": 1,
        "refund_confirmed": 2,
        "refund_failed": 2,
    }
    assert market.balance("liability:refunds_payable", refund["refund_id"]) == COST


def test_a_refund_that_bounced_after_the_release_stays_with_its_client(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone, card=REFUND_FAILS_LATER)
    market.accept(milestone)
    (made,) = market.refund(milestone, 50_000).json()
    market.settle()
    assert market.balance("liability:refunds_payable", made["refund_id"]) == COST
    assert owed(market) == (0, 0)


def funded_by_two(market: Market) -> UUID:
    """Return a milestone that two transfers paid for."""
    (other,) = market.agree(90_000)
    page = market.ask_to_transfer(other)
    market.client.post(f"{BASE}/checkouts/{page['checkout_id']}/cancellation")
    market.settle()
    for amount in (20_000, 40_000):
        market.transfer(amount)
    (milestone,) = market.agree(50_000)
    asked = {"milestone_ids": [str(milestone)]}
    assert market.client.post(f"{BASE}/credit/payments", asked).status_code == 200
    return milestone


@pytest.mark.parametrize("released", [False, True])
def test_money_of_two_payments_goes_back_to_both(market: Market, *, released: bool) -> None:
    milestone = funded_by_two(market)
    fundings = market.rows(
        "SELECT charge_id, amount FROM fundings WHERE milestone_id = :m ORDER BY 2", m=milestone
    )
    assert [each.amount for each in fundings] == [20_000, 29_895]
    if released:
        market.accept(milestone)
    made = market.refund(milestone, 50_000).json()
    assert sorted(each["amount"]["amount"] for each in made) == [20_000, 29_895]
    market.settle()
    refunds = market.rows(
        "SELECT charge_id, amount, status FROM refunds WHERE milestone_id = :m ORDER BY amount",
        m=milestone,
    )
    assert [(each.charge_id, each.amount) for each in refunds] == [tuple(e) for e in fundings]
    assert {each.status for each in refunds} == {"confirmed"}
    assert market.credit() == 60_000 - COST
    if not released:
        assert told(market, "milestone_refunded", milestone)[0]["amount"]["amount"] == COST


def test_an_ended_milestone_is_not_refunded_twice(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    market.end(milestone)
    assert refused(market.refund(milestone, 1)) == (409, "milestone_not_refundable")
    market.end(milestone)
    market.settle()
    assert refunds_of(market, milestone) == [(COST, "ended", "confirmed")]
    with pytest.raises(Rejected, match="step_not_possible"):
        market.contracts.accept_part(milestone, 1)
