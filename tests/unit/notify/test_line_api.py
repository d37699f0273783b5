"""LINE's Messaging API, against a server of its documented shape."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from uuid import UUID

import pytest

from services.notify.adapters.letters import TemplateLetters
from services.notify.adapters.line_api import LineApi
from services.notify.domain.letters import ClaimedPush, Letter
from tests.unit.notify.fakes import NOW

LETTERS = TemplateLetters("https://tasuki.example")
PUSHES = [
    ClaimedPush(UUID(int=n), f"U{n}", Letter("Paid", "", "50,000", "/earnings"), NOW, 1)
    for n in (1, 2)
]


class LineServer(ThreadingHTTPServer):
    """Takes a push as LINE says it does: the same retry key once, and then 409."""

    statuses: list[int]

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.statuses = []
        self.taken: dict[str, dict[str, object]] = {}
        self.tokens: set[str] = set()


class Handler(BaseHTTPRequestHandler):
    server: LineServer

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        assert self.path == "/v2/bot/message/push"
        self.server.tokens.add(self.headers["Authorization"])
        key = self.headers["X-Line-Retry-Key"]
        status = self.server.statuses.pop(0) if self.server.statuses else 200
        if key in self.server.taken:
            status = 409
        elif status == 200:
            self.server.taken[key] = body
        answer = b"{}"
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def serving() -> Iterator[tuple[LineServer, LineApi]]:
    with LineServer() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}"
        yield server, LineApi(LETTERS, "token", "secret", base)
        server.shutdown()


def test_a_push_says_what_happened_and_where() -> None:
    with serving() as (server, line):
        outcomes = list(line.send(PUSHES))
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert server.tokens == {"Bearer token"}
    text = "Paid\n\n50,000\n\nhttps://tasuki.example/earnings"
    assert server.taken[str(UUID(int=1))] == {
        "to": "U1",
        "messages": [{"type": "text", "text": text}],
    }


def test_a_push_that_comes_twice_is_taken_once() -> None:
    with serving() as (server, line):
        outcomes = [*line.send(PUSHES[:1]), *line.send(PUSHES[:1])]
    assert [outcome.error for outcome in outcomes] == [None, None]
    assert len(server.taken) == 1


@pytest.mark.parametrize(
    ("status", "again"), [(500, True), (429, True), (400, False), (401, False)]
)
def test_what_may_still_succeed_is_told_from_what_never_will(status: int, again: bool) -> None:  # noqa: FBT001
    with serving() as (server, line):
        server.statuses = [status]
        first, second = line.send(PUSHES)
    assert (first.error, first.again) == (f"HTTP {status}", again)
    assert second.error is None


def test_a_line_that_is_away_is_tried_again_and_nobody_is_named() -> None:
    line = LineApi(LETTERS, "token", "secret", "http://127.0.0.1:9")
    [outcome] = line.send(PUSHES[:1])
    assert (outcome.error, outcome.again) == ("ConnectionError", True)


def test_only_line_signs_with_our_secret() -> None:
    line = LineApi(LETTERS, "token", "secret")
    body = '{"events":[]} 日本'.encode()
    good = base64.b64encode(hmac.new(b"secret", body, hashlib.sha256).digest()).decode()
    assert line.is_genuine(body, good)
    assert not line.is_genuine(body + b" ", good)
    assert not line.is_genuine(body, "")
    assert not line.is_genuine(body, "é")
    assert not LineApi(LETTERS).is_genuine(body, good)
    assert not LineApi(LETTERS, token="token").available
