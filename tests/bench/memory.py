"""Memory of the whole stack: at rest, after a hundred thousand messages, and with a backlog.

What flows are registrations, told through the outbox of accounts and heard by five services. They
name people whom accounts doesn't know: nobody looks them up.
"""

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Self

from shared.clock import SystemClock
from shared.db import Database
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered
from shared.messaging import dead_letters
from shared.messaging.outbox import Outbox
from shared.provision.databases import with_database
from tests.bench.figures import Figure, at_least, at_most
from tests.bench.transport import query
from tools.stack import Stack
from tools.waiting import until

GIB = 2**30
MIB = 2**20
HEARERS = ("contracts", "jobs", "notify", "payments", "programs")
# By then the caches of PostgreSQL and RabbitMQ are full: what grows from there on would be a leak.
WARM_UP = 50_000
MESSAGES = 100_000
BACKLOG = 200_000
TOGETHER = 500
PATIENCE_SECONDS = 900
SAMPLE_SECONDS = 2


def memory(stack: Stack) -> list[Figure]:
    """Measure; takes some ten minutes."""
    flow = Flow(stack)
    at_rest = flow.memory()
    flow.through(WARM_UP)
    warm = flow.memory()
    rate = flow.through(MESSAGES)
    after = flow.memory()
    with Peak(flow) as peak:
        drained = flow.backlog(BACKLOG)
    dead = sum(len(dead_letters.find(name, stack.broker.url)) for name in HEARERS)
    growth = 100 * (_total(after) / _total(warm) - 1)
    ours = sum(after[name] - warm[name] for name in stack.names)
    told = (
        f"{_total(warm) / MIB:,.0f} MiB after {WARM_UP:,} messages, {_total(after) / MIB:,.0f} MiB"
        f" after these; the services alone {ours / MIB:+,.1f} MiB"
    )
    rates = f"{drained:,.0f}/s / {rate:,.0f}/s"
    return [
        Figure("at rest", _total(at_rest) / GIB, "GiB", "sum of PSS", at_most(2)),
        Figure(f"growth over {MESSAGES:,} messages", growth, "%", told, at_most(5)),
        Figure(f"with a backlog of {BACKLOG:,}", peak.bytes / GIB, "GiB", "highest", at_most(2)),
        Figure("draining it / without backlog", drained / rate, "x", rates, at_least(0.9)),
        Figure("dead letters", dead, "", "", at_most(0)),
    ]


@dataclass
class Flow:
    """Messages through a stack; a message is an event on its way to one of those who hear it."""

    stack: Stack
    _told: int = field(default=0, init=False)

    def through(self, messages: int) -> float:
        """Tell so many, wait until they are handled; return messages handled per second."""
        began = time.monotonic()
        self._tell(messages // len(HEARERS))
        self._wait_until_handled()
        return messages / (time.monotonic() - began)

    def backlog(self, messages: int) -> float:
        """Tell so many while nobody hears; then return messages handled per second."""
        names = [f"{service}-events" for service in HEARERS]
        for name in names:
            self.stack.kill(name)
        self._tell(messages // len(HEARERS))
        until(self._relayed, "the outbox is empty", timeout=PATIENCE_SECONDS)
        for name in names:
            self.stack.restart(name)
        began, before = time.monotonic(), sum(map(self._handled_by, HEARERS))
        self._wait_until_handled()
        handled = self._told * len(HEARERS) - before
        return handled / (time.monotonic() - began)

    def memory(self) -> Mapping[str, int]:
        """Return the bytes that each process holds."""
        return self.stack.memory()

    def _tell(self, events: int) -> None:
        database = Database(self.stack.env("accounts")["DATABASE_URL"])
        for first in range(0, events, TOGETHER):
            with database.transaction() as connection:
                outbox = Outbox(connection, SystemClock())
                for _ in range(min(TOGETHER, events - first)):
                    event = _registered()
                    outbox.emit(event, subject=event.person_id)
        database.engine.dispose()
        self._told += events

    def _wait_until_handled(self) -> None:
        for service in HEARERS:
            until(
                partial(self._all_handled_by, service),
                f"{service} has handled all",
                timeout=PATIENCE_SECONDS,
                interval=0.5,
            )

    def _all_handled_by(self, service: str) -> bool:
        return self._handled_by(service) >= self._told

    def _handled_by(self, service: str) -> int:
        count: int = self._ask(service, "SELECT count(*) FROM inbox")
        return count

    def _relayed(self) -> bool:
        return bool(self._ask("accounts", "SELECT NOT EXISTS (SELECT FROM outbox)"))

    def _ask(self, service: str, question: str) -> int:
        url = with_database(self.stack.postgres.url, f"tasuki_{service}")
        answer: int = query(url, question)[0][0]
        return answer


class Peak:
    """Samples the stack's memory every other second and keeps the highest."""

    def __init__(self, flow: Flow) -> None:
        self.bytes = 0
        self._flow = flow
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._sample)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _sample(self) -> None:
        while not self._stop.wait(SAMPLE_SECONDS):
            self.bytes = max(self.bytes, _total(self._flow.memory()))


def _total(memory: Mapping[str, int]) -> int:
    return sum(memory.values())


def _registered() -> PersonRegistered:
    person_id = new_id()
    return PersonRegistered(
        person_id=person_id,
        email=f"{person_id.hex}@example.org",
        display_name="佐藤 美咲",
        roles=frozenset({"assistant"}),
        locale="ja",
    )
