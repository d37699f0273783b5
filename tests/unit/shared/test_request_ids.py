import json
import logging

import pytest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from shared.http import problems
from shared.http.app import Traced
from shared.http.request_ids import Identified
from shared.observability.logs import JsonFormatter
from shared.observability.requests import current_request_id

HEADER = "X-Request-Id"


class Lines(logging.Handler):
    """Formats records when they come, as the process does."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[dict[str, object]] = []
        self.setFormatter(JsonFormatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(json.loads(self.format(record)))


def _show(_: Request) -> Response:
    return PlainTextResponse(current_request_id())


def _refuse(_: Request) -> Response:
    raise HTTPException(405)


def _fail(_: Request) -> Response:
    raise ZeroDivisionError


@pytest.fixture
def client() -> TestClient:
    routes = [Route("/", _show), Route("/refused", _refuse), Route("/bug", _fail)]
    app = Starlette(routes=routes, middleware=[Middleware(Identified), Middleware(Traced)])
    problems.install(app)
    return TestClient(app)


def test_a_callers_own_id_comes_back_and_is_known_while_it_is_answered(client: TestClient) -> None:
    answer = client.get("/", headers={HEADER: "order-17.a"})
    assert answer.headers[HEADER] == answer.text == "order-17.a"


def test_a_request_without_an_id_gets_one_of_its_own(client: TestClient) -> None:
    first, second = client.get("/"), client.get("/")
    assert len(first.headers[HEADER]) == 36
    assert first.headers[HEADER] == first.text != second.text


@pytest.mark.parametrize("sent", ["", "a b", 'a"b', "a\nb", "x" * 129, "花".encode()])
def test_an_id_that_logs_could_not_hold_is_replaced(client: TestClient, sent: str | bytes) -> None:
    answer = client.get(
        "/", headers=[(HEADER.encode(), sent.encode() if isinstance(sent, str) else sent)]
    )
    assert len(answer.text) == 36


def test_a_refusal_tells_the_id(client: TestClient) -> None:
    refused = client.get("/refused", headers={HEADER: "r-1"})
    assert refused.json()["request_id"] == refused.headers[HEADER] == "r-1"


def test_a_bug_is_logged_and_answered_under_the_id(client: TestClient) -> None:
    lines = Lines()
    logging.getLogger("shared.http.problems").addHandler(lines)
    try:
        failed = client.get("/bug", headers={HEADER: "r-2"})
    finally:
        logging.getLogger("shared.http.problems").removeHandler(lines)
    assert failed.json()["request_id"] == failed.headers[HEADER] == "r-2"
    assert [line["request_id"] for line in lines.said] == ["r-2"]


def test_outside_of_a_request_there_is_no_id() -> None:
    lines = Lines()
    lines.handle(logging.makeLogRecord({"msg": "hello"}))
    assert "request_id" not in lines.said[0]
