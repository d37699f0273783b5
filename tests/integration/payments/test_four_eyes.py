"""Money that an operator gives back: above a limit it takes two of them."""

from typing import Any
from uuid import UUID

from tests.integration.payments.market import BASE, Market

APPROVALS = f"{BASE}/operations/approvals"


def refused(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def a_paid_milestone(market: Market, price: int = 200_000) -> UUID:
    (milestone,) = market.agree(price)
    market.pay(milestone)
    return milestone


def test_all_that_goes_back_of_a_milestone_counts_and_a_second_operator_has_it_done(
    market: Market,
) -> None:
    milestone = a_paid_milestone(market)
    assert market.refund(milestone, 60_000).status_code == 201
    waits = market.refund(milestone, 40_000)
    assert waits.status_code == 202
    assert waits.json()["amount"]["amount"] == 100_000
    assert waits.json()["order"]["refund"]["price"]["amount"] == 40_000
    assert len(market.money(milestone)["refunds"]) == 1

    path = f"{APPROVALS}/{waits.json()['approval_id']}/approval"
    assert refused(market.operator.post(path)) == (403, "own_approval")
    second = market.api.person("operator")
    assert second.post(path).json()["status"] == "carried_out"
    assert len(market.money(milestone)["refunds"]) == 2
    market.settle()
    statuses = {each["status"] for each in market.money(milestone)["refunds"]}
    assert statuses == {"confirmed"}


def test_what_became_impossible_meanwhile_moves_nothing(market: Market) -> None:
    milestone = a_paid_milestone(market)
    waits = market.refund(milestone, 200_000).json()
    assert market.refund(milestone, 150_000, by=market.assistant).status_code == 201
    second = market.api.person("operator")
    late = second.post(f"{APPROVALS}/{waits['approval_id']}/approval")
    assert refused(late)[0] == 409
    [still] = second.get(APPROVALS, params={"status": "waiting"}).json()["items"]
    assert still["approval_id"] == waits["approval_id"]
    assert len(market.money(milestone)["refunds"]) == 1


def test_the_assistant_gives_any_part_back_without_asking_anybody(market: Market) -> None:
    milestone = a_paid_milestone(market)
    assert market.refund(milestone, 200_000, by=market.assistant).status_code == 201


def test_an_operator_pays_credit_back_and_much_of_it_takes_two(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.ask_to_transfer(milestone)
    market.transfer(49_895 + 150_000)
    client_id = str(market.client.person_id)
    path = f"{BASE}/credit/refunds"
    order = {"amount": {"amount": 150_000}, "client_id": client_id, "reason": "The shop closes"}
    waits = market.operator.post(path, order)
    assert (waits.status_code, waits.json()["reason"]) == (202, "The shop closes")
    assert market.credit() == 150_000
    too_much = order | {"amount": {"amount": 150_001}}
    assert refused(market.operator.post(path, too_much)) == (409, "credit_insufficient")
    second = market.api.person("operator")
    second.post(f"{APPROVALS}/{waits.json()['approval_id']}/approval")
    assert market.credit() == 0
    stranger = market.api.person("client")
    assert refused(stranger.post(path, order)) == (404, "client_not_found")
