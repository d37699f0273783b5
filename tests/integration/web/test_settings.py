"""The pages of one's own account: who one is, how one signs in, what one is told, what is kept."""

import io
import json
import zipfile
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from services.web.sessions import Session
from shared.ids import new_id
from tests.integration.web.test_account import PASSWORD, person, tokens
from tests.support.web import Services, WebUnderTest, web_over

SESSION = str(new_id())
AT = "2026-03-30T01:00:00Z"


def session_view(**changed: Any) -> dict[str, Any]:
    return {
        "session_id": SESSION,
        "device": "Firefox, Linux",
        "method": "password",
        "second_factor": None,
        "signed_in_at": AT,
        "authenticated_at": AT,
        "last_seen_at": AT,
        "expires_at": AT,
        "current": False,
    } | changed


FACTORS: dict[str, Any] = {"totp_since": None, "passkeys": [], "recovery_codes_left": 0}
CODES = [f"abcd-{number:04}" for number in range(10)]
PREFERENCES: dict[str, Any] = {
    "choices": [
        {"kind": "work", "channel": "email", "on": True, "locked": False},
        {"kind": "work", "channel": "line", "on": False, "locked": False},
        {"kind": "money", "channel": "email", "on": True, "locked": True},
    ],
    "always": ["SecretLetter"],
    "quiet_hours": None,
    "digest": {"every": "off", "hour": 8, "weekday": 0, "kinds": []},
    "address": {"email": "hanako@example.jp", "stopped_at": AT},
    "line": {"available": True, "linked_at": None},
}
NOTICE: dict[str, Any] = {
    "notification_id": str(new_id()),
    "what": "MilestoneFunded",
    "subject": "The work can begin",
    "body": "…",
    "text": "Milestone 1 is funded.",
    "link": "/checkout/return",
    "told_at": AT,
}
ENDPOINT: dict[str, Any] = {
    "endpoint_id": str(new_id()),
    "account_id": str(new_id()),
    "url": "https://hooks.example/tasuki",
    "event_types": [],
    "description": "Ours",
    "enabled": True,
    "added_at": AT,
}


@pytest.fixture
def mine(site: WebUnderTest) -> WebUnderTest:
    """Somebody who is signed in, and what the services have of them."""
    site.browser.be("client")
    on = site.services.on
    on("GET", "/accounts/people/me", person(), headers={"ETag": '"v1"'})
    on("GET", "/accounts/companies", [])
    on("GET", "/accounts/factors", FACTORS)
    on("GET", "/accounts/sessions", [session_view(current=True, session_id=new_id())])
    on("GET", "/accounts/oidc/identities", [])
    on("GET", "/accounts/oidc", [])
    on("GET", "/accounts/tokens", [])
    on("GET", "/notify/preferences", PREFERENCES, headers={"ETag": '"p1"'})
    on("GET", "/notify/notifications", {"items": [NOTICE], "next": None})
    on("GET", "/notify/webhooks/endpoints", {"items": [ENDPOINT]})
    on("GET", "/notify/webhooks/event-types", {"items": ["contracts.delivered", "jobs.posted"]})
    return site


def test_the_name_is_changed_where_nobody_has_changed_it_meanwhile(mine: WebUnderTest) -> None:
    changed = person(display_name="佐藤 花子", locale="ja")
    mine.services.on("PUT", "/accounts/people/me", changed)
    page = mine.browser.open("/settings")
    assert page.fields("/settings")["reading"] == ["やまだ はなこ"]
    after = page.send("/settings", display_name="佐藤 花子", reading="")
    asked = mine.services.last("PUT", "/accounts/people/me")
    assert asked.json == {"display_name": "佐藤 花子", "reading": None, "locale": "ja"}
    assert asked.headers["if-match"] == '"v1"'
    assert "佐藤 花子" in after.text
    assert 'lang="ja"' in after.html


def test_what_somebody_changed_meanwhile_is_not_written_over(mine: WebUnderTest) -> None:
    mine.services.refuse("PUT", "/accounts/people/me", 412, "changed_meanwhile")
    page = mine.browser.open("/settings").send("/settings", display_name="佐藤 花子")
    assert "Somebody has changed this meanwhile." in page.text
    assert page.fields("/settings")["display_name"] == ["佐藤 花子"]


