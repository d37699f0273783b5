"""What browsers are told by every answer: each operation of each API, and each page, is asked."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from services.web.pages import all_entries
from tests.support.documents import SERVICES, app_of, document_of, operations
from tests.support.web import Services, WebUnderTest, web_over

ANY_ID = str(UUID(int=7))
STRICT = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "strict-transport-security": "max-age=31536000; includeSubDomains",
}
# What may be kept, and by whom: public keys, and what is the same for everybody.
KEPT = {"public, max-age=300", "private, no-cache"}


def assert_strict(answer: Any, place: str) -> None:
    """Hold an answer to what all have in common."""
    said = {name: answer.headers.get(name) for name in STRICT}
    assert said == STRICT, place
    assert "camera=()" in answer.headers["permissions-policy"], place
    assert "unsafe" not in answer.headers["content-security-policy"], place
    for directive in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert directive in answer.headers["content-security-policy"], place
    assert "access-control-allow-origin" not in answer.headers, place
    assert "server" not in answer.headers, place
    if answer.content:
        assert answer.headers["content-type"], place


@pytest.fixture(scope="module", params=SERVICES)
def api(request: pytest.FixtureRequest) -> Iterator[tuple[str, TestClient]]:
    with pytest.MonkeyPatch.context() as patch:
        # Or all but the first answers would be that one asks too often.
        patch.setenv("RATE_LIMIT_ANONYMOUS", "0")
        app = app_of(request.param)
    with TestClient(app, "https://tasuki.example", raise_server_exceptions=False) as client:
        yield request.param, client


def test_every_operation_of_an_api_answers_strictly_and_is_kept_by_nobody(
    api: tuple[str, TestClient],
) -> None:
    service, client = api
    asked = 0
    for method, path, _ in operations(document_of(service)):
        place = f"{method} {path}"
        answer = client.request(method, re.sub(r"\{\w+\}", ANY_ID, path))
        assert_strict(answer, place)
        assert "sandbox" in answer.headers["content-security-policy"], place
        assert answer.headers["referrer-policy"] == "no-referrer", place
        kept = answer.headers["cache-control"]
        assert "no-store" in kept or (answer.is_success and kept in KEPT), (place, kept)
        asked += 1
    assert asked > 10


@pytest.mark.parametrize("path", ["/nowhere", "/"])
def test_what_is_no_operation_answers_strictly_too(api: tuple[str, TestClient], path: str) -> None:
    assert_strict(api[1].get(path), path)


def test_no_api_tells_a_browser_over_http_to_come_by_tls(api: tuple[str, TestClient]) -> None:
    """RFC 6797, section 7.2: it would mean nothing there."""
    answer = api[1].get("http://tasuki.example/nowhere")
    assert "strict-transport-security" not in answer.headers


@pytest.fixture(scope="module")
def web() -> Iterator[WebUnderTest]:
    with web_over(Services()) as site:
        yield site


@pytest.mark.parametrize("part", ["nobody", "client", "assistant", "operator"])
def test_every_page_answers_strictly_and_is_kept_by_nobody_who_is_signed_in(
    web: WebUnderTest, part: str
) -> None:
    web.client.cookies.clear()
    if part != "nobody":
        web.browser.be(part)
    asked = 0
    for entry in all_entries():
        path = re.sub(r"\{\w+\}", quote(ANY_ID), entry.path)
        answer = web.client.get(path, follow_redirects=False)
        assert_strict(answer, path)
        assert answer.headers["referrer-policy"] in {"same-origin", "no-referrer"}, path
        if part != "nobody":
            assert "no-store" in answer.headers["cache-control"], path
        for cookie in answer.headers.get_list("set-cookie"):
            assert cookie.startswith("__Host-"), path
            for flag in ("Secure", "HttpOnly", "SameSite=lax", "Path=/"):
                assert flag in cookie, (path, flag)
        asked += 1
    assert asked > 50


def test_the_documentation_of_the_api_is_under_a_strict_policy_too(web: WebUnderTest) -> None:
    for path in ("/docs", "/docs/swagger-ui-bundle.js", "/openapi.json", "/static/tasuki.css"):
        assert_strict(web.client.get(path), path)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PROPFIND"])
def test_methods_that_nothing_needs_are_refused(web: WebUnderTest, method: str) -> None:
    for path in ("/", "/api/v1/jobs/jobs", "/static/tasuki.css"):
        assert web.client.request(method, path).status_code in {404, 405}, path


def test_nobody_is_told_where_the_database_is_and_why_it_does_not_answer(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Its own words name hosts, users and addresses; they are in the log."""
    with TestClient(app_of("jobs")) as client:
        answer = client.get(f"/api/v1/jobs/{ANY_ID}")
    assert answer.json()["code"] == "database_unavailable"
    assert "nowhere.invalid" not in answer.text
    [line] = [each for each in caplog.records if each.message == "the database is away"]
    assert "nowhere.invalid" in vars(line)["error"]


def test_folders_are_not_listed(web: WebUnderTest) -> None:
    for path in ("/static", "/static/", "/docs/"):
        assert web.client.get(path).status_code == 404, path


@pytest.mark.parametrize("path", ["/metrics", "/livez", "/readyz", "/.git/HEAD", "/.env"])
def test_what_watches_over_processes_is_not_public(
    web: WebUnderTest, api: tuple[str, TestClient], path: str
) -> None:
    assert web.client.get(path).status_code == 404
    assert api[1].get(path).status_code == 404
