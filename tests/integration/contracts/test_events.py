"""The events process on a real broker: events twice and shuffled, two replicas, one outcome."""

import random
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pika
import psycopg
import pytest

from services.contracts.events import Events
from services.contracts.use_cases import working
from services.contracts.use_cases.working import Place
from shared.messages.base import Event
from shared.messages.contracts import Deliver
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    EscrowReleased,
    FundingAbandoned,
    FundingShort,
    FundingStarted,
    MilestoneFunded,
    PaidMilestone,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)
from shared.messaging.on import heard_by
from shared.messaging.topology import HEARS
from shared.money import yen
from shared.people import Person
from shared.provision.databases import ServiceDatabase
from tests.integration.contracts.conftest import Agreed
from tests.support.apis import Api
from tests.support.servers import TestBroker
from tests.support.wait import eventually
from tests.unit.contracts.agreed import proposal_accepted, registered

HEARER = Path(__file__).with_name("hearer.py")
ROOT = Path(__file__).parents[3]
QUEUES = sorted(heard_by(Events))
REPLICAS = 2


class Wire:
    """The broker as the other services use it."""

    def __init__(self, url: str) -> None:
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        for source in HEARS["contracts"]:
            self.channel.exchange_declare(f"{source}.events", "topic", durable=True)

    def tell(self, events: Iterable[Event], order: random.Random) -> None:
        """Publish every event twice, all of them shuffled."""
        messages = [(event, str(uuid4())) for event in events] * 2
        order.shuffle(messages)
        for event, message_id in messages:
            self.publish(event, message_id, event.model_dump_json())

    def publish(self, event: Event, message_id: str, body: str) -> None:
        properties = pika.BasicProperties(content_type="application/json", message_id=message_id)
        exchange, key = f"{event.service}.events", event.routing_key()
        self.channel.basic_publish(exchange, key, body.encode(), properties)

    def consumers(self, queue: str) -> int:
        """Return how many consume a queue; 0 while there is none of that name."""
        try:
            answer = self.channel.queue_declare(queue, passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            self.channel = self.connection.channel()
            return 0
        return int(answer.method.consumer_count)

    def dead(self) -> int:
        answer = self.channel.queue_declare("contracts.dead", passive=True)
        return int(answer.method.message_count)


@contextmanager
def hearers(
    database: ServiceDatabase, amqp_url: str, clock_file: Path, log: Path
) -> Iterator[None]:
    """Run replicas of the events process."""
    command = [sys.executable, "-m", "tests.integration.contracts.hearer"]
    with ExitStack() as stack:
        output = stack.enter_context(log.open("wb"))
        for _ in range(REPLICAS):
            process = stack.enter_context(
                subprocess.Popen(
                    [*command, database.url, amqp_url, str(clock_file)],
                    stderr=output,
                    cwd=ROOT,
                )
            )
            stack.callback(process.terminate)
        yield


@pytest.fixture
def clock_file(tmp_path: Path) -> Path:
    return tmp_path / "clock"


@pytest.fixture
def wire(
    broker: TestBroker, vhost: str, database: ServiceDatabase, clock_file: Path, tmp_path: Path
) -> Iterator[Wire]:
    wire = Wire(vhost)
    amqp_url = broker.user_url("contracts", vhost)
    with hearers(database, amqp_url, clock_file, tmp_path / "hearers.log"):
        eventually(
            lambda: all(wire.consumers(queue) == REPLICAS for queue in QUEUES),
            timeout=40,
            interval=0.2,
        )
        yield wire
    wire.connection.close()


def test_events_doubled_and_shuffled_end_as_in_order(
    wire: Wire, api: Api, database: ServiceDatabase
) -> None:
    order = random.Random(20_260_401)  # noqa: S311  (an order, not a secret)
    client, assistant = api.person("client"), api.person("assistant")
    parties = [Person(each.person_id, frozenset()) for each in (client, assistant)]
    accepted = proposal_accepted(*parties)
    wire.tell([accepted, *(registered(person, "花子") for person in parties)], order)
    [summary] = eventually(
        lambda: client.get("/api/v1/contracts").json()["items"], timeout=20, interval=0.1
    )

    path = f"/api/v1/contracts/{summary['contract_id']}"
    milestone_id = accepted.milestones[0].milestone_id
    about: dict[str, Any] = {
        "contract_id": summary["contract_id"],
        "milestone_id": milestone_id,
        "title": "Draft",
        "client_id": client.person_id,
        "assistant_id": assistant.person_id,
    }
    paid = {name: value for name, value in about.items() if name != "assistant_id"}
    one = yen(1)
    amounts = ("gross", "platform_fee", "platform_fee_tax", "withholding", "net")
    released = EscrowReleased(**about, **dict.fromkeys(amounts, one))
    payout: dict[str, Any] = {
        "payout_id": uuid4(),
        "assistant_id": assistant.person_id,
        "amount": one,
        "milestones": (PaidMilestone(**paid, net=one),),
    }
    chargeback = about | {"chargeback_id": uuid4()}
    told = [
        FundingStarted(**about),
        FundingAbandoned(**about),
        FundingStarted(**about, attempt=2),
        FundingShort(**about, attempt=2, received=one, missing=yen(54_999)),
        MilestoneFunded(**about, amount=yen(55_000)),
        RefundMade(
            **about,
            refund_id=uuid4(),
            price=yen(10_000),
            amount=yen(11_000),
            after_release=False,
            from_assistant=yen(0),
            owed=yen(0),
            left=yen(40_000),
            reason="agreed",
        ),
        ChargebackOpened(**chargeback, amount=one, answer_until=None),
        ChargebackClosed(**chargeback, won=True),
        released.model_copy(update={"left": one, "release_id": uuid4()}),
        released,
        PayoutPaid(**payout, transfer_fee=one),
        PayoutReturned(**payout, failure="account_closed"),
    ]
    wire.tell(told, order)

    def status() -> str:
        return str(client.get(path).json()["milestones"][0]["status"])

    eventually(lambda: status() == "funded", timeout=20, interval=0.1)
    milestone = f"{path}/milestones/{milestone_id}"
    assert assistant.post(f"{milestone}/deliveries", {"text": "x"}).status_code == 201
    assert client.post(f"{milestone}/acceptance").status_code == 200
    eventually(lambda: status() == "released", timeout=20, interval=0.1)

    def all_handled() -> bool:
        with psycopg.connect(database.url) as connection:
            [(handled,)] = connection.execute("SELECT count(*) FROM inbox")
        return bool(handled == 3 + len(told))

    eventually(all_handled, timeout=20, interval=0.1)
    happened = [entry["what"] for entry in client.get(path).json()["timeline"]]
    once = {"agreed", "funding_short", "funded", "refund_made", "chargeback_opened"}
    once |= {"chargeback_won", "partly_released", "released", "paid_out", "payout_returned"}
    for what in once:
        assert happened.count(what) == 1, happened
    assert client.get(path).json()["milestones"][0]["left"]["amount"] == 40_000
    assert wire.dead() == 0


def test_a_clock_goes_off_once_over_two_processes(wire: Wire, api: Api, clock_file: Path) -> None:
    api.clock.time = datetime.now(UTC)  # as the processes have it, until their clock is turned
    agreed = Agreed(api)
    agreed.fund()
    with api.begin() as work:
        place = Place(agreed.contract_id, agreed.milestone_id)
        assistant = Person(agreed.assistant.person_id, frozenset())
        working.deliver(place, Deliver(text="x"), assistant, work)
    assert agreed.milestone()["status"] == "delivered"
    clock_file.write_text(str(7 * 24 * 3600))
    eventually(lambda: agreed.milestone()["status"] == "accepted", timeout=20, interval=0.1)
    assert wire.dead() == 0
    assert agreed.told().count("contracts.milestone_accepted.v1") == 1
    happened = [entry["what"] for entry in agreed.view()["timeline"]]
    assert happened.count("accepted") == 1


def test_what_can_never_be_handled_is_a_dead_letter_and_the_queue_goes_on(
    wire: Wire, api: Api
) -> None:
    agreed = Agreed(api)
    funded = MilestoneFunded(**agreed.facts(), amount=yen(55_000))
    parties = [Person(each.person_id, frozenset()) for each in (agreed.client, agreed.assistant)]
    placeless = proposal_accepted(*parties).model_copy(update={"place": ""})
    unknown = funded.model_copy(update={"milestone_id": uuid4()})
    wire.publish(funded, str(uuid4()), "{not json")
    for event in (placeless, unknown, funded):
        wire.publish(event, str(uuid4()), event.model_dump_json())
    eventually(lambda: agreed.milestone()["status"] == "funded", timeout=20, interval=0.1)
    eventually(lambda: wire.dead() == 3, timeout=20, interval=0.1)
