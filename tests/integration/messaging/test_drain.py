"""A drained service stands still: under load nothing is lost, and nothing is done twice."""

from uuid import uuid4

import psycopg

from shared.clock import SystemClock
from shared.db import Database
from shared.messaging import switches
from tests.integration.messaging.conftest import House, closed, declined
from tests.support.wait import eventually

HANDLED = "SELECT count(*) FROM handled WHERE method <> 'tick'"
TWICE = "SELECT count(*) - count(DISTINCT subject) FROM handled WHERE method <> 'tick'"
NOTICED_SECONDS = 3


def switch(house: House, *, drained: bool) -> None:
    database = Database(house.contracts_url)
    with database.transaction() as connection:
        if drained:
            switches.drain(connection, uuid4(), "a test", SystemClock().now())
        else:
            switches.resume(connection)
    database.engine.dispose()


def consumers(house: House) -> int:
    with house.channel() as channel:
        declared = channel.queue_declare("contracts.jobs.job_closed.v1", passive=True)
    return int(declared.method.consumer_count)


def test_a_drained_service_finishes_what_is_in_hand_and_goes_on_where_it_stood(
    house: House,
) -> None:
    house.start_relay()
    house.start_hearer(TICK="1")
    in_hand = closed("sleep:1")
    events = [closed("sleep:0.02") for _ in range(300)] + [declined() for _ in range(2_000)]
    house.emit(in_hand, *events)
    eventually(lambda: house.count(HANDLED) > 20)
    switch(house, drained=True)
    eventually(lambda: house.logged("drained") == 1, NOTICED_SECONDS)
    eventually(lambda: consumers(house) == 0, NOTICED_SECONDS)
    stood, ticks = house.count(HANDLED), house.ticks()
    assert len(house.handled(in_hand)) == 1
    assert stood < len(events)
    # A process that starts meanwhile stands still from its first moment on.
    house.start_waiting_hearer(TICK="1")
    eventually(lambda: house.logged("drained") == 2, 20)
    assert (consumers(house), house.count(HANDLED), house.ticks()) == (0, stood, ticks)
    switch(house, drained=False)
    eventually(lambda: house.count(HANDLED) == len(events) + 1, 30)
    assert house.count(TWICE) == 0
    assert house.ticks() > ticks
    with psycopg.connect(house.contracts_url) as connection:
        assert connection.execute("SELECT FROM switches").fetchall() == []
    assert house.dead_with(lambda _: True) == []
