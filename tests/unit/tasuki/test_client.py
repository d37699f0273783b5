"""The client over a transport of the test's own: what goes out, and what comes of answers."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from shared.ids import new_id
from shared.messages.accounts import SignIn
from shared.messages.jobs import AskQuestion
from tasuki.client import Refused, Session, Tasuki, Unreachable
from tasuki.client.sessions import Tokens

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
Answer = httpx.Response | Exception


@dataclass
class Server:
    """Answers in turn, and keeps what was asked."""

    answers: list[Answer]
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture
def market(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Tasuki, Server]]:
    monkeypatch.setattr("tasuki.client.transport.FIRST_PAUSE_SECONDS", 0)

    def make(*answers: Answer, **who: Any) -> tuple[Tasuki, Server]:
        server = Server(list(answers))
        http = httpx.Client(base_url="https://m.example", transport=httpx.MockTransport(server))
        return Tasuki("https://m.example", http=http, **who), server

    return make


def problem(status: int, code: str, **headers: str) -> httpx.Response:
    return httpx.Response(status, json={"code": code, "detail": "do this"}, headers=headers)


def search(**more: object) -> httpx.Response:
    return httpx.Response(200, json={"items": [], "next": None} | more)


def test_a_command_that_was_lost_is_sent_again_under_its_key(market: Any) -> None:
    tasuki, server = market(httpx.ConnectError("away"), problem(503, "away"), search(), token="t")
    tasuki.jobs.remove_search(new_id())
    keys = {request.headers["Idempotency-Key"] for request in server.asked}
    assert (len(server.asked), len(keys)) == (3, 1)


def test_a_refusal_says_its_code(market: Any) -> None:
    tasuki, server = market(problem(404, "job_not_found"))
    with pytest.raises(Refused) as refused:
        tasuki.jobs.get_job(new_id())
    assert (refused.value.code, refused.value.status) == ("job_not_found", 404)
    assert len(server.asked) == 1


def test_what_stays_away_is_unreachable(market: Any) -> None:
    tasuki, server = market(*[httpx.ConnectError("away")] * 4)
    with pytest.raises(Unreachable, match=r"m\.example"):
        tasuki.accounts.show_me()
    assert len(server.asked) == 4


def test_a_server_that_stays_busy_is_a_refusal(market: Any) -> None:
    tasuki, _ = market(*[problem(429, "rate_limited", **{"Retry-After": "0"})] * 4)
    with pytest.raises(Refused, match="rate_limited"):
        tasuki.accounts.show_me()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"no": "code"}'])
def test_an_answer_of_something_else_is_refused_too(market: Any, body: bytes) -> None:
    tasuki, _ = market(httpx.Response(418, content=body))
    with pytest.raises(Refused, match="unexpected_answer: HTTP 418"):
        tasuki.accounts.show_me()


def test_a_query_leaves_out_what_is_not_asked(market: Any) -> None:
    tasuki, server = market(search())
    tasuki.jobs.list_jobs(mine=True, limit=5)
    assert str(server.asked[0].url.query, "ascii") == "limit=5&mine=true"


def test_secrets_are_sent_and_what_was_left_out_is_not(market: Any) -> None:
    tasuki, server = market(problem(401, "sign_in_failed"))
    body = SignIn(email="a@example.jp", password=SecretStr("correct horse"))
    with pytest.raises(Refused):
        tasuki.accounts.sign_in(body)
    sent = json.loads(server.asked[0].content)
    assert sent == {"email": "a@example.jp", "password": "correct horse"}
    assert "correct horse" not in repr(body)


def test_pages_are_turned_until_the_last(market: Any) -> None:
    cursor = str(new_id())
    tasuki, server = market(search(next=cursor), search())
    assert list(tasuki.pages(tasuki.jobs.list_jobs, mine=True)) == []
    assert server.asked[1].url.params["after"] == cursor


def session(expires_in: int) -> Session:
    tokens = Tokens(
        access_token="old", expires_at=NOW + timedelta(seconds=expires_in), refresh_token="r1"
    )
    return Session(tokens, now=lambda: NOW)


def tokens(access: str, refresh: str) -> httpx.Response:
    view = {
        "kind": "tokens",
        "access_token": access,
        "expires_in": 900,
        "refresh_token": refresh,
        "refresh_expires_in": 9_000,
        "session_id": str(new_id()),
    }
    return httpx.Response(200, json=view)


def test_a_session_is_renewed_before_its_token_expires(market: Any) -> None:
    kept: list[Tokens] = []
    mine = session(30)
    mine.keep = kept.append
    tasuki, server = market(tokens("new", "r2"), search(), search(), session=mine)
    tasuki.jobs.list_jobs()
    tasuki.jobs.list_jobs()
    assert [request.url.path.rpartition("/")[2] for request in server.asked] == [
        "refresh",
        "jobs",
        "jobs",
    ]
    assert server.asked[1].headers["Authorization"] == "Bearer new"
    assert kept[0].refresh_token == "r2"


def test_a_session_with_time_left_is_used_as_it_is(market: Any) -> None:
    tasuki, server = market(search(), session=session(120))
    tasuki.jobs.list_jobs()
    assert server.asked[0].headers["Authorization"] == "Bearer old"


def stream() -> Iterator[bytes]:
    yield b"retry: 3000\n\n: still here\n\n"
    yield b'id: 7\nevent: notice\ndata: {"what": "message_sent", "unread": 2}\n\n'


def test_live_events_are_read_off_the_stream(market: Any) -> None:
    tasuki, server = market(
        httpx.Response(200, content=stream()), problem(401, "token_expired"), token="t"
    )
    events = tasuki.live()
    assert next(events).data == {"what": "message_sent", "unread": 2}
    with pytest.raises(Refused):
        next(events)
    assert server.asked[1].headers["Last-Event-ID"] == "7"


def test_a_question_goes_to_its_job(market: Any) -> None:
    job = new_id()
    tasuki, server = market(problem(404, "job_not_found"))
    with pytest.raises(Refused):
        tasuki.jobs.ask_question(job, AskQuestion(text="When?"), key="mine")
    assert server.asked[0].url.path == f"/api/v1/jobs/{job}/questions"
    assert server.asked[0].headers["Idempotency-Key"] == "mine"
