"""What would happen if a message were handled now: it is, in a transaction that is rolled back.

A handler calls nobody on the network, so its transaction is all that it does.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from shared.clock import Clock
from shared.db import Database
from shared.errors import Transient
from shared.messages.operations import PostingView
from shared.messaging import inbox, outbox
from shared.messaging.envelope import Received

if TYPE_CHECKING:
    from shared.messaging.on import Tried

Outcome = Literal["done", "handled_before", "would_fail", "not_heard"]

# It sees the database as it stood at its beginning: what is there beside is its own.
ISOLATION = "REPEATABLE READ"
_LAST_TOLD = text("SELECT coalesce(max(position), 0) FROM outbox")
_TOLD = text("SELECT type, subject, data FROM outbox WHERE position > :last ORDER BY position")
_AS_AT_COMMIT = text("SET CONSTRAINTS ALL IMMEDIATE")

# Given the connection before a handler, returns what tells afterwards which postings it made.
Watch = Callable[[Connection], Callable[[], Sequence[PostingView]]]


def no_books(_connection: Connection) -> Callable[[], Sequence[PostingView]]:
    """Watch nothing: the service keeps no books."""
    return tuple


@dataclass(frozen=True)
class Trials:
    """How a service tries messages. `events` loads its nameko class; `watch` looks at its books."""

    events: Callable[[], type]
    watch: Watch = no_books

    @classmethod
    def of(cls, service: str, watch: Watch = no_books) -> "Trials":
        """Return how a service does whose class is `Events` of its module `events`."""
        return cls(lambda: import_module(f"services.{service}.events").Events, watch)


class _Nothing:
    """The class of a service that hears nothing."""

    name = ""


NOTHING_HEARD = Trials(lambda: _Nothing)


@dataclass(frozen=True)
class Told:
    """An event that would be told."""

    type: str
    subject: str
    content: Any


@dataclass(frozen=True)
class Trial:
    """What would happen. `error` is what a handler would fail with."""

    outcome: Outcome
    error: str = ""
    told: tuple[Told, ...] = ()
    postings: tuple[PostingView, ...] = ()


@dataclass(frozen=True)
class Place:
    """Where messages are tried: the service's database, what makes its Work, and its clock."""

    database: Database
    work: Callable[[Connection, Clock], Any]
    clock: Clock


def attempt(trials: Trials, queue: str, message: Received, place: Place) -> Trial:
    """Handle a message of a queue, and undo it; raise Transient when the database is away."""
    # Here, as the api loads nameko only when somebody tries a letter.
    from shared.messaging.on import handler_of  # noqa: PLC0415

    handler = handler_of(trials.events(), queue)
    if handler is None:
        return Trial("not_heard", f"{queue} has no handler in this version.")
    try:
        with place.database.engine.connect() as raw:
            connection = raw.execution_options(isolation_level=ISOLATION)
            with connection.begin() as transaction:
                last = connection.execute(_LAST_TOLD).scalar_one()
                postings = trials.watch(connection)
                work = place.work(connection, place.clock)
                trial = _handled(handler, queue, message, (connection, work))
                if trial.outcome == "done":
                    told = _told(connection, last)
                    trial = replace(trial, told=told, postings=tuple(postings()))
                transaction.rollback()
            return trial
    except DBAPIError as error:
        raise Transient("database_unavailable", str(error.orig)) from error


def _handled(handler: "Tried", queue: str, message: Received, on: tuple[Connection, Any]) -> Trial:
    connection, work = on
    try:
        event = message.decode(handler.event, handler.event.event_type())
        event.be_told_as(message.id())
        if not inbox.claim(connection, queue, [message.id()]):
            return Trial("handled_before")
        handler.call([event], work)
        outbox.write(connection)
        connection.execute(_AS_AT_COMMIT)
    except Exception as error:  # noqa: BLE001  (whatever it is: that is what is asked)
        return Trial("would_fail", f"{type(error).__name__}: {error}")
    return Trial("done")


def _told(connection: Connection, last: int) -> tuple[Told, ...]:
    found = connection.execute(_TOLD, {"last": last})
    return tuple(Told(row.type, row.subject, json.loads(row.data)) for row in found)
