"""A container that is stopped, killed, or loses its broker or its database."""

import signal
import subprocess

import pytest

from shared.messaging.topology import DELIVERY_LIMIT
from tests.integration.messaging.conftest import House, closed, declined
from tests.support.servers import TestBroker, TestPostgres
from tests.support.wait import eventually

# RabbitMQ 3.10 forgets quorum queues that were first declared in the 3 s before it is killed: it
# writes their names to the disk that late.
SETTLE = "[dets:sync(Table) || Table <- dets:all()].\n"
CUT = 'rabbit_networking:close_connections(rabbit_networking:connections(), "cut").\n'


@pytest.fixture
def hearer(house: House) -> subprocess.Popen[bytes]:
    """The container's process, fed by a relay."""
    house.start_relay()
    return house.start_hearer()


def test_a_stopping_container_finishes_and_acknowledges_what_is_in_hand(
    house: House, hearer: subprocess.Popen[bytes]
) -> None:
    slow = [closed("sleep:1.5"), declined("sleep:1.5")]
    house.emit(*slow)
    eventually(lambda: _sleeping(house) == len(slow))
    hearer.send_signal(signal.SIGTERM)
    assert hearer.wait(10) == 0
    assert len(house.handled(*slow)) == len(slow)
    with house.channel() as channel:
        for queue in ("contracts.jobs.job_closed.v1", "contracts.jobs.proposal_declined.v1"):
            assert channel.queue_declare(queue, passive=True).method.message_count == 0


def test_a_container_that_is_stopped_under_load_loses_nothing_and_does_nothing_twice(
    house: House, hearer: subprocess.Popen[bytes]
) -> None:
    events = [closed("sleep:0.02") for _ in range(200)] + [declined() for _ in range(200)]
    house.emit(*events)
    eventually(lambda: len(house.handled(*events)) > 20)
    hearer.send_signal(signal.SIGTERM)
    assert hearer.wait(10) == 0
    assert len(house.handled(*events)) < len(events)
    house.start_hearer()
    eventually(lambda: len(house.handled(*events)) >= len(events), 20)
    assert len(house.handled(*events)) == len(events)


def test_what_takes_longer_than_the_grace_ends_with_the_process_and_comes_again(
    house: House,
) -> None:
    house.start_relay()
    hearer = house.start_hearer(GRACE="0.5")
    slow = closed("sleep:2")
    house.emit(slow)
    eventually(lambda: _sleeping(house))
    hearer.send_signal(signal.SIGTERM)
    assert hearer.wait(3) == 1
    assert house.handled(slow) == []
    house.start_hearer()
    eventually(lambda: house.handled(slow))
    assert len(house.handled(slow)) == 1


def test_a_message_whose_handler_is_killed_is_handled_by_the_next_container_once(
    house: House, hearer: subprocess.Popen[bytes]
) -> None:
    slow = closed("sleep:1")
    house.emit(slow)
    eventually(lambda: _sleeping(house))
    hearer.kill()
    hearer.wait()
    house.start_hearer()
    eventually(lambda: house.handled(slow))
    assert len(house.handled(slow)) == 1


def test_a_message_that_kills_its_process_each_time_dies_alone(
    house: House, hearer: subprocess.Popen[bytes]
) -> None:
    killer, innocent = closed("kill"), [closed() for _ in range(30)]
    house.emit(*innocent[:10], killer, *innocent[10:])
    starts = 1
    while hearer.wait(30) == -signal.SIGKILL and starts <= DELIVERY_LIMIT:
        # The message may kill it before it has said that it consumes: only its end is waited for.
        hearer = house.start_waiting_hearer()
        starts += 1
    house.start_hearer()
    letter = eventually(lambda: house.dead(killer))[0]
    assert letter.error == "delivery_limit"
    assert letter.queue == "contracts.jobs.job_closed.v1"
    eventually(lambda: len(house.handled(*innocent)) == len(innocent))
    assert len(house.dead_with(lambda _: True)) == 1


@pytest.mark.usefixtures("hearer")
def test_relay_and_container_come_back_after_the_broker_was_away(
    house: House, broker: TestBroker
) -> None:
    events = [closed("sleep:0.01") for _ in range(200)]
    house.emit(*events)
    eventually(lambda: house.handled(*events))
    broker.node.stop()
    try:
        late = [declined() for _ in range(50)]
        house.emit(*late)
        eventually(lambda: house.logged("no connection to the broker"), 15)
    finally:
        broker.node.start()
    everything = [*events, *late]
    eventually(lambda: len(house.handled(*everything)) >= len(everything), 15)
    assert len(house.handled(*everything)) == len(everything)


# A quorum queue that was young when its node was killed may be without a leader for a minute.
@pytest.mark.timeout(240)
@pytest.mark.usefixtures("hearer")
def test_a_broker_that_is_killed_under_load_costs_nothing_but_time(
    house: House, broker: TestBroker
) -> None:
    events = [closed("sleep:0.01") for _ in range(300)]
    house.emit(*events)
    eventually(lambda: house.handled(*events))
    broker.node._evaluate(SETTLE)  # noqa: SLF001
    broker.node.kill()
    broker.node.start()
    eventually(lambda: len(house.handled(*events)) >= len(events), 100)
    assert len(house.handled(*events)) == len(events)


def test_a_container_outlives_its_database(
    house: House, hearer: subprocess.Popen[bytes], postgres: TestPostgres
) -> None:
    first = closed()
    house.emit(first)
    eventually(lambda: house.handled(first))
    postgres.server.kill()
    events = [closed(), declined()]
    try:
        for event in events:
            house.publish(event)
        eventually(lambda: house.logged("message failed, next try in 1s") >= len(events))
    finally:
        postgres.server.start()
    eventually(lambda: len(house.handled(*events)) + len(house.dead_with(lambda _: True)) == 2)
    assert hearer.poll() is None


@pytest.mark.usefixtures("hearer")
def test_messages_handed_out_over_a_connection_that_was_cut_come_again(
    house: House, broker: TestBroker
) -> None:
    slow = closed("sleep:1")
    house.emit(slow)
    eventually(lambda: _sleeping(house))
    broker.node._evaluate(CUT)  # noqa: SLF001  (what an operator would do with rabbitmqctl)
    eventually(lambda: house.logged("the connection of a message is gone"))
    eventually(lambda: house.logged("consuming") == 2)
    after = closed()
    house.emit(after)
    eventually(lambda: house.handled(after))
    assert len(house.handled(slow)) == 1


def test_a_container_waits_for_the_exchanges_of_others(house: House) -> None:
    event = closed()
    house.emit(event)
    hearer = house.start_waiting_hearer()
    eventually(lambda: house.logged("waiting for what others declare"), 15)
    house.start_relay()
    eventually(lambda: house.logged("consuming"), 15)
    assert hearer.poll() is None


def test_a_clock_goes_on_after_an_error(house: House) -> None:
    house.start_relay()
    house.start_hearer(TICK="yes")
    eventually(lambda: house.ticks() >= 3)
    assert house.logged("a clock's call failed") >= 2


def _sleeping(house: House) -> int:
    return house.count(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE query LIKE '%pg_sleep%' AND state = 'active' AND pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )
