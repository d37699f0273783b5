"""What is told of a run: a table on the terminal, and docs/benchmarks.md.

The document keeps the figures of the last run of each benchmark: one that doesn't run this time
stays as it stands there.
"""

import os
import platform
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.figures import Figure

ROOT = Path(__file__).parents[2]
DOCUMENT = ROOT / "docs" / "benchmarks.md"
TEMPLATE = Path(__file__).with_name("template.md")


@dataclass(frozen=True)
class Run:
    """One run of one benchmark."""

    figures: Sequence[Figure]
    rounds: int
    day: str
    machine: str

    @classmethod
    def now(cls, figures: Sequence[Figure], rounds: int) -> "Run":
        """Return a run that has just ended, on this machine."""
        return cls(figures, rounds, f"{datetime.now(UTC):%Y-%m-%d}", machine())


def machine() -> str:
    """Return what this machine is, as far as it matters here."""
    cores = len(os.sched_getaffinity(0))
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    python = platform.python_version()
    return f"{cores} cores, {memory:.0f} GiB, {platform.machine()}, Python {python}"


def show(console: Console, name: str, run: Run) -> None:
    """Print a benchmark's figures."""
    table = Table(title=f"{name} ({run.machine})", title_justify="left")
    for heading in ("", "measured", "to reach", ""):
        table.add_column(heading, justify="left" if not heading else "right")
    for figure in run.figures:
        style = "bold red" if figure.missed else "green" if figure.bound else ""
        sign = "missed" if figure.missed else ""
        table.add_row(figure.what, _value(figure), _bound(figure), sign, style=style)
        table.add_row(f"[dim]  {figure.told}[/]", "", "", "")
    console.print(table)


def write(runs: Mapping[str, Run], titles: Mapping[str, str]) -> None:
    """Write the document: the template with a table for each benchmark, the last one of each."""
    before = DOCUMENT.read_text(encoding="utf-8") if DOCUMENT.exists() else ""
    parts = [
        _section(title, runs[name])
        if name in runs
        else standing(title, before)
        or f"### {title}\n\nNot measured. `python -m tests.bench {name}`\n"
        for name, title in titles.items()
    ]
    template = TEMPLATE.read_text(encoding="utf-8")
    DOCUMENT.write_text(template.replace("{{figures}}", "\n".join(parts)), encoding="utf-8")


def standing(title: str, document: str) -> str:
    """Return a benchmark's section of a document that was written before; empty without one."""
    found = re.search(
        rf"^### {re.escape(title)}\n.*?(?=^##|\Z)", document, re.MULTILINE | re.DOTALL
    )
    return f"{found[0].strip()}\n" if found else ""


def _section(title: str, run: Run) -> str:
    lines = [
        f"### {title}\n",
        f"{run.day}, {run.machine}; rounds: {run.rounds}\n",
        "| | measured | to reach | |",
        "| --- | ---: | ---: | --- |",
    ]
    for figure in run.figures:
        sign = "**missed**: " if figure.missed else ""
        lines.append(
            f"| {figure.what} | {_value(figure)} | {_bound(figure)} | {sign}{figure.told} |"
        )
    return "\n".join(lines) + "\n"


def _value(figure: Figure) -> str:
    digits = 0 if figure.value >= 1_000 else 1 if figure.value >= 20 else 2
    return f"{figure.value:,.{digits}f} {figure.unit}"


def _bound(figure: Figure) -> str:
    if not figure.bound:
        return ""
    sign = "≥" if figure.bound.side == "at least" else "≤"
    return f"{sign} {figure.bound.value:,g} {figure.unit}"
