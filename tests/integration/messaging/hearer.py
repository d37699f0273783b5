"""A small service that hears two events of jobs in a container, run as a process by the tests.

What it does with an event is told by the event's title. It never runs inside pytest, which must
not be patched for eventlet.
"""

import shared.messaging.bootstrap  # isort: skip  (patches before anything else is imported)

import json
import os
import signal
import sys
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from shared.clock import Clock, SystemClock
from shared.db import Database
from shared.errors import Rejected, Transient
from shared.messages.contracts import ChangesRequested
from shared.messages.jobs import JobClosed, ProposalDeclined
from shared.messaging.on import Transactions, every, on
from shared.messaging.outbox import Outbox
from shared.messaging.topology import Step
from shared.observability.logs import log_to_stderr
from shared.observability.traces import current_traceparent

WROTE = (
    "INSERT INTO handled (method, subject, size, traceparent) SELECT %s, unnest(%s::text[]), %s, %s"
)


@dataclass(frozen=True)
class Work:
    """A table to write to, and an outbox."""

    connection: Connection
    outbox: Outbox

    def write(self, method: str, subjects: list[str]) -> None:
        facts = (method, subjects, len(subjects), current_traceparent())
        self.connection.exec_driver_sql(WROTE, facts)

    def do(self, title: str) -> None:
        """Do what an event's title says, as `what` or `what:argument`."""
        what, _, argument = title.partition(":")
        match what:
            case "sleep":
                self.connection.execute(text("SELECT pg_sleep(:s)"), {"s": float(argument)})
            case "transient" if not self._tried(argument):
                raise Transient("not_yet")
            case "never ready":
                raise Transient("not_yet")
            case "rejected":
                raise Rejected("never", reason="the test wants it")
            case "bug":
                raise ValueError("a bug")
            case "kill":
                os.kill(os.getpid(), signal.SIGKILL)

    def _tried(self, path: str) -> bool:
        # Outside of the transaction, so that the first attempt is remembered.
        try:
            os.close(os.open(path, os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            return True
        return False


class Events:
    """Hears two events, one of them in batches, and has a clock."""

    name = "contracts"
    transactions = Transactions()

    @on(JobClosed)
    def closed(self, closed: JobClosed, work: Work) -> None:
        work.write("closed", [str(closed.job_id)])
        work.do(closed.title)
        if closed.title == "tell":
            work.outbox.emit(_told(closed), subject=closed.job_id)

    @on(ProposalDeclined, batch=50)
    def declined(self, declined: list[ProposalDeclined], work: Work) -> None:
        work.write("declined", [str(event.proposal_id) for event in declined])
        for event in declined:
            work.do(event.job_title)

    @every(seconds=0.2)
    def tick(self) -> None:
        if os.environ.get("TICK"):
            with self.transactions.begin() as work:
                work.write("tick", ["a clock"])
            raise ValueError("a bug of the clock's call")


def _told(closed: JobClosed) -> ChangesRequested:
    return ChangesRequested(
        contract_id=closed.job_id,
        milestone_id=closed.job_id,
        title=closed.title,
        client_id=closed.client_id,
        assistant_id=closed.client_id,
        comment="told on",
    )


def make_work(connection: Connection, clock: Clock) -> Any:
    return Work(connection, Outbox(connection, clock))


if __name__ == "__main__":
    log_to_stderr("INFO")
    database_url, amqp_url, steps, pool_size = sys.argv[1:]
    shared.messaging.bootstrap.run_events(
        Events,
        {
            "amqp_url": amqp_url,
            "database": lambda: Database(database_url, pool_size=int(pool_size)),
            "work": make_work,
            "clock": SystemClock(),
            "steps": tuple(Step(*step) for step in json.loads(steps)),
            "grace_seconds": float(os.environ.get("GRACE", "20")),
        },
    )
