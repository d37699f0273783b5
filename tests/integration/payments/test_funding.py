"""Money that comes in: by card, at a konbini, by bank transfer, from credit."""

from typing import Any

import httpx
import pytest

from services.payments.use_cases import checkouts, operations
from shared.messages.jobs import Category
from shared.messages.payments import PaymentMethod, StartCheckout
from tests.integration.payments.market import BASE, SEE_OTHER, Market

ASKS_FOR_3D_SECURE = "4000002500003155"
DECLINED = "4000000000000002"
# What a price of 50,000 comes to: 5,000 tax less 5,105 withheld by the client.
COST = 49_895


def statuses(market: Market, *milestones: Any) -> list[str]:
    return [market.money(each)["status"] for each in milestones]


def status_of(market: Market, page: Any) -> str:
    status: str = market.client.get(f"{BASE}/checkouts/{page['checkout_id']}").json()["status"]
    return status


def pass_3d_secure(market: Market, page: Any, outcome: str) -> httpx.Response:
    challenged = market.pay_on(page, ASKS_FOR_3D_SECURE)
    assert challenged.headers["location"].startswith("/3ds/")
    url = market.simulator.url + challenged.headers["location"]
    return httpx.post(url, data={"outcome": outcome})


def ask_konbini(market: Market, *milestones: Any) -> Any:
    """Return a page once the client has a number to pay with at a konbini."""
    page = market.page(*milestones, method="konbini")
    form = {"payment_method": "konbini", "email": "client@example.jp"}
    assert httpx.post(page["url"], data=form).status_code == SEE_OTHER
    market.settle()
    return page


def at_the_konbini(market: Market, page: Any, what: str) -> None:
    """Let the client pay at the konbini (`receive`), or the number run out (`expire`)."""
    market.simulator.control("POST", f"payment_intents/{market.intent_of(page)}/{what}")
    market.settle()


def captured(market: Market, milestone: Any) -> list[Any]:
    """Return the entries of payments that put money in a milestone's escrow."""
    return market.rows(
        "SELECT entry_id, reference, source, credit FROM journal_entries"
        " JOIN journal_lines USING (entry_id) WHERE fact IN ('captured', 'credit_used')"
        " AND account = 'liability:escrow' AND owner = :milestone",
        milestone=milestone,
    )


def test_a_card_that_passes_3d_secure_funds(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    assert pass_3d_secure(market, page, "complete").status_code == SEE_OTHER
    market.settle()
    assert statuses(market, milestone) == ["funded"]
    assert market.balance("liability:escrow", milestone) == COST
    assert status_of(market, page) == "paid"


def test_a_card_that_fails_3d_secure_funds_nothing_and_the_page_stays(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    assert pass_3d_secure(market, page, "fail").status_code == 402
    market.settle()
    assert statuses(market, milestone) == ["funding"]
    assert captured(market, milestone) == []
    assert market.page(milestone)["checkout_id"] == page["checkout_id"]
    assert market.pay_on(page).status_code == SEE_OTHER
    market.settle()
    assert statuses(market, milestone) == ["funded"]


def test_a_declined_card_funds_nothing(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    assert market.pay_on(market.page(milestone), DECLINED).status_code == 402
    market.settle()
    assert statuses(market, milestone) == ["funding"]
    assert captured(market, milestone) == []


def test_an_authorisation_is_never_money(own_market: Market) -> None:
    market = own_market
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    made = market.row(
        "SELECT operation_id FROM operations WHERE subject = :page", page=page["checkout_id"]
    )
    session = market.gateway.api.client.v1.checkout.sessions.create(
        {
            "mode": "payment",
            "success_url": "http://web.example",
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "jpy",
                        "unit_amount": COST,
                        "product_data": {"name": "Part 1"},
                    },
                }
            ],
            "metadata": {"operation_id": str(made.operation_id)},
            "payment_intent_data": {"capture_method": "manual"},
        }
    )
    assert session.url
    # Our page, but one that only asks for a promise.
    market.row(
        "UPDATE checkouts SET session_id = :session WHERE checkout_id = :page RETURNING 1",
        session=session.id,
        page=page["checkout_id"],
    )
    assert market.pay_on({"url": session.url}).status_code == SEE_OTHER
    market.settle()
    assert statuses(market, milestone) == ["funding"]
    assert captured(market, milestone) == []
    held = market.gateway.api.client.v1.checkout.sessions.retrieve(session.id).payment_intent
    assert market.gateway.api.client.v1.payment_intents.retrieve(str(held)).status == (
        "requires_capture"
    )


