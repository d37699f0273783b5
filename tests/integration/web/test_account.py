"""Signing up, in and out, at the pages."""

from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import pytest

from shared.ids import new_id
from tests.support.web import WebUnderTest, access_token

EMAIL = "hanako@example.jp"
PASSWORD = "a sentence to keep in mind"


def tokens(*roles: str) -> dict[str, Any]:
    return {
        "kind": "tokens",
        "access_token": access_token(new_id(), *roles),
        "expires_in": 900,
        "refresh_token": "tkr_first",
        "refresh_expires_in": 2_592_000,
        "session_id": str(new_id()),
    }


def person(**changed: Any) -> dict[str, Any]:
    return {
        "person_id": str(new_id()),
        "email": EMAIL,
        "display_name": "山田 花子",
        "reading": "やまだ はなこ",
        "roles": ["client"],
        "locale": "ja",
        "registered_at": "2026-04-01T00:00:00Z",
    } | changed


@pytest.fixture
def accounts(site: WebUnderTest) -> WebUnderTest:
    """accounts, as it takes the right password."""
    site.services.on("POST", "/accounts/sessions", tokens("client"), 201)
    site.services.on("GET", "/accounts/people/me", person())
    site.services.on("GET", "/accounts/companies", [])
    return site


def sign_in(under_test: WebUnderTest, path: str = "/sign-in") -> Any:
    page = under_test.browser.open(path)
    return page.send("/sign-in", email=EMAIL, password=PASSWORD)


def test_signing_in_leads_on_and_the_name_is_there(accounts: WebUnderTest) -> None:
    page = sign_in(accounts, "/sign-in?next=/checkout/return")
    assert page.path == "/checkout/return"
    assert "山田 花子" in page.text
    asked = accounts.services.last("POST", "/accounts/sessions")
    assert asked.json == {"email": EMAIL, "password": PASSWORD}
    assert "idempotency-key" not in asked.headers


@pytest.mark.parametrize(
    "path",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "/a\\..\\..//evil.example",
    ],
)
def test_signing_in_leads_to_no_other_server(accounts: WebUnderTest, path: str) -> None:
    page = accounts.browser.open("/sign-in?next=" + quote(path, safe=""))
    fields = page.fields("/sign-in")
    assert fields["next"] == [""]
    forged = page.fields("/sign-in") | {"email": [EMAIL], "password": [PASSWORD], "next": [path]}
    headers = {"Origin": accounts.browser.url}
    answer = accounts.client.post("/sign-in", data=forged, headers=headers, follow_redirects=False)
    assert answer.headers["location"] == "/home"


def test_a_session_from_before_the_sign_in_is_worth_nothing_after(accounts: WebUnderTest) -> None:
    accounts.browser.open("/sign-in")
    planted = accounts.browser.session()
    sign_in(accounts)
    after = accounts.browser.session()
    assert after.signed_in
    assert not planted.signed_in
    assert after.csrf != planted.csrf


def test_a_wrong_password_says_so_and_keeps_the_address_only(accounts: WebUnderTest) -> None:
    accounts.services.refuse("POST", "/accounts/sessions", 401, "sign_in_failed")
    page = sign_in(accounts)
    assert page.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "don't belong together" in page.text
    assert page.fields("/sign-in")["email"] == [EMAIL]
    assert PASSWORD not in page.html
    assert not accounts.browser.session().signed_in


def test_the_second_step_takes_a_code_and_then_leads_on(accounts: WebUnderTest) -> None:
    accounts.services.on(
        "POST",
        "/accounts/sessions",
        {
            "kind": "second_factor",
            "challenge": "ch_1",
            "factors": ["totp", "recovery_code"],
            "expires_in": 300,
        },
        201,
    )
    accounts.services.on("POST", "/accounts/sessions/second-factor", tokens("client"), 201)
    page = sign_in(accounts, "/sign-in?next=/checkout/return")
    assert page.path == "/sign-in/second-factor"
    assert not accounts.browser.session().signed_in
    after = page.send("/sign-in/second-factor", code="123 456")
    assert after.path == "/checkout/return"
    asked = accounts.services.last("POST", "/accounts/sessions/second-factor")
    assert asked.json == {"challenge": "ch_1", "totp": "123456"}
    assert accounts.browser.session().asides == {}


def test_the_second_step_alone_leads_to_the_first(site: WebUnderTest) -> None:
    assert site.browser.open("/sign-in/second-factor").path == "/sign-in"


