"""The operator's pages, over services that answer as the test says."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.contracts.ports import Happened
from services.payments.domain.postings import Account, Fact
from services.web.pages.operator_money import account_names, fact_names
from shared.ids import new_id
from tests.support.web import WebUnderTest

AT = "2026-03-30T01:00:00Z"
CLIENT, ASSISTANT, OTHER = str(new_id()), str(new_id()), str(new_id())
CONTRACT, MILESTONE, DISPUTE = str(new_id()), str(new_id()), str(new_id())
NAMES = {CLIENT: "すみれ商店", ASSISTANT: "佐藤 花子", OTHER: "運営 次郎"}
SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
NOTHING: dict[str, Any] = {"items": [], "next": None}


def yen(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "JPY"}


def balance(account: str, debit: int = 0, credit: int = 0) -> dict[str, Any]:
    return {"account": account, "currency": "JPY", "debit": debit, "credit": credit}


RUN: dict[str, Any] = {
    "reconciliation_id": str(new_id()),
    "status": "done",
    "asked_by": "clock",
    "at": AT,
    "day": "2026-03-30",
    "currency": "JPY",
    "books_balance": 500_000,
    "processor_balance": 499_000,
    "payees_books_balance": 0,
    "payees_processor_balance": 0,
    "matched": 40,
    "unmatched_count": 1,
}
MONTH: dict[str, Any] = {
    "month": "2026-02",
    "to_entry": 9,
    "entries": 9,
    "sha256": "a" * 64,
    "closed_at": AT,
    "balances": [],
}
INCOME = [{"month": "2026-02", "amount": 11_000}, {"month": "2026-03", "amount": 38_000}]
BALANCE: dict[str, Any] = {
    "at": AT,
    "difference": 0,
    "accounts": [
        balance("asset:processor_balance", debit=500_000),
        balance("liability:escrow", debit=100_000, credit=401_000),
        balance("liability:assistant_payable", credit=150_000),
        balance("income:platform_fee", credit=49_000),
    ],
}
QUEUES: dict[str, Any] = {
    "service": "jobs",
    "outbox": 2,
    "outbox_age_seconds": 125.0,
    "broker": True,
    "queues": [
        {"name": "jobs.dead", "kind": "dead", "messages": 3, "consumers": 0, "there": True},
        {
            "name": "jobs.accounts.person_registered.v1",
            "kind": "handles",
            "messages": 0,
            "consumers": 0,
            "there": True,
        },
    ],
}
DISPUTE_VIEW: dict[str, Any] = {
    "dispute_id": DISPUTE,
    "contract_id": CONTRACT,
    "milestone_id": MILESTONE,
    "title": "商品説明 10点",
    "client_id": CLIENT,
    "assistant_id": ASSISTANT,
    "opened_by": CLIENT,
    "reason": "薔薇がありません <b>",
    "opened_at": AT,
    "answer_until": AT,
    "left": yen(120_000),
    "answer": "あります",
    "answered_at": AT,
    "statements": [],
}
CONTRACT_VIEW: dict[str, Any] = {
    "contract_id": CONTRACT,
    "job_id": str(new_id()),
    "client_id": CLIENT,
    "assistant_id": ASSISTANT,
    "title": "商品説明",
    "mode": "brokered",
    "terms": {
        "version": 1,
        "client_name": "すみれ商店",
        "assistant_name": "佐藤 花子",
        "ordered_on": "2026-03-01",
        "job_title": "商品説明",
        "mode": "brokered",
        "place": "在宅",
        "review_days": 7,
        "milestones": [],
        "payment_method": "振込",
        "sha256": "b" * 64,
    },
    "milestones": [
        {
            "milestone_id": MILESTONE,
            "title": "商品説明 10点",
            "description": "10点の説明文",
            "price": yen(120_000),
            "due_on": "2026-03-20",
            "status": "disputed",
            "overdue": False,
            "deliveries": [
                {
                    "delivery_id": str(new_id()),
                    "text": "できました",
                    "files": [
                        {
                            "file_id": str(new_id()),
                            "name": "draft.txt",
                            "media_type": "text/plain",
                            "size": 12,
                            "sha256": "c" * 64,
                        }
                    ],
                    "delivered_at": AT,
                    "version": 1,
                    "comments": [],
                }
            ],
            "deadlines": [],
            "left": yen(120_000),
            "dispute": None,
        }
    ],
    "timeline": [{"at": AT, "what": "dispute_opened", "milestone_id": MILESTONE, "by": CLIENT}],
    "agreed_at": AT,
}


def approval(**changed: Any) -> dict[str, Any]:
    return {
        "approval_id": str(new_id()),
        "kind": "dispute_decision",
        "subject": DISPUTE,
        "order": {"decision": {"to_assistant": yen(60_000)}},
        "amount": yen(120_000),
        "reason": "半分はあります",
        "status": "waiting",
        "asked_by": OTHER,
        "asked_at": AT,
    } | changed


LETTER: dict[str, Any] = {
    "letter_id": "sha256:0011",
    "queue": "contracts.jobs.job_closed.v1",
    "event_type": "jobs.job_closed.v1",
    "subject": "x",
    "error": "Rejected: never",
    "attempts": 3,
    "told_at": AT,
}
PERSON: dict[str, Any] = {
    "person_id": CLIENT,
    "email": "sumire@example.jp",
    "display_name": "すみれ商店",
    "reading": None,
    "roles": ["client"],
    "locale": "ja",
    "registered_at": AT,
    "suspended_at": None,
    "deleted_at": None,
}
CASE: dict[str, Any] = {
    **PERSON,
    "companies": [],
    "second_factors": [],
    "sessions": [{"device": "Firefox, Linux", "signed_in_at": AT, "last_seen_at": AT}],
    "suspensions": [],
}
ACTION: dict[str, Any] = {
    "action_id": str(new_id()),
    "person_id": OTHER,
    "at": AT,
    "method": "POST",
    "path": "/api/v1/accounts/operations/people/{person_id}/suspension",
    "objects": {"person_id": CLIENT},
    "outcome": "own_approval",
    "reason": "規約違反",
    "request_id": "r-1",
}


@pytest.fixture
def me(site: WebUnderTest) -> UUID:
    """An operator who is signed in; the services have nothing that waits."""
    on = site.services.on
    on("GET", "/accounts/operations/names", {"names": NAMES})
    on("GET", "/payments/books/trial-balance", BALANCE)
    on("GET", "/payments/books/months", [MONTH])
    on("GET", "/payments/books/income", INCOME)
    on("GET", "/payments/reconciliations", {"items": [RUN], "next": None})
    waiting = ("/contracts/disputes", "/contracts/reports", "/payments/chargebacks")
    for path in (*waiting, "/programs/sponsors"):
        on("GET", path, NOTHING)
    for path in ("/payments/late-payables", "/payments/failed-refunds", "/payments/fraud-warnings"):
        on("GET", path, [])
    for service in ("contracts", "payments"):
        on("GET", f"/{service}/operations/approvals", NOTHING)
    for service in SERVICES:
        on("GET", f"/{service}/operations/queues", QUEUES)
        on("GET", f"/{service}/operations/actions", {"items": [ACTION], "next": None})
        on("GET", f"/{service}/operations/dead-letters", {"count": 0, "letters": []})
    return site.browser.be("operator")


def test_an_operator_begins_at_the_money(site: WebUnderTest, me: UUID) -> None:
    assert me
    page = site.browser.open("/home")
    assert (page.path, page.h1) == ("/operator", "Money at a glance")
    for words in ("¥301,000", "¥150,000", "¥49,000", "¥1,000", "February 2026", "¥11,000"):
        assert words in page.text
    assert "¥38,000" in page.text
    for kind in ("stacked", "bars"):
        assert page.html.count(f'<svg class="{kind}" viewBox="0 0 640') == 1
    assert "Dead letters 18" in page.text


def test_what_towns_paid_in_is_among_the_money_that_is_held(site: WebUnderTest, me: UUID) -> None:
    assert me
    wallets = [
        balance("liability:sponsor_wallet", credit=60_000),
        balance("liability:sponsorship_reserved", credit=7_000),
        balance("liability:partner_payable", credit=800),
    ]
    held = BALANCE | {"accounts": [*BALANCE["accounts"], *wallets]}
    site.services.on("GET", "/payments/books/trial-balance", held)
    page = site.browser.open("/operator")
    for words in ("Free in wallets of sponsors ¥60,000", "Tuition owed to partners ¥800"):
        assert words in page.text
    assert "Programs of sponsors ¥67,800" in page.text


def test_every_account_and_fact_of_the_books_has_a_name() -> None:
    assert set(account_names()) >= set(Account)
    assert set(fact_names()) == set(Fact)


def test_what_does_not_answer_is_said_so_and_the_rest_is_shown(
    site: WebUnderTest, me: UUID
) -> None:
    assert me
    site.services.away("GET", "/contracts/disputes")
    site.services.refuse("GET", "/jobs/operations/queues", 503, "database_unavailable")
    page = site.browser.open("/operator")
    assert page.status == 200
    assert "Disputes to decide no answer" in page.text
    assert "Dead letters 15" in page.text


def test_nobody_else_sees_these_pages(site: WebUnderTest) -> None:
    site.browser.be("client", "assistant")
    for path in ("/operator", "/operator/people", "/operator/approvals", "/operator/audit"):
        assert site.browser.open(path).status == 403
    assert site.services.count("GET", "/accounts/operations/people") == 0


def test_a_dispute_is_decided_with_the_whole_case_in_view(site: WebUnderTest, me: UUID) -> None:
    assert me
    on = site.services.on
    on("GET", "/contracts/disputes", {"items": [DISPUTE_VIEW], "next": None})
    on("GET", f"/contracts/disputes/{DISPUTE}", DISPUTE_VIEW)
    on("GET", f"/contracts/{CONTRACT}", CONTRACT_VIEW)
    listed = site.browser.open("/operator/disputes")
    assert "すみれ商店" in listed.text
    path = f"/operator/disputes/{DISPUTE}"
    page = site.browser.open(path)
    for words in (
        "薔薇がありません <b>",
        "あります",
        "できました",
        "draft.txt",
        "A dispute was opened",
    ):
        assert words in page.text
    decision = f"/contracts/{CONTRACT}/disputes/{DISPUTE}/decision"
    on("POST", decision, DISPUTE_VIEW | {"resolved_at": AT})
    after = page.send(f"{path}/decision", to_assistant="60,000", reason="半分はあります")
    asked = site.services.last("POST", decision)
    assert asked.json == {"to_assistant": {"amount": 60_000}, "reason": "半分はあります"}
    assert "The dispute is decided." in after.text


def test_a_decision_that_waits_is_found_among_the_approvals(site: WebUnderTest, me: UUID) -> None:
    assert me
    on = site.services.on
    on("GET", f"/contracts/disputes/{DISPUTE}", DISPUTE_VIEW)
    on("GET", f"/contracts/{CONTRACT}", CONTRACT_VIEW)
    path = f"/operator/disputes/{DISPUTE}"
    page = site.browser.open(path)
    decision = f"/contracts/{CONTRACT}/disputes/{DISPUTE}/decision"
    on("POST", decision, approval(asked_by=str(me)), 202)
    on("GET", "/contracts/operations/approvals", {"items": [approval()], "next": None})
    after = page.send(f"{path}/decision", to_assistant="60000", reason="半分はあります")
    assert after.path == "/operator/approvals"
    assert "It waits for a second operator." in after.text
    again = site.browser.open(path)
    assert "A decision waits for a second operator" in again.text
    assert not [where for where, _ in again.parsed.forms if where.endswith("/decision")]


def test_one_approves_of_what_others_asked_for_and_takes_back_ones_own(
    site: WebUnderTest, me: UUID
) -> None:
    theirs, mine = approval(), approval(asked_by=str(me), kind="milestone_refund")
    mine["order"] = {"refund": {"price": yen(30_000)}}
    site.services.on("GET", "/contracts/operations/approvals", {"items": [theirs], "next": None})
    site.services.on("GET", "/payments/operations/approvals", {"items": [mine], "next": None})
    page = site.browser.open("/operator/approvals")
    forms = [where for where, _ in page.parsed.forms]
    approve = f"/operator/approvals/contracts/{theirs['approval_id']}/approval"
    assert approve in forms
    assert f"/operator/approvals/payments/{mine['approval_id']}/approval" not in forms
    path = f"/contracts/operations/approvals/{theirs['approval_id']}/approval"
    site.services.on("POST", path, theirs | {"status": "carried_out"})
    assert "It is carried out." in page.send(approve).text
    site.services.refuse("POST", path, 403, "own_approval")
    assert site.browser.open("/operator/approvals").send(approve).status == 403
    refuse = f"/operator/approvals/payments/{mine['approval_id']}/refusal"
    path = f"/payments/operations/approvals/{mine['approval_id']}/refusal"
    site.services.on("POST", path, mine | {"status": "refused"})
    page = site.browser.open("/operator/approvals")
    assert "Please fill this in." in page.send(refuse).text
    page.send(refuse, reason="金額の誤り")
    assert site.services.last("POST", path).json == {"reason": "金額の誤り"}


def test_dead_letters_are_looked_at_and_handled_once_more(site: WebUnderTest, me: UUID) -> None:
    assert me
    on = site.services.on
    on("GET", "/contracts/operations/dead-letters", {"count": 9, "letters": [LETTER]})
    site.services.refuse("GET", "/jobs/operations/dead-letters", 503, "broker_unavailable")
    page = site.browser.open("/operator/dead-letters")
    assert "jobs.job_closed.v1" in page.text
    assert "The message broker can't be asked now." in page.text
    at = "/operator/dead-letters/contracts"
    on("POST", "/contracts/operations/dead-letters/replay", {"count": 9, "letter_ids": []})
    assert "9 are handled once more." in page.send(f"{at}/replay").text
    one = "/contracts/operations/dead-letters/sha256:0011"
    on("GET", one, LETTER | {"headers": {"a": "b"}, "content": {"title": "<script>"}})
    letter = site.browser.open(f"{at}/sha256%3A0011")
    assert '"title": "\\u003cscript\\u003e"' in letter.text
    on("POST", f"{one}/discard", {"count": 1, "letter_ids": ["sha256:0011"]})
    after = letter.send(f"{at}/sha256%3A0011/discard")
    assert "It is deleted for good." in after.text
    site.services.refuse("POST", f"{one}/replay", 404, "dead_letter_not_found")
    assert letter.send(f"{at}/sha256%3A0011/replay").status == 404


def test_a_queue_that_nobody_hears_is_named(site: WebUnderTest, me: UUID) -> None:
    assert me
    page = site.browser.open("/operator/queues")
    assert "Nobody hears some queues jobs.accounts.person_registered.v1" in page.text
    assert "2 events to be told the oldest for 2 min" in page.text


def test_people_are_found_kept_out_and_let_in_again(site: WebUnderTest, me: UUID) -> None:
    assert me
    on = site.services.on
    on("GET", "/accounts/operations/people", {"items": [PERSON], "next": None})
    on("GET", f"/accounts/operations/people/{CLIENT}", CASE)
    on("GET", "/payments/credit", {"balance": yen(5_000)})
    site.browser.open("/operator/people?q=すみれ")
    assert site.services.last("GET", "/accounts/operations/people").query["q"] == "すみれ"
    at = f"/operator/people/{CLIENT}"
    page = site.browser.open(at)
    assert "¥5,000" in page.text
    assert "Refused own_approval" in page.text
    path = f"/accounts/operations/people/{CLIENT}/suspension"
    on("POST", path, CASE, 201)
    after = page.send(f"{at}/suspension", reason="規約違反")
    assert "signed out and kept out" in after.text
    assert site.services.last("POST", path).json == {"reason": "規約違反"}
    on("POST", "/payments/credit/refunds", approval(kind="credit_refund", subject=CLIENT), 202)
    credit = page.send(f"{at}/credit", amount="5,000", reason="閉店")
    assert credit.path == "/operator/approvals"
    asked = site.services.last("POST", "/payments/credit/refunds").json
    assert asked == {"amount": {"amount": 5_000}, "client_id": CLIENT, "reason": "閉店"}
    held = {"reason": "規約違反", "suspended_by": OTHER, "suspended_at": AT}
    on("GET", f"/accounts/operations/people/{CLIENT}", CASE | {"suspensions": [held]})
    suspended = site.browser.open(at)
    assert "運営 次郎" in suspended.text
    path = f"/accounts/operations/people/{CLIENT}/reinstatement"
    on("POST", path, CASE)
    assert "can sign in again" in suspended.send(f"{at}/reinstatement", reason="説明を受けた").text


def test_the_way_of_money_is_drawn_and_a_part_of_it_given_back(
    site: WebUnderTest, me: UUID
) -> None:
    assert me
    row = {
        "at": AT,
        "what": "captured",
        "lane": "claims",
        "from_account": "outside:client",
        "from_owner": None,
        "to_account": "liability:escrow",
        "to_owner": MILESTONE,
        "amount": 132_000,
        "object": "ch_1",
        "entry_id": 1,
    }
    node = {
        "account": "liability:escrow",
        "owner": MILESTONE,
        "lane": "claims",
        "came": 132_000,
        "left": 0,
        "there": 132_000,
    }
    found = {"kind": "milestone", "id": MILESTONE, "currency": "JPY", "rows": [row]}
    site.services.on("GET", f"/payments/traces/{MILESTONE}", found | {"nodes": [node]})
    page = site.browser.open(f"/operator/trace?of={MILESTONE}")
    assert "¥132,000" in page.text
    path = f"/payments/milestones/{MILESTONE}/refunds"
    site.services.refuse("POST", path, 409, "chargeback_open")
    refused = page.send(f"/operator/trace/{MILESTONE}/refund", price="1000", reason="不足")
    assert refused.fields(f"/operator/trace/{MILESTONE}/refund")["price"] == ["1000"]
    site.services.on("POST", path, [], 201)
    after = page.send(f"/operator/trace/{MILESTONE}/refund", price="1000", reason="不足")
    assert "The money goes back." in after.text
    assert site.services.last("POST", path).json == {"price": {"amount": 1000}, "reason": "不足"}
    unknown = site.browser.open("/operator/trace?of=nothing")
    assert "Nothing is known of this id" in unknown.text


def test_the_books_are_compared_and_each_line_without_a_partner_shown(
    site: WebUnderTest, me: UUID
) -> None:
    assert me
    line = {
        "reason": "theirs_only",
        "account": "platform",
        "balance_transaction": "txn_1",
        "source": "ch_1",
        "theirs": 1_000,
        "ours": None,
        "entry_id": None,
        "explanation": "event_on_its_way",
    }
    whole = RUN | {"unmatched": [line]}
    site.services.on("POST", "/payments/reconciliations", whole, 201)
    site.services.on("GET", f"/payments/reconciliations/{RUN['reconciliation_id']}", whole)
    page = site.browser.open("/operator/reconciliation")
    after = page.send("/operator/reconciliation")
    assert "The books were compared." in after.text
    assert "Only with the processor" in after.text
    assert "Its event is on its way" in after.text


def test_reports_are_closed_with_what_was_done(site: WebUnderTest, me: UUID) -> None:
    assert me
    report = {
        "report_id": str(new_id()),
        "kind": "message",
        "subject_id": str(new_id()),
        "text": "失礼な言葉",
        "made_by": ASSISTANT,
        "made_at": AT,
    }
    site.services.on("GET", "/contracts/reports", {"items": [report], "next": None})
    page = site.browser.open("/operator/reports")
    assert "from 佐藤 花子" in page.text
    path = f"/contracts/reports/{report['report_id']}/closure"
    site.services.on("POST", path, report | {"closed_at": AT})
    after = page.send(f"/operator/reports/{report['report_id']}/closure", outcome="注意した")
    assert "The report is closed." in after.text
    assert site.services.last("POST", path).json == {"outcome": "注意した"}


def test_what_operators_did_is_shown_by_service_and_object(site: WebUnderTest, me: UUID) -> None:
    assert me
    page = site.browser.open(f"/operator/audit?service=payments&about={CLIENT}")
    assert "運営 次郎" in page.text
    assert "規約違反" in page.text
    asked = site.services.last("GET", "/payments/operations/actions")
    assert asked.query["object_id"] == CLIENT


def test_taxes_are_recorded_and_the_issuer_set(site: WebUnderTest, me: UUID) -> None:
    assert me
    withheld = {
        "month": "2026-03",
        "currency": "JPY",
        "assistants": [
            {"assistant_id": ASSISTANT, "name": "佐藤 花子", "paid": 55_000, "withheld": 5_105}
        ],
        "withheld": 5_105,
        "brought_forward": 0,
        "due": 5_105,
        "pay_by": "2026-04-10",
        "remitted": 0,
        "remitted_at": None,
    }
    site.services.on("GET", "/payments/withholding/2026-03", withheld)
    page = site.browser.open("/operator/documents")
    assert "¥5,105" in page.text
    path = "/payments/withholding/2026-03/remittance"
    site.services.on("POST", path, withheld | {"remitted": 5_105, "remitted_at": AT}, 201)
    assert "recorded" in page.send("/operator/documents/remittance/2026-03").text
    issuer = {
        "market": "たすき",
        "name": "たすき合同会社",
        "address": "東京都",
        "valid_from": AT[:10],
    }
    site.services.on("PUT", "/payments/issuer", issuer | {"registration_number": None})
    page.send(
        "/operator/documents/issuer", market="たすき", name="たすき合同会社", address="東京都"
    )
    assert site.services.last("PUT", "/payments/issuer").json["registration_number"] is None


def test_chargebacks_and_what_is_owed_are_listed(site: WebUnderTest, me: UUID) -> None:
    assert me
    chargeback = {
        "chargeback_id": str(new_id()),
        "dispute_id": "dp_1",
        "charge_id": "ch_1",
        "milestone_ids": [MILESTONE],
        "amount": yen(55_000),
        "fee": yen(1_500),
        "reason": "fraudulent",
        "status": "open",
        "opened_at": AT,
        "answer_until": AT,
        "closed_at": None,
        "evidence": {"product_description": "10点の説明文"},
    }
    site.services.on("GET", "/payments/chargebacks", {"items": [chargeback], "next": None})
    assert "10点の説明文" in site.browser.open("/operator/chargebacks").text
    late = {
        "release_id": str(new_id()),
        "milestone_id": MILESTONE,
        "assistant_id": ASSISTANT,
        "owed": yen(37_795),
        "payday": "2026-03-31",
        "pay_by": "2026-03-29",
        "days_left": -3,
    }
    refund = {
        "refund_id": str(new_id()),
        "milestone_id": MILESTONE,
        "amount": yen(900),
        "reason": "part",
        "status": "failed",
        "asked_at": AT,
    }
    site.services.on("GET", "/payments/late-payables", [late])
    site.services.on("GET", "/payments/failed-refunds", [refund])
    page = site.browser.open("/operator/owed")
    assert "3 days late" in page.text
    path = f"/payments/refunds/{refund['refund_id']}/retry"
    site.services.on("POST", path, refund)
    assert "tried again" in page.send(f"/operator/refunds/{refund['refund_id']}/retry").text


def test_letters_are_shown_as_people_get_them(site: WebUnderTest, me: UUID) -> None:
    assert me
    listed = [
        {"event": event, "template": event, "kind": "work", "always_mailed": False}
        for event in ("job_posted", "milestone_delivered")
    ]
    preview = {
        "event": "milestone_delivered",
        "template": "milestone_delivered",
        "locale": "ja",
        "channel": "email",
        "subject": "納品されました",
        "text": "ご確認ください",
        "link": "/contracts/1",
        "html": "<style>p{color:red}</style><p>ご確認ください</p>",
    }
    site.services.on("GET", "/notify/previews", listed)
    site.services.on("GET", "/notify/previews/milestone_delivered/milestone_delivered", preview)
    query = "letter=milestone_delivered/milestone_delivered&locale=ja"
    page = site.browser.open(f"/operator/letters?{query}")
    assert "納品されました" in page.text
    mail = site.browser.client.get(f"/operator/letters/mail?{query}")
    assert mail.text == preview["html"]
    assert "sandbox" in mail.headers["content-security-policy"]
    assert "script" not in mail.headers["content-security-policy"]


def test_webhooks_are_shown_with_those_that_fail(site: WebUnderTest, me: UUID) -> None:
    assert me
    endpoint = {
        "endpoint_id": str(new_id()),
        "account_id": CLIENT,
        "host": "hooks.example",
        "enabled": True,
        "failing_since": AT,
        "delivered": 4,
        "failed": 1,
        "pending": 2,
    }
    site.services.on("GET", "/notify/operations/webhooks", {"items": [endpoint]})
    page = site.browser.open("/operator/webhooks")
    assert "すみれ商店 hooks.example Failing" in page.text


def test_there_are_words_for_all_that_happens_in_a_contract() -> None:
    template = Path("services/web/templates/operator/happened.html").read_text(encoding="utf-8")
    assert [each for each in Happened if f'"{each}":' not in template] == []
