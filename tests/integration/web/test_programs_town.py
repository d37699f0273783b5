"""What a town sees of its program: figures and money, and no name."""

from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import AT, money, page_of
from tests.integration.web.of_programs import cohort
from tests.support.web import WebUnderTest

TOWN, PROGRAM = new_id(), new_id()
HERE = f"/programs/{PROGRAM}"
WALLET = f"/payments/wallets/{PROGRAM}"


def cell(measure: str, value: int | None) -> dict[str, Any]:
    return {"measure": measure, "band": "", "value": value, "people": value}


@pytest.fixture
def town(site: WebUnderTest) -> WebUnderTest:
    """A member of the town's company looks at an open program with a wallet."""
    person = site.browser.be("client", companies={TOWN: ("町", ["fund", "see_money"])})
    program = {"program_id": PROGRAM, "sponsor_id": person, "sponsor_name": "町"}
    program |= {"municipality": {"code": "011002", "prefecture": "北海道", "name": "札幌市"}}
    program |= {"partner_id": new_id(), "partner_name": "塾", "title": "しごと塾", "about": "…"}
    program |= {"eligibility": {}, "help_hours": 24, "silence_days": 7, "units": []}
    program |= {"practice": None, "status": "open", "opened_at": AT}
    program |= {"wallet": {"total_cap": money(900_000), "person_cap": money(90_000)}}
    outcomes = {"program_id": PROGRAM, "program_title": "しごと塾", "municipality": "札幌市"}
    outcomes |= {"cohort_id": None, "cohort_name": None, "as_of": "2026-04-01", "made_at": AT}
    outcomes |= {"cells": [cell("joined", 12), cell("trained", None)], "suppressed": 1}
    wallet = {"program_id": PROGRAM, "sponsor_id": person, "partner_id": new_id(), "title": "塾"}
    amounts = ("total_cap", "person_cap", "funded", "available", "reserved", "paid")
    wallet |= {each: money(50_000) for each in (*amounts, "given_back", "owed_to_partner")}
    site.services.on("GET", HERE, program)
    site.services.on("GET", f"/programs/{PROGRAM}/outcomes", outcomes)
    site.services.on("GET", WALLET, wallet)
    site.services.on("GET", f"/programs/{PROGRAM}/cohorts", [])
    return site


def test_a_suppressed_figure_is_fewer_than_five(town: WebUnderTest) -> None:
    page = town.browser.open(HERE)

    assert page.status == HTTPStatus.OK
    assert "Trained kept back" in page.text
    assert "Joined 12" in page.text
    assert "¥50,000" in page.text


def test_a_town_sees_whether_places_are_left_and_not_how_many_take_part(
    town: WebUnderTest,
) -> None:
    unseen = {"places_left": False, "taken": None, "waiting": None}
    town.services.on("GET", f"/programs/{PROGRAM}/cohorts", [cohort(new_id(), **unseen)])

    page = town.browser.open(HERE)

    assert "10 places Full" in page.text
    assert "of 10" not in page.text


def test_the_figures_stay_when_the_wallet_does_not_answer(town: WebUnderTest) -> None:
    town.services.away("GET", WALLET)

    assert "kept back" in town.browser.open(HERE).text


def test_a_top_up_that_is_refused_comes_back_with_what_was_typed(town: WebUnderTest) -> None:
    town.services.refuse("POST", f"{WALLET}/top-ups", 403, "right_required")

    page = town.browser.open(HERE).send(f"{HERE}/top-ups", amount="12,000", method="card")

    assert page.fields(f"{HERE}/top-ups")["amount"] == ["12,000"]


def test_a_month_of_the_wallet_adds_up(town: WebUnderTest) -> None:
    none = money(0)
    shown = {"program_id": PROGRAM, "month": "2026-04", "lines": [], "paid": {}}
    shown |= {"opening_available": none, "opening_reserved": none, "reconciles": False}
    shown |= {"closing_available": none, "closing_reserved": none}
    town.services.on("GET", f"{WALLET}/statement", shown)

    page = town.browser.open(f"{HERE}/statement?month=2026-04")

    assert "Nothing moved" in page.text
    assert "don't add up" in page.text


def sponsorship(**changed: Any) -> dict[str, Any]:
    return {
        "sponsorship_id": new_id(),
        "beneficiary": uuid4(),
        "kind": "bonus",
        "amount": money(12_000),
        "reference": "2026-03",
        "status": "settled",
        "refused": None,
        "asked_at": AT,
        "settled_at": AT,
    } | changed


def test_what_is_paid_for_people_is_a_list_that_names_nobody(town: WebUnderTest) -> None:
    first, more = sponsorship(), str(new_id())
    waiting = {"kind": "tuition", "reference": "tuition", "status": "reserved", "settled_at": None}
    found = page_of(first, sponsorship(**waiting)) | {"next": more}
    town.services.on("GET", f"{HERE}/sponsorships", found)

    page = town.browser.open(HERE)
    assert f'href="{HERE}/sponsorships"' in page.html
    page = town.browser.open(f"{HERE}/sponsorships")

    assert "Bonus for a month 2026-03 ¥12,000 Paid from the wallet" in page.text
    pseudonym = str(first["beneficiary"])[:8]
    assert f"For {pseudonym} · asked on Wed 1 Apr 2026 · paid on" in page.text
    assert "Tuition ¥12,000 Set aside" in page.text
    assert "asked for again" not in page.text
    town.browser.open(f"{HERE}/sponsorships?after={more}")
    assert f"{HERE}/sponsorships?after={more}" in page.html
    assert town.services.last("GET", f"{HERE}/sponsorships").query["after"] == more


@pytest.mark.parametrize(
    ("reason", "english", "japanese"),
    [
        ("total_cap", "the cap in all", "全体の上限"),
        ("person_cap", "the cap for this person", "この人の上限"),
        ("wallet_short", "The wallet doesn't have as much", "ウォレットの残高が足りません"),
    ],
)
def test_why_something_isnt_paid_is_said_in_words(
    town: WebUnderTest, reason: str, english: str, japanese: str
) -> None:
    refused = sponsorship(status="refused", refused=reason, settled_at=None)
    town.services.on("GET", f"{HERE}/sponsorships", page_of(refused))

    page = town.browser.open(f"{HERE}/sponsorships")

    assert "Couldn't be set aside" in page.text
    assert english in page.text
    assert "asked for again by itself" in page.text
    assert japanese in town.browser.open(f"{HERE}/sponsorships?lang=ja").text


def test_what_went_back_of_a_fee_is_said(town: WebUnderTest) -> None:
    part = sponsorship(kind="fees", taken_back=money(300))
    whole = sponsorship(kind="fees", status="taken_back", taken_back=money(12_000))
    town.services.on("GET", f"{HERE}/sponsorships", page_of(part, whole))

    page = town.browser.open(f"{HERE}/sponsorships")

    assert "Paid from the wallet ¥300 of it is in the wallet again" in page.text
    assert "Back in the wallet ¥12,000 of it" in page.text
    japanese = town.browser.open(f"{HERE}/sponsorships?lang=ja").text
    assert "300円 はウォレットに戻っています" in japanese


def test_whoever_may_not_see_the_money_is_told_whom_to_ask(town: WebUnderTest) -> None:
    town.services.refuse("GET", f"{HERE}/sponsorships", 403, "right_required")

    page = town.browser.open(f"{HERE}/sponsorships")

    assert page.status == HTTPStatus.FORBIDDEN
    assert "ask an administrator" in page.text
