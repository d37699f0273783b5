"""Applying, describing programs, and making sure of municipalities."""

from http import HTTPStatus
from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import AT, NOTHING, money, page_of
from tests.integration.web.of_programs import SAPPORO, application, cohort, program
from tests.support.web import WebUnderTest

PROGRAM = program(new_id(), new_id())
COHORT = cohort(PROGRAM["program_id"])
AT_PROGRAM = f"/programs/{PROGRAM['program_id']}"
AT_COHORT = f"/programs/cohorts/{COHORT['cohort_id']}"
FUCHU = [
    {"code": "132063", "prefecture": "東京都", "name": "府中市"},
    {"code": "342084", "prefecture": "広島県", "name": "府中市"},
]
TYPED: dict[str, Any] = {"weekly_hours": "10", "motivation": "働きたい", "adult": "on"}


@pytest.fixture
def open_to_all(site: WebUnderTest) -> WebUnderTest:
    """An assistant looks at an open program with a cohort."""
    site.browser.be("assistant")
    on = site.services.on
    on("GET", "/programs", page_of(PROGRAM))
    on("GET", "/programs/applications/mine", [])
    on("GET", AT_PROGRAM, PROGRAM)
    on("GET", f"{AT_PROGRAM}/cohorts", [COHORT])
    on("GET", AT_COHORT, COHORT)
    on("POST", f"{AT_COHORT}/applications", application(COHORT), 201)
    return site


def test_an_open_program_says_who_may_apply_and_what_protects(open_to_all: WebUnderTest) -> None:
    browser = open_to_all.browser
    assert "しごと塾" in browser.open("/programs/open").text

    page = browser.open(f"/programs/open/{PROGRAM['program_id']}")

    for words in ("Living in 札幌市", "18 or older", "practice money", "Apply for 春の期"):
        assert words in page.text
    # Whoever doesn't run a program sees it as one to apply for.
    assert browser.open(AT_PROGRAM).path == f"/programs/open/{PROGRAM['program_id']}"


@pytest.mark.parametrize("left", [True, False])
def test_who_may_apply_reads_whether_places_are_left(
    open_to_all: WebUnderTest, *, left: bool
) -> None:
    shown = COHORT | {"places_left": left, "taken": None, "waiting": None}
    open_to_all.services.on("GET", f"{AT_PROGRAM}/cohorts", [shown])

    page = open_to_all.browser.open(f"/programs/open/{PROGRAM['program_id']}")

    assert "Places 10" in page.text
    assert ("It is full." in page.text) is not left


def test_one_lives_where_the_name_says(open_to_all: WebUnderTest) -> None:
    open_to_all.services.on("GET", "/programs/municipalities", [SAPPORO])
    page = open_to_all.browser.open(f"{AT_COHORT}/apply")

    after = page.send(f"{AT_COHORT}/apply", municipality="札幌市", **TYPED)

    assert after.path == "/programs/open"
    sent = open_to_all.services.last("POST", f"{AT_COHORT}/applications").json
    assert sent == {
        "lives_in": "011002",
        "adult": True,
        "weekly_hours": 10,
        "motivation": "働きたい",
        "outcomes_consent": False,
    }


def test_of_several_municipalities_of_one_name_one_is_chosen(open_to_all: WebUnderTest) -> None:
    open_to_all.services.on("GET", "/programs/municipalities", FUCHU)
    action = f"{AT_COHORT}/apply"
    page = open_to_all.browser.open(action).send(action, municipality="府中市", **TYPED)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "広島県 府中市" in page.text
    assert page.fields(action)["motivation"] == ["働きたい"]
    page.send(action, municipality_code="342084")

    sent = open_to_all.services.last("POST", f"{AT_COHORT}/applications").json
    assert sent["lives_in"] == "342084"


def test_a_municipality_that_nobody_knows_is_a_fault(open_to_all: WebUnderTest) -> None:
    open_to_all.services.on("GET", "/programs/municipalities", [])
    action = f"{AT_COHORT}/apply"

    page = open_to_all.browser.open(action).send(action, municipality="どこか", **TYPED)

    assert "no municipality of this name" in page.text


def test_an_application_shows_its_place_in_line_and_is_withdrawn(open_to_all: WebUnderTest) -> None:
    mine = application(COHORT, status="waiting", place_in_line=3)
    path = f"/programs/applications/{mine['application_id']}/withdrawal"
    open_to_all.services.on("GET", "/programs/applications/mine", [mine])
    open_to_all.services.on("POST", path, mine)
    page = open_to_all.browser.open("/programs/open")

    assert "Your place in line: 3" in page.text
    assert "withdrawn" in page.send(path).text


@pytest.mark.parametrize(
    ("why", "english", "japanese"),
    [
        ({"reason": "定員のため"}, "定員のため", "定員のため"),
        ({"cause": "program_closed"}, "takes nobody any more", "受け付けを終えました"),
        ({"cause": "takes_part_elsewhere"}, "in a program already", "すでに別のプログラムに"),
    ],
)
def test_a_declined_application_says_why_in_the_language_of_the_page(
    open_to_all: WebUnderTest, why: dict[str, str], english: str, japanese: str
) -> None:
    mine = application(COHORT, status="declined", **why)
    open_to_all.services.on("GET", "/programs/applications/mine", [mine])
    assert english in open_to_all.browser.open("/programs/open").text
    assert japanese in open_to_all.browser.open("/programs/open?lang=ja").text