def test_signing_out_ends_the_session_everywhere_even_when_accounts_is_away(
    accounts: WebUnderTest,
) -> None:
    sign_in(accounts)
    page = accounts.browser.open("/checkout/return?lang=en")
    accounts.services.away("POST", "/accounts/sessions/me/end")
    after = page.send("/sign-out")
    assert accounts.services.count("POST", "/accounts/sessions/me/end") == 1
    assert "You are signed out." in after.text
    assert not accounts.browser.session().signed_in
    # Nor is a page of before left in the memory of the device.
    assert after.response.history[0].headers["clear-site-data"] == '"cache", "storage"'


def test_an_account_is_opened_in_the_language_of_the_page(accounts: WebUnderTest) -> None:
    accounts.services.on("POST", "/accounts/people", person(email_verified=False), 201)
    page = accounts.browser.open("/sign-up?as=assistant&lang=ja")
    assert page.fields("/sign-up")["roles"] == ["assistant"]
    after = page.send(
        "/sign-up", display_name="山田 花子", email=EMAIL, password=PASSWORD, roles=["client"]
    )
    assert after.path == "/sign-up/sent"
    assert EMAIL in after.text
    assert accounts.services.last("POST", "/accounts/people").json == {
        "email": EMAIL,
        "password": PASSWORD,
        "display_name": "山田 花子",
        "reading": None,
        "roles": ["client"],
        "locale": "ja",
    }


def test_everything_wrong_with_an_account_is_said_at_once(accounts: WebUnderTest) -> None:
    page = accounts.browser.open("/sign-up")
    after = page.send("/sign-up", display_name="", email="hanako", password="short")
    for text in (
        "Please choose at least one.",
        "Please fill this in.",
        "Please enter an e-mail address",
        "Please write at least 12 characters.",
    ):
        assert text in after.text
    assert after.fields("/sign-up")["email"] == ["hanako"]
    assert accounts.services.count("POST", "/accounts/people") == 0


def test_a_known_password_is_said_at_the_password(accounts: WebUnderTest) -> None:
    accounts.services.refuse("POST", "/accounts/people", 422, "password_breached")
    page = accounts.browser.open("/sign-up").send(
        "/sign-up", display_name="A", email=EMAIL, password=PASSWORD, roles=["client"]
    )
    assert "known from a break-in" in page.text
    assert ("input", "true") in [(tag, a.get("aria-invalid")) for tag, a in page.parsed.tags]


def test_to_open_a_letters_link_uses_nothing_until_the_button_is_pressed(
    accounts: WebUnderTest,
) -> None:
    accounts.services.on("POST", "/accounts/people/confirmation", person())
    page = accounts.browser.open("/confirm?secret=tkc_1")
    assert accounts.services.count("POST", "/accounts/people/confirmation") == 0
    after = page.send("/confirm")
    assert after.path == "/sign-in"
    assert accounts.services.last("POST", "/accounts/people/confirmation").json == {
        "secret": "tkc_1"
    }


def test_a_link_that_no_longer_holds_offers_another(accounts: WebUnderTest) -> None:
    accounts.services.refuse("POST", "/accounts/people/confirmation", 409, "link_used")
    page = accounts.browser.open("/confirm?secret=tkc_1").send("/confirm")
    assert "/confirm/again" in page.html


def test_a_forgotten_password_is_set_anew(accounts: WebUnderTest) -> None:
    accounts.services.on("POST", "/accounts/password-resets", {"sent_if_known": True}, 202)
    accounts.services.on("POST", "/accounts/password-resets/redemption", {})
    sent = accounts.browser.open("/reset").send("/reset", email=EMAIL)
    assert sent.path == "/reset/sent"
    page = accounts.browser.open("/reset/new?secret=tkr_9")
    after = page.send("/reset/new", new=PASSWORD)
    assert after.path == "/sign-in"
    assert accounts.services.last("POST", "/accounts/password-resets/redemption").json == {
        "secret": "tkr_9",
        "new": PASSWORD,
    }


def test_what_matters_asks_for_the_password_once_more(accounts: WebUnderTest) -> None:
    accounts.browser.be("client")
    accounts.services.on("POST", "/accounts/sessions/refresh", tokens("client"))
    accounts.services.on("POST", "/accounts/sessions/me/proof", {})
    accounts.services.on("GET", "/accounts/oidc/identities", [])
    page = accounts.browser.open("/sign-in/again?next=/checkout/return")
    after = page.send("/sign-in/again", password=PASSWORD)
    assert after.path == "/checkout/return"
    assert accounts.browser.session().refresh_token == "tkr_first"


