"""What the API refuses, and to whom."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from shared.messages.jobs import Category
from tests.integration.payments.market import BASE, Market


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_unknown_milestones_and_those_of_others_are_not_found(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    stranger = market.api.person("client", "assistant")
    for path in (f"{BASE}/milestones/{new_id()}", f"{BASE}/milestones/{milestone}"):
        assert refusal(stranger.get(path)) == (404, "milestone_not_found")
        assert refusal(stranger.post(f"{path}/checkouts")) == (404, "milestone_not_found")
    # The assistant sees the money, but it is the client who pays.
    assert market.assistant.get(f"{BASE}/milestones/{milestone}").status_code == 200
    assert refusal(market.assistant.post(f"{BASE}/milestones/{milestone}/checkouts")) == (
        404,
        "milestone_not_found",
    )


def test_a_malformed_id_is_refused_by_name(market: Market) -> None:
    answer = market.client.get(f"{BASE}/milestones/first")
    assert refusal(answer) == (422, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == "/path/milestone_id"


def test_only_assistants_become_payees(market: Market) -> None:
    assert refusal(market.client.post(f"{BASE}/payees", {})) == (403, "role_required")
    assert refusal(market.client.get(f"{BASE}/payees/me")) == (404, "payee_not_found")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "books/trial-balance"),
        ("GET", "books/entries"),
        ("POST", "reconciliations"),
    ],
)
def test_the_books_are_for_operators(market: Market, method: str, path: str) -> None:
    answer = market.api.client.request(method, f"{BASE}/{path}", headers=market.client.headers)
    assert refusal(answer) == (403, "role_required")
    nobody = market.api.client.request(method, f"{BASE}/{path}")
    assert refusal(nobody) == (401, "token_missing")


def test_a_country_without_payees_is_refused_by_name(market: Market) -> None:
    answer = market.assistant.post(f"{BASE}/payees", {"country": "FR"})
    assert refusal(answer) == (422, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == "/body/country"


def test_a_payee_is_opened_once_however_often_it_is_asked_for(market: Market) -> None:
    first = market.assistant.post(f"{BASE}/payees", {}, key="once")
    again = market.assistant.post(f"{BASE}/payees", {}, key="once")
    other = market.assistant.post(f"{BASE}/payees", {})
    assert first.json() == again.json() == other.json()
    assert first.json()["status"] == "pending"
    accounts = market.gateway.api.client.v2.core.accounts.list()
    assert len(list(accounts.data)) == 1


def test_an_onboarding_link_needs_an_account(market: Market) -> None:
    links = f"{BASE}/payees/me/onboarding-links"
    assert refusal(market.assistant.post(links)) == (404, "payee_not_found")
    market.assistant.post(f"{BASE}/payees", {})
    answer = market.assistant.post(links)
    assert answer.status_code == 201
    assert answer.json()["url"].startswith(market.simulator.url)


def test_the_page_is_the_same_while_it_is_open(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    first, second = market.check_out(milestone), market.check_out(milestone)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.json()["amount"] == {"amount": 49_895, "currency": "JPY"}
    assert market.told() == ["funding_started"]


def test_after_a_page_expired_there_is_a_new_one(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    first = market.check_out(milestone).json()["url"]
    market.turn(hours=25)
    market.until(lambda: market.money(milestone)["status"] == "unfunded")
    assert market.told() == ["funding_started", "funding_abandoned"]
    assert market.check_out(milestone).json()["url"] != first
    assert market.money(milestone)["status"] == "funding"


def test_an_expired_page_that_we_were_not_told_of_is_replaced(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    first = market.check_out(milestone).json()["url"]
    market.turn(hours=25)
    second = market.check_out(milestone).json()["url"]
    assert second != first
    # The first page's expiry, heard of late, gives up nothing.
    market.until(lambda: "checkout.session.expired" in market.simulator.listener.types())
    market.step()
    assert market.money(milestone)["status"] == "funding"


def test_a_funded_milestone_is_not_paid_for_again(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.pay(milestone)
    assert refusal(market.check_out(milestone)) == (409, "milestone_already_funded")


def test_an_ended_milestone_is_not_paid_for(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    market.end(milestone)
    assert refusal(market.check_out(milestone)) == (409, "milestone_ended")
    assert market.money(milestone)["status"] == "closed"


def test_money_is_not_taken_for_longer_than_the_processor_holds_it(market: Market) -> None:
    (milestone,) = market.agree(50_000, due_in_days=84)
    answer = market.check_out(milestone)
    assert refusal(answer) == (409, "processor_hold_exceeded")
    payable_from = date.fromisoformat(answer.json()["payable_from"])
    assert payable_from > market.today
    market.turn(days=(payable_from - market.today) / timedelta(days=1))
    assert market.check_out(milestone).status_code == 201


@pytest.mark.parametrize("price", [44, 90_909_091])
def test_an_amount_that_the_processor_does_not_take_is_refused(market: Market, price: int) -> None:
    (milestone,) = market.agree(price, category=Category.RESEARCH)
    assert refusal(market.check_out(milestone)) == (409, "amount_not_chargeable")


def test_entries_are_listed_by_milestone_in_pages(market: Market) -> None:
    milestones = market.agree(50_000, 30_000)
    for milestone in milestones:
        market.pay(milestone)
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        answer = market.operator.get(f"{BASE}/books/entries", params={"after": after, "limit": 1})
        seen += [each["entry_id"] for each in answer.json()["items"]]
        after = answer.json()["next"]
    assert len(seen) == 2
    one = market.operator.get(f"{BASE}/books/entries", params={"reference": str(milestones[1])})
    (entry,) = one.json()["items"]
    assert UUID(entry["reference"]) == milestones[1]
    assert entry["fact"] == "captured"
    assert sum(line["debit"] for line in entry["lines"]) == sum(
        line["credit"] for line in entry["lines"]
    )


def test_a_contract_that_is_told_twice_is_kept_once(market: Market) -> None:
    contract_id = new_id()
    (milestone,) = market.agree(50_000, contract_id=contract_id)
    market.agree(70_000, contract_id=contract_id)
    assert market.money(milestone)["price"]["amount"] == 50_000
    assert len(market.rows("SELECT * FROM escrows")) == 1
