"""Renders docs/metrics.md from the catalogue of metrics: `make metrics-doc`."""

from shared.observability.metrics import CATALOGUE
from tools.stack import ROOT

PLACE = ROOT / "docs" / "metrics.md"

_HEAD = """# Metrics

Rendered from `shared/observability/metrics.py` by `make metrics-doc`. Every process that stays
tells them at `/metrics` of its ops port ([deploy/README.md](../deploy/README.md)), each with the
label `service` beside those below, and Python's own (`process_…`, `python_…`).

Take the rate of counters and add it up over replicas. The gauges from `tasuki_outbox_events` on are
told by every api of a service, which reads them from the database and the broker at most every
15 s: they say the same in each replica, so use `max by (…)`. What can't be read is left out.

The values of labels come from the code: operations are the ids of the OpenAPI document (for web's
pages, the paths of their routes), queues those of `shared/messaging/topology.py`, calls to Stripe
the paths without the ids in them.
"""


def render() -> str:
    """Return the whole document."""
    rows = [
        f"| `{each.name}` | {each.kind} | {', '.join(f'`{label}`' for label in each.labels)}"
        f" | {each.what} |"
        for each in CATALOGUE
    ]
    return "\n".join(
        [_HEAD, "| name | kind | labels | what |", "| --- | --- | --- | --- |", *rows, ""]
    )


if __name__ == "__main__":
    PLACE.write_text(render(), encoding="utf-8")
