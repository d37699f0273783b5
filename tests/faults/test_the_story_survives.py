"""Whatever is killed, restarted or said twice: the books at the end are the same."""

import random
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import uuid4

import pika
import pytest

from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.member import JsonObject
from tools.story.proofs import balance_of
from tools.story.tale import Tale
from tools.story.witness import SPEAKERS
from tools.waiting import until

MAX_STORIES = 12


def books(stage: Stage) -> dict[str, int]:
    """Return the balance of every account."""
    trial: JsonObject = stage.operator.get("/payments/books/trial-balance")
    return {line["account"]: balance_of(trial, line["account"]) for line in trial["accounts"]}


def moved(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return by how much each account has moved."""
    return {account: amount - before.get(account, 0) for account, amount in after.items()}


@pytest.fixture(scope="session")
def undisturbed(stage: Stage) -> dict[str, int]:
    """What one story does to the books when nothing goes wrong."""
    before = books(stage)
    proofs = Tale(stage).tell()
    assert all(proof.holds for proof in proofs)
    return moved(before, books(stage))


@dataclass(eq=False)
class Saboteur(threading.Thread):
    """Does one piece of damage after another in the background of a story."""

    damages: Iterable[Callable[[], None]]
    failure: BaseException | None = None

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def run(self) -> None:
        """Do all the damage."""
        try:
            for damage in self.damages:
                damage()
        except BaseException as error:  # noqa: BLE001  (told to the test below)
            self.failure = error


def tell_until(stage: Stage, saboteur: Saboteur) -> int:
    """Tell stories as long as damage is done; return how many."""
    for number in range(1, MAX_STORIES + 1):
        proofs = Tale(stage).tell()
        assert [proof for proof in proofs if not proof.holds] == []
        if not saboteur.is_alive():
            return number
    raise AssertionError("the damage never ended")


def survives(
    stage: Stage, undisturbed: dict[str, int], damages: Iterable[Callable[[], None]]
) -> None:
    before = books(stage)
    saboteur = Saboteur(damages)
    saboteur.start()
    stories = tell_until(stage, saboteur)
    saboteur.join()
    assert saboteur.failure is None
    expected = {account: amount * stories for account, amount in undisturbed.items()}
    assert moved(before, books(stage)) == expected


@pytest.mark.timeout(900)
def test_every_process_is_killed_once_during_the_story(
    stage: Stage, stack: Stack, undisturbed: dict[str, int]
) -> None:
    def kill(name: str) -> Callable[[], None]:
        def damage() -> None:
            stack.kill(name)
            stack.restart(name)

        return damage

    names = [*stack.names, "stripe", "smtp"]
    random.Random(7).shuffle(names)  # noqa: S311  (an order, not a secret)
    survives(stage, undisturbed, [kill(name) for name in names])
    assert stack.ended() == []


@pytest.mark.timeout(600)
def test_the_broker_is_restarted_during_the_story(
    stage: Stage, stack: Stack, undisturbed: dict[str, int]
) -> None:
    survives(stage, undisturbed, [stack.broker.restart, stack.broker.restart])


@pytest.mark.timeout(600)
def test_the_database_is_restarted_during_the_story(
    stage: Stage, stack: Stack, undisturbed: dict[str, int]
) -> None:
    survives(stage, undisturbed, [stack.postgres.restart, stack.postgres.restart])


@dataclass(frozen=True)
class Said:
    """A message as it was published."""

    exchange: str
    routing_key: str
    properties: pika.BasicProperties
    body: bytes


@contextmanager
def overhearing(url: str) -> Iterator[Callable[[], list[Said]]]:
    """Keep a copy of everything that is published; yield what returns the copies so far."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for service in SPEAKERS:
        channel.queue_bind(queue, f"{service}.events", "#")
    copies: list[Said] = []

    def collect() -> list[Said]:
        while True:
            method, properties, body = channel.basic_get(queue, auto_ack=True)
            if method is None:
                return copies
            copies.append(Said(method.exchange, method.routing_key, properties, body))

    yield collect
    connection.close()


def say_again(url: str, said: list[Said], *, new_ids: bool) -> None:
    """Publish messages once more: under their own ids, or under new ones that no inbox knows."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    channel.confirm_delivery()
    for message in said:
        if new_ids:
            message_id = str(uuid4())
            message.properties.message_id = message_id
            message.properties.headers["cloudEvents:id"] = message_id
        channel.basic_publish(
            message.exchange, message.routing_key, message.body, message.properties
        )
    connection.close()


def queues_are_empty(stack: Stack) -> bool:
    """Tell whether no message waits to be handled; delay queues and dead letters aside."""
    counts = stack.broker.queue_lengths()
    return not any(
        count
        for name, count in counts.items()
        if ".retry." not in name and not name.endswith(".dead")
    )


@pytest.mark.timeout(600)
@pytest.mark.parametrize("new_ids", [False, True], ids=["same ids", "new ids"])
def test_every_event_comes_twice_more_and_in_any_order(
    stage: Stage, stack: Stack, undisturbed: dict[str, int], *, new_ids: bool
) -> None:
    before = books(stage)
    with overhearing(stack.broker.url) as overheard:
        assert all(proof.holds for proof in Tale(stage).tell())
        copies = overheard() * 2
    random.Random(len(copies)).shuffle(copies)  # noqa: S311  (an order, not a secret)
    say_again(stack.broker.url, copies, new_ids=new_ids)
    until(lambda: queues_are_empty(stack), "all events are handled", timeout=60)
    proofs = Tale(stage).tell()
    assert [proof for proof in proofs if not proof.holds] == []
    expected = {account: amount * 2 for account, amount in undisturbed.items()}
    assert moved(before, books(stage)) == expected
    dead = {name: count for name, count in stack.broker.queue_lengths().items() if ".dead" in name}
    assert not any(dead.values()), dead
