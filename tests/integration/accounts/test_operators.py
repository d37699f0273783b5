"""What operators see of people, and how they keep somebody out."""

from http import HTTPStatus
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from services.accounts.domain.appointment import AppointOperator
from services.accounts.use_cases import people
from shared.ids import new_id
from tests.integration.accounts.test_api import HANAKO, SESSIONS, bearer, register, sign_in

OPERATIONS = "/api/v1/accounts/operations"
PASSWORD = HANAKO["password"]
REASON = {"reason": "Asked clients to pay outside"}


def appointed(client: TestClient, email: str) -> str:
    edge: Any = client.app.state.edge  # type: ignore[attr-defined]
    order = AppointOperator(email=email, password=PASSWORD, display_name="運営", locale="ja")
    with edge.database.transaction() as connection:
        view = people.appoint_operator(order, edge.work(connection, edge.clock))
    return str(view.person_id)


@pytest.fixture
def operator(client: TestClient) -> dict[str, str]:
    appointed(client, "operator@example.jp")
    return bearer(sign_in(client, "operator@example.jp"))


@pytest.fixture
def hanako(client: TestClient) -> str:
    return f"{OPERATIONS}/people/{register(client)['person_id']}"


def told(client: TestClient) -> list[str]:
    database = client.app.state.edge.database  # type: ignore[attr-defined]
    with database.transaction() as connection:
        types = connection.scalars(text("SELECT type FROM outbox ORDER BY position"))
        return [each for each in types if "secret_letter" not in each]


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def test_people_are_found_by_a_part_of_name_or_address_or_by_id(
    client: TestClient, operator: dict[str, str], hanako: str
) -> None:
    person_id = hanako.rpartition("/")[2]
    for wanted in ("花", "HANAKO@", person_id):
        found = client.get(f"{OPERATIONS}/people", params={"q": wanted}, headers=operator).json()
        assert [each["person_id"] for each in found["items"]] == [person_id]
    everybody = client.get(f"{OPERATIONS}/people", headers=operator).json()["items"]
    assert [each["display_name"] for each in everybody] == ["花子", "運営"]
    nobody = client.get(f"{OPERATIONS}/people", params={"q": "%"}, headers=operator).json()
    assert nobody["items"] == []
    names = {"account_id": [person_id, str(new_id())]}
    answer = client.get(f"{OPERATIONS}/names", params=names, headers=operator)
    assert answer.json() == {"names": {person_id: "花子"}}


def test_somebody_who_is_kept_out_is_signed_out_and_stays_out_until_let_in_again(
    client: TestClient, operator: dict[str, str], hanako: str
) -> None:
    signed_in = client.post(SESSIONS, json={"email": HANAKO["email"], "password": PASSWORD}).json()
    case = client.post(f"{hanako}/suspension", json=REASON, headers=operator)
    assert case.status_code == HTTPStatus.CREATED, case.text
    assert case.json()["sessions"] == []
    assert case.json()["suspensions"][0]["reason"] == REASON["reason"]
    refresh = {"refresh_token": signed_in["refresh_token"]}
    assert code(client.post(f"{SESSIONS}/refresh", json=refresh)) == (401, "session_ended")
    wrong = {"email": HANAKO["email"], "password": "not the right one"}
    assert code(client.post(SESSIONS, json=wrong)) == (401, "sign_in_failed")
    right = wrong | {"password": PASSWORD}
    assert code(client.post(SESSIONS, json=right)) == (403, "account_suspended")
    again = client.post(f"{hanako}/suspension", json=REASON, headers=operator)
    assert code(again) == (409, "already_suspended")

    back = client.post(f"{hanako}/reinstatement", json={"reason": "Explained"}, headers=operator)
    assert back.json()["suspensions"][0]["reinstated_because"] == "Explained"
    sign_in(client)
    late = client.post(f"{hanako}/reinstatement", json={"reason": "x"}, headers=operator)
    assert code(late) == (409, "not_suspended")
    assert told(client)[-2:] == [
        "accounts.person_suspended.v1",
        "accounts.person_reinstated.v1",
    ]


def test_looking_at_people_and_keeping_them_out_is_written_down(
    client: TestClient, operator: dict[str, str], hanako: str
) -> None:
    client.get(hanako, headers=operator)
    client.post(f"{hanako}/suspension", json=REASON, headers=operator)
    about = {"object_id": hanako.rpartition("/")[2]}
    found = client.get(f"{OPERATIONS}/actions", params=about, headers=operator).json()["items"]
    assert [(each["outcome"], each["reason"]) for each in found] == [
        ("done", REASON["reason"]),
        ("looked", ""),
    ]


def test_an_operator_keeps_others_out_and_not_oneself(
    client: TestClient, operator: dict[str, str]
) -> None:
    mine = client.get("/api/v1/accounts/people/me", headers=operator).json()["person_id"]
    own = client.post(f"{OPERATIONS}/people/{mine}/suspension", json=REASON, headers=operator)
    assert code(own) == (403, "own_suspension")
    other = appointed(client, "other@example.jp")
    path = f"{OPERATIONS}/people/{other}/suspension"
    assert client.post(path, json=REASON, headers=operator).status_code == HTTPStatus.CREATED
    nobody = f"{OPERATIONS}/people/{new_id()}"
    assert code(client.get(nobody, headers=operator)) == (404, "person_not_found")


def test_who_is_no_operator_finds_nobody(client: TestClient, hanako: str) -> None:
    headers = bearer(sign_in(client))
    for path in (f"{OPERATIONS}/people", hanako, f"{OPERATIONS}/names?account_id={new_id()}"):
        assert code(client.get(path, headers=headers)) == (403, "role_required")
    for act in ("suspension", "reinstatement"):
        refused = client.post(f"{hanako}/{act}", json=REASON, headers=headers)
        assert code(refused) == (403, "role_required")
