"""Signing in by a provider, through the API and with a real provider."""

import json
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from services.accounts.__main__ import AccountsSettings
from shared.clock import TurnedClock
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.owner import PAGES, Owner, code, done, owner_of
from tests.integration.accounts.test_api import rows
from tests.support.oidc import TestProvider

TARO = {"display_name": "太郎", "reading": "たろう", "roles": ["client"], "locale": "ja"}


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def settings(
    settings: AccountsSettings, clock_file: Path, oidc_provider: TestProvider
) -> AccountsSettings:
    mock = {"label": "Mock", "issuer": oidc_provider.issuer}
    mock |= {"client_id": "tasuki", "client_secret": "s3cret"}
    providers = [{"name": "mock", **mock}, {"name": "other", **mock}]
    changes = {"clock_file": clock_file, "public_url": PAGES}
    return settings.model_copy(update=changes | {"oidc_providers": json.dumps(providers)})


@pytest.fixture
def visitor(client: TestClient, clock_file: Path) -> Owner:
    """Somebody who hasn't signed in."""
    return Owner(client, TurnedClock(clock_file))


@pytest.fixture
def taro(oidc_provider: TestProvider) -> str:
    """The provider's id of somebody whose address it has verified."""
    subject = f"taro-{uuid4()}"
    oidc_provider.has(subject, email="taro@example.jp", email_verified=True, name="太郎")
    return subject


def go(
    who: Owner,
    provider: TestProvider,
    subject: str,
    *,
    name: str = "mock",
    purpose: str = "sign_in",
) -> dict[str, str]:
    """Go to the provider as somebody, and return what the browser brings back."""
    started = who.post(f"/oidc/{name}/start", purpose=purpose)
    back = provider.agree(started["authorization_url"], subject)
    assert back["state"] == started["state"]
    return {"code": back["code"], "state": back["state"]}


def come_back(who: Owner, provider: TestProvider, subject: str) -> Any:
    return who.ask("POST", "/oidc/mock/callback", go(who, provider, subject))


def register_by(who: Owner, provider: TestProvider, subject: str) -> None:
    needed = done(come_back(who, provider, subject))
    who.use(who.post("/oidc/registrations", challenge=needed["challenge"], **TARO))


def link(who: Owner, provider: TestProvider, subject: str) -> Any:
    back = go(who, provider, subject, purpose="link")
    return who.ask("POST", "/oidc/mock/link", back)


def test_a_newcomer_opens_an_account_by_a_provider(
    visitor: Owner, oidc_provider: TestProvider, taro: str, database: ServiceDatabase
) -> None:
    providers = visitor.get("/oidc")
    assert providers[0] == {"name": "mock", "label": "Mock"}
    needed = done(come_back(visitor, oidc_provider, taro))
    assert (needed["kind"], needed["email"]) == ("registration", "taro@example.jp")
    assert needed["display_name"] == "太郎"
    assert rows(database, "SELECT 1 FROM accounts") == []

    body = {"challenge": needed["challenge"], **TARO}
    visitor.use(visitor.post("/oidc/registrations", **body))
    me = visitor.get("/people/me")
    assert (me["email"], me["email_verified"], me["has_password"]) == (
        "taro@example.jp",
        True,
        False,
    )
    assert [told for [told] in rows(database, "SELECT routing_key FROM outbox")] == [
        "person_registered.v1"
    ]
    assert code(visitor.ask("POST", "/oidc/registrations", body)) == (409, "challenge_invalid")


def test_whoever_is_known_signs_in_whatever_their_address_there_is_by_then(
    visitor: Owner, oidc_provider: TestProvider, taro: str
) -> None:
    register_by(visitor, oidc_provider, taro)
    visitor.headers = {}
    oidc_provider.has(taro, email="moved@example.jp", email_verified=False)
    visitor.use(done(come_back(visitor, oidc_provider, taro)))
    assert visitor.get("/people/me")["email"] == "taro@example.jp"
    [session] = [each for each in visitor.get("/sessions") if each["current"]]
    assert (session["method"], session["second_factor"]) == ("oidc", None)
    assert visitor.get("/oidc/identities")[0]["last_used_at"]


