"""Server-sent events: what is told reaches an open stream, and nobody else's."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn

from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.use_cases import reading, telling
from shared.messages.notify import MarkNotificationsRead
from shared.people import Person
from tests.support.apis import Api
from tests.support.wait import eventually
from tools.ports import LOOPBACK, free_port

LIVE = "/api/v1/notify/live"


@dataclass
class Listener:
    """Somebody who listens; `heard` are names and data of events."""

    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)

    def take(self, lines: Iterator[str]) -> None:
        name = ""
        for line in lines:
            key, _, value = line.partition(": ")
            if key == "event":
                name = value
            elif key == "id":
                self.ids.append(value)
            elif key == "data":
                self.heard.append((name, json.loads(value)))


@pytest.fixture
def served(api: Api) -> Iterator[str]:
    """The API's address, served as in production: a test client would wait for streams to end."""
    port = free_port()
    config = uvicorn.Config(api.client.app, LOOPBACK, port, log_config=None, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    eventually(lambda: server.started, message="the server to start")
    yield f"http://{LOOPBACK}:{port}"
    server.should_exit = server.force_exit = True
    thread.join()


@contextmanager
def listening(address: str, headers: dict[str, str]) -> Iterator[Listener]:
    listener = Listener()
    with httpx.stream("GET", f"{address}{LIVE}", headers=headers, timeout=30) as stream:
        assert stream.status_code == 200
        assert stream.headers["content-type"].startswith("text/event-stream")

        def run() -> None:
            try:
                listener.take(stream.iter_lines())
            except (httpx.HTTPError, httpx.StreamError):
                return  # the test is over

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        eventually(lambda: listener.heard, message="the stream to begin")
        yield listener


def tell(api: Api) -> None:
    with api.begin() as work:
        telling.tell([examples.milestone_funded], work)


def test_what_is_told_arrives_on_the_stream_of_whom_it_is_told(api: Api, served: str) -> None:
    hers, his = (api.person(person_id=each).headers for each in (ASSISTANT, CLIENT))
    with listening(served, hers) as she, listening(served, his) as he:
        assert she.heard == [("unread", {"unread": 0})]
        tell(api)
        eventually(lambda: len(she.heard) > 1, message="the notice")
        assert she.heard[1] == ("unread", {"unread": 1})
        tell(api)
        eventually(
            lambda: any(name == "notice" for name, _ in she.heard), message="the next notice"
        )
        [notice] = [data for name, data in she.heard if name == "notice"]
        assert (notice["what"], notice["unread"]) == ("milestone_funded", 2)
        assert he.heard == [("unread", {"unread": 0})]


def test_who_comes_again_misses_nothing(api: Api, served: str) -> None:
    tell(api)
    [first] = api.person(person_id=ASSISTANT).get("/api/v1/notify/notifications").json()["items"]
    tell(api)
    last = {"Last-Event-ID": first["notification_id"]}
    with listening(served, api.person(person_id=ASSISTANT).headers | last) as she:
        assert [name for name, _ in she.heard][:1] == ["notice"]
        assert she.ids != [first["notification_id"]]


def test_what_is_read_elsewhere_lowers_the_count(api: Api, served: str) -> None:
    tell(api)
    with listening(served, api.person(person_id=ASSISTANT).headers) as she:
        assert she.heard == [("unread", {"unread": 1})]
        with api.begin() as work:
            reading.mark_all_read(MarkNotificationsRead(), Person(ASSISTANT, frozenset()), work)
        eventually(lambda: ("unread", {"unread": 0}) in she.heard, message="the count to fall")


def test_nobody_listens_without_signing_in(served: str) -> None:
    answer = httpx.get(f"{served}{LIVE}")
    assert (answer.status_code, answer.json()["code"]) == (401, "token_missing")
