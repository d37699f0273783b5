"""A service that the old version doesn't have: what was told before it came, and what it heard."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Final
from uuid import UUID

import psycopg

from shared.messaging import archive
from shared.messaging.archive import Pace, Selection
from shared.messaging.topology import HEARS
from tools.stack import Stack
from tools.story.proofs import Proof
from tools.waiting import WaitedInVainError, until

# Events per second; as many as one machine's consumers take beside its other work.
REPLAY_RATE: Final = 1_000.0
PATIENCE_SECONDS: Final = 60.0
_TOLD: Final = "SELECT type, id FROM outbox_archive WHERE type = ANY(%(types)s)"
_HANDLED: Final = "SELECT consumer, message_id FROM inbox"


def tell_archives(stack: Stack, newcomer: str) -> int:
    """Tell a service all that the others have archived for it; return how many events.

    Its events process has to have made its queues by then.
    """
    told = 0
    for service, types in _heard(stack, newcomer):
        env = stack.env(service)
        wanted = Selection(to=newcomer, types=types)
        pace = Pace(REPLAY_RATE)
        told += archive.replay(
            service, env["DATABASE_URL"], env["AMQP_URL"], wanted, pace
        ).published
    return told


def waiting(stack: Stack, newcomer: str) -> int:
    """Return how many messages wait in a service's queues."""
    lengths = stack.broker.queue_lengths().items()
    return sum(length for queue, length in lengths if queue.startswith(f"{newcomer}."))


def heard_all(stack: Stack, newcomer: str) -> Proof:
    """Wait until a service has handled all that its queues hold and that is archived for it."""
    with suppress(WaitedInVainError):
        until(
            lambda: not waiting(stack, newcomer) and not _lost(stack, newcomer),
            f"{newcomer} has heard all",
            timeout=PATIENCE_SECONDS,
        )
    told, lost, left = _told(stack, newcomer), _lost(stack, newcomer), waiting(stack, newcomer)
    handled = len(_rows(stack, newcomer, _HANDLED))
    figures = (
        f"{len(told)} archived, {len(lost)} of them not heard; {handled} messages handled,"
        f" {left} wait"
    )
    holds = handled > 0 and not lost and not left
    return Proof(f"{newcomer} has heard all that it came too late for", holds, figures)


def _told(stack: Stack, newcomer: str) -> set[tuple[str, UUID]]:
    return set().union(
        *(_rows(stack, service, _TOLD, types) for service, types in _heard(stack, newcomer))
    )


def _lost(stack: Stack, newcomer: str) -> set[tuple[str, UUID]]:
    handled = _rows(stack, newcomer, _HANDLED)
    return _told(stack, newcomer) - {(_type_in(queue), each) for queue, each in handled}


def _rows(
    stack: Stack, service: str, query: str, types: Sequence[str] = ()
) -> set[tuple[str, UUID]]:
    with psycopg.connect(stack.env(service)["DATABASE_URL"]) as database:
        return set(database.execute(query, {"types": list(types)}).fetchall())


def _heard(stack: Stack, newcomer: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield whom a service hears, with the types of events, by the names of its queues."""
    queues = stack.broker.queue_lengths()
    for service in HEARS[newcomer]:
        named = (queue for queue in queues if queue.startswith(f"{newcomer}.{service}."))
        yield service, tuple({_type_in(queue) for queue in named})


def _type_in(queue: str) -> str:
    return ".".join(queue.split(".")[1:4])