def test_an_assistant_who_joins_a_company_is_a_client_from_then_on(
    accounts: WebUnderTest,
) -> None:
    company_id = str(new_id())
    path = f"/accounts/companies/{company_id}"
    midori = {"company_id": company_id, "name": "みどり園芸"}
    invited = midori | {"status": "invited", "rights": [], "administrator": False}
    about = {"email": EMAIL, "locale": "ja", "founded_at": "2026-04-01T00:00:00Z", "members": []}
    accounts.browser.be("assistant")
    accounts.services.on("GET", "/accounts/companies", [invited])
    accounts.services.on("POST", f"{path}/membership", invited | {"status": "member"})
    accounts.services.on("POST", "/accounts/sessions/refresh", tokens("assistant", "client"))
    accounts.services.on("GET", path, midori | about)

    page = accounts.browser.open("/company")
    assert "You are invited to みどり園芸" in page.text
    assert "Open an account for a company" not in page.text
    after = page.send(f"/company/{company_id}/membership")
    assert after.path == f"/company/{company_id}"
    assert accounts.browser.session().part == "client"


def elsewhere(under_test: WebUnderTest) -> str:
    """Begin to sign in at a provider; return the state that comes back from there."""
    provider = {"name": "corp", "label": "Corp ID"}
    under_test.services.on("GET", "/accounts/oidc", [provider])
    started = {
        "authorization_url": "https://id.corp.example/authorize?x=1&state=s_1",
        "state": "s_1",
        "expires_in": 600,
    }
    under_test.services.on("POST", "/accounts/oidc/corp/start", started)
    page = under_test.browser.open("/sign-in?next=/checkout/return")
    assert "Sign in with Corp ID" in page.text
    leaving = page.send("/sign-in/corp")
    assert 'content="0;url=https://id.corp.example/authorize?x=1&amp;state=s_1"' in leaving.html
    return "s_1"


def test_an_account_elsewhere_signs_in_and_leads_on(accounts: WebUnderTest) -> None:
    state = elsewhere(accounts)
    accounts.services.on("POST", "/accounts/oidc/corp/callback", tokens("client"))
    page = accounts.browser.open(f"/sign-in/corp?code=c_1&state={state}")
    assert page.path == "/checkout/return"
    assert accounts.services.last("POST", "/accounts/oidc/corp/callback").json == {
        "code": "c_1",
        "state": "s_1",
    }


def test_a_sign_in_elsewhere_that_another_browser_began_is_not_taken(
    accounts: WebUnderTest,
) -> None:
    accounts.services.on("POST", "/accounts/oidc/corp/callback", tokens("client"))
    for state in ("s_of_somebody_else", ""):
        elsewhere(accounts)
        page = accounts.browser.open(f"/sign-in/corp?code=c_1&state={state}")
        assert page.status == HTTPStatus.NOT_FOUND
    assert accounts.services.count("POST", "/accounts/oidc/corp/callback") == 0
    assert not accounts.browser.session().signed_in


def test_a_newcomer_from_elsewhere_says_what_is_missing(accounts: WebUnderTest) -> None:
    state = elsewhere(accounts)
    accounts.services.on(
        "POST",
        "/accounts/oidc/corp/callback",
        {
            "kind": "registration",
            "challenge": "ch_2",
            "email": EMAIL,
            "display_name": "Hanako",
            "expires_in": 600,
        },
    )
    accounts.services.on("POST", "/accounts/oidc/registrations", tokens("assistant"), 201)
    page = accounts.browser.open(f"/sign-in/corp?code=c_1&state={state}")
    assert page.path == "/sign-up/elsewhere"
    after = page.send("/sign-up/elsewhere", roles=["assistant"])
    assert after.path == "/checkout/return"
    asked = accounts.services.last("POST", "/accounts/oidc/registrations").json
    assert asked["challenge"] == "ch_2"
    assert asked["display_name"] == "Hanako"


def test_whoever_changes_their_mind_elsewhere_comes_back_to_the_sign_in(
    accounts: WebUnderTest,
) -> None:
    state = elsewhere(accounts)
    page = accounts.browser.open(f"/sign-in/corp?error=access_denied&state={state}")
    assert page.path.startswith("/sign-in?next=")
    assert "You came back without having signed in there." in page.text
