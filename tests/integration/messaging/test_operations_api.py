"""Dead letters and queues over HTTP, on a real broker: what operators see of a service."""

import json
from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from pika import BasicProperties

from shared.db import Database
from shared.http.app import create_app
from shared.http.desk import Desk
from shared.http.edge import Edge
from shared.http.operations import without_secrets
from shared.http.tokens import TokenVerifier
from shared.ids import new_id
from shared.messages.jobs import JobClosed
from shared.messaging import dead_letters
from tests.integration.messaging.conftest import House, closed
from tests.support.apis import Caller, Signer
from tests.support.fakes import SetClock
from tests.support.wait import eventually

OPERATIONS = "/api/v1/contracts/operations"
LETTERS = f"{OPERATIONS}/dead-letters"
QUEUE = "contracts.jobs.job_closed.v1"


@pytest.fixture(scope="module")
def client(running: House) -> Iterator[tuple[TestClient, Signer]]:
    signer, clock, database = Signer(), SetClock(), Database(running.contracts_url)
    edge = Edge(
        database,
        Desk,
        clock,
        TokenVerifier(signer.find, clock),
        amqp_url=running.contracts_amqp,
    )
    with TestClient(create_app("contracts", [], edge)) as opened:
        yield opened, signer
    database.engine.dispose()


@pytest.fixture
def operator(client: tuple[TestClient, Signer]) -> Caller:
    opened, signer = client
    person_id = new_id()
    return Caller(person_id, signer.headers(person_id, "operator"), opened)


@pytest.fixture
def empty(running: House) -> House:
    dead_letters.discard("contracts", running.contracts_amqp, lambda _: True)
    return running


def buried(house: House, event: JobClosed, queue: str = QUEUE) -> str:
    """Put a good event among the dead letters, as if the world had not been ready for it."""
    message_id = str(uuid4())
    headers = {
        "x-tasuki-queue": queue,
        "x-tasuki-attempt": 5,
        "x-tasuki-error": "Transient: not_yet",
        "cloudEvents:type": JobClosed.event_type(),
        "cloudEvents:subject": str(event.job_id),
        "cloudEvents:time": "2026-04-01T03:00:00+00:00",
    }
    properties = BasicProperties(
        message_id=message_id, content_type="application/json", headers=headers, delivery_mode=2
    )
    with house.channel(house.contracts_amqp) as channel:
        channel.confirm_delivery()
        channel.basic_publish("contracts.dead", queue, event.model_dump_json().encode(), properties)
    eventually(lambda: house.dead(event))
    return message_id


def outcomes(operator: Caller) -> list[tuple[str, str]]:
    params = {"person_id": str(operator.person_id)}
    found = operator.get(f"{OPERATIONS}/actions", params=params).json()["items"]
    return [(each["path"].removeprefix(LETTERS), each["outcome"]) for each in found]


def test_dead_letters_are_listed_and_shown_with_their_events(
    empty: House, operator: Caller
) -> None:
    event = closed("hello")
    letter_id = buried(empty, event)
    listed = operator.get(LETTERS).json()
    assert listed["count"] == 1
    [letter] = listed["letters"]
    assert letter == {
        "letter_id": letter_id,
        "queue": QUEUE,
        "event_type": "jobs.job_closed.v1",
        "subject": str(event.job_id),
        "error": "Transient: not_yet",
        "attempts": 5,
        "told_at": "2026-04-01T03:00:00Z",
    }
    shown = operator.get(f"{LETTERS}/{letter_id}").json()
    assert shown["content"] == json.loads(event.model_dump_json())
    assert outcomes(operator) == [("/{letter_id}", "looked")]


def test_a_letter_is_replayed_once_and_what_was_tried_is_written_down(
    empty: House, operator: Caller
) -> None:
    event = closed()
    letter_id = buried(empty, event)
    path = f"{LETTERS}/{letter_id}/replay"
    done = operator.post(path, key="once")
    assert done.json() == {"count": 1, "letter_ids": [letter_id]}
    assert operator.post(path, key="once").json() == done.json()
    gone = operator.post(path)
    assert (gone.status_code, gone.json()["code"]) == (404, "dead_letter_not_found")
    eventually(lambda: empty.handled(event))
    assert outcomes(operator) == [
        ("/{letter_id}/replay", "dead_letter_not_found"),
        ("/{letter_id}/replay", "begun"),
        ("/{letter_id}/replay", "done"),
        ("/{letter_id}/replay", "begun"),
    ]


def test_all_letters_of_a_queue_are_replayed_together_and_others_stay(
    empty: House, operator: Caller
) -> None:
    events, other = [closed(), closed()], closed()
    for event in events:
        buried(empty, event)
    buried(empty, other, queue="contracts.jobs.no_such.v1")
    done = operator.post(f"{LETTERS}/replay", {"queue": QUEUE})
    assert done.json()["count"] == 2
    for event in events:
        eventually(partial(empty.handled, event))
    assert empty.dead(other)
    refused = operator.post(f"{LETTERS}/replay", {})
    assert (refused.status_code, refused.json()["code"]) == (409, "dead_letter_queue_gone")
    assert empty.dead(other)


def test_a_discarded_letter_is_gone(empty: House, operator: Caller) -> None:
    event = closed()
    letter_id = buried(empty, event)
    assert operator.post(f"{LETTERS}/{letter_id}/discard").status_code == HTTPStatus.OK
    assert empty.dead(event) == []
    assert empty.handled(event) == []


