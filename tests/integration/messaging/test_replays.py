"""Replays over HTTP, carried out by the relay on a real broker."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from shared.db import Database
from shared.http.app import create_app
from shared.http.desk import Desk
from shared.http.edge import Edge
from shared.http.tokens import TokenVerifier
from shared.ids import new_id
from shared.messages.jobs import ProposalDeclined
from shared.messaging.topology import queue_name
from tasuki.cli.app import app
from tasuki.cli.terminal import Terminal
from tasuki.client import Tasuki
from tests.integration.messaging.conftest import House, closed, declined
from tests.support.apis import Caller, Signer
from tests.support.fakes import SetClock
from tests.support.wait import eventually

OPERATIONS = "/api/v1/jobs/operations"
DECLINED = queue_name("contracts", ProposalDeclined)


@pytest.fixture
def operator(house: House) -> Iterator[Caller]:
    signer, clock, database = Signer(), SetClock(), Database(house.jobs_url)
    edge = Edge(database, Desk, clock, TokenVerifier(signer.find, clock))
    person_id = new_id()
    with TestClient(create_app("jobs", [], edge)) as client:
        yield Caller(person_id, signer.headers(person_id, "operator"), client)
    database.engine.dispose()


def publish(house: House, *events: Any) -> None:
    house.emit(*events)
    eventually(lambda: house.outbox_size() == 0)


def requested(operator: Caller, **wanted: Any) -> str:
    answer = operator.post(f"{OPERATIONS}/replays", wanted)
    assert answer.status_code == 202, answer.text
    return str(answer.json()["replay_id"])


def standing(operator: Caller, replay_id: str) -> Any:
    return operator.get(f"{OPERATIONS}/replays/{replay_id}").json()


def test_a_consumer_is_rebuilt_by_what_an_operator_asks_for(house: House, operator: Caller) -> None:
    house.start_relay()
    publish(house)
    house.start_hearer()
    publish(house, *(declined() for _ in range(20)), closed())
    inbox = "SELECT count(*) FROM inbox"
    eventually(lambda: house.count(inbox) >= 21)
    handled = house.count(inbox)
    with psycopg.connect(house.contracts_url) as connection:
        connection.execute("TRUNCATE inbox, handled")

    counted = operator.get(f"{OPERATIONS}/archive", params={"consumer": "contracts"}).json()
    assert counted == {"events": 21}
    replay_id = requested(operator, consumer="contracts", rate=1_000)
    eventually(lambda: house.count(inbox) == handled)
    done = eventually(lambda: (now := standing(operator, replay_id))["status"] == "done" and now)
    assert (done["published"], done["total"], done["error"]) == (21, 21, "")
    assert done["ended_at"]
    [listed] = operator.get(f"{OPERATIONS}/replays").json()["replays"]
    assert listed == done


def test_the_command_counts_tells_and_watches(
    house: House, operator: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.start_relay()
    publish(house, *(closed() for _ in range(5)))
    bearer = operator.headers["Authorization"].removeprefix("Bearer ")
    # What speaks HTTP to the app here is a client of httpx's heir: it does as well.
    http: Any = operator.client
    monkeypatch.setattr(Terminal, "_market", lambda *_: Tasuki("", token=bearer, http=http))

    def told(*words: str) -> tuple[int, str]:
        done = CliRunner().invoke(app, ["--json", "ops", "replay", *words])
        return done.exit_code, done.output

    assert told("jobs", "--dry-run") == (0, '{\n  "events": 5\n}\n')
    status, answer = told("jobs", "--rate", "1000")
    assert (status, json.loads(answer)["published"]) == (0, 5)
    assert told("jobs", "--to", "payments")[0] == 1
    status, said = told("jobs", "--rate", "0")
    assert (status, "--rate: Input should be greater than" in said) == (2, True)
    crossed = told("jobs", "--since", "2026-11-02", "--until", "2026-11-01")
    assert (crossed[0], "since must be before until" in crossed[1]) == (2, True)


def test_a_replay_goes_on_when_its_relay_is_replaced_and_ends_when_it_is_stopped(
    house: House, operator: Caller
) -> None:
    first = house.start_relay()
    publish(house, *(closed() for _ in range(40)))
    replay_id = requested(operator, rate=4)
    eventually(lambda: standing(operator, replay_id)["published"] >= 2)
    first.set()
    house.relays[0][1].join()
    reached = standing(operator, replay_id)
    assert reached["status"] == "running"
    house.start_relay()
    eventually(lambda: standing(operator, replay_id)["published"] > reached["published"])
    stopped = operator.post(f"{OPERATIONS}/replays/{replay_id}/stop").json()
    assert stopped["status"] == "stopped"
    assert stopped["published"] < 40
    # A new one begins from the start, and nothing of the stopped one is left under way.
    again = requested(operator, rate=5_000)
    eventually(lambda: standing(operator, again)["status"] == "done")
    assert standing(operator, again)["published"] == 40
    assert standing(operator, replay_id)["status"] == "stopped"


def test_a_queue_that_takes_nothing_makes_the_replay_fail_with_what_to_do(
    house: House, operator: Caller
) -> None:
    house.start_relay()
    publish(house, declined())
    replay_id = requested(operator, consumer=DECLINED)
    failed = eventually(
        lambda: (now := standing(operator, replay_id))["status"] == "failed" and now
    )
    assert "Has its events process run" in failed["error"]
    assert failed["published"] == 0


def test_what_is_published_after_it_was_asked_for_is_no_part_of_it(
    house: House, operator: Caller
) -> None:
    replay_id = requested(operator)
    house.start_relay()
    publish(house, closed())
    eventually(lambda: standing(operator, replay_id)["status"] == "done")
    assert standing(operator, replay_id)["published"] == 0


@pytest.mark.parametrize(
    ("wanted", "status", "code"),
    [
        ({"consumer": "payments"}, 422, "replay_consumer_unknown"),
        ({"consumer": "nobody.jobs.job_closed.v1"}, 422, "replay_consumer_unknown"),
        ({"rate": 0}, 422, "validation_failed"),
        (
            {"since": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"},
            422,
            "validation_failed",
        ),
    ],
)
def test_a_replay_that_can_reach_nobody_is_refused(
    operator: Caller, wanted: dict[str, Any], status: int, code: str
) -> None:
    answer = operator.post(f"{OPERATIONS}/replays", wanted)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert operator.get(f"{OPERATIONS}/replays").json()["replays"] == []


def test_a_replay_that_nobody_asked_for_is_not_found(operator: Caller) -> None:
    answer = operator.get(f"{OPERATIONS}/replays/{uuid4()}")
    assert (answer.status_code, answer.json()["code"]) == (404, "replay_not_found")
