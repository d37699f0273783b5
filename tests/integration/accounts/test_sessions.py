"""Sessions, throttling and letters over HTTP and the real database."""

from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jwt
from fastapi.testclient import TestClient
from sqlalchemy import text

from services.accounts.__main__ import AccountsSettings
from services.accounts.use_cases import sweeping
from shared.db import Database
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.test_api import (
    HANAKO,
    ME,
    PEOPLE,
    SESSIONS,
    bearer,
    follow,
    letters,
    register,
    rows,
)
from tests.support.fakes import SetClock
from tests.unit.accounts.test_tokens import write_key

CREDENTIALS = {name: HANAKO[name] for name in ("email", "password")}
NEW = "another horse, another battery"


def signed_in(client: TestClient, **changes: str) -> dict[str, Any]:
    answer = client.post(SESSIONS, json=CREDENTIALS | changes)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    tokens: dict[str, Any] = answer.json()
    assert tokens["kind"] == "tokens"
    return tokens


def refreshed(client: TestClient, tokens: dict[str, Any]) -> Any:
    return client.post(f"{SESSIONS}/refresh", json={"refresh_token": tokens["refresh_token"]})


def age(client: TestClient, **lengths: int) -> None:
    """Let what is kept of tokens have happened earlier."""
    database: Database = client.app.state.edge.database  # type: ignore[attr-defined]
    earlier = text("UPDATE refresh_tokens SET used_at = used_at - make_interval(secs => :seconds)")
    with database.transaction() as connection:
        connection.execute(earlier, lengths)


def code_of(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_the_access_token_says_of_which_session_it_is_and_since_when(client: TestClient) -> None:
    register(client)
    tokens = signed_in(client)
    claims = jwt.decode(tokens["access_token"], options={"verify_signature": False})
    assert claims["sid"] == tokens["session_id"]
    assert claims["auth_time"] == claims["iat"]
    assert "scope" not in claims


def test_a_reused_refresh_token_ends_the_session_for_good(client: TestClient) -> None:
    register(client)
    first = signed_in(client)
    second = refreshed(client, first).json()
    assert refreshed(client, first).status_code == HTTPStatus.OK  # a second tab
    age(client, seconds=31)
    assert code_of(refreshed(client, first)) == (401, "refresh_token_reused")
    # What the refusal did is kept.
    assert code_of(refreshed(client, second)) == (401, "session_ended")
    ended = client.get(ME, headers=bearer(second["access_token"]))
    assert code_of(ended) == (401, "session_ended")
    assert letters(client)[-1].kind == "session_ended"


def test_many_tabs_that_refresh_at_once_all_stay_signed_in(client: TestClient) -> None:
    register(client)
    tokens = signed_in(client)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refreshed(client, tokens), range(8)))
    assert {answer.status_code for answer in answers} == {HTTPStatus.OK}
    assert len({answer.json()["refresh_token"] for answer in answers}) == 8


def test_a_session_that_is_ended_is_over_in_accounts_at_once(client: TestClient) -> None:
    register(client)
    here, there = signed_in(client), signed_in(client, device="LapTop")
    mine = bearer(here["access_token"])
    listed = client.get(SESSIONS, headers=mine).json()
    assert {(each["device"], each["current"]) for each in listed} == {
        ("testclient", True),
        ("LapTop", False),
    }
    left = client.delete(f"{SESSIONS}/{there['session_id']}", headers=mine)
    assert [each["session_id"] for each in left.json()] == [here["session_id"]]
    over = client.get(ME, headers=bearer(there["access_token"]))
    assert code_of(over) == (401, "session_ended")
    assert client.get(ME, headers=mine).status_code == HTTPStatus.OK
    assert client.post(f"{SESSIONS}/me/end", headers=mine).json() == []
    assert code_of(client.get(ME, headers=mine)) == (401, "session_ended")
    assert client.post(f"{SESSIONS}/me/end", headers=mine).status_code == HTTPStatus.OK


def test_many_wrong_passwords_at_once_are_all_counted(client: TestClient) -> None:
    register(client)
    wrong = CREDENTIALS | {"password": "not the password"}
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: client.post(SESSIONS, json=wrong), range(8)))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [HTTPStatus.UNAUTHORIZED] * 5 + [HTTPStatus.TOO_MANY_REQUESTS] * 3
    refused = client.post(SESSIONS, json=CREDENTIALS)
    assert code_of(refused) == (429, "too_many_attempts")
    assert 0 < int(refused.headers["Retry-After"]) <= 15


