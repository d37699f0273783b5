"""What clients see of their jobs and proposals, and what becomes of what they type."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

import pytest

from shared.ids import new_id
from tests.integration.web.of_assistants import (
    AT,
    NOTHING,
    contract,
    job,
    milestone,
    money,
    page_of,
    preview,
    profile,
    proposal,
    summary,
)
from tests.support.web import WebUnderTest

TYPED: dict[str, Any] = {
    "title": "商品説明を10件",
    "category": "writing",
    "description": "写真を見て200字ずつ",
    "criteria": "寸法がある\n\n素材がある",
    "budget": "¥50,000",
    "skills": "文章作成、校正",
}


@pytest.fixture
def client(site: WebUnderTest) -> UUID:
    """Somebody signed in as a client for whom nothing has happened yet."""
    site.services.on("GET", "/contracts", NOTHING)
    site.services.on("GET", "/contracts/messages/unread", {"items": []})
    site.services.on("GET", "/jobs", NOTHING)
    return site.browser.be("client", name="松本 花")


def owned(client: UUID, **changed: Any) -> dict[str, Any]:
    return job(client_id=str(client), **changed)


def show(site: WebUnderTest, wanted: dict[str, Any], *proposals: dict[str, Any]) -> str:
    """Have jobs show this job with these proposals; return where."""
    path = f"/jobs/{wanted['job_id']}"
    site.services.on("GET", path, wanted, headers={"ETag": '"of-now"'})
    site.services.on("GET", f"{path}/questions", NOTHING)
    site.services.on("GET", f"{path}/invitations", [])
    site.services.on("GET", f"{path}/matches", NOTHING)
    site.services.on("GET", f"{path}/proposals", page_of(*proposals))
    return path


def test_a_newcomer_is_told_how_to_begin(site: WebUnderTest, client: UUID) -> None:
    assert client
    page = site.browser.open("/home")
    assert page.h1 == "Hello, 松本 花"
    assert "Post your first job" in page.text


def test_the_first_page_names_what_waits_and_what_is_due_first(
    site: WebUnderTest, client: UUID
) -> None:
    first = milestone(title="本文", status="delivered")
    paid_later = [milestone(title=title, status="agreed") for title in ("表紙", "索引")]
    ending = milestone(title="付録", status="ending", ending_asked_by=str(client))
    agreed = contract(new_id(), first, *paid_later, ending) | {"client_id": str(client)}
    listed = summary(agreed)
    listed["milestones"][0]["act_until"] = "2026-04-08T00:00:00Z"
    listed["milestones"][3]["ending_asked_by"] = str(client)
    site.services.on("GET", "/contracts", page_of(listed))
    wanted = owned(client, title="コラム", waiting=2)
    site.services.on("GET", "/jobs", page_of(wanted))

    page = site.browser.open("/home")

    assert page.text.index("Review the delivery: 本文") < page.text.index("Pay in: 表紙")
    # One after another: the second is paid for when its turn comes.
    assert "索引" not in page.text
    # One's own proposal waits for the other party.
    assert "Answer the proposal to end" not in page.text
    assert "2 proposals wait for your answer" in page.text
    assert site.services.last("GET", "/contracts").query["running"] == "true"


def test_nobody_is_asked_to_pay_who_may_not(site: WebUnderTest, client: UUID) -> None:
    company = new_id()
    site.browser.be("client", person_id=client, companies={company: ("みどり園芸", ["post"])})
    session = site.browser.session()
    session.acting_for = str(company)
    site.browser.keep(session)
    waiting = contract(new_id(), milestone(title="本文", status="agreed"))
    site.services.on("GET", "/contracts", page_of(summary(waiting | {"client_id": str(company)})))
    page = site.browser.open("/home")
    assert "案内文" in page.text
    assert "Pay in" not in page.text


def test_the_first_page_says_what_it_could_not_ask(site: WebUnderTest, client: UUID) -> None:
    assert client
    site.services.away("GET", "/contracts")
    page = site.browser.open("/home")
    assert page.status == HTTPStatus.OK
    assert "Not everything is shown" in page.text


def test_a_job_is_posted_as_it_was_typed(site: WebUnderTest, client: UUID) -> None:
    posted = owned(client)
    site.services.on("POST", "/jobs", posted, HTTPStatus.CREATED)
    show(site, posted)

    page = site.browser.open("/jobs/new").send("/jobs/new", **TYPED)

    assert page.path == f"/jobs/{posted['job_id']}"
    sent = site.services.last("POST", "/jobs")
    assert sent.json["budget"] == {"amount": 50_000}
    assert sent.json["criteria"] == ["寸法がある", "素材がある"]
    assert sent.json["skills"] == ["文章作成", "校正"]
    assert (sent.json["draft"], sent.json["client_id"]) == (False, None)
    assert sent.headers["idempotency-key"]


def test_whoever_acts_for_a_company_posts_in_its_name(site: WebUnderTest, client: UUID) -> None:
    company = new_id()
    site.browser.be("client", person_id=client, companies={company: ("みどり園芸", ["post"])})
    session = site.browser.session()
    session.acting_for = str(company)
    site.browser.keep(session)
    posted = job(client_id=str(company))
    site.services.on("POST", "/jobs", posted, HTTPStatus.CREATED)
    show(site, posted)

    page = site.browser.open("/jobs/new")
    assert "You post this for みどり園芸." in page.text
    page.send("/jobs/new", draft="on", **TYPED)

    sent = site.services.last("POST", "/jobs").json
    assert (sent["client_id"], sent["draft"]) == (str(company), True)


def test_a_form_with_faults_keeps_what_was_typed(site: WebUnderTest, client: UUID) -> None:
    assert client
    page = site.browser.open("/jobs/new")
    again = page.send("/jobs/new", **TYPED | {"budget": "たくさん", "title": ""})
    assert again.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert again.fields("/jobs/new")["description"] == ["写真を見て200字ずつ"]
    assert "Please enter an amount in yen" in again.text
    assert "Please fill this in." in again.text
    assert site.services.count("POST", "/jobs") == 0


def test_a_retainer_has_its_period_and_small_tasks_their_terms(
    site: WebUnderTest, client: UUID
) -> None:
    posted = owned(client)
    site.services.on("POST", "/jobs", posted, HTTPStatus.CREATED)
    show(site, posted)
    page = site.browser.open("/jobs/new")
    page.send("/jobs/new", **TYPED | {"kind": "retainer", "period": "month"})
    assert site.services.last("POST", "/jobs").json["period"] == "month"
    tasks = {"tasks-slots": "20", "tasks-price": "500", "tasks-days_to_deliver": "3"}
    site.browser.open("/jobs/new").send("/jobs/new", **TYPED | {"kind": "tasks"} | tasks)
    assert site.services.last("POST", "/jobs").json["tasks"] == {
        "slots": 20,
        "price": {"amount": 500},
        "days_to_deliver": 3,
    }


def test_a_job_like_another_begins_with_its_words(site: WebUnderTest, client: UUID) -> None:
    before = owned(client, title="先月の案内文", skills=["校正"])
    show(site, before)
    page = site.browser.open(f"/jobs/new?like={before['job_id']}")
    fields = page.fields("/jobs/new")
    assert (fields["title"], fields["skills"]) == (["先月の案内文"], ["校正"])


def test_a_change_says_from_which_version_it_was_made(site: WebUnderTest, client: UUID) -> None:
    wanted = owned(client)
    path = show(site, wanted)
    site.services.on("PUT", path, wanted)
    site.browser.open(f"{path}/edit").send(f"{path}/edit", **TYPED)
    assert site.services.last("PUT", path).headers["if-match"] == '"of-now"'


def test_the_client_sees_whom_the_job_suits_and_invites(site: WebUnderTest, client: UUID) -> None:
    wanted = owned(client)
    path = show(site, wanted)
    who = profile(name="高橋 健")
    reason = {"kind": "skills", "points": 20, "of": 40, "matched": ["校正"], "missing": ["図"]}
    match = {"profile": who, "score": 20, "of": 40, "reasons": [reason]}
    site.services.on("GET", f"{path}/matches", page_of(match))
    invitation = {"job_id": wanted["job_id"], "assistant_id": who["person_id"], "invited_at": AT}
    site.services.on("POST", f"{path}/invitations", invitation, HTTPStatus.CREATED)

    page = site.browser.open(path)
    assert "高橋 健" in page.text
    assert "without 図" in page.text
    page.send(f"{path}/invitations")

    sent = site.services.last("POST", f"{path}/invitations").json
    assert sent == {"assistant_id": who["person_id"]}


def test_another_clients_job_has_nothing_of_its_owners(site: WebUnderTest, client: UUID) -> None:
    assert client
    others = job()
    path = show(site, others)
    page = site.browser.open(path)
    assert page.h1 == "商品の説明文"
    assert "/closure" not in page.html
    assert site.services.count("GET", f"{path}/proposals") == 0


def test_proposals_are_compared_with_what_is_to_be_paid(site: WebUnderTest, client: UUID) -> None:
    wanted = owned(client)
    cheap, dear = proposal(wanted), proposal(wanted, total=money(60_000))
    gone = proposal(wanted, status="withdrawn")
    path = show(site, wanted, dear, cheap, gone)
    for each, name in ((cheap, "佐藤 美咲"), (dear, "中村 涼")):
        who = profile(person_id=each["assistant_id"], name=name)
        site.services.on("GET", f"/jobs/profiles/{each['assistant_id']}", who)
    site.services.on("POST", "/payments/previews", preview(37_695))

    page = site.browser.open(f"{path}/proposals")

    assert page.text.index("佐藤 美咲") < page.text.index("中村 涼")
    assert "¥49,895" in page.text
    assert "Answered or withdrawn" in page.text


def test_what_was_read_is_what_is_accepted(site: WebUnderTest, client: UUID) -> None:
    wanted = owned(client)
    offered = proposal(wanted, version=3)
    path = show(site, wanted, offered)
    acceptance = f"/jobs/proposals/{offered['proposal_id']}/acceptance"
    site.services.refuse(
        "POST", acceptance, 409, "over_capacity", declared_hours=2, taken_hours=2, needed_hours=5
    )
    action = f"{path}/proposals/{offered['proposal_id']}/acceptance"

    refused = site.browser.open(f"{path}/proposals").send(action)
    assert refused.status == HTTPStatus.CONFLICT
    first = site.services.last("POST", acceptance)
    assert first.json == {"version": 3, "over_capacity": False}

    site.services.on("POST", acceptance, offered | {"status": "accepted"})
    page = refused.send(action, over_capacity="on")
    assert page.path == "/contracts"
    assert "Agreed." in page.text
    assert site.services.last("POST", acceptance).json["over_capacity"] is True


def test_a_counter_offer_leaves_out_what_was_emptied(site: WebUnderTest, client: UUID) -> None:
    wanted = owned(client)
    offered = proposal(wanted)
    path = show(site, wanted, offered)
    one = f"{path}/proposals/{offered['proposal_id']}"
    there = f"/jobs/proposals/{offered['proposal_id']}/counter-offers"
    site.services.on("POST", there, offered | {"status": "countered"}, HTTPStatus.CREATED)

    page = site.browser.open(f"{one}/counter")
    price = {"milestones-0-price": "45,000"}
    page.send(f"{one}/counter", None, 0, **price, note="これでいかがでしょう")

    sent = site.services.last("POST", there).json
    assert [each["price"] for each in sent["milestones"]] == [{"amount": 45_000}]
    assert sent["note"] == "これでいかがでしょう"


def test_receipts_come_by_month_and_are_saved_not_shown(site: WebUnderTest, client: UUID) -> None:
    assert client
    receipt = {
        "kind": "receipt",
        "id": "r-1",
        "number": "R-2026-0001",
        "issued_on": "2026-04-01",
        "currency": "JPY",
        "total": 49_895,
    }
    documents = {"month": "2026-04", "documents": [receipt]}
    site.services.on("GET", "/payments/documents", documents)
    site.services.on("GET", "/payments/credit", {"balance": money(3_000)})
    pdf = {"Content-Type": "application/pdf", "Content-Disposition": 'inline; filename="R.pdf"'}
    site.services.on("GET", "/payments/documents/receipt/r-1", "…", headers=pdf)

    page = site.browser.open("/money")
    assert "R-2026-0001" in page.text
    assert "¥3,000" in page.text

    saved = site.client.get("/money/documents/receipt/r-1")
    assert saved.headers["content-disposition"].startswith("attachment")
    assert site.services.last("GET", "/payments/documents/receipt/r-1").query["format"] == "pdf"


def test_credit_is_paid_back_to_the_account_that_one_acts_for(
    site: WebUnderTest, client: UUID
) -> None:
    assert client
    site.services.on("GET", "/payments/documents", {"month": "2026-04", "documents": []})
    site.services.on("GET", "/payments/credit", {"balance": money(3_000)})
    site.services.on("POST", "/payments/credit/refunds", {"balance": money(0)})
    page = site.browser.open("/money").send("/money/credit/refund")
    assert page.path == "/money"
    sent = site.services.last("POST", "/payments/credit/refunds").json
    assert sent == {"amount": {"amount": 3_000}}


def test_an_administrator_gives_rights_and_others_only_look(
    site: WebUnderTest, client: UUID
) -> None:
    company_id, other = str(new_id()), str(new_id())
    mine = {"person_id": str(client), "display_name": "井上 大輔", "status": "member"}
    theirs = {"person_id": other, "display_name": "木村 葵", "status": "member"}
    company = {
        "company_id": company_id,
        "name": "みどり園芸",
        "email": "office@example.jp",
        "locale": "ja",
        "founded_at": AT,
        "members": [
            mine | {"rights": [], "administrator": True},
            theirs | {"rights": ["post"], "administrator": False},
        ],
    }
    membership = {"company_id": company_id, "name": "みどり園芸", "status": "member", "rights": []}
    site.services.on("GET", f"/accounts/companies/{company_id}", company)
    site.services.on("GET", "/accounts/companies", [membership | {"administrator": True}])
    member = f"/accounts/companies/{company_id}/members/{other}"
    site.services.on("PUT", member, company["members"][1])

    page = site.browser.open(f"/company/{company_id}")
    action = f"/company/{company_id}/members/{other}/rights"
    assert page.fields(action)["rights"] == ["post"]
    page.send(action, rights=["post", "fund"])
    assert sorted(site.services.last("PUT", member).json["rights"]) == ["fund", "post"]

    site.services.on("GET", "/accounts/companies", [membership | {"administrator": False}])
    assert action not in site.browser.open(f"/company/{company_id}").html


def test_an_invitation_shows_its_address_and_is_taken_back(
    site: WebUnderTest, client: UUID
) -> None:
    company_id, invitation_id = str(new_id()), str(new_id())
    mine = {"person_id": str(client), "display_name": "井上 大輔", "status": "member"}
    invited = {
        "person_id": invitation_id,
        "display_name": "new@example.jp",
        "email": "new@example.jp",
        "status": "invited",
        "expires_at": AT,
        "rights": ["post"],
        "administrator": False,
    }
    company = {
        "company_id": company_id,
        "name": "みどり園芸",
        "email": "office@example.jp",
        "locale": "ja",
        "founded_at": AT,
        "members": [mine | {"rights": [], "administrator": True}, invited],
    }
    membership = {"company_id": company_id, "name": "みどり園芸", "status": "member", "rights": []}
    site.services.on("GET", f"/accounts/companies/{company_id}", company)
    site.services.on("GET", "/accounts/companies", [membership | {"administrator": True}])
    path = f"/accounts/companies/{company_id}/members"
    site.services.on("POST", path, invited, status=201)
    site.services.on("POST", f"{path}/{invitation_id}/removal", invited | {"status": "gone"})

    page = site.browser.open(f"/company/{company_id}")
    assert "new@example.jp" in page.text
    assert "Can be accepted until" in page.text
    said = page.send(f"/company/{company_id}/members", email="new@example.jp")
    assert "Invited. The address is written to." in said.text
    page = site.browser.open(f"/company/{company_id}")
    said = page.send(f"/company/{company_id}/members/{invitation_id}/removal")
    assert "The invitation is taken back." in said.text
