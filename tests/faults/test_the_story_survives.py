"""Whatever is killed, restarted or said twice: the books at the end are the same."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from itertools import cycle, islice
from uuid import uuid4

import pytest

from shared.messages import contracts, payments
from tools.releases.overheard import Said, overhearing, say
from tools.stack import Stack
from tools.story.acts import Stage
from tools.story.member import JsonObject
from tools.story.money import MoneyTale
from tools.story.proofs import balance_of
from tools.story.tale import Tale
from tools.waiting import until

MAX_STORIES = 12
Tales = Sequence[type[Tale | MoneyTale]]
TALES: Tales = (Tale, MoneyTale)

# What only the story of money makes the services say: it has to be among what is said again.
OF_MONEY = {
    event.routing_key()
    for event in (
        contracts.MilestoneAdded,
        contracts.MilestonePartlyAccepted,
        contracts.DisputeOpened,
        contracts.DisputeResolved,
        payments.FundingShort,
        payments.CreditGranted,
        payments.RefundMade,
        payments.ChargebackOpened,
        payments.ChargebackClosed,
        payments.PayoutReturned,
    )
}

# By how much each account has moved.
Moved = Mapping[str, int]


def books(stage: Stage) -> dict[str, int]:
    """Return the balance of every account."""
    trial: JsonObject = stage.operator.get("/payments/books/trial-balance")
    return {line["account"]: balance_of(trial, line["account"]) for line in trial["accounts"]}


def moved(before: Moved, after: Moved) -> Counter[str]:
    """Return by how much each account has moved; those that haven't are left out."""
    changes = {account: amount - before.get(account, 0) for account, amount in after.items()}
    return Counter({account: change for account, change in changes.items() if change})


def tell(stage: Stage, tale: type[Tale | MoneyTale]) -> None:
    """Tell a story from beginning to end, and see that all is proved."""
    assert [proof for proof in tale(stage).tell() if not proof.holds] == []


@dataclass(frozen=True)
class Undisturbed:
    """What each story does to the books when nothing goes wrong."""

    by_tale: Mapping[type[Tale | MoneyTale], Moved]

    def sum_of(self, told: Iterable[type[Tale | MoneyTale]]) -> Counter[str]:
        """Return what these stories do together."""
        sums: Counter[str] = Counter()
        for tale in told:
            sums.update(self.by_tale[tale])
        return sums


@pytest.fixture(scope="module")
def undisturbed(stage: Stage) -> Undisturbed:
    """What each story does to the books when nothing goes wrong."""
    by_tale = {}
    # What stories of other tests have left to be paid is paid on the payday of the first: it is
    # told once more, and only then kept.
    for tale in (Tale, *TALES):
        before = books(stage)
        tell(stage, tale)
        by_tale[tale] = moved(before, books(stage))
    return Undisturbed(by_tale)


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


def tell_until(stage: Stage, saboteur: Saboteur, tales: Tales) -> list[type[Tale | MoneyTale]]:
    """Tell one story after the other as long as damage is done, each at least once."""
    told: list[type[Tale | MoneyTale]] = []
    for tale in islice(cycle(tales), MAX_STORIES):
        tell(stage, tale)
        told.append(tale)
        if not saboteur.is_alive() and len(told) >= len(tales):
            return told
    raise AssertionError("the damage never ended")


def survives(
    stage: Stage,
    undisturbed: Undisturbed,
    damages: Iterable[Callable[[], None]],
    tales: Tales = TALES,
) -> None:
    before = books(stage)
    saboteur = Saboteur(damages)
    saboteur.start()
    told = tell_until(stage, saboteur, tales)
    saboteur.join()
    assert saboteur.failure is None
    assert moved(before, books(stage)) == undisturbed.sum_of(told)


@pytest.mark.timeout(900)
def test_every_process_is_killed_once_during_the_story(
    stage: Stage, stack: Stack, undisturbed: Undisturbed
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
def test_the_broker_and_the_database_are_restarted_during_the_story(
    stage: Stage, stack: Stack, undisturbed: Undisturbed
) -> None:
    damages = [stack.broker.restart, stack.postgres.restart] * 2
    survives(stage, undisturbed, damages, tales=[MoneyTale])


def with_new_id(message: Said) -> Said:
    """Return a copy of the message under an id that no inbox knows."""
    copy = deepcopy(message)
    copy.properties.message_id = copy.properties.headers["cloudEvents:id"] = str(uuid4())
    return copy


def queues_are_empty(stack: Stack) -> bool:
    """Tell whether no message waits to be handled; delay queues and dead letters aside."""
    counts = stack.broker.queue_lengths()
    return not any(
        count
        for name, count in counts.items()
        if ".retry." not in name and not name.endswith(".dead")
    )


@pytest.mark.timeout(600)
def test_every_event_comes_twice_more_and_in_any_order(
    stage: Stage, stack: Stack, undisturbed: Undisturbed
) -> None:
    before = books(stage)
    with overhearing(stack.broker.url) as overheard:
        for tale in TALES:
            tell(stage, tale)
        said = overheard()
    assert {message.routing_key for message in said} >= OF_MONEY
    copies = [*said, *map(with_new_id, said)]
    random.Random(len(copies)).shuffle(copies)  # noqa: S311  (an order, not a secret)
    say(stack.broker.url, copies)
    until(lambda: queues_are_empty(stack), "all events are handled", timeout=90)
    for tale in TALES:
        tell(stage, tale)
    assert moved(before, books(stage)) == undisturbed.sum_of([*TALES, *TALES])
    dead = {name: count for name, count in stack.broker.queue_lengths().items() if ".dead" in name}
    assert not any(dead.values()), dead
