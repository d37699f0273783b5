"""The whole story over HTTP: milestones carried through by 8 clients, with all processes running.

A client has an assistant, and contracts with them of several milestones each: posted, proposed,
agreed; then each milestone is funded on the simulator's page (with its webhook), delivered with a
file, accepted, and released. Members act as soon as they can: they ask again until they may go on.
"""

import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx2

from tests.bench import cpu
from tests.bench.cpu import Meter
from tests.bench.figures import Figure, at_least, at_most, percentile
from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Agreed, Stage
from tools.story.demo import REQUEST_TIMEOUT_SECONDS, stage_on
from tools.story.member import Member
from tools.story.narrator import Silent
from tools.waiting import until

T = TypeVar("T")

CLIENTS = 8
MILESTONES = 5
PRICE = 50_000
WARM_UP_SECONDS = 4
SECONDS = 20
LOOK_SECONDS = 0.25


@dataclass
class Tally:
    """When milestones were released, and when commands were answered after how many seconds."""

    released: list[float] = field(default_factory=list)
    commands: list[tuple[float, float]] = field(default_factory=list)


class Unhurried(Stage):
    """A stage whose members look again a few times per second, as a page or an app would."""

    def wait(
        self, what: str, condition: Callable[[], T | None], patience: float | None = None
    ) -> T:
        """Return what the condition gives, as soon as it gives something."""
        return until(condition, what, timeout=patience or self.patience, interval=LOOK_SECONDS)


class TimedClient(httpx2.Client):
    """Notes how long commands take, refused ones too."""

    def __init__(self, tally: Tally, address: str) -> None:
        super().__init__(base_url=address, timeout=REQUEST_TIMEOUT_SECONDS)
        self._tally = tally

    def request(self, method: str, *arguments: Any, **options: Any) -> httpx2.Response:
        """Send a request."""
        began = time.monotonic()
        answer = super().request(method, *arguments, **options)
        if method != "GET":
            ended = time.monotonic()
            self._tally.commands.append((ended, ended - began))
        return answer


def story(stack: Stack) -> list[Figure]:
    """Measure."""
    tally, stop = Tally(), threading.Event()
    with (
        stage_on(stack, Silent()) as stage,
        ThreadPoolExecutor(CLIENTS) as pool,
        TimedClient(tally, stack.url("web")) as http,
    ):
        timed = Unhurried(**vars(stage) | {"http": http})
        pairs = list(pool.map(pair, [timed] * CLIENTS))
        plays = [pool.submit(_play, timed, pair, tally, stop) for pair in pairs]
        time.sleep(WARM_UP_SECONDS)
        began, meter = time.monotonic(), Meter(pids(stack))
        stop.wait(SECONDS)
        ended, taken = time.monotonic(), meter.taken()
        stop.set()
        for play in plays:
            play.result()
    return _figures(tally, began, ended, taken)


def pids(stack: Stack) -> dict[str, int]:
    """Return the process of each part of the stack, and this one."""
    started = {entry.name: entry.pid for entry in stack.folder.state().started}
    return started | {"these clients": os.getpid()}


def pair(stage: Stage) -> tuple[Member, Member]:
    """Return a client and an assistant who can be paid."""
    client = acts.register(stage, stage.member("Hanako", "client"))
    assistant = acts.register(stage, stage.member("Misaki", "assistant"))
    acts.become_payee(stage, assistant)
    return client, assistant


def _play(stage: Stage, pair: tuple[Member, Member], tally: Tally, stop: threading.Event) -> None:
    """Carry milestones through until told to stop."""
    while not stop.is_set():
        agreed = acts.agree(stage, *pair, "案内文", (PRICE,) * MILESTONES)
        for milestone_id in agreed.milestone_ids:
            if not stop.is_set():
                _carry_through(stage, agreed, milestone_id)
                tally.released.append(time.monotonic())


def _carry_through(stage: Stage, agreed: Agreed, milestone_id: str) -> None:
    acts.fund(stage, agreed, milestone_id)
    acts.deliver(stage, agreed, milestone_id)
    acts.accept(stage, agreed, milestone_id)
    acts.wait_for_release(stage, agreed, milestone_id)


def _figures(tally: Tally, began: float, ended: float, taken: Mapping[str, float]) -> list[Figure]:
    released = sum(1 for at in tally.released if began < at <= ended)
    waits = [1000 * seconds for at, seconds in tally.commands if began < at <= ended]
    told = f"{CLIENTS} clients, {released} milestones, {len(waits):,} commands in {SECONDS} s"
    each = 1000 * sum(taken.values()) / released
    return [
        Figure("milestones carried through", released / (ended - began), "/s", told, at_least(15)),
        Figure("a command, p50", percentile(waits, 50), "ms", told),
        Figure("a command, p95", percentile(waits, 95), "ms", told, at_most(100)),
        Figure("processor time of a milestone", each, "ms", cpu.told(taken, released)),
    ]
