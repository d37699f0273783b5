"""What real processes answer on their ops port while what they need is there, away, or behind."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import LiteralString

import httpx
import pika
import psutil
import psycopg
import pytest

from shared.messaging.pika_connections import parameters
from shared.messaging.topology import HEARS, events_exchange
from shared.provision.databases import with_database
from shared.revisions import Revisions
from tests.support.servers import TestBroker
from tests.support.wait import eventually
from tools.environments import External
from tools.ports import LOOPBACK, free_ports
from tools.processes import environment
from tools.stack import ROOT, Stack

KINDS = ("api", "events", "relay")
STRIPE_ELSEWHERE = {
    "stripe_api_base": "http://127.0.0.1:9",
    "stripe_api_key": "sk_test_1",
    "stripe_webhook_secrets": "whsec_1",
}


@dataclass
class Accounts:
    """The three processes of accounts, asked on their ops ports."""

    stack: Stack

    def ask(self, kind: str, path: str) -> httpx.Response:
        return httpx.get(f"{self.stack.ops_url(f'accounts-{kind}')}{path}", timeout=10)

    def missing(self, kind: str) -> str:
        answer = self.ask(kind, "/readyz")
        assert (answer.status_code == HTTPStatus.OK) == (answer.json()["status"] == "ready")
        return "; ".join(answer.json().get("missing", ()))

    def all_alive(self) -> bool:
        return all(self.ask(kind, "/livez").is_success for kind in KINDS)

    def all_ready(self) -> bool:
        return not any(self.missing(kind) for kind in KINDS)

    def set_revision(self, revision: str) -> None:
        change: LiteralString = "UPDATE alembic_version SET version_num = %s"
        with psycopg.connect(with_database(self.stack.postgres.url, "tasuki_accounts")) as admin:
            admin.execute(change, (revision,))


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory, broker: TestBroker) -> Iterator[Accounts]:
    vhost = broker.create_vhost()
    connection = pika.BlockingConnection(parameters(vhost))
    for source in HEARS["accounts"]:
        connection.channel().exchange_declare(events_exchange(source), "topic", durable=True)
    connection.close()
    external = External(amqp_url=vhost, **STRIPE_ELSEWHERE)
    folder = tmp_path_factory.mktemp("probes")
    with Stack(folder, external=external, processes={"accounts": KINDS}) as stack:
        yield Accounts(stack)


def test_without_the_broker_the_api_is_ready_and_who_needs_it_is_not_until_it_is_back(
    accounts: Accounts, broker: TestBroker
) -> None:
    assert accounts.all_ready()
    broker.node.stop()
    try:
        eventually(lambda: accounts.missing("events"), 15)
        eventually(lambda: accounts.missing("relay"), 15)
        assert "broker" in accounts.missing("events")
        assert accounts.missing("api") == ""
        assert accounts.all_alive()
    finally:
        broker.node.start()
    eventually(accounts.all_ready, 20)


def test_without_the_database_nobody_is_ready_and_everybody_lives(accounts: Accounts) -> None:
    accounts.stack.postgres.stop()
    try:
        eventually(lambda: all(accounts.missing(kind) for kind in KINDS), 15)
        assert accounts.missing("api").startswith("database unreachable")
        assert accounts.all_alive()
    finally:
        accounts.stack.postgres.start()
    eventually(accounts.all_ready, 20)


def test_a_database_that_is_behind_serves_nobody_and_one_that_is_ahead_serves_everybody(
    accounts: Accounts,
) -> None:
    head = Revisions.of("accounts").head
    try:
        accounts.set_revision("0001")
        for kind in ("api", "events"):
            assert accounts.missing(kind) == (
                f"migrations are behind: the database is at 0001, not {head}"
            )
        accounts.set_revision("of a newer version")
        assert accounts.all_ready()
    finally:
        accounts.set_revision(head)


def test_while_gauges_cannot_be_read_all_else_is_still_told(accounts: Accounts) -> None:
    accounts.stack.postgres.stop()
    try:
        told = eventually(lambda: _says_down(accounts), 20, 0.5)
    finally:
        accounts.stack.postgres.start()
    assert "python_info{" in told
    assert "tasuki_outbox_events{" not in told
    eventually(accounts.all_ready, 20)


def _says_down(accounts: Accounts) -> str:
    told = accounts.ask("api", "/metrics").text
    return told if 'tasuki_database_up{service="accounts"} 0.0' in told else ""


def test_a_process_that_hangs_gives_no_answer(accounts: Accounts) -> None:
    name = "accounts-events"
    pid = next(each.pid for each in accounts.stack.folder.state().started if each.name == name)
    subprocess.run(["kill", "-STOP", str(pid)], check=True)
    try:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{accounts.stack.ops_url(name)}/livez", timeout=1)
    finally:
        subprocess.run(["kill", "-CONT", str(pid)], check=True)
    assert accounts.ask("events", "/livez").is_success


# An app with a way to block its loop, whose pulse may be still for half a second.
BLOCKING = """
import asyncio
import time
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from shared.http import app as serving
from shared.observability.ops_port import Pulse
from shared.settings import Settings

