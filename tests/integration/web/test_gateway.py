import threading
from collections.abc import Iterator
from http import HTTPStatus

import httpx2
import pytest

from tests.integration.web.conftest import Service

TRACE_ID = "0af7651916cd43dd8448eb211c80319c"


def test_a_webhooks_bytes_and_signature_arrive_as_they_were_sent(
    web: httpx2.Client, service: Service
) -> None:
    raw = b'{"id": "evt_1",\r\n  "amount":\t55000 }\xff\x00'
    web.post(
        "/api/v1/payments/stripe/webhooks",
        content=raw,
        headers={"Stripe-Signature": "t=1,v1=abc", "Content-Type": "application/json"},
    )
    [seen] = service.requests
    assert seen["body"] == raw
    assert seen["headers"]["stripe-signature"] == "t=1,v1=abc"
    assert seen["headers"]["content-length"] == str(len(raw))


def test_path_and_query_arrive_as_they_were_sent(web: httpx2.Client, service: Service) -> None:
    web.get("/api/v1/jobs/a%2Fb/%E8%8A%B1?q=%26+%20&q=2")
    [seen] = service.requests
    assert seen["target"] == b"/api/v1/jobs/a%2Fb/%E8%8A%B1?q=%26+%20&q=2"


def test_a_request_has_one_id_for_web_the_service_and_the_caller(
    web: httpx2.Client, service: Service
) -> None:
    answer = web.get("/api/v1/jobs", headers={"X-Request-Id": "mine-1"})
    [seen] = service.requests
    assert seen["headers"]["x-request-id"] == "mine-1"
    assert answer.headers.get_list("X-Request-Id") == ["mine-1"]


def test_a_services_own_root_is_reached_without_a_redirect(
    web: httpx2.Client, service: Service
) -> None:
    web.post("/api/v1/jobs", content=b"{}").raise_for_status()
    [seen] = service.requests
    assert seen["target"] == b"/api/v1/jobs?"


def test_the_answer_comes_back_as_it_was_given(web: httpx2.Client) -> None:
    with web.stream("GET", "/api/v1/jobs/x") as answer:
        body = b"".join(answer.iter_raw())
    assert answer.status_code == HTTPStatus.MULTI_STATUS
    assert body == b"\x1f\x8b not really compressed"
    assert answer.headers["Content-Encoding"] == "x-own"
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Idempotent-Replayed"] == "true"
    assert len(answer.headers.get_list("date")) == 1


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
def test_every_method_is_passed_on(web: httpx2.Client, service: Service, method: str) -> None:
    answer = web.request(method, "/api/v1/jobs/x")
    assert answer.status_code == HTTPStatus.MULTI_STATUS
    assert [seen["method"] for seen in service.requests] == [method]


def test_headers_of_the_hop_stay_and_those_of_the_caller_go_on(
    web: httpx2.Client, service: Service
) -> None:
    answer = web.get(
        "/api/v1/jobs/x",
        headers={
            "Authorization": "Bearer token",
            "Idempotency-Key": "once",
            "Connection": "keep-alive, X-Only-Here",
            "X-Only-Here": "1",
            "TE": "trailers",
            "Proxy-Authorization": "Basic x",
            "Cookie": "__Host-tasuki=sealed",
        },
    )
    [seen] = service.requests
    assert seen["headers"]["authorization"] == "Bearer token"
    assert seen["headers"]["idempotency-key"] == "once"
    assert not {"x-only-here", "te", "proxy-authorization", "cookie"} & set(seen["headers"])
    assert "keep-alive" not in answer.headers


def test_the_service_is_told_who_asked_and_under_which_address(
    web: httpx2.Client, service: Service
) -> None:
    web.get(
        "/api/v1/jobs/x",
        headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Host": "evil.example"},
    )
    headers = service.requests[0]["headers"]
    # This machine is a trusted proxy, as far as uvicorn goes by default.
    assert headers["x-forwarded-for"] == "203.0.113.9"
    assert headers["x-forwarded-host"] == "tasuki.example"
    assert headers["x-forwarded-proto"] == "https"


def test_a_trace_goes_on(web: httpx2.Client, service: Service) -> None:
    web.get("/api/v1/jobs/x", headers={"traceparent": f"00-{TRACE_ID}-b7ad6b7169203331-01"})
    web.get("/api/v1/jobs/x")
    continued, new = (seen["headers"]["traceparent"].split("-")[1] for seen in service.requests)
    assert continued == TRACE_ID
    assert new != TRACE_ID


def test_a_download_is_passed_on_while_it_is_still_made(
    web: httpx2.Client, service: Service
) -> None:
    with web.stream("GET", "/api/v1/jobs/stream") as answer:
        chunks = answer.iter_raw()
        assert next(chunks) == b"first"
        service.release.set()
        assert b"".join(chunks) == b"second"


def test_an_upload_is_passed_on_while_it_is_still_sent(
    web: httpx2.Client, service: Service
) -> None:
    arrived_before_the_end = threading.Event()

    def body() -> Iterator[bytes]:
        yield b"x" * 100_000
        if service.started.wait(5):
            arrived_before_the_end.set()
        yield b"y" * 100_000

    answer = web.post("/api/v1/jobs/upload", content=body())
    assert answer.json() == {"size": 200_000}
    assert arrived_before_the_end.is_set()


def test_a_service_that_is_down_is_a_problem_of_its_own(web: httpx2.Client) -> None:
    answer = web.get("/api/v1/contracts/x")
    assert answer.status_code == HTTPStatus.BAD_GATEWAY
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "service_unreachable"
    assert answer.json()["service"] == "contracts"


def test_a_service_that_takes_too_long_is_a_problem_of_its_own(
    web: httpx2.Client, service: Service
) -> None:
    answer = web.get("/api/v1/jobs/slow")
    service.release.set()
    assert answer.status_code == HTTPStatus.GATEWAY_TIMEOUT
    assert answer.json()["code"] == "service_timeout"


def test_there_is_no_way_to_an_unknown_service(web: httpx2.Client, service: Service) -> None:
    answer = web.get("/api/v1/nothing/x", headers={"Accept": "text/html"})
    assert answer.status_code == HTTPStatus.NOT_FOUND
    assert answer.json()["code"] == "not_found"
    assert service.requests == []


def test_the_token_keys_are_those_of_accounts(web: httpx2.Client, service: Service) -> None:
    web.get("/.well-known/jwks.json")
    assert service.requests[0]["target"] == b"/.well-known/jwks.json?"


def test_what_a_service_answers_cannot_run_here(web: httpx2.Client) -> None:
    answer = web.get("/api/v1/jobs/page")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
