import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from services.accounts.adapters.tokens import (
    JwtTokens,
    KeysUnusableError,
    read_keys,
    thumbprint,
)
from services.accounts.domain.account import Account
from shared.errors import NotAuthenticated
from shared.http.tokens import TokenVerifier
from shared.messages.accounts import Role
from shared.people import Right
from tests.support.fakes import SetClock

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def write_key(file: Path) -> None:
    key = Ed25519PrivateKey.generate()
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def account() -> Account:
    return Account(
        person_id=uuid4(),
        email="a@example.jp",
        display_name="A",
        roles=frozenset({Role.CLIENT, Role.ASSISTANT}),
        locale="ja",
        registered_at=NOW,
        password_hash="hash",
    )


def test_the_thumbprint_is_that_of_the_standard() -> None:
    # RFC 8037, appendices A.2 and A.3.
    raw = base64.urlsafe_b64decode("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo=")
    key = Ed25519PublicKey.from_public_bytes(raw)
    assert thumbprint(key) == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_token_vouches_for_person_and_roles_until_it_expires(tmp_path: Path) -> None:
    write_key(tmp_path / "1.pem")
    clock = SetClock(NOW)
    ring = read_keys(tmp_path)
    person = account()
    token = JwtTokens(ring, clock, timedelta(minutes=15)).issue(person, {})
    assert token.seconds == 900

    verifier = TokenVerifier(ring.find, clock)
    verified = verifier.verify(token.token)
    assert verified.person_id == person.person_id
    assert verified.roles == {"assistant", "client"}

    clock.time += timedelta(minutes=16)
    with pytest.raises(NotAuthenticated, match="token_expired"):
        verifier.verify(token.token)


def test_a_token_vouches_for_what_its_person_may_do_in_companies(tmp_path: Path) -> None:
    write_key(tmp_path / "1.pem")
    clock, ring = SetClock(NOW), read_keys(tmp_path)
    one, other, theirs = uuid4(), uuid4(), uuid4()
    rights = {one: frozenset({Right.FUND, Right.SEE_MONEY}), other: frozenset[Right]()}
    token = JwtTokens(ring, clock, timedelta(minutes=15)).issue(account(), rights)
    verified = TokenVerifier(ring.find, clock).verify(token.token)
    assert verified.memberships == rights
    assert verified.may(Right.FUND, one)
    assert not verified.may(Right.ACCEPT, one)
    assert verified.stands_for(other)
    assert not verified.stands_for(theirs)


def test_a_right_that_a_service_does_not_know_yet_is_none_there(tmp_path: Path) -> None:
    write_key(tmp_path / "1.pem")
    clock, ring, company = SetClock(NOW), read_keys(tmp_path), uuid4()
    claims = {
        "iss": "tasuki",
        "aud": "tasuki-api",
        "sub": str(uuid4()),
        "companies": {str(company): ["fund", "of a later version"]},
        "iat": NOW,
        "exp": NOW + timedelta(minutes=15),
    }
    key = ring.signing
    header = {"kid": key.key_id, "typ": "at+jwt"}
    token = jwt.encode(claims, key.private_key, "EdDSA", headers=header)
    verified = TokenVerifier(ring.find, clock).verify(token)
    assert verified.memberships == {company: {Right.FUND}}


def test_the_key_of_the_last_name_signs_and_tokens_of_the_one_before_stay_good(
    tmp_path: Path,
) -> None:
    clock = SetClock(NOW)
    write_key(tmp_path / "2026-01.pem")
    before = JwtTokens(read_keys(tmp_path), clock, timedelta(minutes=15)).issue(account(), {})
    write_key(tmp_path / "2026-02.pem")
    ring = read_keys(tmp_path)
    after = JwtTokens(ring, clock, timedelta(minutes=15)).issue(account(), {})

    key_ids = [jwt.get_unverified_header(each.token)["kid"] for each in (before, after)]
    assert key_ids[0] != key_ids[1] == ring.signing.key_id
    verifier = TokenVerifier(ring.find, clock)
    verifier.verify(before.token)
    verifier.verify(after.token)


def test_published_keys_verify_tokens_and_hold_no_private_part(tmp_path: Path) -> None:
    write_key(tmp_path / "1.pem")
    ring = read_keys(tmp_path)
    published = jwt.PyJWKSet.from_dict(ring.jwks())
    token = JwtTokens(ring, SetClock(NOW), timedelta(minutes=15)).issue(account(), {}).token
    key = published[jwt.get_unverified_header(token)["kid"]]
    jwt.decode(
        token,
        key,
        algorithms=["EdDSA"],
        options={"verify_exp": False, "verify_iat": False},
    )
    assert all("d" not in each for each in ring.jwks()["keys"])


def test_without_a_key_the_message_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusableError, match="openssl genpkey -algorithm ed25519"):
        read_keys(tmp_path)


def test_a_file_that_is_no_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "broken.pem").write_text("no key")
    with pytest.raises(KeysUnusableError, match=r"broken\.pem can't be read"):
        read_keys(tmp_path)


def test_a_key_of_another_kind_is_named(tmp_path: Path) -> None:
    key = generate_private_key(SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (tmp_path / "ec.pem").write_bytes(pem)
    with pytest.raises(KeysUnusableError, match=r"ec\.pem is no Ed25519 key"):
        read_keys(tmp_path)
