"""What a service's user at the broker may not do is tried, one by one, as that user.

What the permissions suffice for is shown by every test that runs a service on them.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pika
import pytest
from pika.adapters.blocking_connection import BlockingChannel
from pika.exceptions import ChannelClosedByBroker

from shared.messaging.topology import (
    HEARS,
    dead_exchange,
    events_exchange,
    requeue_exchange,
    retry_exchange,
)
from tests.support.servers import TestBroker
from tools.services import WITH_STATE

ACCESS_REFUSED = 403
Act = Callable[[BlockingChannel], object]


def forbidden(own: str, other: str) -> Mapping[str, Act]:
    """Return what the user of a service must not do to what is another's."""
    mine, queue = f"{own}.mine", f"{other}.dead"
    exchanges = (events_exchange, retry_exchange, requeue_exchange, dead_exchange)
    tell: dict[str, Act] = {
        f"publish to {name}": _publish(name, "any") for name in (made(other) for made in exchanges)
    }
    return tell | {
        "declare a queue": lambda channel: channel.queue_declare(f"{other}.new", durable=True),
        "declare an exchange": lambda channel: channel.exchange_declare(f"{other}.new", "topic"),
        "consume": lambda channel: channel.basic_get(queue),
        "subscribe": lambda channel: channel.basic_consume(queue, lambda *_: None),
        "purge": lambda channel: channel.queue_purge(queue),
        "delete a queue": lambda channel: channel.queue_delete(queue),
        "delete an exchange": lambda channel: channel.exchange_delete(events_exchange(other)),
        "bind another's queue": lambda channel: channel.queue_bind(queue, retry_exchange(own), "#"),
        "unbind another's queue": lambda channel: channel.queue_unbind(
            queue, dead_exchange(other), ""
        ),
        "hear another's failures": lambda channel: channel.queue_bind(
            mine, dead_exchange(other), "#"
        ),
        "lead one's events into another's": lambda channel: channel.exchange_bind(
            events_exchange(other), events_exchange(own), "#"
        ),
        "publish past all exchanges": _publish("", queue),
        "publish through a common exchange": _publish("amq.topic", "any"),
    }


def _publish(exchange: str, routing_key: str) -> Act:
    return lambda channel: channel.basic_publish(exchange, routing_key, b"{}")


@pytest.fixture(scope="module")
def house(broker: TestBroker) -> str:
    """A virtual host in which every service has its exchanges and a queue of dead letters."""
    vhost = broker.create_vhost()
    with pika.BlockingConnection(pika.URLParameters(vhost)) as connection:
        channel = connection.channel()
        for service in WITH_STATE:
            for made in (events_exchange, retry_exchange, requeue_exchange, dead_exchange):
                channel.exchange_declare(made(service), "topic", durable=True)
            for name in (dead_exchange(service), f"{service}.mine"):
                channel.queue_declare(name, durable=True)
    return vhost


@pytest.mark.parametrize("service", WITH_STATE)
def test_what_is_anothers_is_out_of_reach(broker: TestBroker, house: str, service: str) -> None:
    got_through = []
    parameters = pika.URLParameters(broker.user_url(service, house))
    with pika.BlockingConnection(parameters) as connection:
        for other in WITH_STATE:
            if other == service:
                continue
            acts = dict(forbidden(service, other))
            if other not in HEARS[service]:
                acts["hear what is not for it"] = _hear(service, other)
            got_through += [
                f"{name}: {other}" for name, act in acts.items() if not _refused(connection, act)
            ]
    assert got_through == []


def _hear(service: str, other: str) -> Act:
    return lambda channel: channel.queue_bind(f"{service}.mine", events_exchange(other), "#")


def _refused(connection: pika.BlockingConnection, act: Act) -> bool:
    """Tell whether the broker refuses it for want of a right, and for no other reason."""
    channel = connection.channel()
    channel.confirm_delivery()
    try:
        act(channel)
    except ChannelClosedByBroker as error:
        return bool(error.reply_code == ACCESS_REFUSED)
    channel.close()
    return False


def test_no_user_of_a_service_manages_the_broker(broker: TestBroker) -> None:
    """Tags open the management interface; without the administrator's there is none."""
    tags: dict[str, Any] = {user.name: user.definition["tags"] for user in broker.node.users}

    assert tags == dict.fromkeys(WITH_STATE, "")


@pytest.mark.parametrize("service", WITH_STATE)
def test_a_virtual_host_that_was_not_given_is_closed(broker: TestBroker, service: str) -> None:
    user = next(user for user in broker.node.users if user.name == service)
    with pytest.raises(pika.exceptions.AMQPConnectionError, match=r"NOT_ALLOWED|not found"):
        pika.BlockingConnection(pika.URLParameters(broker.node.user_url(user, "elsewhere")))
