"""Tells archived events of a service once more: to a consumer that is new or was rebuilt.

They are the same messages, with the ids and times of then: an inbox that has seen one refuses it.
A consumer gets them in its own queues, to which nothing else leads under these routing keys; any
number of events, at a bounded rate, and on from where an earlier run ended.

Operators ask for it over the API (replays.py). While apis and relays stand still, as in a restore:

    python -m shared.messaging.archive <service> [--to <consumer>] [--since <time>] [--dry-run] …

DATABASE_URL and AMQP_URL are the service's own.
"""

import argparse
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from time import monotonic
from typing import Any, Final

import psycopg

from shared.messaging.publisher import Publisher, PublisherClosed
from shared.messaging.stored import COLUMNS, StoredEvent, outgoing
from shared.messaging.topology import Exchange, events_exchange, replayed_to
from shared.settings import Settings

RATE: Final = 200.0
MOST_AT_ONCE: Final = 500
# So long a batch takes at the rate that was asked for: rates are kept this finely.
BATCH_SECONDS: Final = 0.25

_WANTED = """
    FROM outbox_archive
    WHERE position > %(after)s
        AND published_at >= coalesce(%(since)s::timestamptz, '-infinity')
        AND published_at < coalesce(%(until)s::timestamptz, 'infinity')
        AND (%(types)s::text[] = '{}' OR type = ANY(%(types)s::text[]))
"""
_COUNT = f"SELECT count(*), max(position) {_WANTED}"
_NEXT = f"SELECT {COLUMNS} {_WANTED} ORDER BY position LIMIT %(limit)s"


class NobodyHears(Exception):
    """The queue that events were replayed to is not bound to the service that tells them."""


@dataclass(frozen=True)
class Selection:
    """Which archived events: all of them, unless it says so.

    `to` is a queue, or a service: then all of its queues that hear the events; None is everybody.
    `since` and `until` are times of publishing, the end not included; `types` are CloudEvents
    types; `after` is the position that an earlier run has reached.
    """

    to: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    types: tuple[str, ...] = ()
    after: int = 0

    def parameters(self) -> dict[str, object]:
        """Return what the queries ask by. A queue's own event is the only one that it gets."""
        heard = self.to.split(".")[1:4] if self.to else []
        types = {".".join(heard)} if heard else set()
        if self.types:
            types = types & set(self.types) if types else set(self.types)
            types = types or {""}  # no event is of this type: nothing is wanted
        values = {"since": self.since, "until": self.until, "after": self.after}
        return values | {"types": sorted(types)}


@dataclass(frozen=True)
class Progress:
    """How far a replay is: events published, those of them that nobody heard, the last position."""

    published: int = 0
    unheard: int = 0
    position: int = 0


def _ignore(_progress: Progress) -> None:
    """Tell nobody."""


@dataclass(frozen=True)
class Pace:
    """How fast: events per second; and who is told of the progress, and may stop it."""

    rate: float = RATE
    on_progress: Callable[[Progress], None] = _ignore
    stop: threading.Event = field(default_factory=threading.Event)

    @property
    def batch(self) -> int:
        """How many events to publish at once."""
        return max(1, min(MOST_AT_ONCE, round(self.rate * BATCH_SECONDS)))

    def keep(self, published: int, began: float) -> None:
        """Wait as long as so many events take."""
        self.stop.wait(max(0.0, began + published / self.rate - monotonic()))


def count(database: psycopg.Connection[Any], wanted: Selection) -> int:
    """Return how many events a replay would publish (the dry run)."""
    row = database.execute(_COUNT, wanted.parameters()).fetchone()
    return int(row[0]) if row else 0


