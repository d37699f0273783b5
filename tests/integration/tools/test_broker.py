import pika
import pytest
from pika.exceptions import ChannelClosedByBroker, ProbableAuthenticationError

from tests.support.servers import TestBroker

DURABLE = pika.BasicProperties(delivery_mode=pika.DeliveryMode.Persistent)


def test_each_service_reaches_its_own_queues_and_nothing_of_others(
    broker: TestBroker, vhost: str
) -> None:
    parameters = pika.URLParameters(broker.user_url("jobs", vhost))
    with pika.BlockingConnection(parameters) as connection:
        connection.channel().queue_declare("jobs.anything", durable=True)
        with pytest.raises(ChannelClosedByBroker, match="ACCESS_REFUSED"):
            connection.channel().queue_declare("payments.anything", durable=True)


def test_nobody_gets_in_as_guest(broker: TestBroker) -> None:
    with pytest.raises(ProbableAuthenticationError):
        pika.BlockingConnection(pika.ConnectionParameters(port=broker.node.ports.amqp))


def test_a_durable_queue_survives_kill_and_restart(broker: TestBroker, vhost: str) -> None:
    parameters = pika.URLParameters(vhost)
    with pika.BlockingConnection(parameters) as connection:
        channel = connection.channel()
        channel.queue_declare("kept", durable=True)
        channel.confirm_delivery()
        channel.basic_publish("", "kept", b"still here", DURABLE)

    broker.node.kill()
    broker.node.start()

    with pika.BlockingConnection(parameters) as connection:
        _, _, body = connection.channel().basic_get("kept", auto_ack=True)
        assert body == b"still here"
