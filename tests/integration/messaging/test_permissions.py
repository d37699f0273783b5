"""A service's user at the broker reaches what the service needs, and nothing else."""

from collections.abc import Callable
from typing import Any

import pytest
from pika.exceptions import ChannelClosedByBroker

from tests.integration.messaging.conftest import House, closed
from tests.support.wait import eventually

ACCESS_REFUSED = 403


def test_the_services_own_users_suffice_for_their_work(running: House) -> None:
    event = closed("bug")
    running.emit(event)
    assert eventually(lambda: running.dead(event))


@pytest.mark.parametrize(
    "act",
    [
        lambda channel: channel.queue_declare("jobs.mine", durable=True),
        lambda channel: channel.exchange_declare("notify.events", "topic", durable=True),
        lambda channel: channel.queue_delete("jobs.dead"),
        lambda channel: channel.basic_get("jobs.dead"),
        lambda channel: channel.queue_bind("contracts.dead", "notify.events", "#"),
        lambda channel: channel.basic_publish("jobs.events", "job_closed.v1", b"{}"),
        lambda channel: channel.basic_publish("", "jobs.dead", b"{}"),
    ],
    ids=["queue", "exchange", "delete", "consume", "bind", "tell for others", "default exchange"],
)
def test_what_belongs_to_others_is_refused(running: House, act: Callable[[Any], object]) -> None:
    with running.channel() as admin:
        admin.queue_declare("jobs.dead", durable=True)
        admin.exchange_declare("notify.events", "topic", durable=True)
    with running.channel(running.contracts_amqp) as channel:
        channel.confirm_delivery()
        with pytest.raises(ChannelClosedByBroker) as refused:
            act(channel)
    assert refused.value.reply_code == ACCESS_REFUSED
