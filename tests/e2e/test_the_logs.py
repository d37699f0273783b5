"""What the logs of a whole stack say of the people whose stories it has seen: nothing."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import LiteralString

import httpx
import psycopg
import pytest

from shared.provision.databases import with_database
from tests.e2e.conftest import Told
from tests.support.wait import eventually
from tools.stack import Stack
from tools.story.proofs import Proof

SHORTEST = 4
VISITOR = "203.0.113.77"
AGENT = "Netscape-Navigator"
MADE_UP = "nobody.at.all@example.net"
SECRETS = ("eyJ", "whsec_", "sk_test_", "Bearer ", "postgresql://", "amqp://")
# What people are called and write, wherever a service keeps it.
KEPT: list[tuple[str, LiteralString]] = [
    ("accounts", "SELECT email FROM accounts UNION SELECT display_name FROM accounts"),
    ("accounts", "SELECT email FROM registrations"),
    ("jobs", "SELECT title FROM jobs UNION SELECT description FROM jobs"),
    ("contracts", "SELECT display_name FROM people UNION SELECT title FROM milestones"),
    ("contracts", "SELECT text FROM messages UNION SELECT text FROM deliveries"),
    ("contracts", "SELECT comment FROM ratings UNION SELECT answer FROM disputes"),
    ("programs", "SELECT name FROM people UNION SELECT motivation FROM applications"),
    ("programs", "SELECT text FROM drafts UNION SELECT comment FROM drafts"),
    ("notify", "SELECT subject FROM mails UNION SELECT email FROM mails"),
]

pytestmark = pytest.mark.timeout(300)


@pytest.fixture(scope="module")
def lines(stack: Stack, told: Told, program_told: list[Proof]) -> list[str]:
    """The lines of all logs of the services, after two stories and some trouble."""
    assert told
    assert program_told
    _make_trouble(stack)
    return [line for log in _logs(stack) for line in log.read_text().splitlines()]


def _make_trouble(stack: Stack) -> None:
    headers = {"X-Forwarded-For": VISITOR, "User-Agent": AGENT}
    sessions = f"{stack.url('web')}/api/v1/accounts/sessions"
    for body in ({"email": MADE_UP, "password": "wrong horse"}, {"email": 7}, "none"):
        assert httpx.post(sessions, json=body, headers=headers).is_client_error
    httpx.get(f"{stack.public_url()}/jobs?q={MADE_UP}", headers=headers)
    # The connections of all are cut: everybody tells of an error.
    with psycopg.connect(stack.postgres.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename LIKE 'tasuki_%'"
        )
    eventually(lambda: "relay interrupted" in stack.log("accounts-relay").read_text())


def _logs(stack: Stack) -> Iterator[Path]:
    for name in stack.names:
        yield stack.log(name)


def _kept(stack: Stack) -> Iterator[str]:
    for service, query in KEPT:
        url = with_database(stack.postgres.url, f"tasuki_{service}")
        with psycopg.connect(url) as database:
            for (text,) in database.execute(query):
                if text and len(text) >= SHORTEST:
                    yield text


def test_every_line_is_a_json_object_of_known_members(lines: list[str]) -> None:
    parsed = [json.loads(line) for line in lines]
    assert len(parsed) > 100
    assert all({"time", "level", "logger", "message"} <= line.keys() for line in parsed)
    assert any(line.get("trace_id") for line in parsed)


def test_no_line_tells_who_somebody_is_or_what_they_wrote(lines: list[str], stack: Stack) -> None:
    kept = set(_kept(stack))
    assert len(kept) > 10
    told = "\n".join(lines)
    assert sorted(text for text in kept if text in told) == []


def test_no_line_tells_where_somebody_came_from_or_what_they_sent(lines: list[str]) -> None:
    told = "\n".join(lines)
    assert [each for each in (VISITOR, AGENT, MADE_UP, "wrong horse") if each in told] == []


def test_no_line_has_a_secret_and_requests_are_not_listed(lines: list[str], stack: Stack) -> None:
    secrets = json.loads((stack.folder.path / "secrets.json").read_text())
    ours = [value for value in secrets.values() if isinstance(value, str)]
    told = "\n".join(lines)
    assert [each for each in (*SECRETS, *ours) if each in told] == []
    assert not [line for line in lines if "uvicorn.access" in line]
