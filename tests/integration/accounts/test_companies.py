"""Companies over HTTP and in PostgreSQL: from founding one to what a token says."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any
from uuid import UUID, uuid4

import psycopg
from fastapi.testclient import TestClient
from sqlalchemy import event

from shared.clock import SystemClock
from shared.http.tokens import TokenVerifier
from shared.messages.accounts import Role
from shared.messages.companies import AddressInvited
from shared.people import Person, Right
from shared.provision.databases import ServiceDatabase
from tests.integration.accounts.test_api import bearer, register, rows, sign_in

COMPANIES = "/api/v1/accounts/companies"
MIDORI = {"name": "株式会社みどり園芸", "email": "office@midori.example"}


class Somebody:
    """A person with an account."""

    def __init__(self, client: TestClient, name: str, *roles: str) -> None:
        self.client = client
        self.email = f"{name}@example.jp"
        view = register(client, email=self.email, display_name=name, roles=list(roles))
        self.person_id: str = view["person_id"]
        self.sign_in()

    def sign_in(self) -> None:
        self.token = sign_in(self.client, self.email)

    def send(self, method: str, path: str, body: object = None) -> Any:
        return self.client.request(method, COMPANIES + path, json=body, headers=bearer(self.token))

    def vouched(self) -> Person:
        """Return what the token says, as another service reads it."""
        ring = self.client.app.state.edge.tokens.find_key  # type: ignore[attr-defined]
        return TokenVerifier(ring, SystemClock()).verify(self.token)


@contextmanager
def statements(client: TestClient) -> Iterator[list[str]]:
    """Yield what is run in the database meanwhile, in its order."""
    engine = client.app.state.edge.database.engine  # type: ignore[attr-defined]  # FastAPI's
    run: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        run.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield run
    event.remove(engine, "before_cursor_execute", note)


def founded(founder: Somebody) -> str:
    answer = founder.send("POST", "", MIDORI)
    assert answer.status_code == HTTPStatus.CREATED, answer.text
    return str(answer.json()["company_id"])


def test_a_member_is_invited_accepts_and_signs_in_with_the_rights(client: TestClient) -> None:
    founder, funder = Somebody(client, "founder", "client"), Somebody(client, "funder", "assistant")
    company_id = founded(founder)
    invitation = {"email": funder.email, "rights": ["fund", "see_money"]}
    answer = founder.send("POST", f"/{company_id}/members", invitation)
    assert answer.status_code == HTTPStatus.CREATED
    assert answer.json()["status"] == "invited"
    assert funder.person_id not in answer.text
    [mine] = funder.send("GET", "").json()
    assert (mine["name"], mine["status"]) == (MIDORI["name"], "invited")
    funder.sign_in()
    assert funder.vouched().memberships == {}

    assert funder.send("POST", f"/{company_id}/membership").status_code == HTTPStatus.OK
    assert funder.vouched().memberships == {}  # until the next token
    funder.sign_in()
    assert funder.vouched().memberships == {UUID(company_id): {Right.FUND, Right.SEE_MONEY}}
    assert funder.vouched().roles == {Role.ASSISTANT, Role.CLIENT}
    shown = funder.send("GET", f"/{company_id}").json()
    assert shown["name"] == MIDORI["name"]
    assert {each["display_name"]: sorted(each["rights"]) for each in shown["members"]} == {
        "founder": ["accept", "fund", "post", "see_money"],
        "funder": ["fund", "see_money"],
    }
    assert "@example.jp" not in str(shown["members"])


def test_an_invitation_looks_the_same_whether_the_address_has_an_account(
    client: TestClient,
) -> None:
    """The same answer and list, after the same statements in the database."""
    founder, known = Somebody(client, "founder", "client"), Somebody(client, "known", "client")
    company_id = founded(founder)
    seen = []
    for email in (known.email, "nobody@example.jp"):
        with statements(client) as run:
            answer = founder.send("POST", f"/{company_id}/members", {"email": email})
        shown = founder.send("GET", f"/{company_id}").json()["members"][-1]
        assert shown == answer.json()
        plain = dict.fromkeys(("person_id", "expires_at"), "its own")
        plain |= {name: "the address" for name, value in shown.items() if value == email}
        seen.append((answer.status_code, sorted(answer.headers), shown | plain, run))
    assert seen[0] == seen[1]
    assert len(seen[0][-1]) > 5


def test_who_registers_later_finds_the_invitation_and_the_letter_was_in_the_companys_language(
    client: TestClient, database: ServiceDatabase
) -> None:
    founder = Somebody(client, "founder", "client")
    company_id = founded(founder)
    invitation = {"email": "Newcomer@Example.jp", "rights": ["post"]}
    made = founder.send("POST", f"/{company_id}/members", invitation).json()
    [(letter,)] = rows(database, "SELECT data FROM outbox WHERE routing_key = 'address_invited.v1'")
    written = AddressInvited.model_validate_json(letter)
    assert (written.email, written.locale) == (made["email"], "ja")
    path = f"/{company_id}/members/{made['person_id']}"
    changed = founder.send("PUT", path, {"rights": ["fund"]})
    assert changed.json() == made | {"rights": ["fund"]}

    newcomer = Somebody(client, "newcomer", "client")
    [mine] = newcomer.send("GET", "").json()
    assert (mine["status"], mine["expires_at"]) == ("invited", made["expires_at"])
    assert newcomer.send("POST", f"/{company_id}/membership").json()["rights"] == ["fund"]
    joined = founder.send("GET", f"/{company_id}").json()["members"][-1]
    assert (joined["person_id"], joined["email"]) == (newcomer.person_id, None)
    assert rows(database, "SELECT * FROM company_invitations") == []


def test_an_invitation_is_taken_back_or_declined(client: TestClient) -> None:
    founder, other = Somebody(client, "founder", "client"), Somebody(client, "other", "client")
    company_id = founded(founder)
    made = founder.send("POST", f"/{company_id}/members", {"email": other.email}).json()
    taken_back = founder.send("POST", f"/{company_id}/members/{made['person_id']}/removal")
    assert (taken_back.status_code, taken_back.json()["status"]) == (200, "gone")
    assert other.send("GET", "").json() == []
    founder.send("POST", f"/{company_id}/members", {"email": other.email})
    declined = other.send("POST", f"/{company_id}/members/{other.person_id}/removal")
    assert declined.json()["status"] == "gone"
    assert len(founder.send("GET", f"/{company_id}").json()["members"]) == 1
    refused = other.send("POST", f"/{company_id}/membership")
    assert (refused.status_code, refused.json()["code"]) == (404, "company_not_found")


def test_rights_are_changed_and_taken_away_by_an_administrator_only(client: TestClient) -> None:
    founder, other = Somebody(client, "founder", "client"), Somebody(client, "other", "client")
    company_id = founded(founder)
    founder.send("POST", f"/{company_id}/members", {"email": other.email})
    other.send("POST", f"/{company_id}/membership")
    path = f"/{company_id}/members/{other.person_id}"
    wanted = {"rights": ["accept"], "administrator": False}
    refused = other.send("PUT", path, wanted)
    assert (refused.status_code, refused.json()["code"]) == (403, "administrator_required")
    assert founder.send("PUT", path, wanted).json()["rights"] == ["accept"]
    assert founder.send("POST", f"{path}/removal").json()["status"] == "gone"
    gone = other.send("GET", f"/{company_id}")
    assert (gone.status_code, gone.json()["code"]) == (404, "company_not_found")
    assert other.send("GET", "").json() == []


def test_a_right_that_there_is_not_is_refused(client: TestClient) -> None:
    founder = Somebody(client, "founder", "client")
    path = f"/{founded(founder)}/members/{uuid4()}"
    answer = founder.send("PUT", path, {"rights": ["everything"]})
    assert answer.json()["errors"][0]["pointer"] == "/body/rights/0"


def test_of_two_last_administrators_who_leave_at_once_one_stays(
    client: TestClient, database: ServiceDatabase
) -> None:
    pair = [Somebody(client, name, "client") for name in ("one", "two")]
    company_id = founded(pair[0])
    invitation = {"email": pair[1].email, "administrator": True}
    pair[0].send("POST", f"/{company_id}/members", invitation)
    pair[1].send("POST", f"/{company_id}/membership")

    def leave(who: Somebody) -> int:
        path = f"/{company_id}/members/{who.person_id}/removal"
        return int(who.send("POST", path).status_code)

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(leave, pair))
    assert statuses == [HTTPStatus.OK, HTTPStatus.CONFLICT]
    with psycopg.connect(database.url) as connection:
        left = connection.execute("SELECT status FROM memberships ORDER BY status").fetchall()
        told = connection.execute(
            "SELECT count(*) FROM outbox WHERE routing_key = 'membership_changed.v1'"
        ).fetchone()
    assert left == [("gone",), ("member",)]
    assert told == (3,)
