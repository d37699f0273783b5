from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jwt
import pytest
from fastapi.testclient import TestClient

from services.accounts.__main__ import AccountsSettings
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.owner import Owner, code, done, owner_of
from tests.integration.accounts.test_api import HANAKO, bearer, follow, rows

TOKENS = "/tokens"
EXCHANGE = f"{TOKENS}/exchange"
READS = ["accounts:read", "jobs:read"]


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def settings(settings: AccountsSettings, clock_file: Path) -> AccountsSettings:
    return settings.model_copy(update={"clock_file": clock_file})


@pytest.fixture
def owner(client: TestClient, clock_file: Path) -> Owner:
    return owner_of(client, clock_file)


def wanted(owner: Owner, **changes: Any) -> dict[str, Any]:
    expires_at = owner.clock.now() + timedelta(days=90)
    return {"name": "books", "scopes": READS, "expires_at": expires_at.isoformat()} | changes


def make(owner: Owner, **changes: Any) -> dict[str, Any]:
    made: dict[str, Any] = owner.post(TOKENS, **wanted(owner, **changes))
    return made


def program(owner: Owner, token: str) -> Owner:
    return Owner(owner.client, owner.clock, headers=bearer(token))


def test_a_token_is_shown_once_and_kept_as_a_hash(owner: Owner, database: ServiceDatabase) -> None:
    owner.headers |= {"Idempotency-Key": "k"}
    made = make(owner)
    assert made["token"].startswith("tsk_")
    assert made["token"].startswith(made["hint"])
    [shown] = owner.get(TOKENS)
    assert shown == {name: value for name, value in made.items() if name != "token"}
    assert sorted(shown["scopes"]) == READS
    for table in ("personal_tokens", "idempotency_keys", "outbox"):
        kept = rows(database, f"SELECT * FROM {table}")  # noqa: S608  (names of ours)
        assert made["token"] not in str(kept)
    assert owner.told()[-1] == ("token_made", "books")


def test_a_program_reads_what_its_token_is_for_and_the_use_is_noted(owner: Owner) -> None:
    token = make(owner)["token"]
    assert program(owner, token).get("/people/me")["email"] == owner.email
    [shown] = owner.get(TOKENS)
    assert datetime.fromisoformat(shown["last_used_at"]) <= owner.clock.now()


HOW_ONE_SIGNS_IN = [
    ("GET", "/tokens", "sign_in_required"),
    ("GET", "/factors", "sign_in_required"),
    ("GET", "/sessions", "sign_in_required"),
    ("GET", "/oidc/identities", "sign_in_required"),
    ("POST", "/tokens", "scope_missing"),
    ("POST", "/factors/totp", "scope_missing"),
    ("POST", "/factors/passkeys/options", "scope_missing"),
    ("POST", "/sessions/others/end", "scope_missing"),
    ("PUT", "/people/me", "scope_missing"),
    ("PUT", "/people/me/password", "scope_missing"),
    ("POST", "/people/me/email", "scope_missing"),
    ("POST", "/companies", "scope_missing"),
]


def test_a_program_changes_nothing_of_how_its_owner_signs_in(owner: Owner) -> None:
    user = program(owner, make(owner)["token"])
    for method, path, refusal in HOW_ONE_SIGNS_IN:
        assert code(user.ask(method, path, {})) == (403, refusal), path


def test_a_token_for_another_service_opens_nothing_here(owner: Owner) -> None:
    token = make(owner, scopes=["jobs:read", "jobs:write"])["token"]
    answer = program(owner, token).ask("GET", "/people/me")
    assert code(answer) == (403, "scope_missing")
    assert answer.json()["scope"] == "accounts:read"


def test_a_service_gets_an_access_token_for_a_minute_and_these_scopes(owner: Owner) -> None:
    exchanged = program(owner, "").post(EXCHANGE, token=make(owner)["token"])
    claims = jwt.decode(exchanged["access_token"], options={"verify_signature": False})
    assert claims["scope"] == "accounts:read jobs:read"
    assert claims["exp"] - claims["iat"] == exchanged["expires_in"] == 60
    assert "sid" not in claims
    assert "auth_time" not in claims


def test_a_token_makes_nobody_an_operator(owner: Owner, database: ServiceDatabase) -> None:
    rows(database, "UPDATE accounts SET roles = '{client,operator}' RETURNING 1")
    exchanged = owner.post(EXCHANGE, token=make(owner)["token"])
    claims = jwt.decode(exchanged["access_token"], options={"verify_signature": False})
    assert claims["roles"] == ["client"]


