"""Webhooks to customers, over HTTP to a server that answers as the test says."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from services.notify.adapters.outside import HttpSender
from services.notify.domain import examples
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.use_cases import webhooks
from shared.ids import new_id
from shared.people import Right
from tests.support.apis import Api, Caller

ENDPOINTS = "/api/v1/notify/webhooks/endpoints"


@dataclass
class Customer:
    """A customer's server: what came, and what it answers."""

    url: str = ""
    status: int = 204
    location: str = ""
    came: list[tuple[dict[str, str], str]] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Customer]:
    customer = Customer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            customer.came.append((dict(self.headers), self.rfile.read(length).decode()))
            self.send_response(customer.status)
            if customer.location:
                self.send_header("Location", customer.location)
            self.send_header("Content-Length", "7")
            self.end_headers()
            self.wfile.write(b"thanks\0")

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        customer.url = f"http://127.0.0.1:{server.server_port}/hook"
        yield customer
        server.shutdown()


@pytest.fixture
def customer() -> Iterator[Customer]:
    with listening() as customer:
        yield customer


@pytest.fixture
def sender(request: pytest.FixtureRequest) -> HttpSender:
    """Sends to this machine, too: but where the test asks for how operators have it."""
    return HttpSender(allow_inside="strict" not in request.fixturenames)


@pytest.fixture
def hooks(api: Api) -> Api:
    """The API, where webhooks may call this machine."""
    return api


@pytest.fixture
def strict(api: Api) -> Api:
    """The same as operators have it."""
    return api


def add(api: Api, url: str, caller: Caller | None = None, **more: object) -> dict[str, Any]:
    caller = caller or api.person("client", person_id=CLIENT)
    answer = caller.post(ENDPOINTS, {"url": url, **more})
    assert answer.status_code == 201, answer.text
    added: dict[str, Any] = answer.json()
    return added


def send(api: Api) -> None:
    webhooks.send_due(api)


def told(api: Api) -> list[str]:
    """Return what the client was told of, the newest first."""
    items = api.person(person_id=CLIENT).get("/api/v1/notify/notifications").json()["items"]
    return [each["what"] for each in items]


def happen(api: Api) -> None:
    with api.begin() as work:
        webhooks.enqueue([examples.milestone_delivered], work.webhooks)


def deliveries(api: Api, endpoint: dict[str, Any]) -> list[dict[str, Any]]:
    me = api.person(person_id=UUID(endpoint["account_id"]))
    answer = me.get(f"{ENDPOINTS}/{endpoint['endpoint_id']}/deliveries")
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def test_an_event_arrives_signed_and_with_ids_only(hooks: Api, customer: Customer) -> None:
    endpoint = add(hooks, customer.url)
    happen(hooks)
    send(hooks)
    [(headers, body)] = customer.came
    assert int(headers["webhook-timestamp"]) == int(hooks.clock.now().timestamp())
    signed = Webhook(endpoint["secret"]).sign(headers["webhook-id"], hooks.clock.now(), body)
    assert headers["webhook-signature"] == signed
    told = json.loads(body)
    assert told["type"] == "contracts.milestone_delivered"
    assert told["data"]["client_id"] == str(CLIENT)
    assert "title" not in told["data"]
    [delivery] = deliveries(hooks, endpoint)
    assert delivery["status"] == "delivered"
    assert delivery["attempts"][0]["status"] == 204


def test_only_the_parties_hear_of_it_and_only_of_what_they_chose(
    hooks: Api, customer: Customer
) -> None:
    add(hooks, customer.url, hooks.person("client"))
    add(hooks, customer.url, event_types=["payments.payout_paid"])
    happen(hooks)
    send(hooks)
    assert customer.came == []


def test_what_fails_is_tried_again_under_the_same_id(hooks: Api, customer: Customer) -> None:
    customer.status = 503
    endpoint = add(hooks, customer.url)
    happen(hooks)
    send(hooks)
    send(hooks)
    assert len(customer.came) == 1
    customer.status = 200
    hooks.clock.forward(seconds=6)
    send(hooks)
    ids = {headers["webhook-id"] for headers, _ in customer.came}
    assert (len(customer.came), len(ids)) == (2, 1)
    [delivery] = deliveries(hooks, endpoint)
    assert [attempt["status"] for attempt in delivery["attempts"]] == [200, 503]
    assert delivery["attempts"][1]["answer"] == "thanks "


def test_a_redirect_is_not_followed(hooks: Api, customer: Customer) -> None:
    customer.status, customer.location = 307, "http://127.0.0.1:9/inside"
    endpoint = add(hooks, customer.url)
    happen(hooks)
    send(hooks)
    assert deliveries(hooks, endpoint)[0]["attempts"][0]["status"] == 307


