"""Transactions: how nameko's entry points get one, and with it the Work of a use case."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from opentelemetry import context
from sqlalchemy import Connection

from shared.clock import Clock
from shared.db import Database
from shared.messaging.green import DependencyProvider, WorkerContext

_TRACE = "trace"


class Transactions(DependencyProvider):  # type: ignore[misc]  # nameko publishes no types
    """Begins transactions; and carries the trace of a message into its handler.

    Made of `database`, `work` and `clock` in the container's config (bootstrap.EventsConfig).
    """

    @cached_property
    def database(self) -> Database:
        """The service's database; it connects when it is first asked."""
        database: Database = self.container.config["database"]()
        return database

    @property
    def clock(self) -> Clock:
        """The clock that the service goes by."""
        clock: Clock = self.container.config["clock"]
        return clock

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Yield the Work of a new transaction; commit at the end, roll back on any exception.

        Raises Transient when the database is away.
        """
        with self.connected() as (_, work):
            yield work

    @contextmanager
    def connected(self) -> Iterator[tuple[Connection, Any]]:
        """Yield the connection too: the inbox needs it."""
        with self.database.transaction() as connection:
            yield connection, self.container.config["work"](connection, self.clock)

    @property
    def at_once(self) -> int:
        """How many transactions the pool keeps connections for."""
        return int(self.database.engine.pool.size())  # type: ignore[attr-defined]  # QueuePool

    def get_dependency(self, _worker: WorkerContext) -> "Transactions":
        """Return itself: what the service's methods find in their attribute."""
        return self

    def worker_setup(self, worker: WorkerContext) -> None:
        """Go on in the trace that the entry point is in: green threads don't inherit it."""
        if trace := worker.data.get(_TRACE):
            # It ends with the worker's green thread, which nobody else uses.
            context.attach(trace)

    @staticmethod
    def trace() -> dict[str, context.Context]:
        """Return the context data by which a worker goes on in the current trace."""
        return {_TRACE: context.get_current()}