TOWN = new_id()
DESCRIBED: dict[str, Any] = {"title": "塾", "about": "学ぶ", "wallet-total_cap": "900000"}
SPONSOR = {
    "account_id": TOWN,
    "name": "札幌市役所",
    "municipality": SAPPORO,
    "status": "waiting",
    "note": "総務課",
    "reason": None,
    "registered_at": AT,
}


@pytest.fixture
def town(site: WebUnderTest) -> WebUnderTest:
    """Somebody acts for a company that may be a town's."""
    site.browser.be("client", companies={TOWN: ("札幌市役所", ["post", "see_money"])})
    session = site.browser.session()
    session.acting_for = str(TOWN)
    site.browser.keep(session)
    site.services.on("GET", "/programs", NOTHING)
    site.services.on("GET", "/programs/sponsors", NOTHING)
    site.services.on("GET", "/programs/municipalities", [SAPPORO])
    return site


def test_a_company_says_which_municipality_it_is(town: WebUnderTest) -> None:
    town.services.on("POST", "/programs/sponsors", SPONSOR, 201)
    page = town.browser.open("/programs")

    page.send("/programs", municipality="北海道札幌市", note="総務課")

    sent = town.services.last("POST", "/programs/sponsors").json
    assert sent == {"account_id": str(TOWN), "municipality_code": "011002", "note": "総務課"}
    town.services.on("GET", "/programs/sponsors", page_of(SPONSOR))
    assert "An operator makes sure of it" in town.browser.open("/programs").text


def test_a_program_is_described_with_its_wallet(town: WebUnderTest) -> None:
    partner = new_id()
    made = program(TOWN, partner, status="draft")
    town.services.on("POST", "/programs", made, 201)
    typed = DESCRIBED | {"with_wallet": "on", "wallet-fee_months": "3"}
    typed |= {"partner_id": f"https://tasuki.example/company/{partner}"}
    page = town.browser.open("/programs/new")

    typed["wallet-person_cap"] = "1,000,000"
    wrong = page.send("/programs/new", **typed)
    assert "This is more than the cap in all." in wrong.text
    typed["wallet-person_cap"] = "90,000"
    page.send("/programs/new", **typed)

    sent = town.services.last("POST", "/programs").json
    assert (sent["sponsor_id"], sent["partner_id"]) == (str(TOWN), str(partner))
    assert sent["eligibility"]["residents_only"] is True
    assert sent["wallet"]["person_cap"]["amount"] == 90_000
    assert (sent["wallet"]["pays_fees"], sent["wallet"]["fee_months"]) == (True, 3)


def test_a_program_is_described_anew_from_what_it_says(town: WebUnderTest) -> None:
    terms = {"total_cap": money(900_000), "person_cap": money(90_000)}
    mine = program(TOWN, new_id(), wallet=terms)
    path = f"/programs/{mine['program_id']}"
    town.services.on("GET", path, mine, headers={"ETag": '"v1"'})
    town.services.on("GET", f"{path}/cohorts", [])
    town.services.on("PUT", path, mine)

    page = town.browser.open(f"{path}/edit")
    assert "Now it is 塾." in page.text
    page.send(f"{path}/edit", title="新しい塾")

    asked = town.services.last("PUT", path)
    sent = asked.json
    assert asked.headers["if-match"] == '"v1"'
    assert (sent["title"], sent["partner_id"]) == ("新しい塾", str(mine["partner_id"]))
    assert sent["wallet"]["total_cap"]["amount"] == 900_000


@pytest.mark.parametrize("typed", ["塾", "https://tasuki.example/company", ""])
def test_a_partner_is_asked_for_by_the_address_of_its_page(town: WebUnderTest, typed: str) -> None:
    page = town.browser.open("/programs/new")
    assert "(such as https://tasuki.example/company/…" in page.text

    wrong = page.send("/programs/new", **DESCRIBED, partner_id=typed)

    said = "Please paste the address of the company's page." if typed else "Please fill this in."
    assert f"Partner who runs it: {said}" in wrong.text
    assert wrong.fields("/programs/new")["partner_id"] == [typed]


def test_a_partner_whom_nobody_knows_is_a_fault_at_its_field(town: WebUnderTest) -> None:
    town.services.refuse("POST", "/programs", 409, "partner_unknown")

    page = town.browser.open("/programs/new")
    wrong = page.send("/programs/new", **DESCRIBED, partner_id=str(new_id()))

    assert "Partner who runs it: The partner has to be a company" in wrong.text


def test_who_does_not_see_the_money_cannot_take_the_wallet_away(town: WebUnderTest) -> None:
    town.browser.be("client", companies={TOWN: ("札幌市役所", ["post"])})
    mine = program(TOWN, new_id())
    town.services.on("GET", f"/programs/{mine['program_id']}", mine)

    page = town.browser.open(f"/programs/{mine['program_id']}/edit")

    assert "once you may see the money" in page.text
    assert "wallet-total_cap" not in page.html


def test_an_operator_confirms_a_municipality_or_says_why_not(site: WebUnderTest) -> None:
    site.browser.be("operator")
    site.services.on("GET", "/programs/sponsors", page_of(SPONSOR))
    path = f"/programs/sponsors/{TOWN}/decision"
    site.services.on("POST", path, SPONSOR)
    action = f"/operator/sponsors/{TOWN}/decision"
    page = site.browser.open("/operator/sponsors")
    assert "総務課" in page.text

    without = page.send(action, confirmed="no")
    assert without.status == HTTPStatus.UNPROCESSABLE_ENTITY
    page.send(action, confirmed="no", reason="別の団体です")
    assert site.services.last("POST", path).json["reason"] == "別の団体です"
    page.send(action, confirmed="yes")
    assert site.services.last("POST", path).json["confirmed"] is True
