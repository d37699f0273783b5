"""What a partner does: who takes part in a cohort, and what the program consists of."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import page_of
from tests.integration.web.of_programs import (
    SAPPORO,
    application,
    cohort,
    participant,
    program,
)
from tests.support.web import Page, Services, WebUnderTest

SUPPORTER = {"person_id": new_id(), "name": "田中 一郎", "limit": 5, "people": 2}
QUESTION = {"text": "税込", "choices": ["100円", "110円"], "right": 1}
UNIT = {"number": 1, "title": "請求書", "text": "よく読む", "hours": 3, "pass_mark": 1}


@dataclass
class Run:
    """A cohort that somebody runs."""

    site: WebUnderTest
    program: dict[str, Any]
    cohort: dict[str, Any]
    applied: dict[str, Any]
    joined: dict[str, Any]

    @property
    def services(self) -> Services:
        return self.site.services

    @property
    def here(self) -> str:
        return f"/programs/cohorts/{self.cohort['cohort_id']}"

    @property
    def at(self) -> str:
        return f"/programs/{self.program['program_id']}"

    def open(self, path: str = "") -> Page:
        return self.site.browser.open(path or self.here)

    def json(self, method: str, path: str) -> Any:
        return self.services.last(method, path).json


@pytest.fixture
def run(site: WebUnderTest) -> Run:
    """A member of the partner's company looks at a cohort with an application and a person."""
    partner = new_id()
    site.browser.be("client", companies={partner: ("塾", ["post", "accept"])})
    units = [UNIT | {"questions": [QUESTION]}]
    shown = program(new_id(), partner, units=units)
    of = cohort(shown["program_id"])
    made = Run(site, shown, of, application(of), participant(of))
    on = site.services.on
    on("GET", made.at, shown, headers={"ETag": '"v1"'})
    on("GET", f"{made.at}/cohorts", [of])
    on("GET", f"{made.at}/supporters", [SUPPORTER])
    on("GET", made.here, of)
    on("GET", f"{made.here}/applications", page_of(made.applied))
    on("GET", f"{made.here}/participants", [made.joined])
    on("GET", "/programs/municipalities", [SAPPORO])
    return made


def test_a_cohort_shows_who_applies_and_who_takes_part(run: Run) -> None:
    page = run.open()

    assert page.status == HTTPStatus.OK
    assert page.h1 == "春の期"
    for words in (
        "佐藤 美咲",
        "北海道 札幌市",
        "高橋 健",
        "No supporter yet",
        "0 of 1 were there",
        "1 of 10",
    ):
        assert words in page.text


def test_somebody_is_taken_in_or_waits_when_the_cohort_is_full(run: Run) -> None:
    path = f"/programs/applications/{run.applied['application_id']}/acceptance"
    action = f"{run.here}/applications/{run.applied['application_id']}/acceptance"
    run.services.on("POST", path, run.applied | {"status": "accepted"})
    assert "佐藤 美咲 takes part." in run.open().send(action).text

    run.services.on("POST", path, run.applied | {"status": "waiting", "place_in_line": 1})
    assert "佐藤 美咲 waits for a place." in run.open().send(action).text


def test_a_refusal_says_why_and_keeps_the_reason_when_it_is_refused(run: Run) -> None:
    path = f"/programs/applications/{run.applied['application_id']}/refusal"
    action = f"{run.here}/applications/{run.applied['application_id']}/refusal"
    run.services.refuse("POST", path, 403, "right_required")

    page = run.open().send(action, reason="定員のため")

    assert page.status == HTTPStatus.FORBIDDEN
    assert page.fields(action)["reason"] == ["定員のため"]
    run.services.on("POST", path, run.applied | {"status": "declined", "reason": "定員のため"})
    page.send(action)
    assert run.json("POST", path) == {"reason": "定員のため"}


