"""What assistants see of themselves, of jobs that fit, and of what they earn."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.integration.web import of_programs
from tests.integration.web.of_assistants import (
    AT,
    NOTHING,
    contract,
    job,
    milestone,
    money,
    page_of,
    profile,
    proposal,
    summary,
)
from tests.support.web import WebUnderTest


def test_the_first_page_says_what_today_is_about(market: WebUnderTest, assistant: UUID) -> None:
    first = milestone(title="本文", due_on="2026-04-03")
    late = milestone(title="ちらし", status="changes_requested", due_on="2026-03-30", overdue=True)
    waiting = milestone(title="表紙", status="delivered")
    agreed = contract(assistant, first, late, waiting)
    countered = proposal(wanted := job(title="コラム"), status="countered")
    market.services.on("GET", "/contracts", page_of(summary(agreed)))
    market.services.on("GET", "/jobs/profiles/me", profile())
    market.services.on("GET", "/jobs/proposals", page_of({"proposal": countered, "job": wanted}))

    page = market.browser.open("/home")

    assert page.h1 == "Hello, 佐藤 美咲"
    assert "2 h 30 min" in page.text
    assert "¥37,795" in page.text
    tasks = page.text[page.text.index("Next ") :]
    # What is due first comes first.
    assert tasks.index("Make the change, and deliver") < tasks.index("Deliver ")
    assert "Late" in tasks
    assert "The client reviews 表紙." in page.text
    assert f"/proposals/{countered['proposal_id']}" in page.html
    here = f"/contracts/{agreed['contract_id']}/milestones/{first['milestone_id']}/deliver"
    assert here in page.html


def test_the_first_page_stays_when_the_money_does_not_answer(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    market.services.away("GET", "/payments/payables/me")
    market.services.away("GET", "/payments/payees/me")

    page = market.browser.open("/home")

    assert page.status == HTTPStatus.OK
    assert "This doesn't answer at the moment." in page.text


def test_a_beginner_is_shown_the_next_step_and_later_no_steps_any_more(
    market: WebUnderTest, assistant: UUID
) -> None:
    page = market.browser.open("/home")
    assert "0 steps of 7 are done. Next: Say what you can do" in page.text

    market.services.on("GET", "/jobs/profiles/me", profile(beginner=True))
    fit = {"job": job(title="入力", beginner_friendly=True), "score": 10, "of": 10, "reasons": []}
    other = {"job": job(title="設計"), "score": 10, "of": 10, "reasons": []}
    market.services.on("GET", "/jobs/profiles/me/matches", page_of(other, fit))
    page = market.browser.open("/first-job")
    assert page.html.count('class="done"') == 2
    assert page.html.count('class="now"') == 1
    assert "Set it up" in page.text
    assert "入力" in page.text
    assert "設計" not in page.text

    done = contract(assistant, milestone(status="released"))
    market.services.on("GET", "/contracts", page_of(summary(done)))
    assert "first job" not in market.browser.open("/home").text


def test_who_is_trained_finds_their_path_and_help_on_the_first_page(
    market: WebUnderTest, assistant: UUID
) -> None:
    mine = "/programs/participants/mine"
    cohort = of_programs.cohort(new_id())
    market.services.on("GET", mine, of_programs.participant(cohort, person_id=assistant))
    page = market.browser.open("/home")
    assert "しごと塾 · 春の期: Units Go on Ask for help" in page.text
    assert "first job" not in page.text

    first = of_programs.participant(cohort, person_id=assistant, step="protected_job")
    market.services.on("GET", mine, first)
    page = market.browser.open("/home")
    assert "しごと塾 · 春の期: Protected first job" in page.text
    assert "0 steps of 7 are done." in page.text

    market.services.away("GET", mine)
    assert "しごと塾" not in market.browser.open("/home").text


def test_a_supporter_sees_on_the_first_page_who_waits_for_them(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    item = {"urgency": "help_asked", "item_id": new_id(), "title": "連絡", "until": AT}
    waits = of_programs.person_today(new_id(), item)
    fine = of_programs.person_today(new_id(), person_name="高橋 健")
    market.services.on("GET", "/programs/today", [waits, fine])

    page = market.browser.open("/home")

    assert "My people today 1 佐藤 美咲 Asks for help: 連絡 All my people" in page.text
    assert f"/supporting/{waits['participant_id']}" in page.html
    assert "高橋 健" not in page.text
    # Who stands by others and doesn't work is led to no first job; who does is.
    assert "first job" not in page.text
    assert "Next payday" not in page.text
    market.services.on("GET", "/jobs/profiles/me", profile())
    page = market.browser.open("/home")
    assert "first job" in page.text
    assert "Next payday" in page.text


def test_a_profile_is_kept_whole_whatever_part_is_changed(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    kept = profile()
    market.services.on("GET", "/jobs/profiles/me", kept, headers={"ETag": '"3"'})
    market.services.on("PUT", "/jobs/profiles/me", kept)

    page = market.browser.open("/profile")
    assert "木曜の午前は通院" in page.html
    page.send("/profile", skills_good="校正、 Excel", hourly_rate="2,000円")

    sent = market.services.last("PUT", "/jobs/profiles/me")
    assert sent.headers["if-match"] == '"3"'
    assert sent.json["hours"] == kept["hours"]
    assert sent.json["never"] == kept["never"]
    assert sent.json["private_note"] == kept["private_note"]
    assert sent.json["portfolio"] == kept["portfolio"]
    assert sent.json["hourly_rate"] == money(2_000)
    names = {each["name"]: each["level"] for each in sent.json["skills"]}
    assert names == {"文章作成": "expert", "校正": "good", "excel": "good"}

    week = market.browser.open("/profile/hours")
    assert week.fields("/profile/hours")["wed-midday"] == ["150"]
    assert week.fields("/profile/hours")["sun-night"] == ["never"]
    chosen: dict[str, Any] = {"wed-midday": "", "mon-morning": "60", "sat-night": "never"}
    week.send("/profile/hours", **chosen)
    sent = market.services.last("PUT", "/jobs/profiles/me")
    assert sent.json["hours"] == [{"day": "mon", "part": "morning", "minutes": 60}]
    assert sent.json["never"] == [
        {"day": "sat", "part": "night"},
        {"day": "sun", "part": "night"},
    ]
    assert sent.json["headline"] == kept["headline"]


def test_others_never_see_the_private_note(market: WebUnderTest, assistant: UUID) -> None:
    assert assistant
    person = profile()
    market.services.on("GET", f"/jobs/profiles/{person['person_id']}", person)
    market.services.on("GET", f"/contracts/ratings/{person['person_id']}", NOTHING)

    page = market.browser.open(f"/assistants/{person['person_id']}")

    assert "広報を7年" in page.text
    assert "通院" not in page.html


def test_a_job_that_fits_says_why(market: WebUnderTest, assistant: UUID) -> None:
    assert assistant
    reasons = [
        {"kind": "skills", "points": 20, "of": 40, "matched": ["校正"], "missing": ["wordpress"]},
        {"kind": "hours", "points": 25, "of": 25, "needed": 5, "there": 8},
    ]
    match = {"job": job(title="コラム"), "score": 45, "of": 65, "reasons": reasons}
    market.services.on("GET", "/jobs/profiles/me", profile())
    market.services.on("GET", "/jobs/profiles/me/matches", page_of(match))
    market.services.on("GET", "/jobs", page_of(job(title="招かれた仕事")))

    page = market.browser.open("/jobs/for-me")

    assert "Fits to 69%" in page.text
    assert "✓ 校正" in page.text
    assert "Hours: 5 a week are needed, you have 8 left (25 of 25 points)" in page.text
    assert "招かれた仕事" in page.text
    assert market.services.last("GET", "/jobs").query == {"invited": "true", "limit": "10"}


def test_a_search_asks_for_what_can_be_asked_and_is_kept(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    market.services.on("GET", "/jobs/search", page_of(job(title="花の記事")))
    market.services.on("GET", "/jobs/searches", {"items": []})
    address = "/search?q=花&category=writing&kind=nonsense&budget_from=10,000&beginner_friendly=on"

    page = market.browser.open(address)

    assert "花の記事" in page.text
    assert market.services.last("GET", "/jobs/search").query == {
        "q": "花",
        "category": "writing",
        "budget_from": "10000",
        "beginner_friendly": "true",
        "sort": "relevance",
    }
    terms = {"q": "花", "category": "writing", "budget_from": 10_000, "beginner_friendly": True}
    saved = {
        "search_id": str(new_id()),
        "name": "花",
        "terms": terms,
        "every": "daily",
        "saved_at": AT,
    }
    market.services.on("POST", "/jobs/searches", saved, 201)
    plain = market.browser.open("/search?q=花&category=writing")
    after = plain.send("/search/saved", name="花の仕事")
    sent = market.services.last("POST", "/jobs/searches").json
    assert sent["name"] == "花の仕事"
    assert sent["every"] == "daily"
    assert sent["terms"]["q"] == "花"
    assert "Kept." in after.text


def test_earnings_are_a_picture_by_month_with_the_same_as_a_table(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    payout = {
        "payout_id": str(new_id()),
        "gross": money(30_236),
        "transfer_fee": money(100),
        "amount": money(30_136),
        "status": "paid",
        "payday": "2026-03-31",
        "on_demand": False,
        "requested_at": "2026-03-31T00:00:00Z",
        # Already April in Japan.
        "paid_at": "2026-03-31T15:30:00Z",
    }
    second = {**payout, "payout_id": str(new_id()), "paid_at": "2026-02-27T03:00:00Z"}
    listed = {
        "kind": "invoice",
        "id": str(new_id()),
        "number": "IN-1",
        "issued_on": "2026-04-01",
        "currency": "JPY",
        "total": 39_600,
    }
    market.services.on("GET", "/payments/payouts", page_of(payout, second))
    market.services.on("GET", "/payments/documents", {"month": "2026-04", "documents": [listed]})

    page = market.browser.open("/earnings")

    rows = page.text[page.text.index("The figures as a table") :]
    assert "April 2026 ¥30,136" in rows
    assert "March 2026 ¥0" in rows
    assert "February 2026 ¥30,136" in rows
    assert page.html.count('<rect class="bar') == 6
    assert f"/earnings/documents/payout_statement/{payout['payout_id']}" in page.html
    assert f"/earnings/documents/invoice/{listed['id']}" in page.html


def test_a_statement_is_saved_and_never_shown_as_a_page(
    market: WebUnderTest, assistant: UUID
) -> None:
    assert assistant
    path = "/payments/documents/payout_statement/1"
    headers = {
        "Content-Type": "application/pdf",
        "Content-Disposition": 'inline; filename="PS-1.pdf"',
    }
    market.services.on("GET", path, "%PDF", headers=headers)

    answer = market.client.get("/earnings/documents/payout_statement/1")

    assert answer.headers["content-disposition"] == 'attachment; filename="PS-1.pdf"'
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert market.services.last("GET", path).query == {"format": "pdf", "lang": "en"}


def test_who_wants_to_be_paid_is_led_to_the_processors_page(
    market: WebUnderTest, assistant: UUID
) -> None:
    payee = {"person_id": str(assistant), "status": "pending"}
    url = "https://checkout.example/setup/1"
    market.services.on("POST", "/payments/payees", payee, 201)
    link = {"url": url, "expires_at": AT}
    market.services.on("POST", "/payments/payees/me/onboarding-links", link, 201)
    page = market.browser.open("/payout-setup")
    fields = page.fields("/payout-setup")
    headers = {"Origin": market.browser.url, "Sec-Fetch-Site": "same-origin"}

    answer = market.client.post(
        "/payout-setup", data=fields, headers=headers, follow_redirects=False
    )

    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert answer.headers["location"] == url


@pytest.mark.parametrize(
    "path",
    ["/profile", "/jobs/for-me", "/search", "/proposals", "/earnings", "/payout-setup"],
)
def test_clients_are_told_that_it_is_not_for_them(market: WebUnderTest, path: str) -> None:
    market.browser.be("client")

    assert market.browser.open(path).status == HTTPStatus.FORBIDDEN


def test_today_is_a_day_in_japan(market: WebUnderTest) -> None:
    # Thursday has begun there already.
    market.clock.time = datetime(2026, 4, 1, 15, 30, tzinfo=UTC)
    market.browser.be("assistant")
    thursday = [{"day": "thu", "part": "midday", "minutes": 45}]
    market.services.on("GET", "/jobs/profiles/me", profile(hours=thursday))

    page = market.browser.open("/home")

    assert "Thu 2 Apr 2026" in page.text
    assert "45 min" in page.text
