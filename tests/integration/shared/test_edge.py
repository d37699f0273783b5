"""The edge of every api, on a small service of its own and a real database."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Barrier
from typing import Annotated, Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import APIRouter, Depends
from pydantic import BaseModel
from sqlalchemy import Column, Connection, Integer, MetaData, Table, func, select
from starlette.testclient import TestClient

from shared.clock import Clock, SystemClock
from shared.db import Database
from shared.errors import Invalid, NotAllowed, NotFound, Rejected, Transient
from shared.http.app import create_app
from shared.http.edge import Answered, Command, Edge, Query, command, query
from shared.http.idempotency import idempotency_table
from shared.http.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE, TokenVerifier
from shared.messages.base import View
from shared.money import PositiveMoney
from tests.support.servers import TestPostgres

KEY = Ed25519PrivateKey.generate()
METADATA = MetaData()
COUNTS = Table("counts", METADATA, Column("value", Integer, nullable=False))
idempotency_table(METADATA)


class Count(View):
    count: int


class Price(BaseModel):
    price: PositiveMoney


@dataclass
class Outside:
    """Something beyond the network, which can be told to fail and counts its calls."""

    calls: list[int] = field(default_factory=list)
    failing: bool = False

    def call(self, count: int) -> int:
        self.calls.append(count)
        if self.failing:
            raise ConnectionError("the network is gone")
        return count * 100


@dataclass(frozen=True)
class Work:
    connection: Connection
    clock: Clock

    def add(self) -> int:
        self.connection.execute(COUNTS.insert().values(value=1))
        return self.count()

    def count(self) -> int:
        return self.connection.scalar(select(func.count()).select_from(COUNTS)) or 0


Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


def routes(outside: Outside) -> APIRouter:
    router = APIRouter(prefix="/api/v1/counter")

    @router.post("", status_code=201, response_model=Count)
    def add(body: Price, command: Commands) -> Answered:
        del body
        return command.run(lambda work: Count(count=work.add()))

    @router.get("")
    def count(query: Queries) -> Count:
        return query.run(lambda work: Count(count=work.count()))

    @router.get("/me")
    def me(query: Queries) -> dict[str, UUID]:
        return {"person_id": query.person.person_id}

    @router.post("/lists", response_model=list[Count])
    def add_to_list(command: Commands) -> Answered:
        return command.run(lambda work: [Count(count=work.add())])

    @router.post("/unkept", status_code=201, response_model=Count)
    def add_unkept(command: Commands) -> Answered:
        return command.run_unkept(Work.add, lambda work: Count(count=work.count()))

    @router.post("/around", response_model=Count)
    def around(command: Commands) -> Answered:
        return command.run_around(
            lambda work: work.add(), outside.call, lambda _, __, result: Count(count=result)
        )

    @router.post("/refusals/{name}")
    def refuse(name: str, command: Commands) -> Answered:
        errors: dict[str, Callable[[], Exception]] = {
            "rejected": lambda: Rejected("told_no", "Ask for less.", limit=3, status="mine"),
            "invalid": lambda: Invalid("told_no"),
            "not_allowed": lambda: NotAllowed("told_no"),
            "not_found": lambda: NotFound("told_no"),
            "transient": lambda: Transient("told_no"),
            "bug": lambda: ZeroDivisionError("secret detail"),
        }

        def fail(work: Work) -> Count:
            work.add()
            error = errors[name]()
            raise error

        return command.run(fail)

    return router


@dataclass
class Counter:
    client: TestClient
    outside: Outside

    def add(self, key: str | None, amount: object = 1, **headers: str) -> Any:
        if key:
            headers["Idempotency-Key"] = key
        return self.client.post(
            "/api/v1/counter", json={"price": {"amount": amount}}, headers=headers
        )

    def count(self) -> int:
        found: int = self.client.get("/api/v1/counter").json()["count"]
        return found


@pytest.fixture
def counter(postgres: TestPostgres) -> Iterator[Counter]:
    database = Database(postgres.create_database())
    METADATA.create_all(database.engine)
    outside = Outside()
    tokens = TokenVerifier({"k1": KEY.public_key()}.get, SystemClock())
    edge = Edge(database, Work, SystemClock(), tokens)
    with TestClient(create_app("counter", [routes(outside)], edge)) as client:
        yield Counter(client, outside)
    database.engine.dispose()


def bearer(person_id: UUID, **more: str) -> dict[str, str]:
    now = datetime.now(UTC)
    claims: dict[str, object] = {"iss": ISSUER, "aud": AUDIENCE, "sub": str(person_id), "iat": now}
    claims |= more
    claims["exp"] = now + timedelta(minutes=5)
    signed = jwt.encode(claims, KEY, algorithm=ALGORITHM, headers={"kid": "k1", "typ": TYPE})
    return {"Authorization": f"Bearer {signed}"}


def test_the_same_key_and_body_replays_the_first_answer(counter: Counter) -> None:
    first, second = counter.add("k"), counter.add("k")
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json() == {"count": 1}
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert counter.count() == 1


def test_a_list_is_replayed_as_the_list_that_it_was(counter: Counter) -> None:
    path, headers = "/api/v1/counter/lists", {"Idempotency-Key": "k"}
    first, second = (counter.client.post(path, headers=headers) for _ in range(2))
    assert first.json() == second.json() == [{"count": 1}]


def test_an_answer_that_is_not_kept_is_read_anew_and_nothing_is_done_twice(
    counter: Counter,
) -> None:
    path, headers = "/api/v1/counter/unkept", {"Idempotency-Key": "k"}
    first = counter.client.post(path, headers=headers)
    counter.add("other")
    second = counter.client.post(path, headers=headers)
    assert (first.status_code, first.json()) == (201, {"count": 1})
    assert (second.status_code, second.json()) == (201, {"count": 2})
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert counter.count() == 2


def test_the_same_key_with_another_body_is_refused(counter: Counter) -> None:
    counter.add("k", 1)
    refused = counter.add("k", 2)
    assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_key_reused")
    assert counter.count() == 1


def test_without_a_key_every_command_counts(counter: Counter) -> None:
    assert [counter.add(None).json()["count"] for _ in range(3)] == [1, 2, 3]


def test_two_people_may_use_the_same_key(counter: Counter) -> None:
    for person_id in (uuid4(), uuid4()):
        assert counter.add("k", **bearer(person_id)).status_code == 201
    assert counter.count() == 2


def test_simultaneous_requests_with_one_key_run_once(counter: Counter) -> None:
    barrier = Barrier(8)

    def add(_: int) -> Any:
        barrier.wait()
        return counter.add("k")

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(add, range(8)))
    assert {answer.status_code for answer in answers} == {201}
    assert [answer.json() for answer in answers] == [{"count": 1}] * 8
    assert counter.count() == 1


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("rejected", 409, "told_no"),
        ("invalid", 422, "told_no"),
        ("not_allowed", 403, "told_no"),
        ("not_found", 404, "told_no"),
        ("transient", 503, "told_no"),
        ("bug", 500, "internal_error"),
    ],
)
def test_a_refusal_is_a_problem_and_changes_nothing(
    counter: Counter, name: str, status: int, code: str
) -> None:
    refused = counter.client.post(
        f"/api/v1/counter/refusals/{name}", headers={"Idempotency-Key": "k"}
    )
    problem = refused.json()
    assert (refused.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert len(problem["trace_id"]) == 32
    assert "secret detail" not in refused.text
    assert counter.count() == 0


def test_facts_stand_beside_the_standard_members_and_never_replace_them(counter: Counter) -> None:
    problem = counter.client.post("/api/v1/counter/refusals/rejected").json()
    assert problem["limit"] == 3
    assert problem["status"] == 409
    assert problem["detail"] == "Ask for less."


def test_a_transient_refusal_says_when_to_come_again(counter: Counter) -> None:
    refused = counter.client.post("/api/v1/counter/refusals/transient")
    assert int(refused.headers["Retry-After"]) > 0


def test_a_key_whose_command_was_refused_is_free_again(counter: Counter) -> None:
    path, key = "/api/v1/counter/refusals/rejected", {"Idempotency-Key": "k"}
    assert counter.client.post(path, headers=key).status_code == 409
    assert counter.client.post(path, headers=key).status_code == 409
    assert counter.add("k").status_code == 201


def test_after_a_crash_outside_the_same_key_goes_on(counter: Counter) -> None:
    path, key = "/api/v1/counter/around", {"Idempotency-Key": "k"}
    counter.outside.failing = True
    assert counter.client.post(path, headers=key).status_code == 500
    counter.outside.failing = False
    again = counter.client.post(path, headers=key)
    assert again.status_code == 200
    assert counter.client.post(path, headers=key).json() == again.json()
    assert len(counter.outside.calls) == 2


@pytest.mark.parametrize("amount", [0, -1, 1.5, 2**53, "1", None])
def test_a_malformed_body_is_refused_and_the_field_named(counter: Counter, amount: object) -> None:
    refused = counter.add("k", amount)
    problem = refused.json()
    assert (refused.status_code, problem["code"]) == (422, "validation_failed")
    assert [fault["pointer"] for fault in problem["errors"]] == ["/body/price/amount"]
    assert "/body/price/amount" in problem["detail"]


def test_a_body_that_is_no_json_is_refused(counter: Counter) -> None:
    refused = counter.client.post(
        "/api/v1/counter", content=b"{", headers={"Content-Type": "application/json"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "validation_failed")


def test_a_body_that_is_too_large_is_refused_before_it_is_read(counter: Counter) -> None:
    refused = counter.client.post("/api/v1/counter", content=b" " * 1_000_001)
    assert (refused.status_code, refused.json()["code"]) == (413, "request_entity_too_large")


def test_a_body_that_hides_its_length_is_bounded_too(counter: Counter) -> None:
    chunks = (b" " * 100_000 for _ in range(11))
    refused = counter.client.post("/api/v1/counter", content=chunks)
    assert (refused.status_code, refused.json()["code"]) == (413, "request_entity_too_large")


def test_who_does_not_sign_in_is_told_so(counter: Counter) -> None:
    refused = counter.client.get("/api/v1/counter/me")
    assert (refused.status_code, refused.json()["code"]) == (401, "token_missing")
    assert refused.headers["WWW-Authenticate"] == "Bearer"


def test_a_bad_token_is_refused_even_where_none_is_due(counter: Counter) -> None:
    refused = counter.client.get("/api/v1/counter", headers={"Authorization": "Bearer x"})
    assert (refused.status_code, refused.json()["code"]) == (401, "token_invalid")


def test_who_signed_in_is_known(counter: Counter) -> None:
    person_id = uuid4()
    found = counter.client.get("/api/v1/counter/me", headers=bearer(person_id))
    assert found.json() == {"person_id": str(person_id)}


def test_a_trace_goes_on_from_the_caller(counter: Counter) -> None:
    trace_id = "0af7651916cd43dd8448eb211c80319c"
    headers = {"traceparent": f"00-{trace_id}-b7ad6b7169203331-01"}
    refused = counter.client.get("/api/v1/counter/me", headers=headers)
    assert refused.json()["trace_id"] == trace_id


def test_an_unknown_path_is_a_problem_too(counter: Counter) -> None:
    refused = counter.client.get("/api/v1/nowhere")
    assert (refused.status_code, refused.json()["code"]) == (404, "not_found")


def test_a_token_with_scopes_reads_where_it_may_read_and_changes_where_it_may_change(
    counter: Counter,
) -> None:
    reads = bearer(uuid4(), scope="counter:read jobs:write")
    changes = bearer(uuid4(), scope="counter:write")
    assert counter.client.get("/api/v1/counter/me", headers=reads).status_code == 200
    refused = counter.add(None, **reads)
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
    assert refused.json()["scope"] == "counter:write"
    assert counter.add(None, **changes).status_code == 201
    refused = counter.client.get("/api/v1/counter/me", headers=changes)
    assert (refused.status_code, refused.json()["scope"]) == (403, "counter:read")
    assert counter.count() == 1


def test_the_answer_to_a_key_is_not_replayed_to_a_token_that_may_not_change_anything(
    counter: Counter,
) -> None:
    person_id = uuid4()
    assert counter.add("k", **bearer(person_id)).status_code == 201
    refused = counter.add("k", **bearer(person_id, scope="counter:read"))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")
