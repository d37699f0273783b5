from http import HTTPStatus

import httpx2
import pytest

PAGES = (
    "/",
    "/checkout/return",
    "/checkout/cancelled",
    "/onboarding/return",
    "/onboarding/refresh",
)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_shown_under_a_strict_policy(web: httpx2.Client, path: str) -> None:
    answer = web.get(path, headers={"Accept-Language": "en"})
    assert answer.status_code == HTTPStatus.OK
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "script-src 'self';" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_everything_that_the_pages_load_is_there(web: httpx2.Client) -> None:
    for path in ("/static/tasuki.css", "/static/tasuki.svg"):
        assert path in web.get("/").text
        assert web.get(path).status_code == HTTPStatus.OK


def test_a_reader_who_is_lost_gets_a_page_and_a_program_a_problem(web: httpx2.Client) -> None:
    page = web.get("/nowhere", headers={"Accept": "text/html", "Accept-Language": "ja"})
    assert page.status_code == HTTPStatus.NOT_FOUND
    assert "ページが見つかりません" in page.text
    problem = web.get("/nowhere")
    assert problem.status_code == HTTPStatus.NOT_FOUND
    assert problem.json()["code"] == "not_found"


def test_the_documentation_loads_nothing_from_elsewhere(web: httpx2.Client) -> None:
    page = web.get("/docs")
    assert page.status_code == HTTPStatus.OK
    assert "://" not in page.text
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    for name, kind in (
        ("swagger-ui.css", "text/css"),
        ("swagger-ui-bundle.js", "text/javascript"),
        ("start.js", "text/javascript"),
    ):
        assert f"/docs/{name}" in page.text
        asset = web.get(f"/docs/{name}")
        assert asset.status_code == HTTPStatus.OK
        assert asset.headers["Content-Type"].startswith(kind)
    assert web.get("/docs/__init__.py").status_code == HTTPStatus.NOT_FOUND


def test_the_document_holds_who_answers_and_names_who_does_not(web: httpx2.Client) -> None:
    document = web.get("/openapi.json").json()
    assert document["openapi"] == "3.1.0"
    assert document["paths"]["/api/v1/jobs/x"]["get"]["tags"] == ["jobs"]
    missing = document["info"]["description"].splitlines()[-1]
    assert "contracts" in missing
    assert "jobs" not in missing


def test_nothing_of_the_ops_port_is_public(web: httpx2.Client) -> None:
    for path in ("/livez", "/readyz", "/metrics"):
        assert web.get(path).status_code == HTTPStatus.NOT_FOUND
