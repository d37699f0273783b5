"""The stream of events that pages listen to."""

from datetime import timedelta
from http import HTTPStatus

import httpx2

from shared.ids import new_id
from tests.support.web import WebUnderTest

EVENTS = b'id: 1\nevent: notice\ndata: {"what": "x", "link": "/inbox", "unread": 2}\n\n'


def test_the_stream_is_asked_for_with_the_readers_token_and_passed_on(site: WebUnderTest) -> None:
    site.browser.be("client")
    site.services.answers["GET", "/notify/live"] = httpx2.Response(200, content=EVENTS)
    answer = site.client.get("/live", headers={"Last-Event-ID": "7"})
    assert answer.content == EVENTS
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert "content-encoding" not in answer.headers
    asked = site.services.last("GET", "/notify/live")
    assert asked.headers["last-event-id"] == "7"
    assert asked.headers["authorization"].startswith("Bearer ")


def test_a_browser_of_nobody_does_not_ask_again(site: WebUnderTest) -> None:
    assert site.client.get("/live").status_code == HTTPStatus.NO_CONTENT


def test_without_notify_there_is_no_stream_and_pages_go_on(site: WebUnderTest) -> None:
    site.browser.be("client")
    site.services.away("GET", "/notify/live")
    assert site.client.get("/live").status_code == HTTPStatus.SERVICE_UNAVAILABLE
    assert site.browser.open("/checkout/return").status == HTTPStatus.OK


def test_an_old_token_is_exchanged_for_the_stream_too(site: WebUnderTest) -> None:
    site.browser.be("client", person_id=new_id())
    site.services.refuse("POST", "/accounts/sessions/refresh", 401, "session_ended")
    site.clock.time += timedelta(minutes=15)
    assert site.client.get("/live").status_code == HTTPStatus.NO_CONTENT
    assert site.services.count("GET", "/notify/live") == 0