async def block(request):
    time.sleep(3)
    return Response()

async def linger(request):
    await asyncio.sleep(5)
    return Response("done")

serving.Pulse = lambda: Pulse(0.5)
serving.BEAT_SECONDS = 0.1
app = Starlette(routes=[Route("/block", block), Route("/linger", linger)])
app.state.service = "web"
serving.serve(app, Settings())
"""


@pytest.fixture
def blocking() -> Iterator[tuple[subprocess.Popen[bytes], str, str]]:
    """Run it; yield the process, the address of the app, and that of its ops port."""
    port, ops = (f"http://{LOOPBACK}:{each}" for each in free_ports(2))
    numbers = {"HTTP_PORT": port, "OPS_PORT": ops}
    env = {name: address.rpartition(":")[2] for name, address in numbers.items()}
    with subprocess.Popen(
        [sys.executable, "-c", BLOCKING], env=environment(PYTHONPATH=str(ROOT), **env)
    ) as process:
        try:
            eventually(lambda: _status(f"{ops}/readyz") == HTTPStatus.OK, 60)
            yield process, port, ops
        finally:
            process.kill()


def test_an_api_whose_loop_is_blocked_is_dead_until_it_turns_again(
    blocking: tuple[subprocess.Popen[bytes], str, str],
) -> None:
    _, port, ops = blocking
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{port}/block", timeout=0.2)
    eventually(lambda: _status(f"{ops}/livez") == HTTPStatus.SERVICE_UNAVAILABLE, 2)
    eventually(lambda: _status(f"{ops}/livez") == HTTPStatus.OK, 5)


def test_an_api_that_is_told_to_stop_says_so_and_answers_what_it_was_asked(
    blocking: tuple[subprocess.Popen[bytes], str, str],
) -> None:
    process, port, ops = blocking
    with ThreadPoolExecutor() as pool:
        asked = pool.submit(httpx.get, f"{port}/linger", timeout=30)
        eventually(lambda: _requests_under_way(port))
        process.send_signal(signal.SIGTERM)
        eventually(lambda: _status(f"{ops}/readyz") == HTTPStatus.SERVICE_UNAVAILABLE, 4)
        assert _status(f"{ops}/livez") == HTTPStatus.OK
        assert asked.result().text == "done"
    assert process.wait(30) == 0


def _requests_under_way(address: str) -> bool:
    port = int(address.rpartition(":")[2])
    return any(
        each.laddr and (each.status, each.laddr.port) == (psutil.CONN_ESTABLISHED, port)
        for each in psutil.net_connections("tcp")
    )


def _status(url: str) -> int:
    try:
        return httpx.get(url).status_code
    except httpx.TransportError:
        return 0
