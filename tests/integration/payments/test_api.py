"""What the API refuses, and to whom."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from shared.ids import new_id
from tests.integration.payments.market import BASE, Market


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_a_milestones_money_is_shown_to_its_two_parties(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    stranger = market.api.person("client", "assistant")
    for path in (f"{BASE}/milestones/{new_id()}", f"{BASE}/milestones/{milestone}"):
        assert refusal(stranger.get(path)) == (404, "milestone_not_found")
    for person in (market.client, market.assistant):
        seen = person.get(f"{BASE}/milestones/{milestone}").json()
        assert seen["milestone_id"] == str(milestone)
        assert (seen["price"]["amount"], seen["funded"]["amount"]) == (50_000, 49_895)


def test_a_malformed_id_is_refused_by_name(market: Market) -> None:
    answer = market.client.get(f"{BASE}/milestones/first")
    assert refusal(answer) == (422, "validation_failed")
    assert answer.json()["errors"][0]["pointer"] == "/path/milestone_id"


def test_only_assistants_become_payees(market: Market) -> None:
    assert refusal(market.client.post(f"{BASE}/payees", {})) == (403, "role_required")
    assert refusal(market.client.get(f"{BASE}/payees/me")) == (404, "payee_not_found")


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
    accounts = market.gateway.api.client.v2.core.accounts.list({"limit": 100})
    person = str(market.assistant.person_id)
    marks = [each.metadata.to_dict() for each in accounts.data if each.metadata]
    assert [each.get("person_id") for each in marks].count(person) == 1


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


def test_a_page_asked_for_again_with_its_key_is_the_same_answer(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    asked = {"milestone_ids": [str(milestone)], "method": "card"}
    first = market.client.post(f"{BASE}/checkouts", asked, key="once")
    again = market.client.post(f"{BASE}/checkouts", asked, key="once")
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"
    other = asked | {"method": "konbini"}
    answer = market.client.post(f"{BASE}/checkouts", other, key="once")
    assert refusal(answer) == (422, "idempotency_key_reused")


def test_an_expired_page_that_we_were_not_told_of_is_replaced(market: Market) -> None:
    (milestone,) = market.agree(50_000)
    first = market.page(milestone)
    market.turn(hours=25)
    second = market.page(milestone)
    assert second["url"] != first["url"]
    # The first page's expiry, heard of late, gives up nothing.
    market.settle()
    assert market.money(milestone)["status"] == "funding"


def test_money_is_not_taken_for_longer_than_the_processor_holds_it(market: Market) -> None:
    (milestone,) = market.agree(50_000, due_in_days=84)
    answer = market.check_out(milestone)
    assert refusal(answer) == (409, "processor_hold_exceeded")
    payable_from = date.fromisoformat(answer.json()["payable_from"])
    assert payable_from > market.today
    market.turn(days=(payable_from - market.today) / timedelta(days=1))
    assert market.check_out(milestone).status_code == 201


def test_entries_are_listed_by_milestone_in_pages(own_market: Market) -> None:
    market = own_market
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


def test_payouts_are_listed_newest_first_in_pages(market: Market) -> None:
    market.become_payee()
    paid = []
    for price in (20_000, 30_000, 40_000):
        (milestone,) = market.agree(price)
        market.pay(milestone)
        market.accept(milestone)
        paid.append(market.pay_out()["payout_id"])
    first = market.assistant.get(f"{BASE}/payouts", params={"limit": 2}).json()
    assert [each["payout_id"] for each in first["items"]] == paid[:0:-1]
    rest = market.assistant.get(f"{BASE}/payouts", params={"after": first["next"]}).json()
    assert [each["payout_id"] for each in rest["items"]] == paid[:1]
    assert rest["next"] is None
    assert market.client.get(f"{BASE}/payouts").json()["items"] == []


def test_a_preview_is_what_the_milestones_cost_then(market: Market) -> None:
    due_on = (market.today + timedelta(days=14)).isoformat()
    planned = [{"price": {"amount": each}, "due_on": due_on} for each in (50_000, 60_000)]
    asked = {"category": "writing", "milestones": planned, "hours": 40}
    seen = market.assistant.post(f"{BASE}/previews", asked).json()
    milestones = market.agree(50_000, 60_000)
    for said, milestone in zip(seen["milestones"], milestones, strict=True):
        assert said["funded"] == market.money(milestone)["funded"]
    market.pay(*milestones)
    market.accept(*milestones)
    assert [each["net"] for each in seen["milestones"]] == [
        market.money(each)["net"] for each in milestones
    ]
    assert seen["per_hour"]["amount"] == seen["net"]["amount"] // 40


def test_a_contract_that_is_told_twice_is_kept_once(market: Market) -> None:
    contract_id = new_id()
    (milestone,) = market.agree(50_000, contract_id=contract_id)
    market.agree(70_000, contract_id=contract_id)
    assert market.money(milestone)["price"]["amount"] == 50_000
    row = market.row("SELECT count(*) FROM escrows WHERE contract_id = :c", c=contract_id)
    assert row.count == 1