def replay(
    service: str, database_url: str, amqp_url: str, wanted: Selection, pace: Pace | None = None
) -> Progress:
    """Publish the archived events in their order, each confirmed by the broker.

    Events that are published while it runs are not part of it. Raises NobodyHears when the queue
    of `wanted.to` takes nothing, PublisherClosed and psycopg.OperationalError when the broker or
    the database is away: to go on, give `after` the last position that was told.
    """
    pace = pace or Pace()
    progress = Progress(position=wanted.after)
    name = f"{service} replay"
    began = monotonic()
    with (
        psycopg.connect(database_url, autocommit=True) as database,
        closing(
            Publisher(amqp_url, Exchange(events_exchange(service), "topic"), name)
        ) as publisher,
    ):
        for events in _batches(database, wanted, pace):
            progress = _publish(service, publisher, wanted, events, progress)
            pace.on_progress(progress)
            pace.keep(progress.published, began)
    return progress


def _batches(
    database: psycopg.Connection, wanted: Selection, pace: Pace
) -> Iterator[list[StoredEvent]]:
    with database.transaction():
        row = database.execute(_COUNT, wanted.parameters()).fetchone()
    last = row[1] if row else None
    while last is not None and wanted.after < last and not pace.stop.is_set():
        rows = database.execute(_NEXT, wanted.parameters() | {"limit": pace.batch}).fetchall()
        events = [event for event in map(StoredEvent._make, rows) if event.position <= last]
        if not events:
            return
        yield events
        wanted = replace(wanted, after=events[-1].position)


def _publish(
    service: str,
    publisher: Publisher,
    wanted: Selection,
    events: list[StoredEvent],
    before: Progress,
) -> Progress:
    to = wanted.to
    unheard = publisher.unroutable
    batch = publisher.publish(
        [outgoing(service, each, replayed_to(to, each.type) if to else None) for each in events]
    )
    refused = len(events) - len(publisher.confirmed(batch))
    unheard = publisher.unroutable - unheard
    if refused or (unheard and to and "." in to):
        raise NobodyHears(
            f"{to} took {len(events) - refused - unheard} of {len(events)} events. Has its events"
            f" process run, in this version or a newer one? Go on after position {before.position}."
        )
    return Progress(before.published + len(events), before.unheard + unheard, events[-1].position)


def main(arguments: list[str] | None = None) -> None:
    """Do what the command line says; exit with a message when it can't go on."""
    asked = _parser().parse_args(arguments)
    settings = Settings()
    if not (settings.database_url and settings.amqp_url):
        sys.exit("Set DATABASE_URL and AMQP_URL: the service's own.")
    wanted = Selection(asked.to, asked.since, asked.until, tuple(asked.type), asked.after)
    if asked.dry_run:
        with psycopg.connect(settings.database_url) as database:
            _say("events:", count(database, wanted))
        return
    pace = Pace(asked.rate, lambda so_far: _say("position", so_far.position, so_far.published))
    try:
        done = replay(asked.service, settings.database_url, settings.amqp_url, wanted, pace)
    except (NobodyHears, PublisherClosed, psycopg.OperationalError) as error:
        sys.exit(f"{error}\nGo on with --after and the last position above.")
    _say("told", done.published, "of which nobody hears", done.unheard)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m shared.messaging.archive", description="Tell archived events once more."
    )
    parser.add_argument("service", help="who told them")
    parser.add_argument("--to", help="a service or one of its queues; everybody unless named")
    parser.add_argument("--since", type=_time, help="published from then on: ISO 8601, UTC")
    parser.add_argument("--until", type=_time, help="published before")
    parser.add_argument("--type", action="append", default=[], help="as jobs.job_closed.v1")
    parser.add_argument("--after", type=int, default=0, help="go on after this position")
    parser.add_argument("--rate", type=float, default=RATE, help=f"events in a second ({RATE:g})")
    parser.add_argument("--dry-run", action="store_true", help="only count them")
    return parser


def _time(text: str) -> datetime:
    given = datetime.fromisoformat(text)
    return given if given.tzinfo else given.replace(tzinfo=UTC)


def _say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")


if __name__ == "__main__":
    main()
