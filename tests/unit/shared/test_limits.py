from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from shared.http import limits
from shared.http.limits import Buckets, Limited, Limits, network_of
from shared.http.tokens import TokenVerifier
from shared.ids import new_id
from tests.support.apis import Signer
from tests.support.fakes import SetClock


class Seconds:
    """A clock of seconds that the test turns."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_grants_its_quota_at_once_and_then_as_it_fills() -> None:
    now = Seconds()
    buckets = Buckets("person", 6, now)
    assert [buckets.take("a").granted for _ in range(7)] == [True] * 6 + [False]
    refused = buckets.take("a")
    assert (refused.remaining, refused.next_after, refused.full_after) == (0, 10, 60)
    now.now += refused.next_after
    assert [buckets.take("a").granted for _ in range(2)] == [True, False]


def test_a_bucket_never_holds_more_than_its_quota() -> None:
    now = Seconds()
    buckets = Buckets("person", 2, now)
    buckets.take("a")
    now.now += 86_400
    assert [buckets.take("a").granted for _ in range(3)] == [True, True, False]


def test_callers_dont_take_from_each_other() -> None:
    buckets = Buckets("person", 1, Seconds())
    assert [buckets.take(key).granted for key in "aab"] == [True, False, True]


def test_who_asked_longest_ago_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_KEPT", 2)
    buckets = Buckets("person", 1, Seconds())
    assert [buckets.take(key).granted for key in "aabac"] == [True, False, True, False, True]
    # "a" asked after "b", so it is "b" that starts anew.
    assert (buckets.take("a").granted, buckets.take("b").granted) == (False, True)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_customer_is_an_address_or_a_network_of_ipv6(address: str, network: str) -> None:
    assert network_of(address) == network


def _answer(_: Request) -> Response:
    return PlainTextResponse("done")


SIGNER = Signer()


def opened(person: int, anonymous: int) -> TestClient:
    tokens = TokenVerifier(SIGNER.find, SetClock())
    app = Starlette(
        routes=[Route("/{path:path}", _answer)],
        middleware=[
            Middleware(
                Limited,
                limits=Limits.per_minute(person, anonymous),
                tokens=tokens,
                unmetered=("/hooks/",),
            )
        ],
    )
    return TestClient(app)


def statuses(client: TestClient, times: int, **options: Any) -> list[int]:
    return [client.get(options.pop("path", "/x"), **options).status_code for _ in range(times)]


def test_who_asks_too_often_is_refused_and_told_when_to_come_again() -> None:
    client = opened(person=600, anonymous=2)
    first = client.get("/x")
    assert first.headers["RateLimit-Policy"] == '"address";q=2;w=60'
    assert first.headers["RateLimit"] == '"address";r=1;t=30'
    client.get("/x")
    refused = client.get("/x")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert refused.headers["RateLimit"] == '"address";r=0;t=60'
    assert 1 <= int(refused.headers["Retry-After"]) == refused.json()["retry_after"] <= 30


def test_a_person_has_a_bucket_of_their_own_whatever_the_token() -> None:
    client, person_id = opened(person=2, anonymous=1), new_id()
    tokens = [SIGNER.headers(person_id), SIGNER.headers(person_id, "client")]
    assert tokens[0] != tokens[1]
    found = [client.get("/x", headers=headers).status_code for headers in (*tokens, tokens[0])]
    assert found == [200, 200, 429]
    assert statuses(client, 1) == [200]
    assert statuses(client, 1, headers=SIGNER.headers(new_id())) == [200]


def test_a_token_that_is_made_up_counts_for_the_address() -> None:
    client = opened(person=600, anonymous=3)
    made_up = [
        "Bearer x",
        "Bearer ",
        Signer().headers(new_id())["Authorization"],
        "Basic dGFybzp4",
    ]
    found = [client.get("/x", headers={"Authorization": each}).status_code for each in made_up]
    assert found == [200, 200, 200, 429]


@pytest.mark.parametrize("path", ["/.well-known/jwks.json", "/hooks/stripe"])
def test_machines_that_prove_who_they_are_may_ask_as_often_as_they_like(path: str) -> None:
    client = opened(person=1, anonymous=1)
    assert [client.get(path).status_code for _ in range(3)] == [200] * 3
    assert "RateLimit" not in client.get(path).headers


def test_no_limit_is_no_limit() -> None:
    client = opened(person=0, anonymous=0)
    assert statuses(client, 200) == [200] * 200
    assert statuses(opened(person=1, anonymous=0), 3) == [200] * 3
