"""`python -m tools.dashboards`: writes what Grafana and the Prometheus operator take.

The dashboards, and the alert rules wrapped up as a PrometheusRule.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import yaml
from pydantic import TypeAdapter

from tools.dashboards.building import Dashboard

FOLDER: Final = Path(__file__).parents[2] / "deploy" / "observability"
BOARDS: Final = FOLDER / "boards.yaml"
RULES: Final = FOLDER / "rules" / "tasuki.yaml"
NOTE: Final = "# Made of rules/tasuki.yaml by `make dashboards`.\n"


def boards() -> list[Dashboard]:
    """Return the dashboards; raise ValidationError when one is not written as it should be."""
    return TypeAdapter(list[Dashboard]).validate_python(yaml.safe_load(BOARDS.read_text()))


def rendered() -> Mapping[Path, str]:
    """Return the text of each file that is made."""
    files = {
        FOLDER / "dashboards" / f"{board.uid.removeprefix('tasuki-')}.json": json.dumps(
            board.rendered(), indent=2, ensure_ascii=False
        )
        + "\n"
        for board in boards()
    }
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "tasuki"},
        "spec": yaml.safe_load(RULES.read_text()),
    }
    text = yaml.dump(rule, Dumper=_Plain, sort_keys=False, width=1_000, allow_unicode=True)
    return files | {FOLDER / "prometheus-rule.yaml": NOTE + text}


class _Plain(yaml.SafeDumper):  # type: ignore[misc]  # PyYAML publishes no types
    """Writes what is there twice twice: a reader has nothing to look up."""

    def ignore_aliases(self, _: object) -> bool:
        """Return that nothing is written as an alias."""
        return True


if __name__ == "__main__":
    for path, text in rendered().items():
        path.write_text(text)
