"""A journal in parts: its lines partitioned by ranges of entries, a month each, beside a whole one.

Entries are numbered as they come, so a month is a range of numbers, and neither the key of the
lines nor what refers to it changes. BENCH_SCALE=0.01 tries it with a hundredth of the lines.
"""

import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from random import Random
from typing import Final

import psycopg

from shared.provision.databases import with_database
from tests.bench.figures import Figure, interleaved
from tests.bench.filling import Filled, filled
from tests.bench.players import Player
from tests.bench.scale import POSTINGS, SCALE, run_books
from tests.bench.servers import Servers
from tests.bench.transport import query

ENTRIES: Final = int(750_000 * SCALE)
LINES: Final = 4 * ENTRIES
MONTHS: Final = 12
LOOKS: Final = 300
# The last part is for what is posted while it is measured.
_BOUNDS: Final = [ENTRIES * month // MONTHS + 1 for month in range(MONTHS + 1)]
WHOLE, PARTS = "bench_whole", "bench_parts"

_PARTITIONED = """
    ALTER TABLE journal_lines RENAME TO journal_lines_whole;
    CREATE TABLE journal_lines (LIKE journal_lines_whole INCLUDING ALL)
        PARTITION BY RANGE (entry_id);
    ALTER TABLE journal_lines ADD FOREIGN KEY (entry_id) REFERENCES journal_entries;
    CREATE TRIGGER kept AFTER INSERT ON journal_lines REFERENCING NEW TABLE AS new_lines
        FOR EACH STATEMENT EXECUTE FUNCTION keep_journal();
    CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journal_lines
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
    DROP TABLE journal_lines_whole;
    ALTER TABLE journal_lines OWNER TO tasuki_payments_owner;
    GRANT SELECT, INSERT ON journal_lines TO tasuki_payments;
"""
_PART = "CREATE TABLE journal_lines_{0} PARTITION OF journal_lines FOR VALUES FROM ({1}) TO ({2})"
_OF_A_MILESTONE = """
    SELECT entry_id, line, account, debit, credit
    FROM journal_entries JOIN journal_lines USING (entry_id) WHERE reference = %s
"""
_OF_A_MONTH = """
    SELECT account, sum(debit), sum(credit) FROM journal_lines
    WHERE entry_id >= %s AND entry_id < %s GROUP BY account
"""


def partitions(servers: Servers, rounds: int) -> list[Figure]:
    """Measure; takes some five minutes."""
    servers.service_database("payments")
    both = {
        "whole": filled(servers, WHOLE, ENTRIES),
        "parts": filled(servers, PARTS, ENTRIES, shape=_partition),
    }
    found = [
        _compared("a posting", "ms", _postings(servers, both, rounds)),
        _compared("the lines of a milestone", "ms", _timed(both, rounds, _milestones)),
        _compared("a month summed up", "ms", _timed(both, rounds, _months)),
    ]
    for what, command in (
        ("seal and close the month", ("close", "--month", "2026-11")),
        ("verify the seal", ("verify",)),
    ):
        seconds = {
            name: [run_books(each, *command, logs=servers)[0]] for name, each in both.items()
        }
        found.append(_compared(what, "s", seconds))
    return [*found, *_forgotten(servers)]


def _compared(what: str, unit: str, taken: Mapping[str, list[float]]) -> Figure:
    medians = {name: statistics.median(each) for name, each in taken.items()}
    told = f"{medians['parts']:.2f} {unit} / {medians['whole']:.2f} {unit}, {LINES:,} lines"
    return Figure(f"{what}: parts / whole", medians["parts"] / medians["whole"], "x", told)


def _partition(admin: psycopg.Connection) -> None:
    admin.execute(_PARTITIONED)
    bounds = [*map(str, _BOUNDS[:-1]), "MAXVALUE"]
    for number in range(MONTHS):
        part = _PART.format(number, bounds[number], bounds[number + 1])
        admin.execute(part.encode())


def _postings(
    servers: Servers, both: Mapping[str, Filled], rounds: int
) -> Mapping[str, list[float]]:
    with ExitStack() as stack:

        def contestant(journal: Filled) -> Callable[[], float]:
            url = journal.database.url
            player = stack.enter_context(Player("ours.posting", url, "1", logs=servers.logs))
            player.play(POSTINGS)

            def round_() -> float:
                servers.settle()
                return 1_000 * player.play(POSTINGS).seconds / POSTINGS

            return round_

        contestants = {name: contestant(each) for name, each in both.items()}
        return {name: list(each) for name, each in interleaved(4 * rounds, contestants).items()}


def _timed(
    both: Mapping[str, Filled], rounds: int, look: Callable[[psycopg.Connection], float]
) -> Mapping[str, list[float]]:
    def contestant(journal: Filled) -> Callable[[], float]:
        def round_() -> float:
            with psycopg.connect(journal.database.url, autocommit=True) as connection:
                look(connection)
                return look(connection)

        return round_

    contestants = {name: contestant(each) for name, each in both.items()}
    return {name: list(each) for name, each in interleaved(rounds, contestants).items()}


def _milestones(connection: psycopg.Connection) -> float:
    """Return the milliseconds of looking up a milestone."""
    sample = "SELECT reference FROM journal_entries WHERE entry_id = ANY(%s)"
    random = Random(1)  # noqa: S311  (a sample)
    numbers = [random.randint(1, ENTRIES) for _ in range(LOOKS)]
    references = connection.execute(sample, (numbers,)).fetchall()
    began = time.monotonic()
    for reference in references:
        connection.execute(_OF_A_MILESTONE, reference, prepare=True).fetchall()
    return 1_000 * (time.monotonic() - began) / len(references)


def _months(connection: psycopg.Connection) -> float:
    """Return the milliseconds of summing up a month."""
    began = time.monotonic()
    for month in range(0, MONTHS, 4):
        connection.execute(_OF_A_MONTH, (_BOUNDS[month], _BOUNDS[month + 1])).fetchall()
    return 1_000 * (time.monotonic() - began) / len(range(0, MONTHS, 4))


def _forgotten(servers: Servers) -> list[Figure]:
    """Return what it takes to take the oldest month out: detached, or deleted row by row."""
    urls = [with_database(servers.postgres.url, name) for name in (WHOLE, PARTS)]
    sizes = [
        query(url, "SELECT pg_database_size(current_database())")[0][0] / LINES for url in urls
    ]
    began = time.monotonic()
    with psycopg.connect(urls[0], autocommit=True) as admin:
        admin.execute("SET session_replication_role = replica")
        admin.execute("DELETE FROM journal_lines WHERE entry_id < %s", (_BOUNDS[1],))
        admin.execute("VACUUM journal_lines")
    deleted = time.monotonic() - began
    began = time.monotonic()
    with psycopg.connect(urls[1], autocommit=True) as admin:
        admin.execute("ALTER TABLE journal_lines DETACH PARTITION journal_lines_0 CONCURRENTLY")
    detached = time.monotonic() - began
    rows = f"{LINES // MONTHS:,} lines"
    return [
        Figure("the oldest month detached", 1_000 * detached, "ms", rows),
        Figure("the oldest month deleted", 1_000 * deleted, "ms", f"{rows}, and vacuumed"),
        Figure("disk of a line, whole", sizes[0], "B", "with its entry, its balance, and indexes"),
        Figure("disk of a line, in parts", sizes[1], "B", "likewise"),
    ]
