"""What a dashboard is made of: rows of panels, each a question with its expressions.

Grafana's own JSON, in the few words that we use of it (schema 39, Grafana 10 and later).
"""

from collections.abc import Sequence
from typing import Any, Final, Literal

from pydantic import BaseModel, ConfigDict

Json = dict[str, Any]

WIDTH: Final = 24
SCHEMA_VERSION: Final = 39
SOURCE: Final = {"type": "prometheus", "uid": "${source}"}


class _Written(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Panel(_Written):
    """A question and its answer.

    `queries` are PromQL expressions by what their lines are called (`{{label}}` as Grafana has it).
    `unit` is Grafana's: s, reqps, percentunit, short, currencyJPY …. `bad_from` colours a value red
    from there on; `bad_below` one that is less.
    """

    title: str
    description: str
    queries: dict[str, str]
    unit: str
    kind: Literal["timeseries", "stat"] = "timeseries"
    bad_from: int | float | None = None
    bad_below: int | float | None = None


class Row(_Written):
    """Panels side by side."""

    title: str
    panels: Sequence[Panel]
    height: int = 8


class Dashboard(_Written):
    """A page of rows; `by_service`: for one service at a time."""

    uid: str
    title: str
    description: str
    rows: Sequence[Row]
    by_service: bool = False

    def rendered(self) -> Json:
        """Return it as Grafana imports it."""
        return {
            "uid": self.uid,
            "title": self.title,
            "description": self.description,
            "tags": ["tasuki"],
            "schemaVersion": SCHEMA_VERSION,
            "editable": False,
            "refresh": "30s",
            "time": {"from": "now-6h", "to": "now"},
            "timezone": "browser",
            "templating": {"list": self._variables()},
            "links": [
                {"type": "dashboards", "tags": ["tasuki"], "title": "Tasuki", "asDropdown": True}
            ],
            "panels": _laid_out(self.rows),
        }

    def _variables(self) -> list[Json]:
        source = {"name": "source", "label": "Prometheus", "type": "datasource"}
        found: list[Json] = [source | {"query": "prometheus"}]
        if self.by_service:
            query = "label_values(process_start_time_seconds, service)"
            found.append(
                {
                    "name": "service",
                    "type": "query",
                    "datasource": SOURCE,
                    "query": query,
                    "refresh": 2,
                    "sort": 1,
                }
            )
        return found


def _laid_out(rows: Sequence[Row]) -> list[Json]:
    made: list[Json] = []
    top = 0
    for row in rows:
        at = {"x": 0, "y": top, "w": WIDTH, "h": 1}
        made.append({"id": len(made) + 1, "type": "row", "title": row.title, "gridPos": at})
        top += 1
        width = WIDTH // len(row.panels)
        for index, panel in enumerate(row.panels):
            at = {"x": index * width, "y": top, "w": width, "h": row.height}
            made.append({"id": len(made) + 1, "gridPos": at} | _panel(panel))
        top += row.height
    return made


def _panel(panel: Panel) -> Json:
    return {
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": SOURCE,
        "fieldConfig": {"defaults": {"unit": panel.unit} | _colours(panel), "overrides": []},
        "targets": [
            {
                "refId": chr(ord("A") + index),
                "datasource": SOURCE,
                "expr": expression,
                "legendFormat": legend,
            }
            for index, (legend, expression) in enumerate(panel.queries.items())
        ],
    }


def _colours(panel: Panel) -> Json:
    steps: list[Json] = [{"color": "green", "value": None}]
    if panel.bad_from is not None:
        steps.append({"color": "red", "value": panel.bad_from})
    if panel.bad_below is not None:
        steps = [{"color": "red", "value": None}, {"color": "green", "value": panel.bad_below}]
    coloured = len(steps) > 1
    return {
        "thresholds": {"mode": "absolute", "steps": steps},
        "color": {"mode": "thresholds" if coloured and panel.kind == "stat" else "palette-classic"},
    }
