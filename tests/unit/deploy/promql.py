"""What expressions ask for, and what there is to be asked for."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

from shared.observability.metrics import CATALOGUE
from tools.dashboards.__main__ import RULES

# What others measure: the labels of theirs that we go by.
FOREIGN: Mapping[str, set[str]] = {
    "ALERTS": {"alertname", "alertstate"},
    "certmanager_certificate_expiration_timestamp_seconds": {"name"},
    "cnpg_collector_last_available_backup_timestamp": set(),
    "cnpg_pg_replication_lag": {"pod"},
    "cnpg_pg_stat_archiver_seconds_since_last_archival": set(),
    "kube_horizontalpodautoscaler_spec_max_replicas": {"horizontalpodautoscaler"},
    "kube_horizontalpodautoscaler_status_current_replicas": {"horizontalpodautoscaler"},
    "kube_job_status_failed": {"job_name"},
    "kube_pod_container_status_restarts_total": {"pod", "container"},
    "kubelet_volume_stats_available_bytes": {"persistentvolumeclaim"},
    "kubelet_volume_stats_capacity_bytes": {"persistentvolumeclaim"},
    "process_cpu_seconds_total": {"service", "instance"},
    "process_resident_memory_bytes": {"service", "instance"},
    "process_start_time_seconds": {"service", "instance"},
    "rabbitmq_alarms_free_disk_space_watermark": {"pod"},
    "rabbitmq_alarms_memory_used_watermark": {"pod"},
    "rabbitmq_build_info": set(),
    "up": {"job", "instance"},
}
EVERYWHERE = {"namespace", "le"}

_SELECTOR = re.compile(r"\b([a-zA-Z_][\w:]*)(?:\{([^}]*)\})?(?![\w:{])(?!\s*\()")
_LABEL = re.compile(r"(\w+)\s*(?:=~|!~|!=|=)")
_GROUPED = re.compile(r"\b(?:by|on|without|ignoring)\s*\(([^)]*)\)")
_WORDS = {"and", "by", "on", "or", "unless", "without"}


def groups() -> list[dict[str, Any]]:
    """Return the groups of our rules."""
    found: list[dict[str, Any]] = yaml.safe_load(RULES.read_text())["groups"]
    return found


def alerts() -> list[dict[str, Any]]:
    """Return our alerts."""
    return [rule for group in groups() for rule in group["rules"] if "alert" in rule]


def records() -> list[str]:
    """Return the names that our rules record under."""
    return [rule["record"] for group in groups() for rule in group["rules"] if "record" in rule]


def labels_of(metric: str) -> set[str] | None:
    """Return the labels of a metric; None when nobody measures it."""
    if metric in records():
        return {"service"}
    if metric in FOREIGN:
        return FOREIGN[metric] | EVERYWHERE
    for each in CATALOGUE:
        suffixes = ("_bucket", "_sum", "_count") if each.kind == "histogram" else ("",)
        if metric in {each.name + suffix for suffix in suffixes}:
            return {"service", *each.labels} | EVERYWHERE
    return None


def unknown(expression: str) -> list[str]:
    """Return what an expression asks for and nobody measures."""
    faults = []
    bare = re.sub(r'"[^"]*"', '""', expression)
    grouped = {label.strip() for found in _GROUPED.findall(bare) for label in found.split(",")} - {
        ""
    }
    known: set[str] = set()
    for metric, matchers in _SELECTOR.findall(_GROUPED.sub(" ", bare)):
        if metric in _WORDS or metric.isdigit():
            continue
        labels = labels_of(metric)
        if labels is None:
            faults.append(metric)
            continue
        known |= labels
        faults += [f"{metric}{{{each}}}" for each in set(_LABEL.findall(matchers)) - labels]
    return faults + sorted(grouped - known)


def promtool(*arguments: str | Path) -> None:
    """Run Prometheus' own tool; fail with what it says."""
    # `make setup` puts it beside our Python, where the machine has none.
    places = os.pathsep.join((os.environ["PATH"], str(Path(sys.executable).parent)))
    tool = shutil.which("promtool", path=places)
    assert tool, "promtool is missing: make setup"
    done = subprocess.run([tool, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def check_expressions(folder: Path, expressions: Iterable[str]) -> None:
    """Fail on an expression that Prometheus would not understand."""
    rules = [{"record": f"checked:{n}", "expr": each} for n, each in enumerate(expressions)]
    file = folder / "expressions.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "checked", "rules": rules}]}))
    promtool("check", "rules", file)