def test_a_verified_address_alone_opens_nobodys_account(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    owner_of(visitor.client, clock_file, email="Taro@example.jp")
    answer = come_back(visitor, oidc_provider, taro)
    assert code(answer) == (409, "provider_link_needed")


def test_an_address_that_was_taken_meanwhile_opens_nobodys_account(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    needed = done(come_back(visitor, oidc_provider, taro))
    owner_of(visitor.client, clock_file, email="taro@example.jp")
    answer = visitor.ask("POST", "/oidc/registrations", {"challenge": needed["challenge"], **TARO})
    assert code(answer) == (409, "provider_link_needed")


def test_who_links_signs_in_by_the_provider_from_then_on(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    owner = owner_of(visitor.client, clock_file)
    [linked] = done(link(owner, oidc_provider, taro))
    assert (linked["provider"], linked["label"]) == ("mock", "Mock")
    assert owner.told()[-1] == ("provider_linked", "Mock")
    visitor.use(done(come_back(visitor, oidc_provider, taro)))
    assert visitor.get("/people/me")["email"] == owner.email

    assert owner.delete("/oidc/mock/link") == []
    assert owner.told()[-1] == ("provider_unlinked", "Mock")
    assert done(come_back(visitor, oidc_provider, taro))["kind"] == "registration"
    assert code(owner.ask("DELETE", "/oidc/mock/link")) == (404, "identity_not_found")


def test_an_account_there_opens_one_account_here(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    register_by(visitor, oidc_provider, taro)
    owner = owner_of(visitor.client, clock_file)
    assert code(link(owner, oidc_provider, taro)) == (409, "provider_linked_already")


def test_a_second_factor_that_is_set_up_here_is_asked_for_after_the_provider(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    owner = owner_of(visitor.client, clock_file)
    done(link(owner, oidc_provider, taro))
    secret, _ = owner.add_totp()
    asked = done(come_back(visitor, oidc_provider, taro))
    assert asked["kind"] == "second_factor"
    body = {"challenge": asked["challenge"], "totp": owner.code(secret, steps=1)}
    visitor.use(done(visitor.ask("POST", "/sessions/second-factor", body)))
    [session] = [each for each in visitor.get("/sessions") if each["current"]]
    assert (session["method"], session["second_factor"]) == ("oidc", "totp")


def test_the_last_way_in_stays(visitor: Owner, oidc_provider: TestProvider, taro: str) -> None:
    register_by(visitor, oidc_provider, taro)
    assert code(visitor.ask("DELETE", "/oidc/mock/link")) == (409, "last_way_in")
    assert len(visitor.get("/oidc/identities")) == 1


def test_an_address_that_the_provider_has_not_verified_opens_and_links_nothing(
    visitor: Owner, oidc_provider: TestProvider, clock_file: Path
) -> None:
    oidc_provider.has("unverified", email="hanako@example.jp", email_verified=False)
    refused = (409, "provider_email_unverified")
    assert code(come_back(visitor, oidc_provider, "unverified")) == refused
    owner = owner_of(visitor.client, clock_file)
    assert code(link(owner, oidc_provider, "unverified")) == refused


def test_a_state_is_good_once_for_what_it_was_begun_for_and_for_ten_minutes(
    visitor: Owner, oidc_provider: TestProvider, taro: str, clock_file: Path
) -> None:
    refused = (409, "challenge_invalid")
    back = go(visitor, oidc_provider, taro)
    done(visitor.ask("POST", "/oidc/mock/callback", back))
    assert code(visitor.ask("POST", "/oidc/mock/callback", back)) == refused

    back = go(visitor, oidc_provider, taro)
    assert code(visitor.ask("POST", "/oidc/other/callback", back)) == refused

    owner = owner_of(visitor.client, clock_file)
    other = owner_of(visitor.client, clock_file, email="other@example.jp")
    back = go(owner, oidc_provider, taro, purpose="link")
    assert code(visitor.ask("POST", "/oidc/mock/callback", back)) == refused
    back = go(owner, oidc_provider, taro, purpose="link")
    assert code(other.ask("POST", "/oidc/mock/link", back)) == refused
    back = go(visitor, oidc_provider, taro)
    assert code(owner.ask("POST", "/oidc/mock/link", back)) == refused

    back = go(visitor, oidc_provider, taro)
    visitor.forward(10 * 60)
    assert code(visitor.ask("POST", "/oidc/mock/callback", back)) == refused
    assert code(visitor.ask("POST", "/oidc/mock/callback", back | {"state": "x"})) == refused


def test_linking_takes_somebody_who_signed_in_a_moment_ago(
    visitor: Owner, clock_file: Path
) -> None:
    start = ("POST", "/oidc/mock/start", {"purpose": "link"})
    assert code(visitor.ask(*start)) == (401, "token_missing")
    owner = owner_of(visitor.client, clock_file)
    owner.forward(11 * 60)
    assert code(owner.ask(*start)) == (403, "reauthentication_needed")


def test_a_code_that_the_provider_does_not_know_is_refused_and_the_way_begun_anew(
    visitor: Owner, oidc_provider: TestProvider, taro: str
) -> None:
    back = go(visitor, oidc_provider, taro) | {"code": "guessed"}
    assert code(visitor.ask("POST", "/oidc/mock/callback", back)) == (401, "provider_refused")
    assert code(visitor.ask("POST", "/oidc/mock/callback", back)) == (409, "challenge_invalid")


def test_a_provider_that_nobody_set_up_is_none(visitor: Owner) -> None:
    for name, status in (("nobody", 404), ("Mock", 422), ("..%2f..%2fetc", 404)):
        assert visitor.ask("POST", f"/oidc/{name}/start", {}).status_code == status, name
