"""What the log of security tells: who came in, what was refused, and never a secret or a name."""

import json
import logging
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient

from services.accounts.__main__ import AccountsSettings
from shared.observability.logs import JsonFormatter
from tests.integration.accounts.conftest import client_of
from tests.integration.accounts.test_api import HANAKO, ME, SESSIONS, bearer, register, sign_in

NEW_PASSWORD = "another horse, another battery"


def lines(caplog: pytest.LogCaptureFixture) -> list[dict[str, Any]]:
    """Return what was told, as it stands in the log."""
    told = [each for each in caplog.records if each.name == "tasuki.security"]
    return [json.loads(JsonFormatter().format(each)) for each in told]


@pytest.fixture(autouse=True)
def told(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "tasuki.security")


def test_every_sign_in_is_told_with_how_it_was_made(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    person = register(client)
    sign_in(client)

    [line] = [each for each in lines(caplog) if each["message"] == "signed in"]
    assert line["person_id"] == person["person_id"]
    assert (line["method"], line["second_factor"]) == ("password", None)
    assert line["time"].endswith("+00:00")


def test_what_was_refused_is_told_with_the_operation_and_who_tried(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    person = register(client)
    client.post(SESSIONS, json={"email": HANAKO["email"], "password": "not the password"})
    headers = bearer(sign_in(client))
    client.get(f"/api/v1/accounts/companies/{uuid4()}", headers=headers)
    client.get("/api/v1/accounts/operations/people", headers=headers)
    client.get(ME, headers=bearer("no token"))

    refused = [each for each in lines(caplog) if each["message"] == "refused"]
    assert [(each["status"], each["code"], each["operation"]) for each in refused] == [
        (401, "sign_in_failed", "sign_in"),
        (404, "company_not_found", "show_company"),
        (403, "role_required", "find_people"),
        (401, "token_invalid", "show_me"),
    ]
    assert [each["person_id"] for each in refused] == [
        None,
        person["person_id"],
        person["person_id"],
        None,
    ]


def test_changes_of_how_one_gets_in_are_told(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    register(client)
    before, headers = sign_in(client), bearer(sign_in(client))
    body = {"current": HANAKO["password"], "new": NEW_PASSWORD}
    answer = client.put(f"{ME}/password", json=body, headers=headers)
    assert answer.status_code == HTTPStatus.OK, answer.text

    told = lines(caplog)
    assert before
    assert [each["why"] for each in told if each["message"] == "session ended"] == [
        "password_changed"
    ]
    assert "password_changed" in {each.get("kind") for each in told}


def test_asking_too_often_is_told_once_it_is_refused(
    settings: AccountsSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with client_of(settings.model_copy(update={"rate_limit_anonymous": 2})) as client:
        for _ in range(3):
            client.get(ME)

    [line] = [each for each in lines(caplog) if each.get("code") == "rate_limited"]
    assert line["status"] == HTTPStatus.TOO_MANY_REQUESTS


def test_no_line_has_a_secret_or_an_address_in_it(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    register(client)
    wrong = "a password of somebody else"
    client.post(SESSIONS, json={"email": HANAKO["email"], "password": wrong})
    token = sign_in(client)

    said = json.dumps(lines(caplog), ensure_ascii=False)
    assert "signed in" in said
    for secret in (wrong, token, HANAKO["password"], HANAKO["email"], HANAKO["display_name"]):
        assert secret not in said
