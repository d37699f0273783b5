"""`tasuki ops` against all processes: what an operator sees, and does, at a terminal."""

import json
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import psycopg
import pytest

from tests.e2e.test_command import Terminal
from tests.support.wait import eventually
from tools.services import WITH_STATE
from tools.stack import Stack
from tools.story.acts import Stage


@dataclass(frozen=True)
class Desk:
    """An operator's terminal."""

    terminal: Terminal

    def run(self, *words: str, columns: int = 120) -> "CompletedProcess[str]":
        return self.terminal.run("ops", *words, COLUMNS=str(columns))


@pytest.fixture(scope="module")
def desk(stack: Stack, stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """A terminal at which the operator has signed in."""
    terminal, operator = Terminal(stack.url("web"), tmp_path_factory.mktemp("home")), stage.operator
    terminal.told("sign-in", "--email", operator.email, typed=f"{operator.password}\n")
    return Desk(terminal)


@pytest.mark.parametrize("columns", [80, 120])
def test_status_shows_every_service_on_a_line_of_its_own(desk: Desk, columns: int) -> None:
    shown = desk.run("status", columns=columns).stdout
    lines = shown.splitlines()
    for service in WITH_STATE:
        [line] = [each for each in lines if each.startswith(service) and "works" in each]
        assert len(line) <= columns
    assert "books: balance" in shown


def test_status_ends_with_one_while_a_service_is_drained_and_with_nought_when_all_is_well(
    desk: Desk,
) -> None:
    eventually(lambda: desk.run("status").returncode == 0, 30)
    drained = desk.run("drain", "notify", "--reason", "the mail server moves")
    assert drained.returncode == 0
    try:
        status = desk.run("status", "--json")
        assert status.returncode == 1
        found = json.loads(status.stdout)
        assert found["troubles"] == [
            {
                "service": "notify",
                "what": "drained: the mail server moves; tasuki ops resume notify",
            }
        ]
        assert found["services"]["notify"]["drained_why"] == "the mail server moves"
    finally:
        assert desk.run("resume", "notify").returncode == 0
    assert json.loads(desk.run("status", "--json").stdout)["well"] is True


def test_dead_letters_are_listed_of_all_services_and_a_wrong_name_is_told(desk: Desk) -> None:
    assert "There are no dead letters." in desk.run("dead-letters", "list").stdout
    wrong = desk.run("dead-letters", "list", "nobody")
    assert wrong.returncode == 2
    assert "one of accounts, jobs" in wrong.stderr
    gone = desk.run("dead-letters", "replay", "jobs", "01a00000-0000-7000-8000-000000000000")
    assert (gone.returncode, "dead_letter_not_found" in gone.stderr) == (1, True)


def test_nobody_else_sees_how_a_service_stands(stack: Stack, tmp_path: Path) -> None:
    anonymous = Terminal(stack.url("web"), tmp_path).run("ops", "status")
    assert anonymous.returncode == 1
    assert anonymous.stdout.count("token_missing") == len(WITH_STATE)


LOSE = """
    DELETE FROM inbox WHERE (consumer, message_id) = (
        SELECT consumer, message_id FROM inbox
        WHERE consumer = 'notify.accounts.person_registered.v1' LIMIT 1)
    RETURNING message_id
"""
AGE = "UPDATE outbox_archive SET published_at = published_at - interval '2 minutes'"


def owner_url(stack: Stack, service: str) -> str:
    return stack.env(service)["MIGRATION_DATABASE_URL"]


def test_verify_finds_an_event_that_was_never_handled_and_the_replay_mends_it(
    desk: Desk, stack: Stack
) -> None:
    with psycopg.connect(owner_url(stack, "accounts")) as connection:
        connection.execute(AGE)
    eventually(lambda: desk.run("verify", "--no-reconcile").returncode == 0, 30)
    with psycopg.connect(owner_url(stack, "notify")) as connection:
        assert connection.execute(LOSE).fetchone()
    failed = desk.run("verify", "--no-reconcile")
    assert failed.returncode == 1
    [mend] = [line.split() for line in failed.stdout.splitlines() if "ops replay" in line]
    assert mend[2:6] == ["replay", "accounts", "--to", "notify.accounts.person_registered.v1"]
    assert desk.run(*mend[2:]).returncode == 0
    eventually(lambda: desk.run("verify", "--no-reconcile").returncode == 0, 30)
    shown = desk.run("verify", columns=80)
    assert shown.returncode == 0
    assert "holds  processor: books" in shown.stdout
    assert all(f"holds  heard by {service}: " in shown.stdout for service in WITH_STATE)
