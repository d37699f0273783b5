"""Signing in by a provider, against a real one and against one that lies."""

from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from services.accounts.adapters.providers import OidcProviders, ProviderSettings, read_providers
from services.accounts.domain.identity import Begun, Claims, Provider
from shared.errors import NotAuthenticated, NotFound, Transient
from tests.support.oidc import TestProvider

PAGES = "https://tasuki.example"


def providers_at(issuer: str, **changes: str) -> OidcProviders:
    known = {"name": "mock", "label": "Mock", "issuer": issuer, "client_id": "tasuki"} | changes
    return OidcProviders((ProviderSettings(client_secret=SecretStr("s3cret"), **known),), PAGES)


@pytest.fixture
def providers(oidc_provider: TestProvider) -> OidcProviders:
    return providers_at(oidc_provider.issuer)


def test_the_way_there_carries_state_nonce_and_a_proof_of_who_began(
    providers: OidcProviders, oidc_provider: TestProvider
) -> None:
    begun = providers.begin("mock", "the-state")
    url = urlsplit(begun.authorization_url)
    asked = {name: value for name, [value] in parse_qs(url.query).items()}
    assert begun.authorization_url.startswith(f"{oidc_provider.issuer}/oauth2/authorize?")
    assert (asked["state"], asked["nonce"]) == ("the-state", begun.nonce)
    assert asked["redirect_uri"] == f"{PAGES}/sign-in/mock"
    assert asked["code_challenge_method"] == "S256"
    assert begun.verifier not in begun.authorization_url
    assert "s3cret" not in begun.authorization_url


def test_the_provider_says_who_has_come_back(
    providers: OidcProviders, oidc_provider: TestProvider
) -> None:
    oidc_provider.has("sub-1", email="hanako@example.jp", email_verified=True, name=" 花子 ")
    begun = providers.begin("mock", "state")
    back = oidc_provider.agree(begun.authorization_url, "sub-1")
    assert back["state"] == "state"
    said = providers.redeem("mock", back["code"], begun)
    assert said == Claims("sub-1", "hanako@example.jp", "花子")


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email_verified": False},
        {"email_verified": "yes"},
        {"email_verified": True, "email": "no address"},
        {"email_verified": True, "email": ["victim@example.jp"]},
    ],
)
def test_an_address_that_the_provider_has_not_verified_is_none(
    providers: OidcProviders, oidc_provider: TestProvider, claims: dict[str, object]
) -> None:
    oidc_provider.has("sub-2", **{"email": "victim@example.jp", **claims})
    begun = providers.begin("mock", "state")
    back = oidc_provider.agree(begun.authorization_url, "sub-2")
    assert providers.redeem("mock", back["code"], begun).email is None


def test_a_code_works_once(providers: OidcProviders, oidc_provider: TestProvider) -> None:
    begun = providers.begin("mock", "state")
    code = oidc_provider.agree(begun.authorization_url, "sub-3")["code"]
    providers.redeem("mock", code, begun)
    for bad in (code, "guessed"):
        with pytest.raises(NotAuthenticated, match="provider_refused"):
            providers.redeem("mock", bad, begun)


def test_what_was_signed_for_another_sign_in_is_refused(
    providers: OidcProviders, oidc_provider: TestProvider
) -> None:
    begun, other = providers.begin("mock", "state"), providers.begin("mock", "state")
    code = oidc_provider.agree(begun.authorization_url, "sub-4")["code"]
    with pytest.raises(NotAuthenticated, match="provider_refused"):
        providers.redeem("mock", code, replace(begun, nonce=other.nonce))


def test_a_provider_that_calls_itself_otherwise_is_not_trusted(oidc_provider: TestProvider) -> None:
    elsewhere = providers_at(oidc_provider.issuer.replace("127.0.0.1", "localhost"))
    begun = elsewhere.begin("mock", "state")
    assert begun.authorization_url.startswith("http://localhost")
    liar = providers_at(f"{oidc_provider.issuer}/tenant")
    with pytest.raises(Transient, match="provider_unreachable"):
        liar.begin("mock", "state")


def test_a_provider_that_is_away_is_named() -> None:
    with pytest.raises(Transient, match=r"provider_unreachable: Mock can't be reached"):
        providers_at("http://127.0.0.1:9").begin("mock", "state")


def test_a_provider_that_nobody_has_set_up_is_not_found(providers: OidcProviders) -> None:
    with pytest.raises(NotFound, match="provider_not_found"):
        providers.begin("other", "state")
    with pytest.raises(NotFound, match="provider_not_found"):
        providers.redeem("other", "code", Begun("", "", ""))


def test_providers_are_read_from_the_settings() -> None:
    setting = (
        '[{"name": "google", "label": "Google", "issuer": "https://accounts.google.com",'
        ' "client_id": "id", "client_secret": "s3cret"}]'
    )
    read = OidcProviders(read_providers(setting), PAGES)
    assert read.all() == [Provider("google", "Google")]
    assert "s3cret" not in repr(read)
    assert read_providers("") == ()
    with pytest.raises(ValueError, match="issuer"):
        read_providers(setting.replace("https://accounts.google.com", "accounts.google.com"))
