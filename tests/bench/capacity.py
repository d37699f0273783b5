"""What a milestone takes of everything: processors, memory, disk, broker, processor's calls, mail.

Some clients carry milestones through over HTTP, at their ease: what is measured is what each part
took, not how fast they were. docs/scale.md is made of it.
"""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2
import pika
import psycopg

from shared.provision.databases import with_database
from tests.bench.cpu import Meter
from tests.bench.figures import Figure
from tests.bench.report import machine
from tests.bench.story import MILESTONES, PRICE, Unhurried, pair, pids
from tools.services import WITH_STATE
from tools.stack import Stack
from tools.story import acts
from tools.story.acts import Stage
from tools.story.demo import stage_on
from tools.story.member import Member
from tools.story.narrator import Silent
from tools.story.witness import SPEAKERS

CLIENTS: Final = 4
WARM_UP: Final = 3
CONTRACTS: Final = 6
# Not the market's: others run them, or they are this benchmark's own.
OUTSIDE: Final = frozenset({"stripe", "smtp", "these clients", "epmd"})
MIB: Final = 2**20
KEPT: Final = Path(__file__).with_name("capacity.json")
SETTLING_SECONDS: Final = 180.0
QUIET_LOOKS: Final = 3


@dataclass
class Overheard:
    """How many messages the broker was given, with how many bytes."""

    messages: int = 0
    bytes: int = 0
    by_type: Counter[str] = field(default_factory=Counter)


@contextmanager
def overhearing(url: str) -> Iterator[Overheard]:
    """Count what is told; the context ends with all of it counted."""
    connection = pika.BlockingConnection(pika.URLParameters(url))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for service in SPEAKERS:
        channel.queue_bind(queue, f"{service}.events", "#")
    overheard = Overheard()

    def heard(_: Any, __: Any, properties: pika.BasicProperties, body: bytes) -> None:
        overheard.messages += 1
        overheard.bytes += len(body) + len(json.dumps(properties.headers))
        overheard.by_type[str(properties.headers["cloudEvents:type"])] += 1

    channel.basic_consume(queue, heard, auto_ack=True)
    thread = threading.Thread(target=channel.start_consuming, daemon=True)
    thread.start()
    yield overheard
    connection.add_callback_threadsafe(channel.stop_consuming)
    thread.join()
    connection.close()


@dataclass(frozen=True)
class Taken:
    """What milestones took together."""

    milestones: int
    processor_seconds: Mapping[str, float]
    memory: Mapping[str, int]
    disk: Mapping[str, int]
    wal: int
    requests: int
    traffic: int
    messages: int
    handled: int
    message_bytes: int
    calls: int
    webhooks: int
    mails: int


