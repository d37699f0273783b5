"""What both parties see of a contract, and what becomes of what they do there."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import (
    AT,
    NOTHING,
    contract,
    milestone,
    money,
    page_of,
    summary,
)
from tests.support.web import Page, WebUnderTest

REVIEW_UNTIL = "2026-04-08T00:00:00Z"


def delivery(**changed: Any) -> dict[str, Any]:
    return {
        "delivery_id": str(new_id()),
        "text": "15点の表です",
        "files": [],
        "delivered_at": AT,
    } | changed


def delivered(**changed: Any) -> dict[str, Any]:
    clock = {"kind": "review", "due_at": REVIEW_UNTIL}
    return milestone(status="delivered", deliveries=[delivery()], deadlines=[clock], **changed)


def dispute(of: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "dispute_id": str(new_id()),
        "contract_id": of["contract_id"],
        "milestone_id": of["milestones"][0]["milestone_id"],
        "title": "本文",
        "client_id": of["client_id"],
        "assistant_id": of["assistant_id"],
        "opened_by": of["assistant_id"],
        "reason": "条件と違います",
        "opened_at": AT,
        "answer_until": REVIEW_UNTIL,
        "left": money(50_000),
    } | changed


def in_escrow(of: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return {
        "milestone_id": of["milestone_id"],
        "contract_id": str(new_id()),
        "status": "funded",
        "price": money(50_000),
        "tax": money(5_000),
        "withholding": money(5_105),
        "funded": money(49_895),
        "in_escrow": money(49_895),
        "left": money(50_000),
        "missing": None,
        "frozen": False,
    } | changed


@pytest.fixture
def client(site: WebUnderTest) -> UUID:
    """Somebody signed in as a client."""
    site.services.on("GET", "/contracts/messages/unread", {"items": []})
    site.services.on("GET", "/contracts", NOTHING)
    return site.browser.be("client", name="松本 花")


def agreed(site: WebUnderTest, client: UUID, *milestones: dict[str, Any]) -> dict[str, Any]:
    """Have contracts show a contract of this client with these milestones."""
    made = contract(new_id(), *milestones) | {"client_id": str(client)}
    path = f"/contracts/{made['contract_id']}"
    site.services.on("GET", path, made)
    site.services.on("GET", f"{path}/amendments", NOTHING)
    site.services.on("GET", f"{path}/hand-overs", NOTHING)
    for each in milestones:
        site.services.on("GET", f"/payments/milestones/{each['milestone_id']}", in_escrow(each))
    return made


def at(made: dict[str, Any], number: int = 0) -> str:
    one = made["milestones"][number]["milestone_id"]
    return f"/contracts/{made['contract_id']}/milestones/{one}"


def opened(site: WebUnderTest, path: str) -> Page:
    page = site.browser.open(path)
    assert page.status == HTTPStatus.OK, page.text
    return page


def test_a_contract_says_what_is_next_and_where_the_money_is(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, delivered(title="本文"), milestone(title="表紙", status="agreed"))
    second = made["milestones"][1]
    unpaid = in_escrow(second, status="unfunded", in_escrow=money(0))
    site.services.on("GET", f"/payments/milestones/{second['milestone_id']}", unpaid)

    page = opened(site, f"/contracts/{made['contract_id']}")

    assert "Please review it until Wed 8 Apr 2026 09:00." in page.text
    assert "Held until the work is accepted ¥49,895" in page.text
    assert "To be paid in ¥49,895" in page.text
    assert f"fund?milestone={second['milestone_id']}" in page.html


def test_an_assistant_is_led_to_deliver_what_is_funded(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, milestone(title="本文"))
    site.browser.be("assistant", person_id=UUID(made["assistant_id"]))
    page = opened(site, f"/contracts/{made['contract_id']}")
    assert f"{at(made)}/deliver" in page.html
    assert "/acceptance" not in page.html


def test_a_contract_is_shown_without_the_money_that_is_not_for_this_member(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, milestone())
    only = made["milestones"][0]["milestone_id"]
    site.services.refuse("GET", f"/payments/milestones/{only}", 403, "right_required")
    page = opened(site, f"/contracts/{made['contract_id']}")
    assert "it isn't for you to see" in page.text


def test_the_list_has_the_contracts_of_the_part_that_one_acts_in(
    site: WebUnderTest, client: UUID
) -> None:
    as_client = summary(contract(new_id(), milestone()) | {"client_id": str(client)})
    as_assistant = summary(contract(client, milestone()) | {"title": "ほかの仕事"})
    site.services.on("GET", "/contracts", page_of(as_client, as_assistant))
    page = opened(site, "/contracts")
    assert "案内文" in page.text
    assert "ほかの仕事" not in page.text


def test_accepting_sends_the_forms_own_key_once(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, delivered())
    site.services.on("POST", f"{at(made)}/acceptance", made["milestones"][0])
    page = opened(site, at(made))
    after = page.send(f"{at(made)}/acceptance")
    assert after.path == at(made)
    assert "Accepted." in after.text
    page.send(f"{at(made)}/acceptance")
    keys = {
        each.headers["idempotency-key"]
        for each in site.services.asked
        if each.path == f"{at(made)}/acceptance"
    }
    assert len(keys) == 1


def test_changes_name_the_criterion_that_is_not_met(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, delivered(criteria=["寸法がある", "素材がある"], revisions_left=2))
    there = f"{at(made)}/change-requests"
    site.services.on("POST", there, made["milestones"][0], HTTPStatus.CREATED)
    page = opened(site, at(made))
    assert "You may ask 2 more times." in page.text
    page.send(f"{at(made)}/changes", comment="3番の寸法", criterion="2")
    assert site.services.last("POST", there).json == {"comment": "3番の寸法", "criterion": 2}


def test_a_refused_change_keeps_its_words_and_leaves_other_forms_alone(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, delivered(criteria=["寸法がある"]))
    site.services.refuse(
        "POST", f"{at(made)}/change-requests", 409, "revisions_used_up", max_revisions=3
    )
    page = opened(site, at(made))
    again = page.send(f"{at(made)}/changes", comment="もう一度", criterion="1")
    assert again.status == HTTPStatus.CONFLICT
    assert again.fields(f"{at(made)}/changes")["comment"] == ["もう一度"]
    assert again.fields(f"{at(made)}/part")["comment"] == [""]


def test_a_part_is_an_amount_of_yen(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, delivered())
    there = f"{at(made)}/partial-acceptances"
    site.services.on("POST", there, made["milestones"][0], HTTPStatus.CREATED)
    opened(site, at(made)).send(f"{at(made)}/part", price="20,000円", comment="残り5点")
    assert site.services.last("POST", there).json == {
        "price": {"amount": 20_000},
        "comment": "残り5点",
    }


def test_only_members_who_may_accept_are_asked_to(site: WebUnderTest, client: UUID) -> None:
    company = new_id()
    site.browser.be("client", person_id=client, companies={company: ("みどり園芸", ["post"])})
    made = agreed(site, company, delivered())
    page = opened(site, at(made))
    assert "Somebody of your company who may accept" in page.text
    assert f"{at(made)}/acceptance" not in page.html


def test_an_end_is_proposed_and_agreed_to(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, milestone(title="本文"))
    site.services.on("POST", f"{at(made)}/ending", made["milestones"][0])
    opened(site, at(made)).send(f"{at(made)}/ending", reason="予定が変わりました")
    assert site.services.last("POST", f"{at(made)}/ending").json == {"reason": "予定が変わりました"}

    asked = milestone(status="ending", ending_asked_by=made["assistant_id"], ending_reason="急用")
    theirs = agreed(site, client, asked)
    theirs["milestones"][0]["ending_asked_by"] = theirs["assistant_id"]
    site.services.on("GET", f"/contracts/{theirs['contract_id']}", theirs)
    site.services.on("POST", f"{at(theirs)}/ending/agreement", asked)
    page = opened(site, at(theirs))
    assert "急用" in page.text
    page.send(f"{at(theirs)}/ending/agreement")
    assert site.services.count("POST", f"{at(theirs)}/ending/agreement") == 1


def test_a_dispute_is_answered_stated_and_settled(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, milestone(status="disputed"))
    theirs = dispute(made, proposed_by=made["assistant_id"], proposed_to_assistant=money(30_000))
    made["milestones"][0]["dispute"] = theirs
    contract_path = f"/contracts/{made['contract_id']}"
    site.services.on("GET", contract_path, made)
    there = f"{contract_path}/disputes/{theirs['dispute_id']}"
    file = {"file_id": str(new_id()), "name": "見本.png", "media_type": "image/png"}
    site.services.on(
        "POST", f"{contract_path}/files", file | {"size": 3, "sha256": "0" * 64}, HTTPStatus.CREATED
    )
    one = made["milestones"][0]
    for kind in ("answers", "settlement"):
        site.services.on("POST", f"{there}/{kind}", one, HTTPStatus.CREATED)
    site.services.on("POST", f"{there}/statements", theirs, HTTPStatus.CREATED)

    page = opened(site, at(made))
    assert "proposes ¥30,000 of ¥50,000" in page.text
    page.send(f"{at(made)}/dispute/answer", text="条件どおりです")
    assert site.services.last("POST", f"{there}/answers").json == {"text": "条件どおりです"}
    page.send(
        f"{at(made)}/dispute/statement",
        files={"files": ("見本.png", b"png", "image/png")},
        text="見本をつけます",
    )
    sent = site.services.last("POST", f"{there}/statements").json
    assert sent["file_ids"] == [file["file_id"]]
    assert site.services.last("POST", f"{contract_path}/files").content == b"png"
    # The first form of the two agrees to what the other party proposed.
    page.send(f"{at(made)}/dispute/settlement")
    assert site.services.last("POST", f"{there}/settlement").json == {
        "to_assistant": {"amount": 30_000}
    }


def test_paying_in_leads_to_the_processor_for_what_was_chosen(
    site: WebUnderTest, client: UUID
) -> None:
    first, second = (milestone(title=title, status="agreed") for title in ("本文", "表紙"))
    made = agreed(site, client, first, second)
    site.services.on("GET", "/payments/credit", {"balance": money(0)})
    checkout = {
        "checkout_id": str(new_id()),
        "milestone_ids": [second["milestone_id"]],
        "method": "konbini",
        "status": "open",
        "amount": money(49_895),
        "missing": money(49_895),
        "url": "https://checkout.example/pay",
        "expires_at": AT,
        "pay_until": None,
    }
    site.services.on("POST", "/payments/checkouts", checkout, HTTPStatus.CREATED)
    path = f"/contracts/{made['contract_id']}/fund"

    page = opened(site, f"{path}?milestone={second['milestone_id']}")
    fields = page.fields(path)
    assert fields["milestone_ids"] == [second["milestone_id"]]
    assert "¥49,895" in page.text
    site.client.follow_redirects = False
    answer = page.send(path, method="konbini")

    assert answer.response.headers["location"] == "https://checkout.example/pay"
    assert site.services.last("POST", "/payments/checkouts").json == {
        "milestone_ids": [second["milestone_id"]],
        "method": "konbini",
    }


def test_credit_pays_without_the_processor(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, milestone(status="agreed"))
    site.services.on("GET", "/payments/credit", {"balance": money(60_000)})
    site.services.on("POST", "/payments/credit/payments", {"balance": money(10_105)})
    path = f"/contracts/{made['contract_id']}/fund"
    page = opened(site, path).send(path, method="credit")
    assert page.path == f"/contracts/{made['contract_id']}"
    assert site.services.count("POST", "/payments/checkouts") == 0


def test_nothing_is_paid_in_when_nothing_was_chosen(site: WebUnderTest, client: UUID) -> None:
    made = agreed(site, client, milestone(status="agreed"))
    site.services.on("GET", "/payments/credit", {"balance": money(0)})
    path = f"/contracts/{made['contract_id']}/fund"
    page = opened(site, path).send(path, milestone_ids=[])
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Please choose what to pay in." in page.text


def test_an_offer_of_other_terms_has_what_was_changed_and_no_more(
    site: WebUnderTest, client: UUID
) -> None:
    one = milestone(title="本文", description="一行目\r\n二行目", status="funded")
    made = agreed(site, client, one, delivered(title="納品済み"))
    path = f"/contracts/{made['contract_id']}/amendments"
    offered = {"amendment_id": str(new_id()), "contract_id": made["contract_id"]}
    shown = {"offered_by": str(client), "offered_at": AT, "changes": {"reason": "延ばす"}}
    site.services.on("POST", path, offered | shown | {"status": "offered"}, HTTPStatus.CREATED)

    page = opened(site, f"{path}/new")
    assert "納品済み" not in page.text
    due = {"milestones-0-due_on": "2026-05-01"}
    page.send(path, None, 0, reason="延ばす", **due)

    assert site.services.last("POST", path).json == {
        "reason": "延ばす",
        "milestones": [{"milestone_id": one["milestone_id"], "due_on": "2026-05-01"}],
        "added": [],
    }


def test_reading_messages_marks_them_read_and_nothing_else(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, milestone())
    path = f"/contracts/{made['contract_id']}/messages"
    ids = sorted((str(new_id()) for _ in range(3)), reverse=True)
    written = [
        {
            "message_id": each,
            "from_id": made["client_id"] if number == 0 else made["assistant_id"],
            "by": made["assistant_id"],
            "text": f"言葉{number}",
            "files": [],
            "sent_at": AT,
        }
        for number, each in enumerate(ids)
    ]
    site.services.on("GET", path, page_of(*written))
    site.services.on("POST", f"{path}/read", {"items": []})

    page = opened(site, path)

    # The newest stands below, and one's own is not for oneself to read.
    assert page.text.index("言葉2") < page.text.index("言葉0")
    assert site.services.last("POST", f"{path}/read").json == {"up_to": ids[1]}
    site.services.refuse("POST", f"{path}/read", 404, "message_not_found")
    assert "言葉1" in opened(site, path).text


def test_ratings_are_given_once_and_asked_for_only_when_all_is_done(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, milestone(status="released"))
    path = f"/contracts/{made['contract_id']}/ratings"
    site.services.on("GET", "/contracts/blocks", {"items": []})
    nothing = {"open_until": None, "revealed_at": None, "own": None, "others": None}
    site.services.on("GET", path, nothing)
    assert "It is too early to rate." in opened(site, path).text

    site.services.on("GET", path, nothing | {"open_until": REVIEW_UNTIL})
    site.services.on("POST", path, nothing, HTTPStatus.CREATED)
    page = opened(site, path)
    assert "Please choose one of these." in page.send(path, comment="助かりました").text
    page.send(path, comment="助かりました", stars="5")
    assert site.services.last("POST", path).json == {"stars": 5, "comment": "助かりました"}


def test_a_company_blocks_in_its_own_name(site: WebUnderTest, client: UUID) -> None:
    company = new_id()
    site.browser.be("client", person_id=client, companies={company: ("みどり園芸", ["post"])})
    made = agreed(site, company, milestone(status="released"))
    path = f"/contracts/{made['contract_id']}"
    nothing = {"open_until": None, "revealed_at": None, "own": None, "others": None}
    site.services.on("GET", f"{path}/ratings", nothing)
    site.services.on("GET", "/contracts/blocks", {"items": []})
    there = f"/contracts/blocks/{made['assistant_id']}"
    site.services.on("PUT", there, {"items": []})
    opened(site, f"{path}/ratings").send(f"{path}/block")
    assert site.services.last("PUT", there).query == {"client_id": str(company)}


def test_a_milestone_that_is_not_there_is_said_to_be_missing(
    site: WebUnderTest, client: UUID
) -> None:
    made = agreed(site, client, milestone())
    page = site.browser.open(f"/contracts/{made['contract_id']}/milestones/{new_id()}")
    assert page.status == HTTPStatus.NOT_FOUND
