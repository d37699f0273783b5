"""Posting an entry of four lines: a payment captured, with its escrow's balance stored.

Peers: PyPI django-hordak, and pgbench with one statement over plain tables of the same shape (an
entry, four lines, the one stored balance; hot accounts have none there either).
"""

import re
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg

from tests.bench.figures import Figure, at_least, interleaved, ratio
from tests.bench.players import Player, play_together
from tests.bench.servers import Servers
from tools.postgres import binary
from tools.processes import environment

PEERS = Path(__file__).parent / "peers"
CLIENTS = 8
BATCH = 100
SECONDS = 4


def ledger(servers: Servers, rounds: int) -> list[Figure]:
    """Measure."""
    with _contestants(servers) as (url, plain, one, batch, hordak, eight):

        def settled(contest: Callable[[], float]) -> Callable[[], float]:
            def run() -> float:
                servers.settle()
                return contest()

            return run

        def rate(player: Player, count: int) -> Callable[[], float]:
            return settled(lambda: count / player.play(count).seconds)

        rates = interleaved(
            rounds,
            {
                "hordak": rate(hordak, 300),
                "one": rate(one, 1_200),
                "batch": rate(batch, 8_000),
                "eight": settled(lambda: play_together(eight, 500)),
                "plain": settled(lambda: pgbench(plain, "posting_plain.sql")),
                "guarded": settled(lambda: pgbench(url, "posting_ours.sql")),
            },
        )
    return [
        ratio("one process / django-hordak", rates, "one", "hordak", at_least(4)),
        ratio("8 clients / pgbench, plain tables", rates, "eight", "plain", at_least(0.5)),
        ratio("batches of 100 / one by one", rates, "batch", "one", at_least(6)),
        ratio("8 clients / pgbench, our guarded tables", rates, "eight", "guarded"),
        ratio("pgbench: our guarded tables / plain tables", rates, "guarded", "plain"),
    ]


Contestants = tuple[str, str, Player, Player, Player, list[Player]]


@contextmanager
def _contestants(servers: Servers) -> Iterator[Contestants]:
    ours = servers.service_database("payments").url
    plain = servers.database("bench_plain")
    with psycopg.connect(plain, autocommit=True) as database:
        database.execute((PEERS / "posting_tables.sql").read_bytes())
    with ExitStack() as stack:

        def player(module: str, *arguments: str) -> Player:
            return stack.enter_context(Player(module, *arguments, logs=servers.logs))

        def posting(batch: int) -> Player:
            return player("ours.posting", ours, str(batch))

        eight = [posting(1) for _ in range(CLIENTS)]
        hordak = player("peers.hordak", servers.database("bench_hordak"))
        everybody = (posting(1), posting(BATCH), hordak, eight)
        for warm in (*everybody[:3], *eight):
            warm.play(BATCH)
        yield (ours, plain, *everybody)


def pgbench(url: str, script: str) -> float:
    """Let pgbench run a script with 8 clients for some seconds; return transactions per second."""
    parts = urlsplit(url)
    options = (
        *("-h", parts.hostname or "", "-p", str(parts.port), "-U", parts.username or ""),
        *("-n", "-M", "prepared", "-c", str(CLIENTS), "-j", "2", "-T", str(SECONDS)),
    )
    done = subprocess.run(
        [binary("pgbench"), *options, "-f", str(PEERS / script), parts.path[1:]],
        env=environment(PGPASSWORD=unquote(parts.password or "")),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"pgbench failed: {done.stderr}")
    return tps(done.stdout)


def tps(told: str) -> float:
    """Return the transactions per second that pgbench reports, without connecting."""
    found = re.search(r"^tps = ([0-9.]+)", told, re.MULTILINE)
    if not found:
        raise ValueError(f"pgbench said nothing of tps: {told}")
    return float(found[1])
