"""Terms in writing over HTTP: versions, their bytes, their PDF; and amendments."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pypdf

from shared.provision.databases import ServiceDatabase
from tests.integration.contracts.conftest import Agreed


def change(agreed: Agreed, **changes: Any) -> dict[str, Any]:
    return {
        "reason": "雨だった",
        "milestones": [{"milestone_id": str(agreed.milestone_id), **changes}],
    }


def offered(agreed: Agreed, **changes: Any) -> str:
    """Let the assistant offer a change; return the path of the offer."""
    answer = agreed.assistant.post(f"{agreed.path}/amendments", change(agreed, **changes))
    assert answer.status_code == 201, answer.text
    return f"{agreed.path}/amendments/{answer.json()['amendment_id']}"


def test_each_version_of_the_terms_can_be_downloaded_and_checked(agreed: Agreed) -> None:
    path = offered(agreed, due_on="2026-05-20", criteria=["誤字がない"])
    assert agreed.client.post(f"{path}/acceptance").status_code == 200
    for version, due_on in ((1, "2026-05-01"), (2, "2026-05-20")):
        shown = agreed.client.get(f"{agreed.path}/terms/{version}").json()
        assert shown["milestones"][0]["due_on"] == due_on
        assert {each["party"] for each in shown["consents"]} == {"client", "assistant"}
        saved = agreed.assistant.get(f"{agreed.path}/terms/{version}.json")
        assert hashlib.sha256(saved.content).hexdigest() == shown["sha256"]
        assert "attachment" in saved.headers["Content-Disposition"]
    assert agreed.client.get(f"{agreed.path}/terms").json() == shown == agreed.view()["terms"]
    assert agreed.client.get(f"{agreed.path}/terms/3").json()["code"] == "terms_not_found"


def test_the_pdf_says_what_the_terms_say_in_both_languages(agreed: Agreed) -> None:
    offer = offered(agreed, criteria=["誤字がない", "五ページ"])
    agreed.client.post(f"{offer}/acceptance")
    terms = agreed.client.get(f"{agreed.path}/terms").json()
    for lang, words in (("ja", "取引条件の明示"), ("en", "Termsinwriting")):
        pdf = agreed.client.get(f"{agreed.path}/terms/2.pdf", params={"lang": lang}).content
        pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
        text = "".join("".join(page.extract_text().split()) for page in pages)
        for expected in (words, "Draft", "50,000", "誤字がない", "花子", terms["sha256"]):
            assert expected in text


def test_terms_are_not_there_for_others(agreed: Agreed) -> None:
    stranger = agreed.api.person("client", "operator")
    for path in ("terms", "terms/1", "terms/1.json", "terms/1.pdf", "amendments"):
        assert stranger.get(f"{agreed.path}/{path}").status_code == 404


def test_two_answers_at_once_are_one(agreed: Agreed) -> None:
    path = offered(agreed, price={"amount": 60_000})
    with ThreadPoolExecutor(2) as both:
        answers = both.map(agreed.client.post, [f"{path}/acceptance", f"{path}/refusal"])
        assert sorted(each.status_code for each in answers) == [200, 409]
    status = agreed.client.get(f"{agreed.path}/amendments").json()["items"][0]["status"]
    assert len(agreed.view()["milestones"]) == (2 if status == "accepted" else 1)


def test_a_second_offer_waits_for_the_first(agreed: Agreed) -> None:
    offered(agreed, title="二稿")
    again = agreed.client.post(f"{agreed.path}/amendments", change(agreed, title="三稿"))
    assert (again.status_code, again.json()["code"]) == (409, "amendment_standing")


def test_terms_of_before_still_have_their_hash(agreed: Agreed, database: ServiceDatabase) -> None:
    """They have neither consents nor what else can be agreed by now."""
    saved = agreed.client.get(f"{agreed.path}/terms/1.json").json()
    for member in ("max_revisions", "care_days", "weekly_hours", "notice_days", "retainer"):
        del saved[member]
    for milestone in saved["milestones"]:
        del milestone["criteria"], milestone["review_days"]
    with psycopg.connect(database.url) as connection:
        connection.execute(
            """
            WITH old AS (SELECT %s::text AS document)
            INSERT INTO terms (contract_id, version, document, sha256)
            SELECT %s, 2, document, encode(sha256(document::bytea), 'hex') FROM old
            """,
            (str(saved).replace("'", '"').replace("None", "null"), agreed.contract_id),
        )
    shown = agreed.client.get(f"{agreed.path}/terms").json()
    assert (shown["max_revisions"], shown["consents"]) == (None, [])
    content = agreed.client.get(f"{agreed.path}/terms/2.json").content
    assert hashlib.sha256(content).hexdigest() == shown["sha256"]
