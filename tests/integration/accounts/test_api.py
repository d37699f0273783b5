from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import jwt
import psycopg
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from shared.db import Database
from shared.messages.accounts import PersonRegistered, SecretLetter
from shared.provision.databases import ServiceDatabase

PEOPLE = "/api/v1/accounts/people"
SESSIONS = "/api/v1/accounts/sessions"
ME = "/api/v1/accounts/people/me"
HANAKO: dict[str, Any] = {
    "email": "hanako@example.jp",
    "password": "correct horse battery",
    "display_name": "花子",
    "roles": ["assistant"],
}


def ask(client: TestClient, **changes: Any) -> dict[str, Any]:
    answer = client.post(PEOPLE, json=HANAKO | changes)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    view: dict[str, Any] = answer.json()
    return view


def letters(client: TestClient) -> list[SecretLetter]:
    """Return the letters that wait in the outbox, oldest first."""
    database: Database = client.app.state.edge.database  # type: ignore[attr-defined]
    wanted = text("SELECT data FROM outbox WHERE routing_key = :key ORDER BY position")
    with database.transaction() as connection:
        found = connection.execute(wanted, {"key": SecretLetter.routing_key()}).scalars()
        return [SecretLetter.model_validate_json(each) for each in found]


def follow(client: TestClient, path: str = f"{PEOPLE}/confirmation", **body: Any) -> dict[str, Any]:
    """Follow the link of the letter that was written last."""
    answer = client.post(path, json={"secret": letters(client)[-1].secret, **body})
    assert answer.status_code == HTTPStatus.OK, answer.text
    view: dict[str, Any] = answer.json()
    return view


def register(client: TestClient, **changes: Any) -> dict[str, Any]:
    ask(client, **changes)
    return follow(client)


def sign_in(client: TestClient, email: str = HANAKO["email"]) -> str:
    answer = client.post(SESSIONS, json={"email": email, "password": HANAKO["password"]})
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return str(answer.json()["access_token"])


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def rows(database: ServiceDatabase, query: str) -> list[Any]:
    with psycopg.connect(database.url) as connection:
        return connection.execute(query.encode()).fetchall()


def test_people_register_sign_in_and_see_themselves(client: TestClient) -> None:
    person = register(client)
    assert datetime.fromisoformat(person["registered_at"]).tzinfo is not None
    answer = client.get(ME, headers=bearer(sign_in(client)))
    assert answer.status_code == HTTPStatus.OK
    assert answer.json() == person
    assert HANAKO["password"] not in answer.text


def test_the_event_stands_in_the_outbox_with_the_account(
    client: TestClient, database: ServiceDatabase
) -> None:
    asked = ask(client)
    assert rows(database, "SELECT 1 FROM accounts") == []
    person = follow(client)
    assert person == asked | {"email_verified": True}
    found = rows(database, "SELECT subject, routing_key, data FROM outbox ORDER BY position")
    assert [routing_key for _, routing_key, _ in found] == [
        "secret_letter.v1",
        "person_registered.v1",
    ]
    event = PersonRegistered.model_validate_json(found[-1][2])
    assert found[-1][0] == str(event.person_id) == person["person_id"]
    assert (event.email, event.display_name) == ("hanako@example.jp", "花子")


def test_an_address_that_is_taken_is_answered_as_any_other(
    client: TestClient, database: ServiceDatabase
) -> None:
    person = register(client)
    again = ask(client, email="HANAKO@example.JP")
    other = ask(client, email="other@example.jp")
    assert again.keys() == other.keys()
    assert again["person_id"] != person["person_id"]
    assert [each.kind for each in letters(client)][-2:] == ["already_registered", "confirm_email"]
    assert len(rows(database, "SELECT 1 FROM accounts")) == 1


def test_of_simultaneous_registrations_with_one_address_exactly_one_stands(
    client: TestClient, database: ServiceDatabase
) -> None:
    for _ in range(4):
        ask(client)
    secrets = [letter.secret for letter in letters(client)]
    confirmation = f"{PEOPLE}/confirmation"
    with ThreadPoolExecutor(4) as pool:
        answers = list(
            pool.map(lambda secret: client.post(confirmation, json={"secret": secret}), secrets)
        )
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [HTTPStatus.OK] + [HTTPStatus.CONFLICT] * 3
    assert len(rows(database, "SELECT 1 FROM accounts")) == 1
    told = "SELECT 1 FROM outbox WHERE routing_key = 'person_registered.v1'"
    assert len(rows(database, told)) == 1


