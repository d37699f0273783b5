from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from webauthn.helpers import bytes_to_base64url

from services.accounts.adapters.authenticators import WebAuthn
from services.accounts.domain.factors import Passkey, passkey_challenge
from shared.errors import Invalid, NotAuthenticated
from tests.support.authenticator import SoftAuthenticator

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)
PAGES = "https://tasuki.example"
FIRST, SECOND = passkey_challenge("first"), passkey_challenge("second")


@pytest.fixture
def checks() -> WebAuthn:
    return WebAuthn(PAGES + "/")


@pytest.fixture
def device() -> SoftAuthenticator:
    return SoftAuthenticator(PAGES)


def options(checks: WebAuthn, *known: Passkey) -> Any:
    return checks.registration_options(uuid4(), "hanako@example.jp", "花子", FIRST, known)


def register(checks: WebAuthn, device: SoftAuthenticator) -> Passkey:
    made = checks.registered(device.create(options(checks)), FIRST)
    return Passkey(passkey_id=uuid4(), person_id=uuid4(), name="phone", added_at=NOW, **vars(made))


def test_a_device_makes_a_passkey_and_signs_with_it(
    checks: WebAuthn, device: SoftAuthenticator
) -> None:
    passkey = register(checks, device)
    assert passkey.synced
    assert passkey.transports == ("hybrid", "internal")
    answer = device.get(checks.sign_in_options(SECOND, ()))
    assert checks.credential_of(answer) == passkey.credential_id
    assert checks.signed(answer, SECOND, passkey, alone=True) == 1


def test_a_device_is_told_which_passkeys_there_are(
    checks: WebAuthn, device: SoftAuthenticator
) -> None:
    passkey = register(checks, device)
    asked = options(checks, passkey)
    assert asked["rp"] == {"name": "Tasuki", "id": "tasuki.example"}
    known = [bytes_to_base64url(passkey.credential_id)]
    assert [each["id"] for each in asked["excludeCredentials"]] == known
    allowed = checks.sign_in_options(SECOND, (passkey,))["allowCredentials"]
    assert [each["id"] for each in allowed] == known


def other_challenge(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del answer
    return device.get({"rpId": "tasuki.example", "challenge": "AAAA", "allowCredentials": []})


def other_page(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del answer
    device.origin = "https://tasuki.example.evil.test"
    return device.get(WebAuthn(PAGES).sign_in_options(SECOND, ()))


def other_key(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    thief = SoftAuthenticator(PAGES)
    register(WebAuthn(PAGES), thief)
    thief.passkeys[0].credential_id = device.passkeys[0].credential_id
    thief.passkeys[0].sign_count = 10
    del answer
    return thief.get(WebAuthn(PAGES).sign_in_options(SECOND, ()))


def copied(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del answer
    device.passkeys[0].sign_count = 0
    return device.get(WebAuthn(PAGES).sign_in_options(SECOND, ()))


def unverified(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del answer
    device.verifies = False
    return device.get(WebAuthn(PAGES).sign_in_options(SECOND, ()))


def mangled(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del device
    return answer | {"response": {"signature": 1}}


def empty(answer: dict[str, Any], device: SoftAuthenticator) -> dict[str, Any]:
    del answer, device
    return {}


@pytest.mark.parametrize(
    "fault", [other_challenge, other_page, other_key, copied, unverified, mangled, empty]
)
def test_a_signature_that_does_not_hold_is_refused(
    checks: WebAuthn,
    device: SoftAuthenticator,
    fault: Callable[[dict[str, Any], SoftAuthenticator], dict[str, Any]],
) -> None:
    passkey = register(checks, device)
    good = device.get(checks.sign_in_options(SECOND, ()))
    used = passkey.used(checks.signed(good, SECOND, passkey, alone=True), NOW)
    with pytest.raises(NotAuthenticated, match="passkey_refused"):
        checks.signed(fault(good, device), SECOND, used, alone=True)


def test_after_a_password_the_device_need_not_know_its_owner(
    checks: WebAuthn, device: SoftAuthenticator
) -> None:
    passkey = register(checks, device)
    device.verifies = False
    answer = device.get(checks.sign_in_options(SECOND, (passkey,)))
    assert checks.signed(answer, SECOND, passkey, alone=False) == 1


def test_a_device_that_does_not_count_may_sign_again_and_again(
    checks: WebAuthn, device: SoftAuthenticator
) -> None:
    device.counts = False
    passkey = register(checks, device)
    for _ in range(2):
        answer = device.get(checks.sign_in_options(SECOND, ()))
        assert checks.signed(answer, SECOND, passkey, alone=True) == 0


@pytest.mark.parametrize("answer", [{}, {"id": 1}, {"id": "a", "rawId": "a", "response": {}}])
def test_a_registration_that_is_none_is_refused(checks: WebAuthn, answer: dict[str, Any]) -> None:
    with pytest.raises(Invalid, match="passkey_not_accepted"):
        checks.registered(answer, FIRST)


def test_a_registration_for_another_challenge_or_without_its_owner_is_refused(
    checks: WebAuthn, device: SoftAuthenticator
) -> None:
    made = device.create(options(checks))
    with pytest.raises(Invalid, match="passkey_not_accepted"):
        checks.registered(made, SECOND)
    device.verifies = False
    with pytest.raises(Invalid, match="passkey_not_accepted"):
        checks.registered(device.create(options(checks)), FIRST)
