"""A house of two services: jobs tells (its relay), contracts hears (a container in a process)."""

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import LiteralString
from uuid import UUID, uuid4

import pika
import psycopg
import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext

from shared.clock import SystemClock
from shared.db import Database
from shared.http.audit import create_operator_actions
from shared.http.idempotency import create_idempotency_table
from shared.messages.base import Event
from shared.messages.jobs import JobClosed, ProposalDeclined
from shared.messaging import dead_letters
from shared.messaging.archive_tables import create_outbox_archive
from shared.messaging.dead_letters import DeadLetter
from shared.messaging.migrations import create_messaging_tables
from shared.messaging.outbox import Outbox
from shared.messaging.queues import create_heard_queues
from shared.messaging.relay import run_relay
from shared.messaging.replays import create_replays
from shared.messaging.switches import create_switches
from shared.messaging.topology import Step
from tests.support.servers import TestBroker, TestPostgres
from tests.support.wait import eventually

ROOT = Path(__file__).parents[3]
STEPS = (Step("1s", 100), Step("10s", 200), Step("1m", 300))
HANDLED = """
    CREATE TABLE handled (
        number bigint GENERATED ALWAYS AS IDENTITY, method text, subject text, size int,
        traceparent text)
"""


def closed(title: str = "") -> JobClosed:
    """Return an event that is handled one at a time."""
    return JobClosed(job_id=uuid4(), client_id=uuid4(), title=title)


def declined(title: str = "") -> ProposalDeclined:
    """Return an event that is handled in batches."""
    return ProposalDeclined(
        proposal_id=uuid4(), job_id=uuid4(), job_title=title, assistant_id=uuid4()
    )


def subject(event: Event) -> UUID:
    """Return what the hearer writes down of an event."""
    return event.proposal_id if isinstance(event, ProposalDeclined) else event.job_id  # type: ignore[attr-defined]