def test_a_password_is_set_anew_by_the_letters_link(client: TestClient) -> None:
    register(client)
    before = signed_in(client)
    resets = "/api/v1/accounts/password-resets"
    known = client.post(resets, json={"email": HANAKO["email"]})
    unknown = client.post(resets, json={"email": "nobody@example.jp"})
    assert known.json() == unknown.json()
    follow(client, f"{resets}/redemption", new=NEW)
    assert code_of(refreshed(client, before)) == (401, "session_ended")
    assert code_of(client.post(SESSIONS, json=CREDENTIALS)) == (401, "sign_in_failed")
    signed_in(client, password=NEW)


def test_another_address_holds_once_it_is_confirmed(client: TestClient) -> None:
    register(client)
    mine = bearer(signed_in(client)["access_token"])
    body = {"email": "new@example.jp", "password": HANAKO["password"]}
    asked = client.post(f"{ME}/email", json=body, headers=mine).json()
    assert (asked["email"], asked["new_email"]) == (HANAKO["email"], "new@example.jp")
    assert client.get(ME, headers=mine).json() == asked
    confirmed = follow(client, f"{PEOPLE}/email-confirmation")
    assert (confirmed["email"], confirmed["new_email"]) == ("new@example.jp", None)
    signed_in(client, email="new@example.jp")


def test_an_address_that_is_taken_meanwhile_is_not_taken_over(client: TestClient) -> None:
    register(client)
    mine = bearer(signed_in(client)["access_token"])
    body = {"email": "new@example.jp", "password": HANAKO["password"]}
    client.post(f"{ME}/email", json=body, headers=mine)
    link = letters(client)[-1].secret
    register(client, email="new@example.jp")
    answer = client.post(f"{PEOPLE}/email-confirmation", json={"secret": link})
    assert code_of(answer) == (409, "link_invalid")
    assert client.get(ME, headers=mine).json()["email"] == HANAKO["email"]


def test_who_edits_what_has_changed_since_is_told_so(client: TestClient) -> None:
    register(client)
    mine = bearer(signed_in(client)["access_token"])
    tag = client.get(ME, headers=mine).headers["ETag"]
    body = {"display_name": "佐藤 花子", "reading": "さとう はなこ", "locale": "ja"}
    changed = client.put(ME, json=body, headers=mine | {"If-Match": tag})
    assert changed.json()["reading"] == "さとう はなこ"
    body["display_name"] = "鈴木 花子"
    late = client.put(ME, json=body, headers=mine | {"If-Match": tag})
    assert code_of(late) == (412, "changed_meanwhile")


def test_a_new_key_is_published_without_a_restart_and_the_old_one_goes_on_signing(
    client: TestClient, settings: AccountsSettings
) -> None:
    register(client)
    published = "/.well-known/jwks.json"
    [old] = client.get(published).json()["keys"]
    write_key(Path(settings.token_keys_dir) / "2.pem")
    unknown = jwt.encode({}, b"0" * 32, headers={"kid": "unknown", "typ": "at+jwt"})
    keys = client.app.state.edge.tokens.find_key.__self__  # type: ignore[attr-defined]
    later = keys.now() + 5
    keys.now = lambda: later
    assert code_of(client.get(ME, headers=bearer(unknown))) == (401, "token_invalid")
    new, still = client.get(published).json()["keys"]
    assert still == old
    assert new["kid"] != old["kid"]
    token = signed_in(client)["access_token"]
    assert jwt.get_unverified_header(token)["kid"] == old["kid"]
    assert client.get(ME, headers=bearer(token)).status_code == HTTPStatus.OK


def test_what_has_had_its_time_is_forgotten(client: TestClient, database: ServiceDatabase) -> None:
    register(client)
    signed_in(client)
    client.post(
        PEOPLE, json=HANAKO | {"email": "other@example.jp"}, headers={"Idempotency-Key": "1"}
    )
    edge = client.app.state.edge  # type: ignore[attr-defined]
    clock = SetClock(edge.clock.now())

    def sweep() -> dict[str, int]:
        with edge.database.transaction() as connection:
            sweeping.sweep(edge.work(connection, clock))
        tables = ("registrations", "links", "sessions", "throttles", "idempotency_keys")
        counts = (rows(database, f"SELECT count(*) FROM {table}") for table in tables)  # noqa: S608
        return {table: count for table, [(count,)] in zip(tables, counts, strict=True)}

    now = sweep()
    assert {table for table, count in now.items() if not count} == set()
    clock.forward(days=3)
    soon = sweep()
    assert {table for table, count in soon.items() if count} == {"sessions", "idempotency_keys"}
    clock.forward(days=118)
    assert set(sweep().values()) == {0}
