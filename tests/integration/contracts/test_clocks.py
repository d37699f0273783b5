"""Clocks on a real database: one transition each, however many replicas and restarts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import psycopg

from services.contracts.adapters.work import make_work
from services.contracts.use_cases import clocks
from shared.db import Database
from shared.provision.databases import ServiceDatabase
from tests.integration.contracts.conftest import Agreed
from tests.support.apis import Api

REPLICAS = 4


def test_replicas_that_fire_at_once_make_one_transition_for_each_clock(api: Api) -> None:
    contracts = [Agreed(api) for _ in range(6)]
    for each in contracts:
        each.fund()
        each.deliver()
    api.clock.forward(days=7)
    together = Barrier(REPLICAS)

    def replica(_: int) -> int:
        together.wait(timeout=10)
        return clocks.fire_deadlines(api)

    with ThreadPoolExecutor(REPLICAS) as threads:
        fired = sum(threads.map(replica, range(REPLICAS)))

    # Two reminders and the end of the review, for each milestone.
    assert fired == 3 * len(contracts)
    assert [each.milestone()["status"] for each in contracts] == ["accepted"] * len(contracts)
    assert contracts[0].told().count("contracts.milestone_accepted.v1") == len(contracts)
    assert clocks.fire_deadlines(api) == 0


def test_a_clock_passes_over_a_milestone_that_somebody_holds(
    agreed: Agreed, database: ServiceDatabase
) -> None:
    agreed.fund()
    agreed.deliver()
    agreed.api.clock.forward(days=7)
    with psycopg.connect(database.url) as somebody:
        somebody.execute("SELECT FROM milestones FOR UPDATE")
        assert agreed.fire() == 0
    assert agreed.fire() == 3
    assert agreed.milestone()["status"] == "accepted"


def test_a_client_who_accepts_just_before_the_clock_leaves_it_nothing_to_do(
    agreed: Agreed,
) -> None:
    agreed.fund()
    agreed.deliver()
    agreed.api.clock.forward(days=7)
    assert agreed.client.post(f"{agreed.milestone_path}/acceptance").status_code == 200
    assert agreed.fire() == 0
    assert agreed.told().count("contracts.milestone_accepted.v1") == 1


def test_a_clock_whose_process_dies_goes_off_after_the_restart(
    agreed: Agreed, database: ServiceDatabase
) -> None:
    agreed.fund()
    asked = agreed.client.post(f"{agreed.milestone_path}/ending", {"reason": "No garden"})
    assert asked.status_code == 200
    agreed.api.clock.forward(days=7)
    dying = Database(database.url)
    with dying.engine.connect() as connection:
        work = make_work(connection, agreed.api.clock)
        deadline = work.deadlines.claim_due(agreed.api.clock.now(), ())
        assert deadline is not None
        clocks.fire(deadline, work)
        connection.rollback()  # what PostgreSQL does when the process is gone
    dying.engine.dispose()
    assert agreed.milestone()["status"] == "ending"
    assert agreed.fire() > 0
    assert agreed.milestone()["status"] == "ended"
    assert agreed.told().count("contracts.milestone_ended.v1") == 1


def test_an_overdue_milestone_is_marked_once_and_can_still_be_delivered(agreed: Agreed) -> None:
    agreed.fund()
    agreed.api.clock.forward(days=31)
    assert agreed.fire() == 2
    assert agreed.milestone()["overdue"] is True
    assert agreed.milestone()["status"] == "funded"
    assert agreed.deliver().json()["status"] == "delivered"
    assert agreed.told().count("contracts.milestone_overdue.v1") == 1
    assert "contracts.deadline_near.v1" not in agreed.told()


def test_lengths_come_from_the_policy_of_the_day(agreed: Agreed, database: ServiceDatabase) -> None:
    with psycopg.connect(database.owner_url) as operator:
        operator.execute(
            """INSERT INTO policies SELECT (
                jsonb_populate_record(policies, '{"valid_from": "2026-04-02", "ending_days": 10}')
            ).* FROM policies"""
        )
    ending = f"{agreed.milestone_path}/ending"
    before, after = agreed, Agreed(agreed.api)
    asked_at = agreed.api.clock.now()
    [deadline] = before.client.post(ending, {"reason": "x"}).json()["deadlines"]
    assert deadline["due_at"] == _zulu(asked_at + timedelta(days=7))
    agreed.api.clock.forward(days=1)
    answer = after.client.post(f"{after.milestone_path}/ending", {"reason": "x"})
    assert answer.json()["deadlines"][0]["due_at"] == _zulu(asked_at + timedelta(days=11))


def _zulu(moment: object) -> str:
    return str(moment).replace(" ", "T").replace("+00:00", "Z")
