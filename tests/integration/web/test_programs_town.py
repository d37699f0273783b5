"""What a town sees of its program: figures and money, and no name."""

from http import HTTPStatus
from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import AT, money
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
    program |= {"practice": None, "status": "open", "opened_at": AT, "runs": True}
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
    assert "Trained fewer than five" in page.text
    assert "Joined 12" in page.text
    assert "¥50,000" in page.text


def test_the_figures_stay_when_the_wallet_does_not_answer(town: WebUnderTest) -> None:
    town.services.away("GET", WALLET)

    assert "fewer than five" in town.browser.open(HERE).text


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
