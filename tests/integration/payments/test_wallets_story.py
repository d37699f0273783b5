"""A town's money, from its card to an assistant's bank, and the rest of it back to the town."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from shared.messages.program_money import SponsorshipKind
from tests.integration.payments.market import BASE, SEE_OTHER, Market
from tests.integration.payments.sponsors import Town, town_of

HELD = "money_held"


def wallet_of(town: Town) -> Any:
    return town.market.client.get(f"{BASE}/wallets/{town.program_id}").json()


def amounts(town: Town) -> dict[str, int]:
    names = ("funded", "available", "reserved", "paid", "given_back", "owed_to_partner")
    return {each: wallet_of(town)[each]["amount"] for each in names}


def page_for(town: Town, amount: int) -> Any:
    answer = town.market.client.post(
        f"{BASE}/wallets/{town.program_id}/top-ups", {"amount": {"amount": amount}}
    )
    assert answer.status_code == 201, answer.text
    return answer.json()


def top_up(town: Town, amount: int) -> str:
    """Pay in by card; return the charge."""
    page = page_for(town, amount)
    assert town.market.pay_on(page).status_code == SEE_OTHER
    town.market.settle()
    query = "SELECT charge_id FROM charges WHERE checkout_id = :page"
    return str(town.market.row(query, page=page["checkout_id"])[0])


def statement(town: Town) -> Any:
    month = town.market.today.strftime("%Y-%m")
    path = f"{BASE}/wallets/{town.program_id}/statement"
    return town.market.client.get(path, params={"month": month}).json()


def open_of(market: Market, whose: Any) -> list[str]:
    with market.begin() as work:
        return list(work.people.open_of([whose.person_id]))


def test_a_towns_money_goes_to_the_assistants_bank_and_the_rest_goes_back(market: Market) -> None:
    town = town_of(market)
    market.become_payee()
    page = page_for(town, 200_000)
    assert page_for(town, 200_000)["checkout_id"] == page["checkout_id"]
    charge = top_up(town, 200_000)
    assert "wallet_funded" in market.told()
    bonus = town.ask(30_000, SponsorshipKind.BONUS)
    tuition = town.ask(150_000, SponsorshipKind.TUITION)
    unneeded = town.ask(5_000, SponsorshipKind.FEES)
    assert open_of(market, market.client) == [HELD]
    for each in (bonus, tuition):
        town.settle(each)
    town.drop(unneeded)
    assert market.payable()["payable"]["amount"] == 30_000
    paid = market.pay_out()
    _check_papers(market, paid, charge)

    refund = market.client.post(f"{BASE}/wallets/{town.program_id}/refund")
    assert refund.status_code == 200, refund.text
    market.settle()
    assert amounts(town) == {
        "funded": 200_000,
        "available": 0,
        "reserved": 0,
        "paid": 180_000,
        "given_back": 20_000,
        "owed_to_partner": 150_000,
    }
    seen = statement(town)
    assert seen["reconciles"]
    assert [each["kind"] for each in seen["lines"]] == [
        "topped_up",
        *["reserved"] * 3,
        *["paid"] * 2,
        "returned",
        "given_back",
    ]
    assert open_of(market, market.client) == []
    market.check_books()


def _check_papers(market: Market, paid: Any, charge: str) -> None:
    """The papers of the payout and of what was paid in add up to what moved."""
    statement = f"{BASE}/documents/payout_statement/{paid['payout_id']}"
    said = market.assistant.get(statement).json()
    sums = {each["name"]: each["amount"] for each in said["sums"]}
    assert sums["sponsored"] == 30_000
    assert sums["sponsored"] + sums["transfer_fee"] == sums["to_bank"]
    receipt = market.client.get(f"{BASE}/documents/receipt/{charge}")
    assert receipt.json()["total"] == 200_000
    trace = market.operator.get(f"{BASE}/traces/{paid['payout_id']}")
    assert trace.status_code == 200, trace.text


def test_two_members_who_ask_at_once_are_shown_the_same_page(market: Market) -> None:
    town = town_of(market)
    with ThreadPoolExecutor(2) as members:
        pages = list(members.map(lambda _: page_for(town, 70_000), range(2)))
    market.settle()
    assert len({each["checkout_id"] for each in pages}) == 1
    assert market.pay_on(pages[0]).status_code == SEE_OTHER
    market.settle()
    assert amounts(town)["funded"] == 70_000
    assert open_of(market, market.client) == [HELD]


def test_a_second_operator_approves_of_much_that_is_paid_to_a_partner(market: Market) -> None:
    town = town_of(market)
    top_up(town, 300_000)
    town.settle(town.ask(200_000, SponsorshipKind.TUITION))
    path = f"{BASE}/wallets/{town.program_id}/partner-payments"
    order = {"amount": {"amount": 150_000}, "paid_on": str(market.today), "reference": "A 1"}
    waits = market.operator.post(path, order)
    assert waits.status_code == 202, waits.text
    assert amounts(town)["owed_to_partner"] == 200_000
    second = market.api.person("operator")
    approval = f"{BASE}/operations/approvals/{waits.json()['approval_id']}/approval"
    assert second.post(approval).json()["status"] == "carried_out"
    assert amounts(town)["owed_to_partner"] == 50_000
    more = market.operator.post(path, order)
    assert (more.status_code, more.json()["code"]) == (409, "more_than_owed")
    market.check_books()


def test_what_a_bank_takes_back_of_a_wallet_is_gone_from_it(market: Market) -> None:
    town = town_of(market)
    charge = top_up(town, 100_000)
    made = market.simulator.control("POST", f"charges/{charge}/dispute")
    market.settle()
    refused = market.client.post(f"{BASE}/wallets/{town.program_id}/refund")
    assert (refused.status_code, refused.json()["code"]) == (409, "wallet_short")
    market.simulator.control("POST", f"disputes/{made['id']}/close", outcome="lost")
    market.settle()
    assert amounts(town)["available"] == 0
    assert amounts(town)["given_back"] == 100_000
    assert statement(town)["reconciles"]
    market.check_books()
