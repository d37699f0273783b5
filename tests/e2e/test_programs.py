"""Programs with personal access tokens, at the services of a whole stack."""

from datetime import timedelta
from typing import Any

import pytest

from tools.story.acts import Stage, register


@pytest.mark.timeout(120)
def test_a_program_does_what_its_token_is_for_in_every_service_until_it_is_revoked(
    stage: Stage,
) -> None:
    owner = register(stage, stage.member("Haruka", "client"))
    expires_at = stage.now() + timedelta(days=30)
    scopes = ["jobs:read", "contracts:read", "payments:read", "notify:read", "accounts:read"]
    wanted = {"name": "books", "scopes": scopes, "expires_at": expires_at.isoformat()}
    made = owner.post("/accounts/tokens", wanted)

    def ask(method: str, path: str, body: Any = None) -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {made['token']}"}
        answer = stage.http.request(method, f"/api/v1{path}", json=body, headers=headers)
        return answer.status_code, answer.json().get("code", "") if answer.is_error else ""

    reads = (
        "/jobs",
        "/contracts",
        "/payments/credit",
        "/notify/preferences",
        "/accounts/people/me",
    )
    assert [ask("GET", path) for path in reads] == [(200, "")] * len(reads)
    assert ask("POST", "/jobs", {}) == (403, "scope_missing")
    assert ask("POST", "/payments/payees", {}) == (403, "scope_missing")
    assert ask("POST", "/accounts/tokens", wanted) == (403, "scope_missing")

    owner.post("/accounts/sessions/others/end")  # what ends sessions ends no programs
    assert ask("GET", "/jobs") == (200, "")
    owner.delete(f"/accounts/tokens/{made['token_id']}")
    stage.turn_clock(timedelta(seconds=61))
    assert [ask("GET", path) for path in reads] == [(401, "token_invalid")] * len(reads)
