"""What people who take part in a program, and who stand by them, see and send."""

import json
from http import HTTPStatus
from typing import Any

import pytest

from shared.http.files import MAX_FILE_BYTES
from shared.ids import new_id
from tests.integration.web import of_programs
from tests.integration.web.of_assistants import (
    AT,
    NOTHING,
    contract,
    milestone,
    page_of,
    summary,
)
from tests.support.web import Page, WebUnderTest

PERSON, HELP = new_id(), new_id()
MINE = "/programs/participants/mine"
HERE = f"/programs/participants/{PERSON}"
FILE = of_programs.file()
CHOSEN = {"files": ("案内文.txt", b"abcdef", "text/plain")}


def participant(**changed: Any) -> dict[str, Any]:
    cohort = of_programs.cohort(new_id(), program_title="町のしごと塾", name="春期", sessions=[])
    question = {"text": "納期に遅れそうなら?", "choices": ["待つ", "伝える"], "right": None}
    unit = {"number": 1, "title": "連絡", "text": "早めに", "hours": 2, "pass_mark": 1}
    unit |= {"questions": [question]}
    return {
        "participant_id": PERSON,
        "person_id": new_id(),
        "person_name": "佐藤 美咲",
        "cohort": cohort,
        "supporter_id": new_id(),
        "supporter_name": "鈴木 一郎",
        "step": "units",
        "steps": [],
        "units": [{"unit": unit, "passed_at": None, "tries": 0}],
        "attended": [],
        "weekly_hours": 10,
        "outcomes_consent": True,
        "protected": False,
        "open_helps": 0,
        "last_sign_at": AT,
        "joined_at": AT,
        "left_at": None,
    } | changed


@pytest.fixture
def program(market: WebUnderTest) -> WebUnderTest:
    """Pages for somebody who takes part, or stands by somebody who does."""
    me = market.browser.be("assistant")
    market.services.on("GET", MINE, participant())
    market.services.on("GET", HERE, participant(supporter_id=me))
    for what in ("weeks", "check-ins", "helps", "drafts", "notes"):
        market.services.on("GET", f"{HERE}/{what}", [])
    return market


def test_the_path_says_where_one_is_and_that_help_is_near(program: WebUnderTest) -> None:
    page = program.browser.open("/path")

    assert page.h1 == "My path"
    assert "鈴木 一郎" in page.text
    assert "/path/help" in page.html
    assert "/path/units/1" in page.html


def test_whoever_takes_part_in_nothing_is_told_so(program: WebUnderTest) -> None:
    program.services.refuse("GET", MINE, 404, "participant_not_found")

    assert "You take part in no program" in program.browser.open("/path").text


def test_a_check_that_isnt_passed_says_how_much_was_right(program: WebUnderTest) -> None:
    where = f"{HERE}/units/1/check"
    came = {"unit": 1, "right": [False], "needed": 1, "passed": False}
    program.services.on("POST", where, came)

    typed: dict[str, Any] = {"answers-0": "0"}
    page = program.browser.open("/path/units/1").send("/path/units/1/check", **typed)

    assert json.loads(program.services.last("POST", where).content) == {"answers": [0]}
    assert "0 right, 1 needed" in page.text


def test_a_unit_that_isnt_there_is_not_found(program: WebUnderTest) -> None:
    assert program.browser.open("/path/units/9").status == HTTPStatus.NOT_FOUND


def test_a_refused_question_comes_back_with_what_was_typed(program: WebUnderTest) -> None:
    program.services.refuse("POST", f"{HERE}/helps", 409, "left")

    page = program.browser.open("/path/help").send("/path/help", text="どうすれば?")

    assert page.fields("/path/help")["text"] == ["どうすれば?"]


def test_how_it_goes_is_said_with_one_press(program: WebUnderTest) -> None:
    asked = {"check_in_id": HELP, "participant_id": PERSON, "person_name": "佐藤 美咲"}
    asked |= {"status": "asked", "asked_at": AT, "mood": None, "text": None, "answered_at": None}
    program.services.on("GET", f"{HERE}/check-ins", [asked])
    where = f"/programs/check-ins/{HELP}/answer"
    program.services.on("POST", where)

    program.browser.open("/path").send(f"/path/check-ins/{HELP}", mood="pausing")

    assert json.loads(program.services.last("POST", where).content)["mood"] == "pausing"


