"""A journal of millions of lines: what a posting costs, and the memory that proving it takes.

BENCH_SCALE=0.01 tries it with a hundredth of the lines, in seconds; its figures mean nothing.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack

from tests.bench.figures import Figure, at_most, interleaved
from tests.bench.filling import GROSS, Filled, filled
from tests.bench.players import ROOT, Player
from tests.bench.servers import Servers
from tools.processes import environment

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
FEW_LINES = 10_000
MANY_LINES = int(5_000_000 * SCALE)
LINES_OF_AN_ENTRY = 4
# A payment without a fee: a line in the statement for two in the journal.
LINES_WITHOUT_FEE = 2
TRANSACTIONS = int(1_000_000 * SCALE)
POSTINGS = 400
ROUNDS_OF_POSTINGS = 4
MIB = 2**20


def scale(servers: Servers, rounds: int) -> list[Figure]:
    """Measure; takes some ten minutes."""
    servers.service_database("payments")
    return [posting(servers, rounds * ROUNDS_OF_POSTINGS), *proofs(servers)]


def posting(servers: Servers, rounds: int) -> Figure:
    """Return what a posting costs on many lines, divided by what it costs on few."""
    few = filled(servers, "bench_few", FEW_LINES // LINES_OF_AN_ENTRY)
    many = filled(servers, "bench_many", MANY_LINES // LINES_OF_AN_ENTRY)
    with ExitStack() as stack:

        def contestant(journal: Filled) -> Callable[[], float]:
            player = stack.enter_context(
                Player("ours.posting", journal.database.url, "1", logs=servers.logs)
            )
            player.play(POSTINGS)

            def round_() -> float:
                servers.settle()
                return player.play(POSTINGS).seconds / POSTINGS

            return round_

        costs = interleaved(rounds, {"many": contestant(many), "few": contestant(few)})
    milliseconds = {name: 1_000 * statistics.median(each) for name, each in costs.items()}
    told = (
        f"medians of {rounds} rounds: {milliseconds['many']:.2f} ms with {MANY_LINES:,} lines / "
        f"{milliseconds['few']:.2f} ms with {FEW_LINES:,}"
    )
    flat = milliseconds["many"] / milliseconds["few"]
    return Figure("a posting: many lines / few lines", flat, "x", told, at_most(1.2))


def proofs(servers: Servers) -> list[Figure]:
    """Return how much memory it takes to prove a journal, and how long."""
    journal = filled(servers, "bench_month", TRANSACTIONS, fee=0)
    lines = f"{TRANSACTIONS * LINES_WITHOUT_FEE:,} lines"
    wanted = {
        f"close a month of {lines}, unsealed": ("close", "--month", "2026-11"),
        f"reconcile {TRANSACTIONS:,} balance transactions": ("reconcile",),
        f"verify the seal of {lines}": ("verify",),
    }
    figures = []
    for what, command in wanted.items():
        seconds, peak = run_books(journal, *command, "--progress", logs=servers)
        told = f"in {seconds:,.0f} s; peak of the process"
        figures.append(Figure(what, peak / MIB, "MiB", told, at_most(300)))
    return figures


def run_books(journal: Filled, *command: str, logs: Servers) -> tuple[float, int]:
    """Run one of the books' commands to its end; return its seconds, and its peak in bytes."""
    module = (sys.executable, "-m", "tests.bench.ours.books")
    about = (journal.database.url, str(journal.entries), str(GROSS))
    began = time.monotonic()
    with (logs.logs / "ours.books.log").open("ab") as log:
        process = subprocess.Popen(
            [*module, *about, *command], stdout=log, stderr=log, env=environment(), cwd=ROOT
        )
        _, status, used = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{command[0]} failed: see {log.name}")
    return time.monotonic() - began, used.ru_maxrss * 1024