@dataclass
class House:
    """The two services, with their databases and their own users at one virtual host."""

    jobs_url: str
    contracts_url: str
    jobs_amqp: str
    contracts_amqp: str
    admin_amqp: str
    log: Path
    jobs: Database = field(init=False)
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    relays: list[tuple[threading.Event, threading.Thread]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.jobs = Database(self.jobs_url)

    def emit(self, *events: Event) -> None:
        """Commit the events to the outbox of jobs, in one transaction."""
        with self.jobs.transaction() as connection:
            outbox = Outbox(connection, SystemClock())
            for event in events:
                outbox.emit(event, subject=subject(event))

    def start_relay(self) -> threading.Event:
        """Run a relay of jobs in a thread; return what stops it."""
        stop = threading.Event()
        arguments = ("jobs", self.jobs_url, self.jobs_amqp, stop)
        thread = threading.Thread(target=run_relay, args=arguments)
        thread.start()
        self.relays.append((stop, thread))
        return stop

    def start_relay_process(self) -> subprocess.Popen[bytes]:
        """Run a relay of jobs as a process of its own."""
        code = (
            "import signal, sys, threading; from shared.messaging.relay import run_relay;"
            "from shared.observability.logs import log_to_stderr; log_to_stderr();"
            "stop = threading.Event(); signal.signal(signal.SIGTERM, lambda *_: stop.set());"
            "run_relay('jobs', sys.argv[1], sys.argv[2], stop)"
        )
        return self._start("-c", code, self.jobs_url, self.jobs_amqp)

    def start_hearer(self, **environment: str) -> subprocess.Popen[bytes]:
        """Run the container of contracts, and return when it consumes."""
        before = self.logged("consuming")
        process = self.start_waiting_hearer(**environment)
        eventually(lambda: self.logged("consuming") > before, 20)
        return process

    def start_waiting_hearer(self, **environment: str) -> subprocess.Popen[bytes]:
        """Run the container of contracts."""
        arguments = (self.contracts_url, self.contracts_amqp, json.dumps(STEPS), "10")
        module = "tests.integration.messaging.hearer"
        return self._start("-m", module, *arguments, **environment)

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                stderr=log,
                env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
            )
        self.processes.append(process)
        return process

    def logged(self, message: str) -> int:
        """Return how often the processes have logged this message."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        return sum(f'"message": "{message}' in line for line in lines)

    def tail(self) -> str:
        """Return the end of what the processes logged, to explain a failure."""
        return self.log.read_text()[-3000:] if self.log.exists() else ""

    def handled(self, *events: Event) -> list[tuple[str, int, str]]:
        """Return (method, size of the batch, traceparent) of each time one of them was handled."""
        with psycopg.connect(self.contracts_url) as connection:
            return connection.execute(
                "SELECT method, size, traceparent FROM handled WHERE subject = ANY(%s)"
                " ORDER BY number",
                ([str(subject(event)) for event in events],),
            ).fetchall()

    def ticks(self) -> int:
        """Return how often the clock of contracts has ticked."""
        return self.count("SELECT count(*) FROM handled WHERE method = 'tick'")

    def outbox_size(self) -> int:
        """Return how many events of jobs are not published yet."""
        return self.count("SELECT count(*) FROM outbox", self.jobs_url)

    def count(self, query: LiteralString, url: str = "") -> int:
        """Return what a query counts in the database of contracts, or in another."""
        with psycopg.connect(url or self.contracts_url) as connection:
            row = connection.execute(query).fetchone()
        assert row
        return int(row[0])

    def dead(self, event: Event) -> list[DeadLetter]:
        """Return the dead letters of an event."""
        body = event.model_dump_json().encode()
        return self.dead_with(lambda letter: letter.received.body == body)

    def dead_with(self, chosen: Callable[[DeadLetter], bool]) -> list[DeadLetter]:
        """Return some of the dead letters of contracts."""
        return dead_letters.find("contracts", self.contracts_amqp, chosen)

    @contextmanager
    def channel(self, url: str = "") -> Iterator[pika.adapters.blocking_connection.BlockingChannel]:
        """Yield a channel to the broker, as administrator unless another URL is given."""
        connection = pika.BlockingConnection(pika.URLParameters(url or self.admin_amqp))
        try:
            yield connection.channel()
        finally:
            if connection.is_open:
                connection.close()

    def publish(self, event: Event, times: int = 1, **properties: object) -> str:
        """Publish an event as the relay of jobs would, past the outbox; return its id."""
        message_id = str(uuid4())
        given = {"message_id": message_id, "content_type": "application/json"} | properties
        with self.channel(self.jobs_amqp) as channel:
            for _ in range(times):
                self.send(channel, event.routing_key(), event.model_dump_json().encode(), **given)
        return message_id

    @staticmethod
    def send(
        channel: pika.adapters.blocking_connection.BlockingChannel,
        routing_key: str,
        body: bytes,
        **properties: object,
    ) -> None:
        """Publish anything to the exchange of jobs."""
        channel.basic_publish(
            "jobs.events", routing_key, body, pika.BasicProperties(delivery_mode=2, **properties)
        )

    def close(self) -> None:
        """Stop what runs."""
        for stop, _ in self.relays:
            stop.set()
        for process in self.processes:
            process.send_signal(signal.SIGTERM)
        for process in self.processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(5)
            process.kill()
            process.wait()
        for _, thread in self.relays:
            thread.join()
        self.jobs.engine.dispose()


def build(postgres: TestPostgres, broker: TestBroker, folder: Path) -> House:
    """Return a new house, in which nothing runs yet."""
    urls = [postgres.create_database() for _ in range(2)]
    for url in urls:
        _create_tables(url)
    vhost = broker.create_vhost()
    users = [broker.user_url(service, vhost) for service in ("jobs", "contracts")]
    return House(urls[0], urls[1], users[0], users[1], vhost, folder / "log")


def _create_tables(url: str) -> None:
    database = Database(url)
    with database.transaction() as connection:
        operations = Operations(MigrationContext.configure(connection))
        create_messaging_tables(operations)
        create_outbox_archive(operations)
        create_replays(operations)
        create_heard_queues(operations)
        create_switches(operations)
        create_operator_actions(operations)
        create_idempotency_table(operations)
        connection.exec_driver_sql(HANDLED)
    database.engine.dispose()


@pytest.fixture
def house(postgres: TestPostgres, broker: TestBroker, tmp_path: Path) -> Iterator[House]:
    """A house in which nothing runs yet."""
    built = build(postgres, broker, tmp_path)
    try:
        yield built
    finally:
        built.close()


@pytest.fixture(scope="module")
def running(
    postgres: TestPostgres, broker: TestBroker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """A house with one relay and one container, shared by the tests of a module."""
    built = build(postgres, broker, tmp_path_factory.mktemp("house"))
    try:
        built.start_relay()
        built.start_hearer()
        yield built
    finally:
        built.close()