def test_the_choice_of_a_supporter_shows_the_limits(run: Run) -> None:
    person = run.joined["participant_id"]
    run.services.on("PUT", f"/programs/participants/{person}/supporter", run.joined)
    page = run.open()

    assert "田中 一郎 (2 of 5)" in page.text
    chosen = str(SUPPORTER["person_id"])
    page.send(f"{run.here}/participants/{person}/supporter", supporter_id=chosen)

    sent = run.json("PUT", f"/programs/participants/{person}/supporter")
    assert sent == {"supporter_id": chosen}


def test_attendance_is_who_is_marked(run: Run) -> None:
    path = f"{run.here}/sessions/1/attendance"
    run.services.on("PUT", path, [])
    person = str(run.joined["participant_id"])

    run.open().send(path, participant_ids=[person])
    assert run.json("PUT", path) == {"participant_ids": [person]}
    run.open().send(path)
    assert run.json("PUT", path) == {"participant_ids": []}


def test_somebody_is_let_go(run: Run) -> None:
    person = run.joined["participant_id"]
    run.services.on("POST", f"/programs/participants/{person}/departure", run.joined)

    assert "free again" in run.open().send(f"{run.here}/participants/{person}/departure").text


def test_a_member_without_rights_sees_people_and_no_buttons(run: Run) -> None:
    company: tuple[str, list[str]] = ("塾", [])
    run.site.browser.be("client", companies={run.program["partner_id"]: company})
    run.services.refuse("GET", f"{run.here}/applications", 403, "right_required")

    page = run.open()

    assert "高橋 健" in page.text
    assert "Let go" not in page.text
    assert "佐藤 美咲" not in page.text


def test_for_others_a_cohort_is_what_they_may_apply_for(run: Run) -> None:
    run.site.browser.be("assistant")
    for what in ("applications", "participants"):
        run.services.refuse("GET", f"{run.here}/{what}", 404, "cohort_not_found")

    page = run.open()

    assert page.path == f"{run.here}/apply"
    assert page.h1 == "Apply"


def test_the_curriculum_comes_back_as_it_was_typed(run: Run) -> None:
    run.services.on("PUT", f"{run.at}/curriculum", run.program)
    page = run.open(f"{run.at}/curriculum")
    typed = page.fields(f"{run.at}/curriculum")
    assert typed["units-0-questions"] == ["税込\n100円\n* 110円"]

    practice = {"title": "練習", "description": "書く", "criteria": "10点\n期限内"}
    fields: dict[str, Any] = {f"practice-{name}": value for name, value in practice.items()}
    fields |= {"practice-price": "3,000"}
    fields |= {"units-1-title": "連絡", "units-1-text": "読む", "units-1-hours": "1"}
    page.send(f"{run.at}/curriculum", **fields)

    assert run.services.last("PUT", f"{run.at}/curriculum").headers["if-match"] == '"v1"'
    sent = run.json("PUT", f"{run.at}/curriculum")
    assert [each["title"] for each in sent["units"]] == ["請求書", "連絡"]
    assert sent["units"][0]["questions"] == [QUESTION]
    assert sent["units"][1]["questions"] == []
    assert sent["practice"]["criteria"] == ["10点", "期限内"]
    assert sent["practice"]["price"]["amount"] == 3000


def test_a_question_without_a_right_answer_is_a_fault_at_its_field(run: Run) -> None:
    page = run.open(f"{run.at}/curriculum")

    typed: dict[str, Any] = {"units-0-questions": "税込\n100円\n110円"}
    page = page.send(f"{run.at}/curriculum", **typed)

    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "needs two choices or more" in page.text
    assert run.services.count("PUT", f"{run.at}/curriculum") == 0


