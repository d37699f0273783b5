"""`make scale-doc`: docs/scale.md, from what was measured and what is assumed.

What a milestone takes is in capacity.json, as `python -m tests.bench capacity` measured it last;
the rest of the figures is in docs/benchmarks.md. Prices and habits are assumptions: change them
below, and make the document anew.
"""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.bench.capacity import KEPT
from tests.bench.report import DOCUMENT as BENCHMARKS
from tests.bench.report import standing
from tests.bench.titles import TITLES

DOCUMENT: Final = Path(__file__).parents[2] / "docs" / "scale.md"
TEMPLATE: Final = Path(__file__).with_name("scale.md")
SERVERS: Final = frozenset({"postgres", "rabbitmq"})
MIB, GB = 2**20, 10**9
SECONDS_OF_A_MONTH: Final = 30 * 86_400
HOURS_OF_A_MONTH: Final = 730


@dataclass(frozen=True)
class Assumed:
    """Habits and prices; US dollars, before tax. None of them was measured."""

    milestones: int = 1_000_000
    peak_factor: float = 6
    busy: float = 0.6
    fewest_replicas: int = 2
    memory_reserve: float = 1.5
    # What a process is given at least, busy or not.
    least_request: float = 0.25
    # A milestone's people also read: pages, and processor time of one, with the APIs behind it.
    pages: int = 40
    page_ms: float = 30
    page_bytes: int = 12_000
    file_bytes: int = 3_000_000
    database_copies: int = 2
    broker_nodes: int = 3
    database_gib: int = 16
    broker_gib: int = 4
    wal_days: int = 7
    stripe_calls_per_second: int = 100
    price: int = 50_000
    vcpu_hour: float = 0.045
    gib_hour: float = 0.005
    ssd_gb_month: float = 0.12
    object_gb_month: float = 0.025
    egress_gb: float = 0.11
    thousand_letters: float = 0.10
    card_fee: float = 0.036


ASSUMED: Final = Assumed()


@dataclass(frozen=True)
class Part:
    """A kind of process, and what a milestone takes of it."""

    name: str
    seconds: float
    memory: int

    def cores(self, assumed: Assumed) -> float:
        """Return the cores that it needs at the peak, busy to the part that is assumed."""
        return self.seconds * per_second(assumed) * assumed.peak_factor / assumed.busy

    def replicas(self, assumed: Assumed) -> int:
        """Return how many processes that is: Python's are of one core each."""
        return max(assumed.fewest_replicas, math.ceil(self.cores(assumed)))

    def requested(self, assumed: Assumed) -> float:
        """Return the cores that all its replicas are given."""
        return max(self.cores(assumed), self.replicas(assumed) * assumed.least_request)


def per_second(assumed: Assumed) -> float:
    """Return the milestones of a second, on average."""
    return assumed.milestones / SECONDS_OF_A_MONTH


def parts(taken: Mapping[str, Any]) -> list[Part]:
    """Return the parts, those that take most first."""
    count = taken["milestones"]
    return [
        Part(name, seconds / count, taken["memory"][name])
        for name, seconds in sorted(taken["processor_seconds"].items(), key=lambda each: -each[1])
    ]


def capacity_table(taken: Mapping[str, Any], assumed: Assumed) -> Iterator[str]:
    """Yield the rows of what a core carries."""
    yield "| part | ms of a milestone | milestones/s of a core | MiB | replicas at the peak |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for part in parts(taken):
        servers = part.name in SERVERS
        replicas = f"{part.cores(assumed):.2f} cores" if servers else part.replicas(assumed)
        yield (
            f"| {part.name} | {1_000 * part.seconds:.1f} | {1 / part.seconds:,.0f}"
            f" | {part.memory / MIB:.0f} | {replicas} |"
        )
    total = sum(part.seconds for part in parts(taken))
    yield f"| all | {1_000 * total:.0f} | {1 / total:.1f} | | |"


def needs_table(taken: Mapping[str, Any], assumed: Assumed) -> Iterator[str]:
    """Yield the rows of what a milestone leaves behind, and a month of them."""
    count, month = taken["milestones"], assumed.milestones
    yield "| | of a milestone | of the month |"
    yield "| --- | ---: | ---: |"
    for service, grown in taken["disk"].items():
        if grown:
            each = grown / count
            yield f"| disk, {service} | {each:,.0f} B | {each * month / GB:.1f} GB |"
    for what, key in (("write-ahead log", "wal"), ("messages, bytes told", "message_bytes")):
        each = taken[key] / count
        yield f"| {what} | {each:,.0f} B | {each * month / GB:.1f} GB |"
    for what, key in (
        ("messages told", "messages"),
        ("messages handled", "handled"),
        ("requests of programs", "requests"),
        ("calls to Stripe", "calls"),
        ("webhooks of Stripe", "webhooks"),
        ("letters", "mails"),
    ):
        each = taken[key] / count
        yield f"| {what} | {each:.1f} | {each * month / 1e6:.1f} million |"


