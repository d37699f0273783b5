"""The alert rules: understood by Prometheus, tried, about what is measured, with a runbook each."""

import re
import shlex
from pathlib import Path

import pytest
import typer
import yaml
from typer.testing import CliRunner

from shared.sealed import new_key
from tasuki.cli.app import app
from tasuki.cli.terminal import USAGE
from tasuki.client.transport import Transport
from tests.unit.deploy.promql import alerts, groups, promtool, unknown
from tools.dashboards.__main__ import FOLDER, RULES, rendered

TESTS = FOLDER / "rules" / "tests" / "tasuki.yaml"
# A line of a block of code, or code within a line; the name of a group alone is none.
COMMAND = re.compile(r"^tasuki .*|(?<=`)tasuki [a-z-]+ [^`]+", re.MULTILINE)
RUNBOOKS = FOLDER.parents[1] / "docs" / "operations.md"


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> CliRunner:
    """A terminal in which commands are understood, and end before they ask the market."""

    def end(*_: object) -> None:
        raise typer.Exit

    monkeypatch.setattr(Transport, "send", end)
    monkeypatch.chdir(tmp_path)
    keys = tmp_path / "deploy/secrets/session_keys"
    keys.parent.mkdir(parents=True)
    keys.write_text(new_key())
    return CliRunner()


def refusal(line: str, terminal: CliRunner) -> str:
    """Return what the terminal says to a command that it doesn't understand; else nothing."""
    words = shlex.split(line.partition(" #")[0])[1:]
    done = terminal.invoke(app, words, input="why\n")
    return done.output if done.exit_code == USAGE else ""


def test_prometheus_understands_the_rules() -> None:
    promtool("check", "rules", RULES)


@pytest.mark.timeout(180)
def test_each_alert_is_quiet_and_fires_when_it_should() -> None:
    promtool("test", "rules", TESTS)


def test_each_alert_is_tried_quiet_and_firing() -> None:
    tried = {}
    for test in yaml.safe_load(TESTS.read_text())["tests"]:
        firing = f'alertname="{test["name"]}", alertstate="firing"'
        asked = [each for each in test["promql_expr_test"] if firing in each["expr"]]
        tried[test["name"]] = {bool(each["exp_samples"]) for each in asked}
    assert tried == {rule["alert"]: {True, False} for rule in alerts()}


def test_rules_ask_for_nothing_that_nobody_measures() -> None:
    asked = {
        rule.get("alert") or rule["record"]: rule["expr"] for g in groups() for rule in g["rules"]
    }
    assert {name: found for name, expr in asked.items() if (found := unknown(expr))} == {}


def test_what_nobody_measures_is_found() -> None:
    assert unknown("max by (service) (tasuki_outbox_years)") == ["tasuki_outbox_years", "service"]
    assert unknown('tasuki_outbox_events{queue="q"} > 0') == ["tasuki_outbox_events{queue}"]
    assert unknown("sum by (clock) (rate(tasuki_messages_total[5m]))") == ["clock"]


def test_each_alert_says_what_it_means_whom_to_wake_and_where_to_read_on() -> None:
    for rule in alerts():
        name = rule["alert"]
        assert re.fullmatch(r"Tasuki([A-Z][a-z]+)+", name)
        assert rule["labels"]["severity"] in {"page", "ticket"}, name
        assert rule["annotations"]["summary"], name
        assert rule["annotations"]["description"], name
        assert rule["annotations"]["runbook_url"] == f"docs/operations.md#{name.lower()}"


def test_each_command_of_a_document_is_one_that_the_terminal_knows(
    terminal: CliRunner,
) -> None:
    commands = {
        line
        for document in RUNBOOKS.parent.glob("*.md")
        for line in COMMAND.findall(document.read_text())
    }
    assert len(commands) > 10
    assert {line: said for line in commands if (said := refusal(line, terminal))} == {}


def test_a_command_that_the_terminal_does_not_know_is_found(terminal: CliRunner) -> None:
    assert "No such command" in refusal("tasuki ops dance", terminal)
    assert "No such option" in refusal("tasuki ops status --loudly", terminal)
    assert "Missing argument" in refusal("tasuki ops drain", terminal)


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    chapters = re.findall(r"^### (Tasuki\w+)$", RUNBOOKS.read_text(), re.MULTILINE)
    assert sorted(chapters) == sorted({rule["alert"] for rule in alerts()})


def test_each_runbook_says_what_it_means_and_how_to_know_that_it_is_over() -> None:
    _, *chapters = re.split(r"^### (?=Tasuki)", RUNBOOKS.read_text(), flags=re.MULTILINE)
    for chapter in chapters:
        for part in ("**Means**", "**Look**", "**Do**", "**Over**"):
            assert part in chapter, (chapter.partition("\n")[0], part)


def test_what_is_made_of_the_rules_is_up_to_date() -> None:
    path = FOLDER / "prometheus-rule.yaml"
    assert path.read_text() == rendered()[path], "make dashboards"
