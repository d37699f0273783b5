"""Proposing, and what an assistant does in a contract: nothing that was typed is ever lost."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from shared.ids import new_id
from tests.integration.web.of_assistants import (
    AT,
    NOTHING,
    SHA,
    contract,
    job,
    milestone,
    money,
    page_of,
    preview,
    profile,
    proposal,
)
from tests.support.web import Page, WebUnderTest


def propose_page(market: WebUnderTest, wanted: dict[str, Any]) -> Page:
    market.services.on("GET", f"/jobs/{wanted['job_id']}", wanted)
    market.services.on("GET", "/jobs/profiles/me", profile())
    return market.browser.open(f"/jobs/{wanted['job_id']}/propose")


def test_what_is_left_is_shown_before_anything_is_sent(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    wanted = job()
    market.services.on("POST", "/payments/previews", preview(37_695))
    path = f"/jobs/{wanted['job_id']}/propose"
    page = propose_page(market, wanted)

    typed: dict[str, Any] = {
        "act": "preview",
        "milestones-0-due_on": "2026-04-20",
        "milestones-0-price": "50,000円",
        "hours": "10",
        "cover": "まだ途中です",
    }
    seen = page.send(path, **typed)

    assert "In your bank ¥37,695" in seen.text
    assert "An hour ¥3,769" in seen.text
    asked = market.services.last("POST", "/payments/previews").json
    assert asked["hours"] == 10
    assert asked["milestones"] == [{"price": money(50_000), "due_on": "2026-04-20"}]
    # Nothing was sent to the client, and nothing that was typed is lost.
    assert not market.services.count("POST", f"/jobs/{wanted['job_id']}/proposals")
    assert seen.fields(path)["cover"] == ["まだ途中です"]

    more = seen.send(path, act="more")
    assert more.fields(path)["milestones-1-title"] == [""]
    assert more.fields(path)["cover"] == ["まだ途中です"]


def test_a_proposal_is_sent_in_rows_and_keeps_all_when_it_is_refused(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    wanted = job(criteria=["寸法がある"])
    path = f"/jobs/{wanted['job_id']}/propose"
    at = f"/jobs/{wanted['job_id']}/proposals"
    page = propose_page(market, wanted).send(path, act="more")
    typed: dict[str, Any] = {
        "act": "send",
        "cover": "毎月書いています。",
        "milestones-0-title": "前半",
        "milestones-0-description": "10点",
        "milestones-0-price": "20000",
        "milestones-0-due_on": "2026-04-10",
        "milestones-0-criteria": "寸法がある\n\n 誤字がない ",
        "milestones-1-title": "後半",
        "milestones-1-description": "10点",
        "milestones-1-price": "",
        "milestones-1-due_on": "2026-04-20",
    }
    refused = page.send(path, **typed)
    assert refused.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Please fill this in." in refused.text
    assert refused.fields(path)["milestones-1-title"] == ["後半"]
    assert not market.services.count("POST", at)

    market.services.refuse("POST", at, 409, "proposal_already_made", "You have one.")
    again = refused.send(path, **{**typed, "milestones-1-price": "30,000"})
    assert again.status == HTTPStatus.CONFLICT
    assert again.fields(path)["milestones-1-price"] == ["30,000"]

    market.services.on("POST", at, proposal(wanted), 201)
    sent = again.send(path, act="send")
    assert sent.path == "/proposals"
    body = market.services.last("POST", at).json
    assert [each["price"]["amount"] for each in body["milestones"]] == [20_000, 30_000]
    assert body["milestones"][0]["criteria"] == ["寸法がある", "誤字がない"]


def test_a_retainer_is_proposed_by_the_hour(market: WebUnderTest, assistant: UUID) -> None:
    assert assistant
    wanted = job(kind="retainer", period="month", budget=money(36_000))
    path = f"/jobs/{wanted['job_id']}/propose"
    page = propose_page(market, wanted)
    assert page.fields(path)["retainer-hourly_price"] == ["1800"]
    at = f"/jobs/{wanted['job_id']}/proposals"
    market.services.on("POST", at, proposal(wanted), 201)

    typed: dict[str, Any] = {"retainer-hours_limit": "20", "retainer-starts_on": "2026-04-06"}
    page.send(path, act="send", cover="毎週書きます。", **typed)

    sent = market.services.last("POST", at).json
    assert sent["retainer"] == {
        "hourly_price": money(1_800),
        "hours_limit": 20,
        "starts_on": "2026-04-06",
    }
    assert "milestones" not in sent


def test_a_counter_offer_is_accepted_in_the_version_that_was_read(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    wanted = job()
    countered = proposal(wanted, status="countered", version=2, counter_note="45,000円では?")
    path = f"/proposals/{countered['proposal_id']}"
    market.services.on("GET", f"/jobs{path}", {"proposal": countered, "job": wanted})
    market.services.on("POST", "/payments/previews", preview(37_695))
    market.services.refuse("POST", f"/jobs{path}/acceptance", 409, "over_capacity", "Too much.")

    page = market.browser.open(path)
    assert "45,000円では?" in page.text
    assert "In your bank ¥37,695" in page.text
    refused = page.send(f"{path}/acceptance")
    assert market.services.last("POST", f"/jobs{path}/acceptance").json == {
        "version": 2,
        "over_capacity": False,
    }

    market.services.on("POST", f"/jobs{path}/acceptance", countered)
    refused.send(f"{path}/acceptance", over_capacity="on")
    assert market.services.last("POST", f"/jobs{path}/acceptance").json["over_capacity"] is True


def test_a_task_is_taken_and_a_question_is_asked_at_the_job(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    tasks = {"slots": 6, "taken": 1, "price": money(4_500), "days_to_deliver": 7}
    wanted = job(kind="tasks", tasks=tasks)
    path = f"/jobs/{wanted['job_id']}"
    market.services.on("GET", path, wanted)
    market.services.on("GET", f"{path}/questions", NOTHING)
    market.services.on("GET", f"{path}/proposals", NOTHING)
    market.services.on("POST", f"{path}/takes", proposal(wanted, status="accepted"), 201)
    question = {
        "question_id": str(new_id()),
        "asked_by": str(assistant),
        "text": "いつ?",
        "asked_at": AT,
    }
    market.services.on("POST", f"{path}/questions", question, 201)

    page = market.browser.open(path)
    assert "5 are left." in page.text
    page.send(f"{path}/questions", text="見本はありますか")
    assert market.services.last("POST", f"{path}/questions").json == {"text": "見本はありますか"}
    assert market.browser.open(path).send(f"{path}/take").path == "/contracts"


def test_work_is_delivered_with_its_files(market: WebUnderTest, assistant: UUID) -> None:
    part = milestone()
    agreed = contract(assistant, part)
    at = f"/contracts/{agreed['contract_id']}"
    here = f"{at}/milestones/{part['milestone_id']}"
    file = {
        "file_id": str(new_id()),
        "name": "本文.md",
        "media_type": "text/markdown",
        "size": 4,
        "sha256": SHA,
    }
    market.services.on("GET", at, agreed)
    market.services.on("POST", f"{at}/files", file, 201)
    market.services.on("POST", f"{here}/deliveries", part, 201)

    page = market.browser.open(f"{here}/deliver")
    assert "締切が冒頭にある" in page.text
    empty = page.send(f"{here}/deliver")
    assert "Please fill this in." in empty.text
    assert not market.services.count("POST", f"{at}/files")
    upload = {"files": ("本文.md", b"text", "text/markdown")}
    empty.send(f"{here}/deliver", upload, text="本文です。")

    sent = market.services.last("POST", f"{at}/files")
    assert (sent.content, sent.query) == (b"text", {"name": "本文.md"})
    delivered = market.services.last("POST", f"{here}/deliveries").json
    assert delivered == {"text": "本文です。", "file_ids": [file["file_id"]]}


def test_hours_are_logged_put_right_and_seen_by_the_client_without_a_form(
    market: WebUnderTest, assistant: UUID
) -> None:
    part = milestone()
    agreed = contract(assistant, part)
    at = f"/contracts/{agreed['contract_id']}"
    here = f"{at}/milestones/{part['milestone_id']}/hours"
    entry = {
        "entry_id": str(new_id()),
        "day": "2026-04-01",
        "minutes": 90,
        "note": "下書き",
        "logged_at": AT,
    }
    hours = {
        "milestone_id": part["milestone_id"],
        "starts_on": "2026-03-25",
        "ends_on": "2026-04-24",
        "status": "funded",
        "hours_limit": 20,
        "entries": [entry],
        "minutes": 90,
        "worth": money(2_700),
    }
    retainer = {
        "contract_id": agreed["contract_id"],
        "period": "month",
        "hourly_price": money(1_800),
        "hours_limit": 20,
        "starts_on": "2026-03-25",
        "ends_on": None,
        "ended_by": None,
        "waits_for_resumption": False,
        "periods": [],
    }
    market.services.on("GET", at, agreed)
    market.services.on("GET", here, hours)
    market.services.on("GET", f"{at}/retainer", retainer)
    market.services.on("POST", here, hours, 201)
    market.services.on("DELETE", f"{here}/{entry['entry_id']}", hours)

    page = market.browser.open(here)
    assert page.fields(here)["day"] == ["2026-04-01"]
    nothing = page.send(here, note="なし")
    assert "Please say how long it was." in nothing.text
    nothing.send(here, hours="1", minutes="30", note="校正")
    sent = market.services.last("POST", here).json
    assert sent == {"day": "2026-04-01", "minutes": 90, "note": "校正"}
    page.send(f"{here}/removal")
    assert market.services.count("DELETE", f"{here}/{entry['entry_id']}") == 1

    market.browser.be("client", person_id=UUID(agreed["client_id"]))
    seen = market.browser.open(here)
    assert "下書き" in seen.text
    assert f'action="{here}"' not in seen.html


def test_dates_move_and_no_page_has_a_field_for_the_reason(
    market: WebUnderTest, assistant: UUID
) -> None:
    agreed = contract(assistant, milestone())
    at = f"/contracts/{agreed['contract_id']}"
    market.services.on("GET", at, agreed)
    market.services.on("GET", f"{at}/date-moves", {"agreed_days": 7, "left_days": 5})
    market.services.on("POST", f"{at}/date-moves", {"agreed_days": 7, "left_days": 3}, 201)

    page = market.browser.open(f"{at}/dates")
    mine = {name for name in page.fields(f"{at}/dates") if not name.startswith("_")}
    assert mine == {"days"}
    page.send(f"{at}/dates", days="2")
    assert market.services.last("POST", f"{at}/date-moves").json == {"days": 2}


def test_a_hand_over_is_proposed_to_whose_profile_is_pasted(
    market: WebUnderTest, assistant: UUID
) -> None:
    part = milestone(deliveries=[])
    agreed = contract(assistant, part)
    at = f"/contracts/{agreed['contract_id']}"
    here = f"{at}/milestones/{part['milestone_id']}"
    substitute = new_id()
    view = {
        "hand_over_id": str(new_id()),
        "contract_id": agreed["contract_id"],
        "milestone_id": part["milestone_id"],
        "substitute_id": str(substitute),
        "substitute_name": "小林 さやか",
        "to_assistant": money(20_000),
        "price": money(30_000),
        "due_on": "2026-04-20",
        "note": "半分できています。",
        "shares_deliveries": False,
        "proposed_by": "assistant",
        "proposed_at": AT,
        "consents": ["assistant"],
        "status": "proposed",
    }
    market.services.on("GET", at, agreed)
    market.services.on("POST", f"{here}/hand-overs", view, 201)
    page = market.browser.open(f"{here}/hand-over")
    typed: dict[str, Any] = {"to_assistant": "20,000", "note": "半分できています。"}

    nobody = page.send(f"{here}/hand-over", substitute_id="小林さん", **typed)
    assert "Please paste the address of the person's profile." in nobody.text
    address = f"https://tasuki.example/assistants/{substitute}"
    nobody.send(f"{here}/hand-over", substitute_id=address, **typed)

    sent = market.services.last("POST", f"{here}/hand-overs").json
    assert sent["substitute_id"] == str(substitute)
    assert sent["to_assistant"]["amount"] == 20_000

    # Mates of one's own cohort come first, where there are any.
    mate = {"person_id": substitute, "person_name": "小林 さやか", "step": "free_work"}
    market.services.on("GET", "/programs/participants/mine/mates", [mate])
    page = market.browser.open(f"{here}/hand-over")
    assert "Somebody of your cohort" in page.text
    page.send(f"{here}/hand-over", mate_id=str(substitute), **typed)
    sent = market.services.last("POST", f"{here}/hand-overs").json
    assert sent["substitute_id"] == str(substitute)


def test_an_offer_is_read_with_its_terms_and_taken_or_declined(
    market: WebUnderTest, assistant: UUID
) -> None:
    agreed = contract(assistant, milestone())
    part = {
        "milestone_id": str(new_id()),
        "title": "後半",
        "description": "残りの10点",
        "price": money(30_000),
        "due_on": "2026-04-20",
        "inspection_ends_on": "2026-04-27",
        "payday": "2026-05-15",
    }
    offered = {
        "hand_over_id": str(new_id()),
        "status": "proposed",
        "client_id": agreed["client_id"],
        "note": "半分できています。",
        "terms": {**agreed["terms"], "milestones": [part]},
        "consents": ["assistant"],
    }
    at = f"/hand-overs/{offered['hand_over_id']}"
    market.services.on("GET", "/contracts/hand-overs", page_of(offered))
    market.services.on("GET", f"/contracts{at}", offered)
    assert "Waits for your answer" in market.browser.open("/hand-overs").text

    page = market.browser.open(at)
    assert "半分できています。" in page.text
    assert "¥30,000" in page.text
    consents = ["assistant", "substitute"]
    market.services.on("POST", f"/contracts{at}/consent", {**offered, "consents": consents})
    assert page.send(f"{at}/consent").path == at
    # The third consent makes the contract.
    made = {**offered, "status": "agreed", "contract_id": agreed["contract_id"]}
    market.services.on("POST", f"/contracts{at}/consent", made)
    assert page.send(f"{at}/consent").path == f"/contracts/{agreed['contract_id']}"
    market.services.on("POST", f"/contracts{at}/refusal", {**offered, "status": "refused"})
    assert page.send(f"{at}/refusal").path == "/hand-overs"


def test_notice_is_given_after_it_is_said_what_that_means(
    market: WebUnderTest, assistant: UUID
) -> None:
    agreed = contract(assistant, milestone())
    agreed["terms"] |= {"notice_days": 30}
    at = f"/contracts/{agreed['contract_id']}"
    retainer = {
        "contract_id": agreed["contract_id"],
        "period": "month",
        "hourly_price": money(1_800),
        "hours_limit": 20,
        "starts_on": "2026-03-25",
        "ends_on": None,
        "ended_by": None,
        "waits_for_resumption": False,
        "periods": [],
    }
    market.services.on("GET", at, agreed)
    market.services.on("GET", f"{at}/retainer", retainer)
    market.services.on("POST", f"{at}/retainer/notice", retainer, 201)

    page = market.browser.open(f"{at}/notice")
    assert "30 days" in page.text
    assert page.send(f"{at}/notice").path == at
    assert market.services.count("POST", f"{at}/retainer/notice") == 1

    market.services.on("GET", f"{at}/retainer", {**retainer, "ends_on": "2026-04-24"})
    over = market.browser.open(f"{at}/notice")
    assert "This retainer ends on Fri 24 Apr 2026." in over.text
    assert f'action="{at}/notice"' not in over.html
