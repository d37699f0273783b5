"""`make drill`: take backups under load, lose all servers, restore, and compare.

Two disasters: (a) the servers die and the archive of the WAL is there: nothing is lost that was
acknowledged; (b) only dumps of different moments are left.
"""

import argparse
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx2
from rich.console import Console

from tools.drill.ages import only_dumps_are_left
from tools.drill.load import Ledger, pair
from tools.drill.report import Report
from tools.drill.scenarios import Drill
from tools.drill.stack import DrillStack
from tools.processes import StackError
from tools.stack import ROOT
from tools.story.acts import Stage
from tools.story.demo import stage_on
from tools.story.narrator import Silent

RUN_DIR: Final = ROOT / ".run" / "drill"
# A disaster takes as long as it takes: whoever is cut off tries again for so long.
PATIENCE_SECONDS: Final = 240.0
REQUEST_SECONDS: Final = 10.0


@contextmanager
def staged(stack: DrillStack) -> Iterator[tuple[Stage, Ledger]]:
    """Yield a stage whose people's commands are written down once they are acknowledged."""
    ledger = Ledger()
    with stage_on(stack, Silent()) as stage:
        http = httpx2.Client(base_url=stack.url("web"), timeout=REQUEST_SECONDS, transport=ledger)
        with http:
            stage.http = stage.operator.http = http
            stage.patience = stage.operator.patience_seconds = PATIENCE_SECONDS
            yield stage, ledger


def run(console: Console, run_dir: Path, *, pairs: int, lives: int, scenarios: str = "ab") -> bool:
    """Do the drill; return whether everything held."""
    report = Report(console)
    began = time.monotonic()
    with DrillStack(run_dir) as stack, staged(stack) as (stage, ledger):
        with ThreadPoolExecutor() as pool:
            people = list(pool.map(lambda _: pair(stage), range(pairs)))
        report.says(
            f"{time.monotonic() - began:6.1f} s  a stack, and {pairs} pairs of people on it"
        )
        drill = Drill(stack, stage, ledger, report, people, lives)
        usual = drill.undisturbed()
        report.says(f"          {usual.commands} commands were acknowledged")
        if "a" in scenarios:
            drill.servers_die(usual)
        if "b" in scenarios:
            only_dumps_are_left(drill, usual.commands)
    report.headline(f"{time.monotonic() - began:.0f} s in all")
    return report.holds


def main(arguments: Sequence[str] | None = None) -> None:
    """Do it; exit 1 unless everything held."""
    parser = argparse.ArgumentParser(prog="python -m tools.drill", description=__doc__)
    parser.add_argument("--pairs", type=int, default=4, help="clients with an assistant each")
    parser.add_argument("--lives", type=int, default=2, help="contracts of each pair, in turn")
    options = parser.parse_args(arguments)
    os.chdir(ROOT)
    try:
        held = run(Console(highlight=False), RUN_DIR, pairs=options.pairs, lives=options.lives)
    except StackError as error:
        sys.exit(str(error))
    if not held:
        sys.exit(f"Not everything held. The logs are in {RUN_DIR / 'logs'}.")


if __name__ == "__main__":
    main()
