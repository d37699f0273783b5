"""Taking one's data along and leaving for good, over HTTP and the real database."""

from typing import Any

from fastapi.testclient import TestClient
from sqlalchemy import text

from services.accounts.use_cases import leaving
from shared.messages.deletion import (
    DeletionAsked,
    MoneyLookedThrough,
    PersonDeleted,
    PostsLookedThrough,
    WorkLookedThrough,
)
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.test_api import HANAKO, ME, SESSIONS, bearer, register, rows
from tests.integration.accounts.test_sessions import CREDENTIALS, code_of, signed_in

DELETION = f"{ME}/deletion"


def told(database: ServiceDatabase, event: type[Any]) -> list[Any]:
    found = rows(database, f"SELECT data FROM outbox WHERE routing_key = '{event.routing_key()}'")  # noqa: S608
    return [event.model_validate_json(data) for (data,) in found]


def everybody_has_nothing_open(client: TestClient, person_id: str, of_round: int) -> None:
    edge = client.app.state.edge  # type: ignore[attr-defined]
    for service in (PostsLookedThrough, WorkLookedThrough, MoneyLookedThrough):
        looked = service(person_id=person_id, round=of_round, reasons=())
        with edge.database.transaction() as connection:
            leaving.hear(looked, edge.work(connection, edge.clock))


def make_due(client: TestClient) -> None:
    edge = client.app.state.edge  # type: ignore[attr-defined]
    with edge.database.transaction() as connection:
        connection.execute(text("UPDATE deletions SET due_at = asked_at"))
        leaving.look_again(edge.work(connection, edge.clock))


def test_who_leaves_is_asked_about_twice_and_then_nothing_of_them_is_left(
    client: TestClient, database: ServiceDatabase
) -> None:
    person_id = register(client)["person_id"]
    mine = bearer(signed_in(client)["access_token"])
    key = mine | {"Idempotency-Key": "once"}
    client.put(ME, json={"display_name": "花子", "locale": "ja"}, headers=key)
    assert code_of(client.get(DELETION, headers=mine)) == (404, "deletion_not_asked")
    asked = client.post(DELETION, json={"password": HANAKO["password"]}, headers=mine)
    assert (asked.status_code, asked.json()["status"]) == (202, "checking")
    everybody_has_nothing_open(client, person_id, 1)
    assert client.get(DELETION, headers=mine).json()["status"] == "scheduled"
    make_due(client)
    assert [each.round for each in told(database, DeletionAsked)] == [1, 2]
    everybody_has_nothing_open(client, person_id, 2)

    assert code_of(client.get(ME, headers=mine)) == (401, "session_ended")
    assert code_of(client.post(SESSIONS, json=CREDENTIALS)) == (401, "sign_in_failed")
    assert [str(each.person_id) for each in told(database, PersonDeleted)] == [person_id]
    kept = "accounts", "registrations", "links", "sessions", "deletions", "idempotency_keys"
    for table in kept:
        left = str(rows(database, f"SELECT * FROM {table} WHERE {table}::text LIKE '%hanako%'"))  # noqa: S608
        assert left == "[]", table
    assert register(client)["person_id"] != person_id


def test_it_can_be_taken_back(client: TestClient) -> None:
    person_id = register(client)["person_id"]
    mine = bearer(signed_in(client)["access_token"])
    client.post(DELETION, json={}, headers=mine)
    everybody_has_nothing_open(client, person_id, 1)
    taken_back = client.post(f"{DELETION}/withdrawal", headers=mine).json()
    assert taken_back["status"] == "withdrawn"
    make_due(client)
    everybody_has_nothing_open(client, person_id, 1)
    assert client.get(ME, headers=mine).status_code == 200


def test_people_take_along_what_accounts_keeps_and_no_secret(client: TestClient) -> None:
    person = register(client)
    tokens = signed_in(client)
    mine = bearer(tokens["access_token"])
    answer = client.get(f"{ME}/export", headers=mine)
    data = answer.json()["data"]
    assert data["account"] == [person]
    assert [each["session_id"] for each in data["sessions"]] == [tokens["session_id"]]
    assert "argon2" not in answer.text
    assert tokens["refresh_token"] not in answer.text