class Counting(httpx2.HTTPTransport):
    """Counts the members' requests, and the bytes of their bodies both ways."""

    def __init__(self) -> None:
        super().__init__()
        self.requests = 0
        self.bytes = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Ask."""
        answer = super().handle_request(request)
        self.requests += 1
        self.bytes += len(request.content) + int(answer.headers.get("Content-Length", 0))
        return answer


def capacity(stack: Stack) -> list[Figure]:
    """Measure, and keep what `make scale-doc` reads."""
    taken = measure(stack)
    text = json.dumps(asdict(taken) | {"machine": machine()}, indent=2, sort_keys=True)
    KEPT.write_text(f"{text}\n", encoding="utf-8")
    return figures(taken)


def measure(stack: Stack) -> Taken:
    """Carry milestones through, pay them out, and return what it took."""
    transport = Counting()
    with (
        stage_on(stack, Silent()) as stage,
        httpx2.Client(base_url=stack.url("web"), timeout=60, transport=transport) as http,
        ThreadPoolExecutor(CLIENTS) as pool,
    ):
        unhurried = Unhurried(**vars(stage) | {"http": http})
        pairs = list(pool.map(pair, [unhurried] * CLIENTS))
        list(pool.map(_contract, [unhurried] * CLIENTS, pairs, [WARM_UP] * CLIENTS))
        _settle(stack)
        before, meter = _state(stack, transport), Meter(pids(stack))
        with overhearing(stack.broker.url) as overheard:
            for _ in range(CONTRACTS):
                list(pool.map(_contract, [unhurried] * CLIENTS, pairs, [MILESTONES] * CLIENTS))
            for _, assistant in pairs:
                acts.ask_for_payout(unhurried, assistant)
            _settle(stack)
        seconds, after = meter.taken(), _state(stack, transport)
    memory = stack.memory()
    growth = {name: after[name] - before[name] for name in before}
    return Taken(
        milestones=CLIENTS * CONTRACTS * MILESTONES,
        processor_seconds={name: each for name, each in seconds.items() if name not in OUTSIDE},
        memory={name: memory.get(name, 0) for name in seconds if name not in OUTSIDE},
        disk={service: growth[service] for service in WITH_STATE},
        wal=growth["wal"],
        requests=growth["requests"],
        traffic=growth["traffic"],
        messages=overheard.messages,
        handled=growth["handled"],
        message_bytes=overheard.bytes,
        calls=growth["calls"],
        webhooks=growth["webhooks"],
        mails=growth["mails"],
    )


def figures(taken: Taken) -> list[Figure]:
    """Return what one milestone takes."""
    count = taken.milestones
    told = f"{count} milestones, {CLIENTS} clients; "
    ours = {name: each for name, each in taken.processor_seconds.items() if name not in OUTSIDE}
    rows = [
        Figure(
            "processor time of a milestone",
            _ms(sum(ours.values()), count),
            "ms",
            told + "without clients, simulator and mail catcher",
        ),
        *(
            Figure(
                f"… of {name}",
                _ms(seconds, count),
                "ms",
                f"memory {taken.memory[name] / MIB:.0f} MiB",
            )
            for name, seconds in ours.items()
        ),
        *(
            Figure(f"disk of a milestone: {service}", grown / count, "B", "tables and indexes")
            for service, grown in taken.disk.items()
        ),
    ]
    each = {
        "write-ahead log of a milestone": (taken.wal, "B", "with full page writes"),
        "messages of a milestone": (taken.messages, "", "that services tell"),
        "handlings of a milestone": (taken.handled, "", "each hearer of a message counts"),
        "bytes of its messages": (taken.message_bytes, "B", "bodies and headers, told once"),
        "requests of a milestone": (taken.requests, "", "clients look until they may go on"),
        "bytes of its requests": (taken.traffic, "B", "bodies both ways, at web"),
        "calls to the processor": (taken.calls, "", "over HTTP"),
        "webhooks of the processor": (taken.webhooks, "", ""),
        "letters of a milestone": (taken.mails, "", ""),
    }
    return rows + [
        Figure(what, total / count, unit, note) for what, (total, unit, note) in each.items()
    ]


def _ms(seconds: float, count: int) -> float:
    return 1_000 * seconds / count


def _contract(stage: Stage, pair_: tuple[Member, Member], milestones: int) -> None:
    """Make a contract and carry all its milestones through."""
    agreed = acts.agree(stage, *pair_, "案内文", (PRICE,) * milestones)
    for milestone_id in agreed.milestone_ids:
        acts.fund(stage, agreed, milestone_id)
        acts.deliver(stage, agreed, milestone_id)
        acts.accept(stage, agreed, milestone_id)
        acts.wait_for_release(stage, agreed, milestone_id)


def _settle(stack: Stack) -> None:
    """Wait until nothing is under way any more, in queues or in outboxes."""
    give_up, quiet = time.monotonic() + SETTLING_SECONDS, 0
    while quiet < QUIET_LOOKS:
        waiting = {name: each for name, each in stack.broker.queue_lengths().items() if each}
        if time.monotonic() > give_up:
            raise RuntimeError(f"messages still wait after {SETTLING_SECONDS:.0f} s: {waiting}")
        quiet = 0 if waiting else quiet + 1
        time.sleep(1)


def _state(stack: Stack, transport: Counting) -> dict[str, int]:
    """Return counters of what is there now."""
    url = stack.postgres.url
    found: dict[str, int] = {}
    handled = 0
    for service in WITH_STATE:
        with psycopg.connect(with_database(url, f"tasuki_{service}"), autocommit=True) as admin:
            admin.execute("VACUUM ANALYZE")
            found[service] = _value(
                admin,
                "SELECT sum(pg_total_relation_size(oid))::bigint"
                " FROM pg_class WHERE relkind = 'r'"
                " AND relnamespace = 'public'::regnamespace",
            )
            handled += _value(admin, "SELECT count(*) FROM inbox")
    with psycopg.connect(url) as admin:
        found["wal"] = _value(admin, "SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint")
    said = [json.loads(line) for line in stack.stripe_record.read_text("utf-8").splitlines()]
    calls = [each for each in said if each.get("path", "").startswith(("/v1/", "/v2/"))]
    return found | {
        "handled": handled,
        "requests": transport.requests,
        "traffic": transport.bytes,
        "calls": len(calls),
        "webhooks": sum(each["record"] == "webhook" for each in said),
        "mails": len(stack.mails()),
    }


def _value(connection: psycopg.Connection, query: str) -> int:
    row: Any = connection.execute(query.encode()).fetchone()
    return int(row[0])