def test_a_new_address_waits_for_its_link(mine: WebUnderTest) -> None:
    mine.services.on("POST", "/accounts/people/me/email", person(new_email="new@example.jp"))
    page = mine.browser.open("/settings")
    after = page.send("/settings/email", email="new@example.jp", password=PASSWORD)
    assert "It holds once you open the link" in after.text
    asked = mine.services.last("POST", "/accounts/people/me/email")
    assert asked.json == {"email": "new@example.jp", "password": PASSWORD}


def test_a_new_password_is_never_shown_again_even_when_it_is_refused(mine: WebUnderTest) -> None:
    mine.services.refuse("PUT", "/accounts/people/me/password", 422, "password_breached")
    page = mine.browser.open("/settings/security")
    after = page.send("/settings/security/password", current="the old sentence", new=PASSWORD)
    assert "known from a break-in" in after.text
    assert PASSWORD not in after.html
    assert "the old sentence" not in after.html


def test_sessions_are_seen_and_ended(mine: WebUnderTest) -> None:
    here = session_view(current=True, session_id=new_id())
    mine.services.on("GET", "/accounts/sessions", [here, session_view()])
    mine.services.on("DELETE", f"/accounts/sessions/{SESSION}", [])
    mine.services.on("POST", "/accounts/sessions/others/end", [])
    page = mine.browser.open("/settings/security")
    assert "Firefox, Linux" in page.text
    page.send(f"/settings/security/sessions/{SESSION}/end")
    assert mine.services.count("DELETE", f"/accounts/sessions/{SESSION}") == 1
    page.send("/settings/security/sessions/others/end")
    assert mine.services.count("POST", "/accounts/sessions/others/end") == 1


def test_an_app_is_set_up_and_the_recovery_codes_are_shown_once(mine: WebUnderTest) -> None:
    picture = '<svg xmlns="http://www.w3.org/2000/svg"/>'
    totp = {"secret": "SECRETBASE32", "uri": "otpauth://totp/x", "picture": picture}
    mine.services.on("POST", "/accounts/factors/totp", totp, 201)
    page = mine.browser.open("/settings/security").send("/settings/security/totp")
    assert "SECRETBASE32" in page.text
    assert "data:image/svg+xml;base64," in page.html
    assert "SECRETBASE32" not in mine.browser.session().dump()
    mine.services.on(
        "POST", "/accounts/factors/totp/confirmation", FACTORS | {"recovery_codes": CODES}
    )
    after = page.send("/settings/security/totp/code", code="123 456")
    assert mine.services.last("POST", "/accounts/factors/totp/confirmation").json == {
        "code": "123456"
    }
    assert CODES[3] in after.text
    assert mine.browser.open("/settings/security/recovery-codes").path == "/settings/security"


def test_an_operator_without_a_second_factor_is_led_to_set_one_up(mine: WebUnderTest) -> None:
    mine.browser.keep(Session())
    waits = person(roles=[], second_factor_needed=True)
    mine.services.on("GET", "/accounts/people/me", waits)
    mine.services.on("POST", "/accounts/sessions", tokens(), 201)
    page = mine.browser.open("/sign-in").send("/sign-in", email="ops@example.jp", password=PASSWORD)
    assert page.path == "/settings/security"
    assert "二段階の確認が必要です" in page.text

    totp = {"secret": "S", "uri": "otpauth://totp/x", "picture": "<svg/>"}
    mine.services.on("POST", "/accounts/factors/totp", totp, 201)
    added = FACTORS | {"recovery_codes": CODES}
    mine.services.on("POST", "/accounts/factors/totp/confirmation", added)
    mine.services.on("POST", "/accounts/sessions/refresh", tokens("operator"))
    page.send("/settings/security/totp").send("/settings/security/totp/code", code="123456")
    viewer = mine.browser.session().viewer()
    assert viewer
    assert viewer.roles == {"operator"}