def test_the_same_key_replays_the_first_answer(
    client: TestClient, database: ServiceDatabase
) -> None:
    key = {"Idempotency-Key": "once"}
    first, second = (client.post(PEOPLE, json=HANAKO, headers=key) for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotent-Replayed"] == "true"
    assert len(rows(database, "SELECT 1 FROM registrations")) == 1
    assert len(letters(client)) == 1

    other = client.post(PEOPLE, json=HANAKO | {"display_name": "太郎"}, headers=key)
    assert other.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert other.json()["code"] == "idempotency_key_reused"


def test_no_secret_is_kept_but_in_the_letter_that_is_on_its_way(
    client: TestClient, database: ServiceDatabase
) -> None:
    register(client)
    [letter] = letters(client)
    tokens = client.post(SESSIONS, json={name: HANAKO[name] for name in ("email", "password")})
    secrets = [letter.secret or "", tokens.json()["refresh_token"], HANAKO["password"]]
    for table in ("accounts", "registrations", "links", "sessions", "refresh_tokens"):
        kept = str(rows(database, f"SELECT * FROM {table}"))  # noqa: S608  (constants)
        assert [secret for secret in secrets if secret in kept] == []


def test_unknown_address_and_wrong_password_get_one_and_the_same_answer(client: TestClient) -> None:
    register(client)
    tries = (
        {"email": "nobody@example.jp", "password": HANAKO["password"]},
        {"email": HANAKO["email"], "password": "not the password"},
    )
    answers = [client.post(SESSIONS, json=attempt) for attempt in tries]
    assert {answer.status_code for answer in answers} == {HTTPStatus.UNAUTHORIZED}
    unknown, wrong = (answer.json() | {"trace_id": "", "request_id": ""} for answer in answers)
    assert unknown == wrong
    assert unknown["code"] == "sign_in_failed"


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"email": "no address"}, "/body/email"),
        ({"password": "too short"}, "/body/password"),
        ({"roles": ["operator"]}, "/body/roles/0"),
        ({"roles": []}, "/body/roles"),
        ({"display_name": "   "}, "/body/display_name"),
        ({"locale": "fr"}, "/body/locale"),
        ({"admin": True}, "/body/admin"),
    ],
)
def test_a_malformed_registration_names_the_field_and_never_repeats_the_password(
    client: TestClient, changes: dict[str, Any], pointer: str
) -> None:
    answer = client.post(PEOPLE, json=HANAKO | changes)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert pointer in [fault["pointer"] for fault in answer.json()["errors"]]
    assert "too short" not in answer.text
    assert HANAKO["password"] not in answer.text


def test_without_a_token_nobody_is_shown_anything(client: TestClient) -> None:
    answer = client.get(ME)
    assert answer.status_code == HTTPStatus.UNAUTHORIZED
    assert answer.json()["code"] == "token_missing"


def test_a_forged_token_is_refused(client: TestClient) -> None:
    register(client)
    head, body, _ = sign_in(client).split(".")
    other_signature = sign_in(client).split(".")[2][::-1]
    forged = f"{head}.{body}.{other_signature}"
    unsigned = jwt.encode({"sub": str(uuid4())}, "", algorithm="none")
    for token in (forged, unsigned, "nonsense"):
        answer = client.get(ME, headers=bearer(token))
        assert answer.status_code == HTTPStatus.UNAUTHORIZED
        assert answer.json()["code"] == "token_invalid"


def test_the_published_keys_verify_what_is_issued(client: TestClient) -> None:
    register(client)
    token = sign_in(client)
    answers = [
        client.get(path)
        for path in ("/.well-known/jwks.json", "/api/v1/accounts/.well-known/jwks.json")
    ]
    assert answers[0].json() == answers[1].json()
    assert answers[0].headers["Cache-Control"] == "public, max-age=300"
    key = jwt.PyJWKSet.from_dict(answers[0].json())[jwt.get_unverified_header(token)["kid"]]
    claims = jwt.decode(token, key, algorithms=["EdDSA"], issuer="tasuki")
    assert claims["roles"] == ["assistant"]
    assert claims["exp"] - claims["iat"] == 15 * 60


def test_the_api_describes_itself(client: TestClient) -> None:
    paths = client.get("/api/v1/accounts/openapi.json").json()["paths"]
    assert {PEOPLE, SESSIONS, ME} <= set(paths)
    assert "/.well-known/jwks.json" not in paths