def test_pages_of_drafts_and_practice_do_without_any(program: WebUnderTest) -> None:
    program.services.on("GET", "/contracts", NOTHING)

    assert "nothing to deliver" in program.browser.open("/path/drafts").text
    assert "comes after the units" in program.browser.open("/path/practice").text


def hand_in(program: WebUnderTest, **changed: Any) -> Page:
    """Hand in the practice job with a file."""
    program.services.on("GET", f"{HERE}/practice", of_programs.practice(PERSON))
    program.services.on("POST", f"{HERE}/practice/deliveries")
    page = program.browser.open("/path/practice")
    return page.send("/path/practice", **{"files": CHOSEN, "text": "できました"} | changed)


def test_the_practice_job_is_handed_in_with_files(program: WebUnderTest) -> None:
    program.services.on("POST", f"{HERE}/files", FILE, HTTPStatus.CREATED)

    page = hand_in(program)

    uploaded = program.services.last("POST", f"{HERE}/files")
    assert (uploaded.content, uploaded.query) == (b"abcdef", {"name": "案内文.txt"})
    sent = program.services.last("POST", f"{HERE}/practice/deliveries").json
    assert sent == {"text": "できました", "file_ids": [str(FILE["file_id"])]}
    assert "Handed in" in page.text


def test_a_file_of_the_wrong_kind_is_said_at_its_field_and_the_text_stays(
    program: WebUnderTest,
) -> None:
    program.services.refuse("POST", f"{HERE}/files", 422, "file_type_refused", name="x.exe")

    page = hand_in(program)

    assert "Files: Programs can't be sent" in page.text
    assert page.fields("/path/practice")["text"] == ["できました"]
    assert program.services.count("POST", f"{HERE}/practice/deliveries") == 0


def test_nothing_is_uploaded_before_the_text_is_there(program: WebUnderTest) -> None:
    page = hand_in(program, text=" ")

    assert "Please fill this in." in page.text
    assert program.services.count("POST", f"{HERE}/files") == 0


def show_draft(program: WebUnderTest, **changed: Any) -> tuple[str, Page]:
    """Show a draft with a file; return of which milestone, and the page that came."""
    to_do = milestone()
    program.services.on("GET", "/contracts", page_of(summary(contract(new_id(), to_do))))
    program.services.on("POST", f"{HERE}/drafts")
    typed = {"milestone_id": to_do["milestone_id"], "text": "見てください", "files": CHOSEN}
    page = program.browser.open("/path/drafts").send("/path/drafts", **typed | changed)
    return to_do["milestone_id"], page


def test_a_draft_is_shown_with_files(program: WebUnderTest) -> None:
    program.services.on("POST", f"{HERE}/files", FILE, HTTPStatus.CREATED)

    milestone_id, page = show_draft(program)

    sent = program.services.last("POST", f"{HERE}/drafts").json
    assert sent == {
        "milestone_id": milestone_id,
        "text": "見てください",
        "file_ids": [str(FILE["file_id"])],
    }
    assert "Shown." in page.text


def test_files_that_are_too_large_are_no_draft_and_its_text_stays(program: WebUnderTest) -> None:
    large = {"files": ("案.bin", bytes(MAX_FILE_BYTES + 1), "application/octet-stream")}

    milestone_id, page = show_draft(program, files=large)

    assert "Files may have 50 MB together." in page.text
    fields = page.fields("/path/drafts")
    assert (fields["text"], fields["milestone_id"]) == (["見てください"], [milestone_id])
    assert program.services.count("POST", f"{HERE}/drafts") == 0


