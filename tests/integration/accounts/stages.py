"""A company and its people, each of whom signs in anew when their session has ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from fastapi.testclient import TestClient

from services.accounts.domain.session import SignInBy
from services.accounts.use_cases.sessions import open_session
from shared.ids import new_id
from shared.messages.accounts import SignInMethod
from tests.integration.accounts.rights import MATRIX
from tests.integration.accounts.test_api import bearer, register
from tests.integration.accounts.test_companies import MIDORI
from tests.integration.accounts.test_operators import appointed
from tests.support.apis import Caller
from tests.support.matrix import Stage

WITHOUT_ACCOUNT = ("program", "nobody")


@dataclass
class AccountsStage(Stage):
    """Where what is tried may end somebody's session, or all of them."""

    def caller(self, role: str) -> Caller:
        """Return somebody, signed in."""
        known = self.callers[role]
        if role not in WITHOUT_ACCOUNT and _ended(known):
            self.callers = {**self.callers, role: _signed_in(known.client, known.person_id)}
        return self.callers[role]


def stage_of_accounts(client: TestClient) -> AccountsStage:
    """Found a company, with people in every relation to it."""
    made = {
        role: register(client, email=f"{role}@example.jp", roles=[kind])["person_id"]
        for role, kind in (
            ("person", "client"),
            ("member", "client"),
            ("invited", "client"),
            ("other", "assistant"),
            ("subject", "assistant"),
        )
    }
    made["operator"] = appointed(client, "operator@example.jp")
    callers = {role: _signed_in(client, UUID(made[role])) for role in MATRIX.roles if role in made}
    person = callers["person"]
    company_id = person.post(f"{MATRIX.base}/companies", MIDORI).json()["company_id"]
    company = f"{MATRIX.base}/companies/{company_id}"
    for role in ("member", "invited", "subject"):
        answer = person.post(f"{company}/members", {"email": f"{role}@example.jp"})
        assert answer.status_code == 201, answer.text
    joining = (callers["member"], _signed_in(client, UUID(made["subject"])))
    assert [each.post(f"{company}/membership").status_code for each in joining] == [200, 200]
    soon = _edge(client).clock.now() + timedelta(days=7)
    wanted = {"name": "?", "scopes": ["accounts:read"], "expires_at": soon.isoformat()}
    program, revoked = (person.post(f"{MATRIX.base}/tokens", wanted).json() for _ in range(2))
    callers["program"] = Caller(person.person_id, bearer(program["token"]), client)
    callers["nobody"] = Caller(new_id(), {}, client)
    elsewhere = _signed_in(client, person.person_id).get(f"{MATRIX.base}/sessions").json()
    ids = {
        "company_id": company_id,
        "person_id": made["subject"],
        "other_email": "other@example.jp",
        "session_id": next(each["session_id"] for each in elsewhere if each["current"]),
        "token_id": revoked["token_id"],
        "passkey_id": str(new_id()),
        "provider": "none",
        "soon": soon.isoformat(),
        "letter_id": "0",
        "replay_id": str(new_id()),
    }
    return AccountsStage(MATRIX, callers, ids)


def _edge(client: TestClient) -> Any:
    return client.app.state.edge  # type: ignore[attr-defined]  # FastAPI's


def _ended(caller: Caller) -> bool:
    return bool(caller.get(f"{MATRIX.base}/people/me").status_code == 401)


def _signed_in(client: TestClient, person_id: UUID) -> Caller:
    """Open a session as a sign-in does, however often that was tried before."""
    edge = _edge(client)
    with edge.database.transaction() as connection:
        work = edge.work(connection, edge.clock)
        account = work.people.by_id(person_id)
        by = SignInBy(device="tests", method=SignInMethod.PASSWORD)
        tokens = open_session(account, by, work)
    return Caller(person_id, bearer(tokens.access_token), client)
