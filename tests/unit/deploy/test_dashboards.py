"""Grafana's dashboards: as they are written, understood, and about what is measured."""

import json
from collections import Counter
from pathlib import Path

import yaml

from tests.unit.deploy.promql import check_expressions, unknown
from tools.dashboards.__main__ import FOLDER, boards, rendered
from tools.dashboards.building import Panel

# Grafana's units that we use: seconds, bytes, per second, shares, and plain numbers.
UNITS = {"bytes", "ops", "percentunit", "reqps", "s", "short"}


def panels() -> list[Panel]:
    return [panel for board in boards() for row in board.rows for panel in row.panels]


def expressions() -> list[str]:
    return [
        each.replace("$service", "jobs") for panel in panels() for each in panel.queries.values()
    ]


def test_the_files_are_what_is_written_in_boards() -> None:
    made = {path: text for path, text in rendered().items() if path.suffix == ".json"}
    found = {path: path.read_text() for path in (FOLDER / "dashboards").glob("*.json")}
    assert found == made, "make dashboards"


def test_prometheus_understands_each_expression(tmp_path: Path) -> None:
    assert len(expressions()) > 40
    check_expressions(tmp_path, expressions())


def test_panels_ask_for_nothing_that_nobody_measures() -> None:
    assert {each: found for each in expressions() if (found := unknown(each))} == {}


def test_each_panel_says_what_it_shows_in_which_unit() -> None:
    for panel in panels():
        assert panel.description.endswith("."), panel.title
        assert panel.unit in UNITS, panel.title
        assert panel.queries, panel.title


def test_no_two_dashboards_or_panels_of_one_have_the_same_id() -> None:
    uids = Counter(board.uid for board in boards())
    assert set(uids.values()) == {1}
    for board in boards():
        ids = Counter(panel["id"] for panel in board.rendered()["panels"])
        assert set(ids.values()) == {1}, board.uid


def test_panels_lie_side_by_side_within_the_width() -> None:
    for board in boards():
        taken: set[tuple[int, int]] = set()
        for panel in board.rendered()["panels"]:
            at = panel["gridPos"]
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            assert not cells & taken, (board.uid, panel["title"])
            assert max(x for x, _ in cells) < 24, (board.uid, panel["title"])
            taken |= cells


def test_grafana_in_the_cluster_gets_all_dashboards() -> None:
    component = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
    [maps] = component["configMapGenerator"]
    found = {str(path.relative_to(FOLDER)) for path in (FOLDER / "dashboards").glob("*.json")}
    assert set(maps["files"]) == found
    assert all(json.loads((FOLDER / each).read_text())["uid"] for each in maps["files"])
