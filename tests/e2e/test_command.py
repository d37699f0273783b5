"""The command `tasuki` against all processes: what somebody does who prefers a terminal."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Stage
from tools.story.member import Member


@dataclass(frozen=True)
class Terminal:
    """A terminal of somebody's own."""

    url: str
    home: Path

    def run(self, *words: str, typed: str = "", **env: str) -> "subprocess.CompletedProcess[str]":
        """Run the command with what is typed."""
        return subprocess.run(
            [sys.executable, "-m", "tasuki", "--url", self.url, *words],
            input=typed,
            env=os.environ | {"XDG_CONFIG_HOME": str(self.home), "COLUMNS": "160"} | env,
            capture_output=True,
            text=True,
            check=False,
        )

    def told(self, *words: str, typed: str = "", **env: str) -> Any:
        """Return what it answers as JSON; it has to succeed."""
        done = self.run("--json", *words, typed=typed, **env)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def client(stage: Stage) -> Member:
    return acts.register(stage, stage.member("Hanako", "client"))


@pytest.fixture(scope="module")
def terminal(stack: Stack, client: Member, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    """A terminal at which the client has signed in."""
    made = Terminal(stack.url("web"), tmp_path_factory.mktemp("home"))
    me = made.told("sign-in", "--email", client.email, typed=f"{client.password}\n")
    assert me["display_name"] == client.name
    return made


JOB = (
    *("--title", "Bank statements", "--description", "Type them", "--category", "data_entry"),
    *("--budget", "30000", "--skills", "excel"),
)


def test_a_job_is_posted_and_found_again(terminal: Terminal) -> None:
    job = terminal.told("jobs", "post-job", *JOB)
    assert job["budget"] == {"amount": 30_000, "currency": "JPY"}
    mine = terminal.run("jobs", "list-jobs", "--mine")
    assert "Bank statements" in mine.stdout
    assert "30,000 JPY" in mine.stdout
    closed = terminal.told("jobs", "close-job", job["job_id"])
    assert closed["status"] == "closed"


def test_a_refusal_is_told_in_words_and_by_its_code(terminal: Terminal) -> None:
    nowhere = "01a00000-0000-7000-8000-000000000000"
    refused = terminal.run("contracts", "get-contract", nowhere)
    assert refused.returncode == 1
    assert "contract_not_found" in refused.stderr
    as_json = terminal.run("--json", "contracts", "get-contract", nowhere)
    assert json.loads(as_json.stdout)["code"] == "contract_not_found"
    faulty = terminal.run("jobs", "search-jobs", "--limit", "1000")
    assert "/query/limit: Input should be less than or equal to" in faulty.stderr


def test_a_token_of_a_program_may_do_what_it_is_for_and_no_more(
    stage: Stage, terminal: Terminal
) -> None:
    words = ("accounts", "make-token", "--name", "report", "--scopes", "jobs:read")
    until = (stage.now() + timedelta(days=30)).isoformat()
    token = terminal.told(*words, "--expires-at", until)
    secret = {"TASUKI_TOKEN": token["token"]}
    assert "items" in terminal.told("jobs", "list-jobs", "--mine", **secret)
    refused = terminal.run("jobs", "post-job", *JOB, **secret)
    assert "scope_missing" in refused.stderr


def test_who_signs_out_is_signed_out(stack: Stack, client: Member, tmp_path: Path) -> None:
    terminal = Terminal(stack.url("web"), tmp_path)
    terminal.told("sign-in", "--email", client.email, typed=f"{client.password}\n")
    assert terminal.run("sign-out").returncode == 0
    assert list((tmp_path / "tasuki").iterdir()) == []
    said = terminal.run("whoami").stderr
    assert "token_missing" in said
    assert "tasuki sign-in" in said


def test_a_wrong_password_is_refused_and_nothing_is_kept(
    stack: Stack, client: Member, tmp_path: Path
) -> None:
    terminal = Terminal(stack.url("web"), tmp_path)
    refused = terminal.run("sign-in", "--email", client.email, typed="wrong horse\n")
    assert refused.returncode == 1
    assert "sign_in_failed" in refused.stderr
    assert not (tmp_path / "tasuki").exists()