def test_a_revoked_token_is_worth_nothing_within_a_minute(owner: Owner) -> None:
    made = make(owner)
    user = program(owner, made["token"])
    user.get("/people/me")
    owner.delete(f"{TOKENS}/{made['token_id']}")
    assert owner.get(TOKENS) == []
    assert code(owner.ask("POST", EXCHANGE, {"token": made["token"]})) == (401, "token_invalid")
    owner.forward(61)
    assert code(user.ask("GET", "/people/me")) == (401, "token_invalid")
    owner.delete(f"{TOKENS}/{made['token_id']}")


def test_a_token_ends_when_it_was_said_to(owner: Owner) -> None:
    soon = owner.clock.now() + timedelta(hours=1)
    token = make(owner, expires_at=soon.isoformat())["token"]
    user = program(owner, token)
    owner.headers = {}  # an access token of then would have expired
    owner.forward(3_600 - 30)
    owner.post(EXCHANGE, token=token)
    user.get("/people/me")
    owner.forward(61)
    assert code(owner.ask("POST", EXCHANGE, {"token": token})) == (401, "token_invalid")
    assert code(user.ask("GET", "/people/me")) == (401, "token_invalid")


def test_what_is_no_token_is_refused(owner: Owner) -> None:
    for token in ("tsk_guessed", "tsk_" + "x" * 300, "eyJ.not.one"):
        assert code(program(owner, token).ask("GET", "/people/me")) == (401, "token_invalid")


NOT_TO_BE_MADE: list[tuple[dict[str, Any], str]] = [
    ({"scopes": []}, "validation_failed"),
    ({"scopes": ["accounts:write"]}, "validation_failed"),
    ({"scopes": ["operations:read"]}, "validation_failed"),
    ({"name": " "}, "validation_failed"),
    ({"expires_at": "2020-01-01T00:00:00Z"}, "token_lifetime_invalid"),
    ({"expires_at": "2999-01-01T00:00:00Z"}, "token_lifetime_invalid"),
    ({"expires_at": "2026-12-01T00:00:00"}, "token_lifetime_invalid"),
]


def test_a_token_that_may_not_be_made_is_refused(owner: Owner) -> None:
    for changes, refusal in NOT_TO_BE_MADE:
        answer = owner.ask("POST", TOKENS, wanted(owner, **changes))
        assert code(answer) == (422, refusal), changes


def test_nobody_has_more_tokens_than_they_can_look_through(owner: Owner) -> None:
    made = [make(owner) for _ in range(20)]
    answer = owner.ask("POST", TOKENS, wanted(owner))
    assert code(answer) == (409, "too_many_tokens")
    assert answer.json()["at_most"] == 20
    owner.delete(f"{TOKENS}/{made[0]['token_id']}")
    make(owner)


def test_half_a_character_is_no_secret(owner: Owner) -> None:
    half = b'"\\ud800"'
    for path, body in (
        (EXCHANGE, b'{"token": %s}'),
        ("/sessions", b'{"email": "a@example.jp", "password": %s}'),
        ("/sessions/refresh", b'{"refresh_token": %s}'),
        ("/sessions/second-factor", b'{"challenge": %s, "totp": "123456"}'),
    ):
        answer = owner.client.post("/api/v1/accounts" + path, content=body % half)
        assert code(answer) == (422, "validation_failed"), path


def test_a_token_is_its_owners_alone(owner: Owner, clock_file: Path) -> None:
    made = make(owner)
    other = owner_of(owner.client, clock_file, email="other@example.jp")
    assert other.get(TOKENS) == []
    path = f"{TOKENS}/{made['token_id']}"
    assert code(other.ask("DELETE", path)) == (404, "token_not_found")
    done(owner.ask("POST", EXCHANGE, {"token": made["token"]}))


def test_who_finds_a_device_open_makes_no_token(owner: Owner) -> None:
    owner.forward(11 * 60)
    answer = owner.ask("POST", TOKENS, wanted(owner))
    assert code(answer) == (403, "reauthentication_needed")


def test_a_password_that_was_reset_leaves_no_way_back_by_a_token(owner: Owner) -> None:
    token = make(owner)["token"]
    done(owner.client.post("/api/v1/accounts/password-resets", json={"email": owner.email}))
    path = "/api/v1/accounts/password-resets/redemption"
    follow(owner.client, path, new=HANAKO["password"] + " anew")
    assert code(owner.ask("POST", EXCHANGE, {"token": token})) == (401, "token_invalid")