def test_files_are_downloads_for_the_participant_and_their_supporter(program: WebUnderTest) -> None:
    handed_in = of_programs.delivery(files=[FILE])
    practice = of_programs.practice(PERSON, handed_in, status="delivered")
    program.services.on("GET", f"{HERE}/practice", practice)
    other = of_programs.file(name="案.txt")
    program.services.on("GET", f"{HERE}/drafts", [of_programs.draft(PERSON, files=[other])])
    program.services.on("GET", "/contracts", NOTHING)
    for each in (FILE, other):
        program.services.on("GET", f"{HERE}/files/{each['file_id']}", each["name"])

    for seen, below, files in (
        ("/path/practice", "/path", [FILE]),
        ("/path/drafts", "/path", [other]),
        (f"/supporting/{PERSON}", f"/supporting/{PERSON}", [other, FILE]),
    ):
        page = program.browser.open(seen)
        for each in files:
            link = f"{below}/files/{each['file_id']}"
            assert f'href="{link}" download' in page.html
            assert each["name"] in page.text
            answer = program.client.get(link)
            assert answer.json() == each["name"]
            assert answer.headers["content-disposition"].startswith("attachment")


def test_each_thing_that_waits_has_the_place_that_letters_lead_to(program: WebUnderTest) -> None:
    draft = of_programs.draft(PERSON)
    practice = of_programs.practice(PERSON, of_programs.delivery(), status="delivered")
    program.services.on("GET", f"{HERE}/drafts", [draft])
    program.services.on("GET", f"{HERE}/practice", practice)

    page = program.browser.open(f"/supporting/{PERSON}")

    for waiting in (draft["draft_id"], practice["practice_id"]):
        assert f'id="i-{waiting}"' in page.html


def test_a_supporter_answers_whom_they_stand_by(program: WebUnderTest) -> None:
    item = {"urgency": "help_asked", "item_id": HELP, "title": "連絡", "until": AT}
    program.services.on("GET", "/programs/today", [of_programs.person_today(PERSON, item)])
    asked = {"help_id": HELP, "participant_id": PERSON, "person_name": "佐藤 美咲", "step": "units"}
    asked |= {"about": None, "text": "どうすれば?", "status": "asked", "asked_at": AT}
    program.services.on("GET", f"{HERE}/helps", [asked | {"answer_until": AT, "answers": []}])
    where = f"/programs/helps/{HELP}/answers"
    program.services.on("POST", where)

    today = program.browser.open("/supporting")
    page = program.browser.open(f"/supporting/{PERSON}")
    page.send(f"/supporting/{PERSON}/helps/{HELP}", text="電話でどうぞ")

    assert f"/supporting/{PERSON}#i-{HELP}" in today.html
    assert f'id="i-{HELP}"' in page.html
    assert json.loads(program.services.last("POST", where).content) == {"text": "電話でどうぞ"}


def test_who_asked_writes_back_and_says_that_it_is_settled(program: WebUnderTest) -> None:
    asked = {"help_id": HELP, "participant_id": PERSON, "person_name": "佐藤 美咲", "step": "units"}
    asked |= {"about": None, "text": "どうすれば?", "status": "escalated", "asked_at": AT}
    program.services.on("GET", f"{HERE}/helps", [asked | {"answer_until": AT, "answers": []}])
    for deed in ("answers", "settlement"):
        program.services.on("POST", f"/programs/helps/{HELP}/{deed}")

    page = program.browser.open("/path/help")
    assert "Nobody answered in time" in page.text
    page.send(f"/path/help/{HELP}/answers", text="まだ困っています")
    program.browser.open("/path/help").send(f"/path/help/{HELP}/settlement")

    sent = program.services.last("POST", f"/programs/helps/{HELP}/answers").json
    assert sent == {"text": "まだ困っています"}
    assert program.services.count("POST", f"/programs/helps/{HELP}/settlement") == 1


def test_the_partner_sees_somebody_without_what_is_only_for_supporters(
    program: WebUnderTest,
) -> None:
    program.services.on("GET", HERE, participant())
    for what in ("notes", "check-ins"):
        program.services.refuse("GET", f"{HERE}/{what}", 404, "participant_not_found")

    page = program.browser.open(f"/supporting/{PERSON}")

    assert page.h1 == "佐藤 美咲"
    assert "Notes" not in page.text


def test_a_form_of_elsewhere_does_nothing(program: WebUnderTest) -> None:
    program.client.post("/path/leave", data={}, headers={"Origin": "https://evil.example"})

    assert program.services.count("POST", f"{HERE}/departure") == 0
