"""The events process with a real broker, a real database and a real mail server."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pika
import psycopg
import pytest

from services.notify.domain import examples
from services.notify.domain.examples import EXAMPLES
from services.notify.domain.examples_own import LETTERS
from services.notify.domain.examples_programs import PROGRAMS
from services.notify.domain.kinds import nature_of
from services.notify.domain.tellings import TELLINGS
from services.notify.events import Events
from shared.messages.accounts import PersonChanged, PersonRegistered, SecretLetter
from shared.messages.base import Event
from shared.messages.companies import AddressInvited, CompanyFounded, CompanyRenamed
from shared.messages.deletion import PersonDeleted
from shared.messaging.on import heard_by
from shared.messaging.topology import HEARS
from shared.provision.databases import ServiceDatabase
from shared.sealed import new_key
from tests.integration.notify.conftest import EVERYBODY, HANAKO
from tests.support.servers import TestBroker
from tests.support.wait import eventually
from tools.mail import Mail, caught
from tools.ports import free_port

ROOT = Path(__file__).parents[3]
HEARD = {event for _, event in heard_by(Events).values()}


class Wire:
    """The broker as the other services use it."""

    def __init__(self, url: str) -> None:
        self.connection = pika.BlockingConnection(pika.URLParameters(url))
        self.channel = self.connection.channel()
        for source in HEARS["notify"]:
            self.channel.exchange_declare(f"{source}.events", "topic", durable=True)

    def tell(self, event: Event, message_id: str = "") -> None:
        properties = pika.BasicProperties(
            content_type="application/json", message_id=message_id or str(uuid4())
        )
        body = event.model_dump_json().encode()
        self.channel.basic_publish(f"{event.service}.events", event.routing_key(), body, properties)

    def consumers(self, queue: str) -> int:
        """Return how many consume a queue; 0 while there is none of that name."""
        try:
            answer = self.channel.queue_declare(queue, passive=True)
        except pika.exceptions.ChannelClosedByBroker:
            self.channel = self.connection.channel()
            return 0
        return int(answer.method.consumer_count)


class Post:
    """A mail server that can be started and stopped."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.file = folder / "mails.jsonl"

    @contextmanager
    def open(self) -> Iterator[None]:
        command = ["-m", "tools.mail", "--port", str(self.port), "--file", str(self.file)]
        with subprocess.Popen([sys.executable, *command], cwd=ROOT) as server:
            try:
                yield
            finally:
                server.terminate()

    def mails(self) -> list[Mail]:
        return caught(self.file)


@pytest.fixture
def post(tmp_path: Path) -> Post:
    return Post(tmp_path)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "events.log"


@pytest.fixture
def wire(
    broker: TestBroker, vhost: str, database: ServiceDatabase, post: Post, log: Path
) -> Iterator[Wire]:
    """The broker, with the events process on it."""
    wire = Wire(vhost)
    settings = {
        "DATABASE_URL": database.url,
        "AMQP_URL": broker.user_url("notify", vhost),
        "SMTP_URL": f"smtp://127.0.0.1:{post.port}",
        "MAIL_FROM": "Tasuki <no-reply@tasuki.example>",
        "PUBLIC_URL": "https://tasuki.example",
        "LINK_KEYS": new_key(),
        "WEBHOOK_KEYS": new_key(),
    }
    command = [sys.executable, "-m", "services.notify", "events"]
    with (
        log.open("wb") as output,
        subprocess.Popen(command, env=os.environ | settings, stderr=output, cwd=ROOT) as process,
    ):
        try:
            eventually(
                lambda: all(wire.consumers(queue) for queue in heard_by(Events)),
                timeout=40,
                interval=0.2,
            )
            yield wire
        finally:
            process.terminate()
    wire.connection.close()


def test_what_is_heard_is_what_the_table_tells() -> None:
    remembered: set[type[Event]] = {
        PersonRegistered,
        PersonChanged,
        PersonDeleted,
        SecretLetter,
        CompanyFounded,
        CompanyRenamed,
        AddressInvited,
    }
    assert {row.event for row in TELLINGS} | remembered == HEARD
    assert {event.service for event in HEARD} == set(HEARS["notify"])


def test_everybody_concerned_gets_every_letter_once_though_events_come_twice(
    wire: Wire, post: Post
) -> None:
    for registered in EVERYBODY:
        wire.tell(registered)
    with post.open():
        for event in (*EXAMPLES, *PROGRAMS):
            message_id = str(uuid4())
            for _ in range(2):
                wire.tell(event, message_id)
        expected = sum(len(list(_mailed(event))) for event in (*EXAMPLES, *PROGRAMS))
        eventually(lambda: len(post.mails()) >= expected, timeout=60, interval=0.2)
        # One more, so that whatever came before it has been handled too.
        wire.tell(examples.payee_activated)
        eventually(lambda: len(post.mails()) > expected, timeout=30, interval=0.2)
        wire.tell(LETTERS[0].model_copy(update={"expires_at": None}))
        eventually(lambda: len(post.mails()) > expected + 1, timeout=30, interval=0.2)
    *mails, confirmation = post.mails()
    assert "https://tasuki.example/confirm?secret=example\n" in confirmation.text
    assert len(mails) == expected + 1
    assert len({mail.message_id for mail in mails}) == expected + 1
    assert {mail.sender for mail in mails} == {"no-reply@tasuki.example"}
    [funded] = [mail for mail in mails if mail.subject.startswith("You can begin")]
    assert funded.recipients == ["hanako@example.jp"]
    assert "¥49,895" in funded.text


def test_mail_waits_for_the_server_and_letters_for_the_person(
    wire: Wire, post: Post, database: ServiceDatabase, log: Path
) -> None:
    wire.tell(examples.payee_activated)  # of somebody whom we have not heard of
    wire.tell(HANAKO)
    with psycopg.connect(database.url, autocommit=True) as connection:

        def attempts() -> object:
            query = "SELECT last_error FROM mails WHERE attempts > 0 AND status = 'pending'"
            return connection.execute(query).fetchall()

        # The letter was written a moment later; no server takes it.
        assert eventually(attempts, timeout=30, interval=0.1)
        with post.open():
            [mail] = eventually(post.mails, timeout=40, interval=0.2)
        assert mail.recipients == ["hanako@example.jp"]
        eventually(lambda: not attempts(), timeout=10)
    lines = log.read_text(encoding="utf-8")
    assert "ConnectionRefusedError" in lines
    assert "hanako" not in lines.lower()


def _mailed(event: Event) -> Iterator[str]:
    rows = (row for row in TELLINGS if row.event is type(event) and row.when(event))
    return (row.template for row in rows if not nature_of(row.template).quiet)