def test_a_letter_that_is_looked_at_often_never_wears_out(
    empty: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead_letters, "LOOKED_AT", 3)
    event = closed()
    letter_id = buried(empty, event)
    counts = []
    for _ in range(8):
        [letter] = empty.dead(event)
        counts.append(letter.received.deliveries)
        assert (letter.id, letter.queue, letter.attempts) == (letter_id, QUEUE, 5)
        assert letter.error == "Transient: not_yet"
    assert max(counts) == 3


def test_queues_tell_what_is_still_to_be_told_and_heard(empty: House, operator: Caller) -> None:
    buried(empty, closed())
    eventually(lambda: any(each["consumers"] for each in asked(operator)["queues"]))
    found = asked(operator)
    queues = {each["name"]: each for each in found["queues"]}
    assert found["broker"] is True
    assert (queues[QUEUE]["kind"], queues[QUEUE]["consumers"]) == ("handles", 1)
    assert queues["contracts.dead"]["messages"] == 1
    assert queues["contracts.retry.1h"] == {
        "name": "contracts.retry.1h",
        "kind": "waits",
        "messages": 0,
        "consumers": 0,
        "there": False,  # this house has other delays
    }
    assert (found["outbox"], found["outbox_age_seconds"]) == (0, 0.0)


def asked(operator: Caller) -> dict[str, Any]:
    found: dict[str, Any] = operator.get(f"{OPERATIONS}/queues").json()
    return found


def test_only_operators_see_any_of_it(client: tuple[TestClient, Signer]) -> None:
    opened, signer = client
    for path in ("dead-letters", "queues", "actions", "dead-letters/x"):
        url = f"{OPERATIONS}/{path}"
        refused = opened.get(url, headers=signer.headers(new_id(), "client"))
        assert (refused.status_code, refused.json()["code"]) == (403, "role_required")
        assert opened.get(url).status_code == HTTPStatus.UNAUTHORIZED


def test_without_a_broker_the_outbox_is_shown_all_the_same(running: House) -> None:
    signer, clock, database = Signer(), SetClock(), Database(running.contracts_url)
    away = "amqp://contracts:x@127.0.0.1:1/%2F"
    edge = Edge(database, Desk, clock, TokenVerifier(signer.find, clock), amqp_url=away)
    with TestClient(create_app("contracts", [], edge)) as opened:
        headers = signer.headers(new_id(), "operator")
        found = opened.get(f"{OPERATIONS}/queues", headers=headers).json()
        refused = opened.get(LETTERS, headers=headers)
    database.engine.dispose()
    assert (found["broker"], found["queues"], found["outbox"]) == (False, [], 0)
    assert (refused.status_code, refused.json()["code"]) == (503, "broker_unavailable")


def test_secrets_of_an_event_are_left_out_at_any_depth() -> None:
    event = {"secret": "x", "of": [{"reset_token": "y", "name": "z"}], "password": None}
    assert without_secrets(event) == {
        "secret": "…",
        "of": [{"reset_token": "…", "name": "z"}],
        "password": None,
    }


def test_an_operator_drains_and_resumes_a_service_and_says_why(
    empty: House, operator: Caller
) -> None:
    assert operator.get(f"{OPERATIONS}/drain").json()["drained"] is False
    drained = operator.post(f"{OPERATIONS}/drain", {"reason": "the bank is away"}).json()
    assert (drained["drained"], drained["reason"]) == (True, "the bank is away")
    again = operator.post(f"{OPERATIONS}/drain", {"reason": "another"}).json()
    assert again["reason"] == "the bank is away"
    event = closed()
    empty.emit(event)
    eventually(lambda: empty.logged("drained"), 3)
    assert operator.post(f"{OPERATIONS}/resume").json()["drained"] is False
    eventually(lambda: empty.handled(event))
    found = operator.get(f"{OPERATIONS}/actions", params={"limit": 3}).json()["items"]
    assert [each["reason"] for each in found] == ["", "another", "the bank is away"]


def test_what_was_told_and_not_handled_is_found_by_ids(empty: House, operator: Caller) -> None:
    lost = str(uuid4())
    event = closed()
    empty.emit(event)
    eventually(lambda: empty.handled(event))
    with psycopg.connect(empty.contracts_url) as connection:
        row = connection.execute(
            "SELECT message_id FROM inbox WHERE consumer = %s LIMIT 1", (QUEUE,)
        ).fetchone()
    assert row
    asked = {"queue": QUEUE, "message_id": [str(row[0]), lost]}
    found = operator.get(f"{OPERATIONS}/unhandled", params=asked).json()
    assert found["message_ids"] == [lost]


def test_a_letter_of_a_queue_that_has_no_handler_here_is_tried_in_vain(
    empty: House, operator: Caller
) -> None:
    letter_id = buried(empty, closed())
    tried = operator.get(f"{LETTERS}/{letter_id}/trial").json()
    assert tried["outcome"] == "not_heard"
    assert outcomes(operator) == [("/{letter_id}/trial", "looked")]
    assert operator.get(LETTERS).json()["count"] == 1


@pytest.mark.usefixtures("empty")
def test_how_a_service_stands_is_told_with_its_gauges(operator: Caller) -> None:
    standing = operator.get(f"{OPERATIONS}/standing").json()
    shown = {each["name"]: each["value"] for each in standing["gauges"]}
    assert (standing["service"], standing["broker"]) == ("contracts", True)
    assert (shown["database_up"], shown["outbox_events"], shown["dead_letters"]) == (1, 0, 0)
    assert standing["drained_since"] is None