def test_a_konbini_payment_is_waited_for_and_funds_once_it_is_paid(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = ask_konbini(market, milestone)
    assert status_of(market, page) == "submitted"
    assert statuses(market, milestone) == ["funding"]
    at_the_konbini(market, page, "receive")
    assert statuses(market, milestone) == ["funded"]
    assert market.balance("liability:escrow", milestone) == COST


def test_a_konbini_number_that_runs_out_leaves_the_client_free_to_start_again(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    page = ask_konbini(market, milestone)
    at_the_konbini(market, page, "expire")
    assert status_of(market, page) == "expired"
    assert statuses(market, milestone) == ["unfunded"]
    assert market.told()[-1] == "funding_abandoned"
    market.pay(milestone)
    assert market.told()[-2:] == ["funding_started", "milestone_funded"]


def test_a_konbini_payment_for_what_has_ended_meanwhile_is_credit(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = ask_konbini(market, milestone)
    intent = market.intent_of(page)
    market.end(milestone)
    market.settle()
    market.simulator.control("POST", f"payment_intents/{intent}/receive")
    market.settle()
    assert statuses(market, milestone) == ["closed"]
    assert market.credit() == COST
    assert market.told()[-1] == "credit_granted"


def test_a_transfer_of_the_exact_amount_funds(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.ask_to_transfer(milestone)
    assert status_of(market, page) == "submitted"
    market.transfer(COST)
    assert statuses(market, milestone) == ["funded"]
    assert market.balance("liability:escrow", milestone) == COST
    assert market.credit() == 0


def test_a_transfer_in_two_parts_says_what_is_missing_until_it_is_complete(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.ask_to_transfer(milestone)
    market.transfer(20_000)
    assert statuses(market, milestone) == ["funding"]
    assert market.money(milestone)["missing"]["amount"] == COST - 20_000
    seen = market.client.get(f"{BASE}/checkouts/{page['checkout_id']}").json()
    assert seen["missing"]["amount"] == COST - 20_000
    assert market.told()[-1] == "funding_short"
    assert captured(market, milestone) == []
    market.transfer(COST - 20_000)
    assert statuses(market, milestone) == ["funded"]
    assert market.money(milestone)["missing"] is None
    assert len(captured(market, milestone)) == 1


def test_a_transfer_of_too_much_funds_and_the_surplus_is_credit(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.ask_to_transfer(milestone)
    market.transfer(COST + 5_000)
    assert statuses(market, milestone) == ["funded"]
    assert market.credit() == 5_000
    assert market.told()[-1] == "credit_granted"


def test_a_transfer_after_we_stopped_waiting_is_credit_and_pays_from_there(market: Market) -> None:
    (milestone,) = market.agree(50_000, due_in_days=60)
    page = market.ask_to_transfer(milestone)
    market.turn(days=14, minutes=1)
    assert market.close_overdue() == 1
    assert market.close_overdue() == 0
    assert status_of(market, page) == "expired"
    assert statuses(market, milestone) == ["unfunded"]
    market.transfer(COST)
    assert statuses(market, milestone) == ["unfunded"]
    assert market.credit() == COST
    assert pay_from_credit(market, milestone).json()["balance"]["amount"] == 0
    assert statuses(market, milestone) == ["funded"]


def test_what_came_of_a_transfer_that_was_never_completed_is_credit(market: Market) -> None:
    (milestone,) = market.agree(50_000, due_in_days=60)
    market.ask_to_transfer(milestone)
    market.transfer(20_000)
    market.turn(days=14, minutes=1)
    assert market.close_overdue() == 1
    assert statuses(market, milestone) == ["unfunded"]
    assert market.money(milestone)["missing"] is None
    assert market.credit() == 20_000


def test_a_transfer_that_is_cancelled_gives_what_came_as_credit(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.ask_to_transfer(milestone)
    market.transfer(20_000)
    refused = market.check_out(milestone)
    assert (refused.status_code, refused.json()["code"]) == (409, "payment_under_way")
    path = f"{BASE}/checkouts/{page['checkout_id']}/cancellation"
    assert market.client.post(path).status_code == 200
    market.settle()
    assert statuses(market, milestone) == ["unfunded"]
    assert market.credit() == 20_000


def test_several_milestones_are_paid_in_one_payment_and_one_entry(market: Market) -> None:
    first, second = market.agree(50_000, 30_000)
    (third,) = market.agree(20_000, category=Category.RESEARCH)
    market.pay(first, second, third)
    entries = [captured(market, each) for each in (first, second, third)]
    assert [each[0].credit for each in entries] == [49_895, 29_937, 22_000]
    assert len({each[0].entry_id for each in entries}) == 1
    page = market.row("SELECT checkout_id, amount FROM checkouts WHERE client_id = :client")
    assert page.amount == 49_895 + 29_937 + 22_000
    assert entries[0][0].reference == page.checkout_id
    assert market.told().count("milestone_funded") == 3


@pytest.mark.parametrize("method", ["card", "konbini"])
def test_the_share_of_a_milestone_that_ended_meanwhile_goes_back(
    market: Market, method: str
) -> None:
    first, second = market.agree(50_000, 30_000)
    page = (ask_konbini if method == "konbini" else Market.page)(market, first, second)
    intent = market.intent_of(page)
    market.end(second)
    if method == "card":
        assert market.pay_on(page).status_code == SEE_OTHER
    else:
        market.simulator.control("POST", f"payment_intents/{intent}/receive")
    market.settle()
    assert statuses(market, first, second) == ["funded", "closed"]
    assert len(captured(market, second)) == 0
    refunds = market.rows("SELECT * FROM refunds WHERE client_id = :client")
    if method == "card":
        assert [(each.amount, each.reason, each.status) for each in refunds] == [
            (29_937, "surplus", "confirmed")
        ]
        assert market.credit() == 0
    else:
        assert refunds == []
        assert market.credit() == 29_937


def test_a_payment_on_a_page_whose_only_milestone_ended_goes_back_to_the_card(
    market: Market,
) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    assert market.pay_on(page).status_code == SEE_OTHER
    market.end(milestone)
    market.settle()
    refund = market.row("SELECT * FROM refunds WHERE client_id = :client")
    assert (refund.amount, refund.status) == (COST, "confirmed")
    assert statuses(market, milestone) == ["closed"]
    assert "milestone_funded" not in market.told()


def test_an_open_page_is_closed_when_its_only_milestone_ends(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    market.end(milestone)
    market.settle()
    assert market.pay_on(page).status_code == 410


def pay_from_credit(market: Market, *milestones: Any) -> Any:
    asked = {"milestone_ids": [str(each) for each in milestones]}
    return market.client.post(f"{BASE}/credit/payments", asked)


def with_credit(market: Market, amount: int) -> None:
    """Let the client have credit: of a transfer that was given up."""
    (other,) = market.agree(90_000)
    page = market.ask_to_transfer(other)
    market.client.post(f"{BASE}/checkouts/{page['checkout_id']}/cancellation")
    market.settle()
    market.transfer(amount)
    assert market.credit() == amount


def test_credit_pays_for_milestones_all_of_them(market: Market) -> None:
    with_credit(market, 100_000)
    first, second = market.agree(50_000, 30_000)
    answer = pay_from_credit(market, first, second)
    assert answer.json()["balance"]["amount"] == 100_000 - 49_895 - 29_937
    assert statuses(market, first, second) == ["funded", "funded"]
    assert market.balance("liability:escrow", second) == 29_937


def test_credit_that_is_too_little_says_what_is_missing_and_pays_for_none(market: Market) -> None:
    with_credit(market, 60_000)
    first, second = market.agree(50_000, 30_000)
    answer = pay_from_credit(market, first, second)
    assert (answer.status_code, answer.json()["code"]) == (409, "credit_insufficient")
    assert answer.json()["missing"] == 49_895 + 29_937 - 60_000
    assert statuses(market, first, second) == ["unfunded", "unfunded"]
    assert market.credit() == 60_000


def test_credit_pays_although_a_page_is_open_and_closes_it(market: Market) -> None:
    with_credit(market, 60_000)
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    assert pay_from_credit(market, milestone).status_code == 200
    market.settle()
    assert market.pay_on(page).status_code == 410
    assert statuses(market, milestone) == ["funded"]


def test_credit_is_paid_back_the_way_it_came(market: Market) -> None:
    with_credit(market, 60_000)
    answer = market.client.post(f"{BASE}/credit/refunds", {"amount": {"amount": 25_000}})
    assert answer.json()["balance"]["amount"] == 35_000
    market.settle()
    refund = market.row("SELECT * FROM refunds WHERE client_id = :client")
    assert (refund.amount, refund.reason, refund.status) == (25_000, "credit", "confirmed")
    too_much = market.client.post(f"{BASE}/credit/refunds", {"amount": {"amount": 35_001}})
    assert (too_much.status_code, too_much.json()["code"]) == (409, "credit_insufficient")
    assert market.credit() == 35_000


def test_money_of_a_milestone_paid_from_credit_goes_back_to_its_charge(market: Market) -> None:
    with_credit(market, 60_000)
    (milestone,) = market.agree(50_000)
    assert pay_from_credit(market, milestone).status_code == 200
    market.end(milestone)
    market.settle()
    assert statuses(market, milestone) == ["refunded"]
    refund = market.row("SELECT * FROM refunds WHERE client_id = :client")
    assert (refund.amount, refund.charge_id) == (COST, market.charge_of(milestone))


def test_a_page_that_expires_leaves_the_client_free_to_start_again(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    page = market.page(milestone)
    market.turn(hours=24, minutes=1)
    market.settle()
    assert status_of(market, page) == "expired"
    assert statuses(market, milestone) == ["unfunded"]
    again = market.page(milestone)
    assert again["checkout_id"] != page["checkout_id"]
    assert market.pay_on(again).status_code == SEE_OTHER
    market.settle()
    assert statuses(market, milestone) == ["funded"]
    attempts = market.row(
        "SELECT funding_attempts FROM escrows WHERE milestone_id = :m", m=milestone
    )
    assert attempts[0] == 2


def test_a_page_for_another_way_to_pay_closes_the_first(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    by_card = market.page(milestone)
    at_konbini = market.page(milestone, method="konbini")
    assert at_konbini["checkout_id"] != by_card["checkout_id"]
    market.settle()
    assert market.pay_on(by_card).status_code == 410
    assert status_of(market, by_card) == "expired"
    assert statuses(market, milestone) == ["funding"]
    assert market.told() == ["funding_started"]


def test_a_page_for_more_milestones_closes_the_one_for_fewer(market: Market) -> None:
    first, second = market.agree(50_000, 30_000)
    alone = market.page(first)
    together = market.page(first, second)
    assert together["amount"]["amount"] == 49_895 + 29_937
    market.settle()
    assert market.pay_on(alone).status_code == 410
    assert market.pay_on(together).status_code == SEE_OTHER
    market.settle()
    assert statuses(market, first, second) == ["funded", "funded"]


def test_paid_on_the_page_that_was_to_be_closed_it_is_funded_once(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    first = market.page(milestone)
    second = market.page(milestone, method="konbini")
    # Before we have it closed, somebody pays on the first.
    assert market.pay_on(first).status_code == SEE_OTHER
    market.settle()
    assert statuses(market, milestone) == ["funded"]
    assert len(captured(market, milestone)) == 1
    form = {"payment_method": "konbini", "email": "client@example.jp"}
    httpx.post(second["url"], data=form)
    market.settle()
    at_the_konbini(market, second, "receive")
    assert market.credit() == COST


def test_of_two_pages_asked_for_at_once_one_stands(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    asked = StartCheckout(milestone_ids=(milestone,), method=PaymentMethod.CARD)
    person = market.client_person
    prepared = []
    for _ in range(2):
        with market.begin() as work:
            prepared.append(checkouts.prepare_checkout(asked, person, work))
    calls = [each for each in prepared if each]
    answers = [operations.ask_now(call, market.gateway) for call in calls]
    shown = []
    for call, answer in zip(calls, answers, strict=True):
        with market.begin() as work:
            operations.record(call, answer, work)
            shown.append(checkouts.view_page(asked, work))
    assert shown[0] == shown[1]
    market.settle()
    urls = [answer.facts["url"] for answer in answers]
    assert sorted(httpx.get(url).status_code for url in urls) == [200, 410]
    market.pay(milestone)
    assert len(captured(market, milestone)) == 1
