"""`python -m tests.bench [names…]`: measures, prints a table, writes docs/benchmarks.md.

Exits with 0 whether or not the figures are reached: they depend on what else the machine does.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from rich.console import Console

from tests.bench.capacity import capacity
from tests.bench.events import events
from tests.bench.figures import Figure
from tests.bench.ledger import ledger
from tests.bench.memory import memory
from tests.bench.pages import market, pages
from tests.bench.partitions import partitions
from tests.bench.report import Run, show, write
from tests.bench.scale import scale
from tests.bench.search import search
from tests.bench.servers import FOLDER, Servers, servers
from tests.bench.shards import shards
from tests.bench.story import story
from tests.bench.titles import TITLES
from tools.stack import Stack

ON_SERVERS: dict[str, Callable[[Servers, int], Sequence[Figure]]] = {
    "ledger": ledger,
    "events": events,
    "scale": scale,
    "search": search,
    "shards": shards,
    "partitions": partitions,
}
ON_STACK: dict[str, Callable[[Stack], Sequence[Figure]]] = {
    "story": story,
    "pages": pages,
    "memory": memory,
    "capacity": capacity,
}
DEFAULT = ("ledger", "events", "story", "scale", "search", "pages")
ROUNDS = 3


def main() -> None:
    """Run what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[*TITLES, "all", []], default=[])
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="of ledger and events")
    options = parser.parse_args()
    names = list(TITLES) if "all" in options.names else options.names or list(DEFAULT)
    console = Console()
    runs = {}
    for name in names:
        console.print(f"measuring: {name} …")
        runs[name] = measure(name, options.rounds)
        show(console, name, runs[name])
    write(runs, TITLES)


def measure(name: str, rounds: int) -> Run:
    """Run one benchmark on servers of its own."""
    with ExitStack() as running:
        if name in ON_SERVERS:
            return Run.now(ON_SERVERS[name](running.enter_context(servers()), rounds), rounds)
        stack = running.enter_context(
            market()
            if name == "pages"
            else Stack(FOLDER / "stack", fresh=True, record_stripe=name == "capacity")
        )
        return Run.now(ON_STACK[name](stack), 1)


if __name__ == "__main__":
    main()
