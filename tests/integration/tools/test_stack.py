"""The supervisor, on the smallest stack there is: accounts, beside the session's broker."""

import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest

from tests.support.servers import TestBroker
from tests.support.wait import eventually
from tools.environments import External
from tools.ports import chosen_ports, is_open
from tools.processes import StackError
from tools.run_folder import AlreadyRunningError, RunFolder
from tools.stack import ROOT, Stack

SMALL = {"accounts": ("api", "relay")}
STRIPE_ELSEWHERE = {
    "stripe_api_base": "http://127.0.0.1:9",
    "stripe_api_key": "sk_test_1",
    "stripe_webhook_secrets": "whsec_1",
}


@pytest.fixture(scope="module")
def external(broker: TestBroker) -> External:
    return External(amqp_url=broker.create_vhost(), **STRIPE_ELSEWHERE)


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, external: External) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("stack")
    with Stack(folder, external=external, processes=SMALL) as running:
        yield running


def alive(stack: Stack) -> bool:
    try:
        return httpx.get(f"{stack.ops_url('accounts-api')}/livez").is_success
    except httpx.TransportError:
        return False


def test_a_killed_process_is_missed_and_comes_back_when_restarted(stack: Stack) -> None:
    stack.kill("accounts-api")
    assert stack.ended() == ["accounts-api"]
    assert not alive(stack)

    stack.restart("accounts-api")

    assert stack.ended() == []
    assert alive(stack)


def test_processes_come_back_by_themselves_after_a_restart_of_the_database(stack: Stack) -> None:
    stack.postgres.restart()

    def all_ready() -> bool:
        return all(httpx.get(f"{stack.ops_url(name)}/readyz").is_success for name in stack.names)

    eventually(all_ready, message="accounts ready again")
    assert stack.ended() == []


def test_a_second_stack_in_the_same_folder_is_refused_and_the_first_goes_on(stack: Stack) -> None:
    before = stack.folder.state()

    with pytest.raises(AlreadyRunningError):
        Stack(stack.folder.path, processes=SMALL).start()

    assert stack.folder.state() == before
    assert alive(stack)


def test_the_clock_turns_forward_and_adds_up(stack: Stack) -> None:
    stack.clock.advance(days=7)
    stack.clock.advance(hours=1)

    assert stack.clock.offset().total_seconds() == 7 * 86_400 + 3_600
    assert stack.folder.clock.read_text(encoding="ascii") == str(7 * 86_400 + 3_600)


def test_a_mail_is_caught_as_it_was_sent(stack: Stack) -> None:
    message = EmailMessage()
    message["From"], message["To"] = "tasuki@example.com", "hana@example.com"
    message["Subject"] = "入金のお知らせ"
    message.set_content("仮払いを受け付けました。")

    with smtplib.SMTP("127.0.0.1", stack.ports["smtp"], timeout=10) as smtp:
        smtp.send_message(message)

    mail = eventually(stack.mails)[-1]
    assert mail.recipients == ["hana@example.com"]
    assert mail.subject == "入金のお知らせ"
    assert mail.text.strip() == "仮払いを受け付けました。"


def test_the_memory_of_every_process_is_counted(stack: Stack) -> None:
    memory = stack.memory()

    assert set(memory) == {"postgres", "smtp", "accounts-api", "accounts-relay"}
    assert all(2**20 < size < 2**29 for size in memory.values())


def test_a_name_that_is_no_process_is_told_with_those_that_are(stack: Stack) -> None:
    with pytest.raises(StackError, match=r"no process 'acounts-api'; there are: .*accounts-api"):
        stack.kill("acounts-api")


def test_a_taken_port_stops_the_start_before_anything_is_started(tmp_path: Path) -> None:
    ports = chosen_ports()
    with (
        socket.create_server(("127.0.0.1", ports["postgres"])),
        pytest.raises(StackError, match="for postgres is taken by"),
    ):
        Stack(tmp_path, ports=ports).start()

    assert not (tmp_path / "logs").exists()


def test_a_database_that_is_not_there_is_told_and_everything_else_is_stopped(
    tmp_path: Path, external: External
) -> None:
    nowhere = External(
        database_url="postgresql://admin@127.0.0.1:9/postgres",
        amqp_url=external.amqp_url,
        **STRIPE_ELSEWHERE,
    )
    stack = Stack(tmp_path, external=nowhere, processes=SMALL)

    with pytest.raises(StackError, match=r"PostgreSQL at 127\.0\.0\.1:9 can't be prepared"):
        stack.start()

    assert not is_open(stack.ports["smtp"])
    assert stack.folder.state().started == []


def test_a_stack_that_was_stopped_starts_again_in_its_folder_on_its_ports(
    tmp_path: Path, external: External
) -> None:
    ports = chosen_ports()
    for _ in range(2):
        with Stack(tmp_path, ports=ports, external=external, processes=SMALL) as stack:
            assert alive(stack)
        assert stack.folder.state().started == []
        assert not is_open(ports["postgres"])


def test_after_the_supervisor_is_killed_the_next_start_cleans_up_and_goes_on(
    tmp_path: Path, external: External
) -> None:
    ports = chosen_ports()
    script = (
        "import signal, pathlib, tools.stack as t, tools.environments as e\n"
        f"stack = t.Stack(pathlib.Path({str(tmp_path)!r}), ports={ports!r}, processes={SMALL!r},\n"
        f"    external=e.{external!r})\n"
        "stack.start(); print('up', flush=True); signal.pause()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT
    ) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == b"up\n"
        first.kill()
    left = RunFolder(tmp_path).state().started
    assert all(entry.process() for entry in left)
    said: list[str] = []

    with Stack(
        tmp_path, ports=ports, external=external, processes=SMALL, report=said.append
    ) as stack:
        assert alive(stack)

    assert {entry.name for entry in left} == {"postgres", "smtp", "accounts-api", "accounts-relay"}
    assert not any(entry.process() for entry in left)
    assert said[0].startswith("ended what an earlier run left behind: ")