def test_gone_disables_the_endpoint_until_its_owner_wakes_it(
    hooks: Api, customer: Customer
) -> None:
    customer.status = 410
    endpoint = add(hooks, customer.url)
    happen(hooks)
    send(hooks)
    assert told(hooks) == ["endpoint_disabled"]
    happen(hooks)
    send(hooks)
    assert len(customer.came) == 1
    me = hooks.person(person_id=CLIENT)
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    shown = me.get(path).json()
    assert (shown["enabled"], shown["disabled_because"]) == (False, "gone")
    again = me.post(f"{path}/ping")
    assert (again.status_code, again.json()["code"]) == (409, "endpoint_disabled")
    customer.status = 200
    woken = hooks.client.put(path, headers=me.headers, json={"url": customer.url})
    assert woken.json()["enabled"] is True
    [old] = deliveries(hooks, endpoint)
    assert me.post(f"{path}/deliveries/{old['delivery_id']}/redelivery").status_code == 202
    send(hooks)
    assert deliveries(hooks, endpoint)[0]["status"] == "delivered"


def test_five_days_without_a_success_disable_and_are_told(hooks: Api, customer: Customer) -> None:
    customer.status = 500
    add(hooks, customer.url)
    for _ in range(11):
        assert told(hooks) == []
        happen(hooks)
        send(hooks)
        hooks.clock.forward(hours=12)
    assert told(hooks) == ["endpoint_disabled"]


def test_a_new_secret_signs_beside_the_old_one(hooks: Api, customer: Customer) -> None:
    endpoint = add(hooks, customer.url)
    me = hooks.person(person_id=CLIENT)
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    rotated = me.post(f"{path}/secret").json()
    assert rotated["secret"] != endpoint["secret"]
    assert "secret" not in me.get(path).json()
    me.post(f"{path}/ping")
    send(hooks)
    [(headers, body)] = customer.came
    now = hooks.clock.now()
    expected = [
        Webhook(each).sign(headers["webhook-id"], now, body)
        for each in (rotated["secret"], endpoint["secret"])
    ]
    assert headers["webhook-signature"].split(" ") == expected


def test_another_persons_endpoint_is_not_there(hooks: Api, customer: Customer) -> None:
    endpoint = add(hooks, customer.url)
    other = hooks.person("client")
    for path in ("", "/deliveries"):
        answer = other.get(f"{ENDPOINTS}/{endpoint['endpoint_id']}{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "endpoint_not_found")
    assert other.post(f"{ENDPOINTS}/{endpoint['endpoint_id']}/secret").status_code == 404


def test_a_company_has_endpoints_of_its_own(hooks: Api, customer: Customer) -> None:
    company = new_id()
    poster = hooks.person("client", companies={company: [Right.POST]})
    reader = hooks.person("client", companies={company: [Right.SEE_MONEY]})
    endpoint = add(hooks, customer.url, poster, account_id=str(company))
    assert poster.get(f"{ENDPOINTS}?of={company}").json()["items"][0]["account_id"] == str(company)
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    assert reader.get(path).status_code == 403


def test_removing_an_endpoint_forgets_its_log(hooks: Api, customer: Customer) -> None:
    endpoint = add(hooks, customer.url)
    happen(hooks)
    me = hooks.person(person_id=CLIENT)
    path = f"{ENDPOINTS}/{endpoint['endpoint_id']}"
    assert hooks.client.delete(path, headers=me.headers).status_code == 204
    send(hooks)
    assert customer.came == []
    assert me.get(path).status_code == 404


@pytest.mark.parametrize(
    ("url", "status"),
    [
        ("http://example.com/", 422),
        ("https://127.0.0.1/", 422),
        ("https://[::ffff:169.254.169.254]/latest/meta-data", 422),
        ("https://contracts-api:8000/", 422),
        ("javascript:alert(1)", 422),
        ("https://example.com/hook", 201),
    ],
)
def test_only_addresses_outside_are_taken(strict: Api, url: str, status: int) -> None:
    answer = strict.person("client").post(ENDPOINTS, {"url": url})
    assert answer.status_code == status, answer.text


def test_a_name_that_leads_inside_is_never_called(strict: Api, customer: Customer) -> None:
    port = customer.url.rpartition(":")[2].partition("/")[0]
    sender = HttpSender(resolve=lambda _host, _port: ["127.0.0.1"])
    add(strict, f"https://inside.example.com:{port}/")
    happen(strict)
    with strict.begin() as work:
        [due] = work.webhooks.deliveries.claim(strict.clock.now(), 5)
    attempt = sender.send(due, strict.clock.now())
    assert attempt.error == "the host is not one of the public Internet"
    assert customer.came == []


def test_unknown_types_and_too_many_endpoints_are_refused(strict: Api) -> None:
    me = strict.person("client")
    wrong = me.post(ENDPOINTS, {"url": "https://example.com/", "event_types": ["jobs.nothing"]})
    assert (wrong.status_code, wrong.json()["code"]) == (422, "unknown_event_type")
    for _ in range(10):
        assert me.post(ENDPOINTS, {"url": "https://example.com/"}).status_code == 201
    full = me.post(ENDPOINTS, {"url": "https://example.com/"})
    assert (full.status_code, full.json()["code"]) == (409, "too_many_endpoints")


def test_both_parties_may_listen(hooks: Api, customer: Customer) -> None:
    add(hooks, customer.url)
    add(hooks, customer.url, hooks.person("assistant", person_id=ASSISTANT))
    happen(hooks)
    send(hooks)
    assert len(customer.came) == 2
