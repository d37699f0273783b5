"""The real apps have what the edge promises; none of this needs their databases."""

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.jobs.__main__ import JobsSettings
from services.jobs.__main__ import make_app as make_jobs
from services.notify.__main__ import NotifySettings
from services.notify.__main__ import make_app as make_notify
from services.payments.__main__ import PaymentsSettings
from services.payments.__main__ import make_app as make_payments
from shared.sealed import new_key
from tests.support.documents import NOWHERE

ONE = {"database_url": NOWHERE, "rate_limit_anonymous": 1}


def app_of(service: str) -> FastAPI:
    if service == "jobs":
        return make_jobs(JobsSettings.model_validate(ONE))
    if service == "notify":
        return make_notify(NotifySettings.model_validate(ONE | {"webhook_keys": new_key()}))
    return make_payments(PaymentsSettings.model_validate(ONE | {"stripe_api_key": "sk_test_none"}))


@pytest.mark.parametrize(
    ("service", "path"), [("jobs", ""), ("payments", "/payouts"), ("notify", "/notifications")]
)
def test_an_address_has_its_limit_in_a_real_app(service: str, path: str) -> None:
    client = TestClient(app_of(service))
    answers = [client.get(f"/api/v1/{service}{path}") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [401, 429]
    assert [answer.headers["RateLimit"].split(";")[1] for answer in answers] == ["r=0", "r=0"]
    assert all(answer.headers["X-Request-Id"] for answer in answers)
    assert answers[1].json()["request_id"] == answers[1].headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("service", "path"),
    [
        ("payments", "/webhooks/stripe"),
        ("payments", "/webhooks/stripe/thin"),
        ("notify", "/bounces"),
        ("notify", "/line/webhook"),
    ],
)
def test_machines_that_prove_who_they_are_have_no_limit(service: str, path: str) -> None:
    client = TestClient(app_of(service), raise_server_exceptions=False)
    answers = [client.post(f"/api/v1/{service}{path}", content=b"{}") for _ in range(3)]
    assert all(answer.status_code != 429 for answer in answers)
    assert all("RateLimit" not in answer.headers for answer in answers)