def test_what_needs_a_fresh_proof_leads_to_it_and_back(mine: WebUnderTest) -> None:
    mine.services.refuse("POST", "/accounts/factors/totp", 403, "reauthentication_needed")
    page = mine.browser.open("/settings/security").send("/settings/security/totp")
    assert page.path == "/sign-in/again?next=%2Fsettings%2Fsecurity"
    mine.services.on("POST", "/accounts/sessions/me/proof", session_view())
    mine.services.on("POST", "/accounts/sessions/refresh", tokens("client"))
    assert page.send("/sign-in/again", password=PASSWORD).path == "/settings/security"


def test_a_passkey_is_made_of_what_the_browser_answers(mine: WebUnderTest) -> None:
    options = {"challenge": "ch_9", "options": {"challenge": "AAAA"}, "expires_in": 600}
    mine.services.on("POST", "/accounts/factors/passkeys/options", options, 201)
    added = FACTORS | {"recovery_codes": []}
    mine.services.on("POST", "/accounts/factors/passkeys", added, 201)
    page = mine.browser.open("/settings/security")
    fields = page.fields("/settings/security/passkeys")
    headers = {"Origin": mine.browser.url}
    answer = mine.client.post("/settings/security/passkeys/options", data=fields, headers=headers)
    assert answer.json() == {"challenge": "AAAA"}
    credential = {"id": "x", "response": {}}
    page.send("/settings/security/passkeys", name="my phone", credential=json.dumps(credential))
    assert mine.services.last("POST", "/accounts/factors/passkeys").json == {
        "challenge": "ch_9",
        "name": "my phone",
        "credential": credential,
    }


def test_a_token_is_shown_once(mine: WebUnderTest) -> None:
    made = {
        "token_id": str(new_id()),
        "name": "backup",
        "hint": "tsk_abc",
        "scopes": ["jobs:read"],
        "made_at": AT,
        "expires_at": AT,
        "token": "tsk_abcdefgh",
    }
    mine.services.on("POST", "/accounts/tokens", made, 201)
    page = mine.browser.open("/settings/tokens")
    after = page.send("/settings/tokens", name="backup", scopes=["jobs:read"], lifetime="30")
    assert "tsk_abcdefgh" in after.text
    assert "tsk_abcdefgh" not in mine.browser.open("/settings/tokens").text
    asked = mine.services.last("POST", "/accounts/tokens").json
    assert asked["scopes"] == ["jobs:read"]
    assert asked["expires_at"].startswith("2026-05-01")


def test_the_inbox_is_read_by_following_it(mine: WebUnderTest) -> None:
    number = NOTICE["notification_id"]
    mine.services.on("POST", f"/notify/notifications/{number}/read", NOTICE | {"read_at": AT})
    mine.services.on("POST", "/notify/notifications/read", {"unread": 0})
    page = mine.browser.open("/inbox")
    assert "The work can begin" in page.text
    assert mine.browser.open(f"/inbox/{number}").path == "/checkout/return"
    page.send("/inbox/read")
    assert mine.services.last("POST", "/notify/notifications/read").json == {"up_to": number}


def test_a_notice_leads_to_no_other_server(mine: WebUnderTest) -> None:
    number = NOTICE["notification_id"]
    evil = NOTICE | {"link": "//evil.example"}
    mine.services.on("POST", f"/notify/notifications/{number}/read", evil)
    assert mine.browser.open(f"/inbox/{number}").path == "/inbox"


def test_choices_about_being_told_are_kept_and_locked_ones_left_alone(mine: WebUnderTest) -> None:
    mine.services.on("PUT", "/notify/preferences", PREFERENCES)
    page = mine.browser.open("/settings/notifications")
    page.send(
        "/settings/notifications",
        on=[],
        quiet="on",
        quiet_start="21:30",
        every="weekly",
        weekday="4",
        digest_kinds=["work"],
    )
    asked = mine.services.last("PUT", "/notify/preferences")
    assert asked.json == {
        "choices": [{"kind": "work", "channel": "email", "on": False}],
        "quiet_hours": {"start": "21:30", "until": "07:00"},
        "digest": {"every": "weekly", "hour": 8, "weekday": 4, "kinds": ["work"]},
    }
    assert asked.headers["if-match"] == '"p1"'