def bill(taken: Mapping[str, Any], assumed: Assumed) -> list[tuple[str, str, float]]:
    """Return what is paid for in a month: what, how much of it, dollars."""
    count, month = taken["milestones"], assumed.milestones
    # Processes as they are, and of web and the APIs as many more as the readers need.
    processes = [part for part in parts(taken) if part.name not in SERVERS]
    servers = {part.name: part for part in parts(taken) if part not in processes}
    readers = Part("readers", assumed.pages * assumed.page_ms / 1_000, 85 * MIB)
    cores = sum(part.requested(assumed) for part in [*processes, readers])
    memory = sum(part.replicas(assumed) * part.memory for part in [*processes, readers]) / 2**30
    database = max(2, math.ceil(servers["postgres"].cores(assumed)))
    broker = max(2, math.ceil(servers["rabbitmq"].cores(assumed)))
    year = 12 * month / count / GB * sum(taken["disk"].values())
    wal = taken["wal"] / count * month / GB * assumed.wal_days / 30
    files = assumed.file_bytes * month / GB
    out = month / GB * (taken["traffic"] / count + assumed.pages * assumed.page_bytes)
    letters = taken["mails"] / count * month / 1_000
    copies, nodes = assumed.database_copies, assumed.broker_nodes
    server_cores = copies * database + nodes * broker
    server_memory = copies * assumed.database_gib + nodes * assumed.broker_gib
    hour = HOURS_OF_A_MONTH
    return [
        ("processes: cores", f"{cores:.1f}", cores * assumed.vcpu_hour * hour),
        (
            "processes: memory",
            f"{memory * assumed.memory_reserve:.1f} GiB",
            memory * assumed.memory_reserve * assumed.gib_hour * hour,
        ),
        (
            f"PostgreSQL {copies} x {database} cores, RabbitMQ {nodes} x {broker}",
            f"{server_cores} cores, {server_memory} GiB",
            (server_cores * assumed.vcpu_hour + server_memory * assumed.gib_hour) * hour,
        ),
        (
            "disks of PostgreSQL, a year's rows",
            f"{assumed.database_copies} x {year:,.0f} GB",
            assumed.database_copies * year * assumed.ssd_gb_month,
        ),
        ("write-ahead log kept", f"{wal:.0f} GB", wal * assumed.object_gb_month),
        ("files, each month more", f"{files:,.0f} GB", files * assumed.object_gb_month),
        ("to the internet, without files", f"{out:,.0f} GB", out * assumed.egress_gb),
        ("letters", f"{letters:,.0f} thousand", letters * assumed.thousand_letters),
    ]


def bill_table(taken: Mapping[str, Any], assumed: Assumed) -> Iterator[str]:
    """Yield the rows of the bill."""
    rows = bill(taken, assumed)
    yield "| what | how much | USD |"
    yield "| --- | ---: | ---: |"
    for what, amount, dollars in rows:
        yield f"| {what} | {amount} | {dollars:,.0f} |"
    total = sum(dollars for _, _, dollars in rows)
    yield f"| **all** | | **{total:,.0f}** |"
    yield f"| of a milestone | | {total / assumed.milestones:.4f} |"


def table_of(name: str) -> str:
    """Return what a benchmark's section of docs/benchmarks.md says, without bounds."""
    section = standing(TITLES[name], BENCHMARKS.read_text(encoding="utf-8"))
    rows = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| ")]
    body = "\n".join(f"|{what}|{measured}|{told}|" for what, measured, _, told in rows[2:])
    return f"| | measured | |\n| --- | ---: | --- |\n{body}"


def document() -> str:
    """Return the document."""
    taken, assumed = json.loads(KEPT.read_text(encoding="utf-8")), ASSUMED
    average = per_second(assumed)
    calls = taken["calls"] / taken["milestones"]
    ceiling = assumed.stripe_calls_per_second / calls
    total = sum(part.seconds for part in parts(taken))
    processes = [part for part in parts(taken) if part.name not in SERVERS]
    filled = {
        "capacity": "\n".join(capacity_table(taken, assumed)),
        "needs": "\n".join(needs_table(taken, assumed)),
        "bill": "\n".join(bill_table(taken, assumed)),
        "shards": table_of("shards"),
        "partitions": table_of("partitions"),
        "machine": taken["machine"],
        "measured": f"{taken['milestones']}",
        "per_minute": f"{60 * average:.0f}",
        "peak": f"{average * assumed.peak_factor:.1f}",
        "per_core": f"{1 / total:.1f}",
        "total_ms": f"{1_000 * total:.0f}",
        "first": processes[0].name,
        "second": processes[1].name,
        "stripe_ceiling": f"{ceiling:.0f}",
        "stripe_month": f"{ceiling / assumed.peak_factor * SECONDS_OF_A_MONTH / 1e6:.0f}",
        "calls_at_peak": f"{calls * average * assumed.peak_factor:.1f}",
        "card_fees": f"{assumed.card_fee * assumed.price * assumed.milestones / 1e6:,.0f}",
        **{f"assumed.{name}": f"{value:,}" for name, value in vars(assumed).items()},
    }
    text = TEMPLATE.read_text(encoding="utf-8")
    for name, value in filled.items():
        text = text.replace(f"{{{{{name}}}}}", value)
    return text


def main() -> None:
    """Write the document."""
    DOCUMENT.write_text(document(), encoding="utf-8")


if __name__ == "__main__":
    main()