def test_a_cohort_is_announced_with_the_sessions_that_were_typed(run: Run) -> None:
    run.services.on("POST", f"{run.at}/cohorts", run.cohort, 201)
    action = f"{run.at}/cohorts/new"
    days: dict[str, Any] = {
        "apply_until": "2026-04-30",
        "starts_on": "2026-05-11",
        "ends_on": "2026-08-31",
    }
    session = {"title": "はじめ", "place": "online", "where": "https://meet.example"}
    session |= {"starts_at": "2026-05-11T10:00", "ends_at": "2026-05-11T09:00"}
    fields: dict[str, Any] = {f"sessions-0-{name}": value for name, value in session.items()}

    page = run.open(action).send(action, name="春", capacity="10", **days, **fields)
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert run.services.count("POST", f"{run.at}/cohorts") == 0

    later: dict[str, Any] = {"sessions-0-ends_at": "2026-05-11T12:00"}
    page.send(action, **later)
    sent = run.json("POST", f"{run.at}/cohorts")
    assert sent["apply_until"] == "2026-04-30"
    assert [each["title"] for each in sent["sessions"]] == ["はじめ"]


def test_a_cohort_whose_days_are_out_of_order_is_not_sent(run: Run) -> None:
    run.services.on("PUT", run.here, run.cohort)
    page = run.open(f"{run.here}/edit")

    wrong = page.send(f"{run.here}/edit", ends_on="2026-01-01")
    assert wrong.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "First comes the last day to apply" in wrong.text

    page.send(f"{run.here}/edit", capacity="12")
    assert run.json("PUT", run.here)["capacity"] == 12


def test_what_a_colleague_changed_meanwhile_is_written_over_only_by_who_was_told(run: Run) -> None:
    """The form keeps what was typed; sent once more, it is made from what is there by then."""
    action = f"{run.here}/edit"
    run.services.on("GET", run.here, run.cohort, headers={"ETag": '"v1"'})
    page = run.open(action)
    run.services.on("GET", run.here, run.cohort, headers={"ETag": '"v2"'})
    run.services.refuse("PUT", run.here, 412, "changed_meanwhile")

    refused = page.send(action, capacity="12")
    assert run.services.last("PUT", run.here).headers["if-match"] == '"v1"'
    assert "Somebody has changed this meanwhile." in refused.text
    assert refused.fields(action)["capacity"] == ["12"]

    run.services.on("PUT", run.here, run.cohort)
    refused.send(action)
    assert run.services.last("PUT", run.here).headers["if-match"] == '"v2"'


def test_supporters_are_named_with_a_limit_and_removed_when_they_have_nobody(run: Run) -> None:
    path = f"{run.at}/supporters"
    run.services.on("POST", path, SUPPORTER, 201)
    page = run.open(path)
    assert "2 of 5 people" in page.text
    assert "removal" not in page.html

    page.send(path, email="ichiro@example.jp", limit="4")
    assert run.json("POST", path) == {"email": "ichiro@example.jp", "limit": 4}

    run.services.on("GET", path, [SUPPORTER | {"people": 0}])
    run.services.on("DELETE", f"{path}/{SUPPORTER['person_id']}", [])
    gone = run.open(path).send(f"{path}/{SUPPORTER['person_id']}/removal")
    assert "Removed." in gone.text


def test_a_local_client_is_added_by_the_address_of_its_page(run: Run) -> None:
    path, client = f"{run.at}/local-clients", new_id()
    run.services.on("GET", path, [{"account_id": client, "name": "パン屋"}])
    for method in ("PUT", "DELETE"):
        run.services.on(method, f"{path}/{client}", [])
    page = run.open(path)
    assert "パン屋" in page.text

    nobody = page.send(path, account_id="パン屋")
    assert "Please paste the address of the company's page." in nobody.text
    stranger = new_id()
    run.services.refuse("PUT", f"{path}/{stranger}", 409, "client_unknown")
    unknown = page.send(path, account_id=str(stranger))
    assert "Client: There is no such account." in unknown.text
    page.send(path, account_id=f"https://tasuki.example/company/{client}?lang=ja")
    assert run.services.count("PUT", f"{path}/{client}") == 1
    run.open(path).send(f"{path}/{client}/removal")
    assert run.services.count("DELETE", f"{path}/{client}") == 1


def test_the_partner_is_led_to_what_it_runs(run: Run) -> None:
    page = run.open(run.at)

    for words in ("Announce a cohort", "Curriculum", "Supporters", "Local clients"):
        assert words in page.text
    assert "Close the program" not in page.text