def test_mail_that_came_back_is_started_again(mine: WebUnderTest) -> None:
    mine.services.on("POST", "/notify/preferences/address/restart", PREFERENCES)
    page = mine.browser.open("/settings/notifications")
    assert "Your e-mail comes back to us" in page.text
    assert "We send you e-mail again." in page.send("/settings/notifications/address").text


def test_e_mail_is_ended_without_signing_in_and_not_by_opening_the_page(
    site: WebUnderTest,
) -> None:
    site.services.on("POST", "/notify/unsubscriptions", {"kinds": ["messages"], "locale": "ja"})
    page = site.browser.open("/unsubscribe?token=t.1")
    assert site.services.count("POST", "/notify/unsubscriptions") == 0
    after = page.send("/unsubscribe")
    assert "Messages" in after.text
    assert site.services.last("POST", "/notify/unsubscriptions").query == {"token": "t.1"}


def test_an_endpoint_is_added_and_its_secret_shown_once(mine: WebUnderTest) -> None:
    number = ENDPOINT["endpoint_id"]
    path = f"/notify/webhooks/endpoints/{number}"
    mine.services.on("POST", "/notify/webhooks/endpoints", ENDPOINT | {"secret": "whsec_once"}, 201)
    mine.services.on("GET", path, ENDPOINT)
    mine.services.on("GET", f"{path}/deliveries", {"items": [], "next": None})
    page = mine.browser.open("/settings/webhooks")
    after = page.send(
        "/settings/webhooks", url="https://hooks.example/tasuki", event_types=["jobs.posted"]
    )
    assert "whsec_once" in after.text
    assert "whsec_once" not in mine.browser.open(f"/settings/webhooks/{number}").text
    asked = mine.services.last("POST", "/notify/webhooks/endpoints").json
    assert asked["url"] == "https://hooks.example/tasuki"
    assert asked["event_types"] == ["jobs.posted"]


def test_all_that_is_kept_comes_in_one_file(mine: WebUnderTest) -> None:
    for service in ("accounts", "jobs", "contracts", "payments", "programs", "notify"):
        mine.services.on("GET", f"/{service}/people/me/export", {"service": service})
    answer = mine.client.get("/settings/data/export")
    assert answer.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert json.loads(archive.read("payments.json")) == {"service": "payments"}
        assert len(archive.namelist()) == 6


def test_leaving_needs_a_check_and_says_what_is_in_the_way(mine: WebUnderTest) -> None:
    mine.services.on("POST", "/accounts/people/me/deletion", {}, 202)
    page = mine.browser.open("/settings/data")
    again = page.send("/settings/data/deletion", password=PASSWORD)
    assert "Please check this if you are sure." in again.text
    assert mine.services.count("POST", "/accounts/people/me/deletion") == 0
    blocked = {"status": "blocked", "asked_at": AT, "due_at": AT, "reasons": ["money_held"]}
    mine.services.on("GET", "/accounts/people/me/deletion", blocked)
    after = again.send("/settings/data/deletion", sure="on", password=PASSWORD)
    assert "Money is held for milestones of yours." in after.text


def test_the_sample_market_signs_in_by_a_button_on_this_machine_only(tmp_path: Path) -> None:
    file = tmp_path / "people.json"
    people = [
        {
            "name": "田中",
            "role": "client",
            "about": "A shop",
            "email": "t@example.jp",
            "password": PASSWORD,
        }
    ]
    file.write_text(json.dumps(people), encoding="utf-8")
    with web_over(Services(), "http://127.0.0.1:8000", demo_people=file) as local:
        local.services.on("POST", "/accounts/sessions", tokens("client"), 201)
        local.services.on("GET", "/accounts/people/me", person())
        local.services.on("GET", "/accounts/companies", [])
        page = local.browser.open("/demo")
        assert PASSWORD not in page.html
        page.send("/demo")
        assert local.browser.session().signed_in
        assert local.services.last("POST", "/accounts/sessions").json["password"] == PASSWORD
    with web_over(Services()) as public:
        assert public.browser.open("/demo").status == HTTPStatus.NOT_FOUND


def test_an_operator_without_a_second_step_is_told_to_set_one_up(site: WebUnderTest) -> None:
    site.browser.be()
    page = site.browser.open("/home")
    assert page.h1 == "One more step"
