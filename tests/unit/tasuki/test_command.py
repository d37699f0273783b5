"""The command line: options of every field, output for people and programs, what is kept."""

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from rich.console import Console
from typer.testing import CliRunner

from shared.ids import new_id
from shared.messages.jobs import PostJob
from shared.money import Money, yen
from tasuki.cli.app import app
from tasuki.cli.kept import Keeper, Kept
from tasuki.cli.options import FaultyOptionsError, command_of
from tasuki.cli.showing import show
from tasuki.client.sessions import Tokens

JOB = {
    "title": "Bank statements",
    "description": "Type them",
    "category": "data_entry",
    "budget": 30_000,
}


def test_options_make_a_command() -> None:
    body = command_of(PostJob, None, {**JOB, "skills": ["excel", "typing"]})
    assert isinstance(body, PostJob)
    assert body.budget.amount == 30_000
    assert body.skills == ("excel", "typing")


def test_options_go_over_the_body_and_a_file_will_do(tmp_path: Path) -> None:
    file = tmp_path / "job.json"
    file.write_text(json.dumps(JOB | {"budget": {"amount": 1}}), encoding="utf-8")
    body = command_of(PostJob, f"@{file}", {"budget": 5_000})
    assert isinstance(body, PostJob)
    assert (body.title, body.budget.amount) == ("Bank statements", 5_000)


@pytest.mark.parametrize(
    ("body", "given", "said"),
    [
        (None, {"title": "x"}, "--description: Field required"),
        ("{", {}, "--body: this is no JSON"),
        ("[]", {}, "--body: an object of JSON is needed"),
        ("@/nowhere", {}, "--body: /nowhere can't be read"),
        (None, {**JOB, "tasks": "nothing"}, "--tasks: this is no JSON"),
        (json.dumps({"colour": "red"}), JOB, "--colour: Extra inputs"),
    ],
)
def test_options_that_make_none_say_which_and_why(
    body: str | None, given: dict[str, Any], said: str
) -> None:
    with pytest.raises(FaultyOptionsError, match=said):
        command_of(PostJob, body, given)


class Row(BaseModel):
    row_id: str
    name: str
    price: Money
    told_at: datetime
    note: str | None = None


def shown(view: object) -> str:
    out = io.StringIO()
    show(view, Console(file=out, width=100))
    return out.getvalue()


def row(name: str = "Hanako") -> Row:
    return Row(
        row_id="r", name=name, price=yen(50_000), told_at=datetime(2026, 1, 1, 15, tzinfo=UTC)
    )


def test_many_are_shown_as_a_table_in_yen_and_japanese_time() -> None:
    text = shown([row(), row("Taro")])
    assert "50,000 JPY" in text
    assert "2026-01-02 00:00" in text
    assert "note" not in text


def test_nothing_is_said_to_be_nothing() -> None:
    assert "nothing here" in shown([])
    assert "Done." in shown(None)


def test_what_others_write_steers_no_terminal_and_is_no_markup() -> None:
    text = shown(row("\x1b[2J[red]evil[/red]\x07"))
    assert "\x1b" not in text
    assert "[red]evil" in text


def test_what_is_kept_is_for_its_owner_only(tmp_path: Path) -> None:
    keeper = Keeper(tmp_path / "tasuki")
    tokens = Tokens(
        access_token="a", expires_at=datetime(2026, 1, 1, tzinfo=UTC), refresh_token="r"
    )
    keeper.keep(Kept(url="https://m.example", tokens=tokens))
    [file] = (tmp_path / "tasuki").iterdir()
    assert (file.stat().st_mode & 0o777, keeper.folder.stat().st_mode & 0o777) == (0o600, 0o700)
    kept = keeper.load()
    assert kept is not None
    assert kept.tokens == tokens
    file.write_text("{", encoding="utf-8")
    assert keeper.load() is None
    keeper.forget()
    keeper.forget()
    assert keeper.load() is None


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setattr("tasuki.client.transport.TRIES", 1)
    return CliRunner()


def test_a_market_that_is_away_is_said_to_be(terminal: CliRunner) -> None:
    result = terminal.invoke(app, ["--url", "http://127.0.0.1:9", "whoami"])
    assert result.exit_code == 3
    assert "can't be reached" in result.stderr


def test_faults_of_options_end_before_anything_is_sent(terminal: CliRunner) -> None:
    result = terminal.invoke(app, ["--url", "http://127.0.0.1:9", "jobs", "post-job"])
    assert result.exit_code == 2
    assert "--title: Field required" in result.stderr


def test_what_cannot_be_taken_back_is_asked_for_once_more(terminal: CliRunner) -> None:
    ids = [str(new_id()), str(new_id())]
    result = terminal.invoke(app, ["contracts", "accept", *ids], input="n\n")
    assert result.exit_code == 1
    assert "can't be taken back" in result.output


def test_every_group_explains_itself(terminal: CliRunner) -> None:
    for group in ("accounts", "jobs", "contracts", "payments", "notify"):
        result = terminal.invoke(app, [group, "--help"])
        assert result.exit_code == 0, result.output
