"""The relay: nothing leaves the outbox before the broker has it; one at a time; always back."""

import signal
import subprocess

import psycopg
import pytest

from tests.integration.messaging.conftest import House, closed, declined
from tests.support.servers import TestBroker
from tests.support.wait import eventually

END_HOLDER = """
    SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON oid = database
    WHERE locktype = 'advisory' AND granted AND datname = current_database()
"""


def test_an_event_that_nobody_hears_is_published_and_leaves(house: House) -> None:
    house.emit(closed())
    house.start_relay()
    eventually(lambda: house.outbox_size() == 0)


def test_events_wait_in_the_outbox_while_the_broker_is_away(
    house: House, broker: TestBroker
) -> None:
    house.start_relay()
    house.emit(closed())
    eventually(lambda: house.outbox_size() == 0)
    broker.node.stop()
    try:
        house.emit(closed(), closed())
        assert house.outbox_size() == 2
    finally:
        broker.node.start()
    eventually(lambda: house.outbox_size() == 0, 15)


def test_a_standby_takes_over_when_the_holder_is_killed(house: House) -> None:
    holder = house.start_relay_process()
    eventually(lambda: house.logged("holding the outbox") == 1, 15)
    standby = house.start_relay_process()
    eventually(lambda: house.logged("another relay holds the outbox"), 15)
    holder.send_signal(signal.SIGSTOP)
    events = [declined() for _ in range(1_000)]
    house.emit(*events)
    assert house.outbox_size() == len(events)
    holder.kill()
    eventually(lambda: house.outbox_size() == 0, 3)
    assert house.logged("holding the outbox") == 2
    standby.send_signal(signal.SIGTERM)
    assert standby.wait(10) == 0


def test_a_relay_that_loses_its_session_stops_and_takes_the_outbox_again(house: House) -> None:
    house.start_relay()
    house.emit(closed())
    eventually(lambda: house.outbox_size() == 0)
    with psycopg.connect(house.jobs_url) as admin:
        ended = admin.execute(END_HOLDER).fetchall()
    assert ended == [(True,)]
    house.emit(closed())
    eventually(lambda: house.outbox_size() == 0)


def test_a_relay_that_is_killed_in_the_middle_loses_nothing(house: House) -> None:
    events = [declined() for _ in range(3_000)]
    with house.channel() as channel:
        first = house.start_relay_process()
        eventually(lambda: house.logged("holding the outbox"), 15)
        queue = channel.queue_declare("", exclusive=True).method.queue
        channel.queue_bind(queue, "jobs.events", "#")
        house.emit(*events)
        eventually(lambda: house.outbox_size() < len(events))
        first.kill()
        house.start_relay()
        eventually(lambda: house.outbox_size() == 0)
        got = set()
        while (message := channel.basic_get(queue, auto_ack=True))[0]:
            got.add(message[2])
    assert got == {event.model_dump_json().encode() for event in events}


def test_a_relay_that_is_told_to_stop_finishes_and_ends(house: House) -> None:
    house.emit(*(declined() for _ in range(2_000)))
    relay = house.start_relay_process()
    eventually(lambda: house.outbox_size() < 2_000, 15)
    relay.send_signal(signal.SIGTERM)
    try:
        assert relay.wait(10) == 0
    except subprocess.TimeoutExpired:
        pytest.fail(house.tail())
