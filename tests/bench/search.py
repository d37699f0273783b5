"""Search: 100 thousand jobs in Japanese and English, against a plain scan with LIKE.

Both look for the same words in the same table, in turn: ours through the use case that the API
runs, as a page of 20; the scan through the same columns, as a page of 20 too. What a scan doesn't
find (other spellings, endings, parts of long words) is told beside.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import psycopg
from sqlalchemy import text

from services.jobs.adapters.jobs import row_of
from services.jobs.adapters.search import vector_of
from services.jobs.adapters.tables import jobs
from services.jobs.adapters.work import make_work
from services.jobs.domain.job import Job
from services.jobs.use_cases.searching import search_jobs
from shared.clock import clock
from shared.db import Database
from shared.ids import new_id
from shared.messages.jobs import Category, JobStatus, Mode
from shared.messages.search import SearchTerms, Sort
from shared.money import yen
from shared.people import Person
from tests.bench.figures import Figure, at_least, at_most, percentile
from tests.bench.servers import Servers

JOBS: Final = 100_000
AT_ONCE: Final = 2_000
PAGE: Final = 20
LIMIT_MILLISECONDS: Final = 50
# Common and rare, one and several, Japanese and English, and one that nothing has.
QUERIES: Final = (
    "データ入力",
    "Excel",
    "翻訳 英語",
    "ロゴ デザイン",
    "議事録 文字起こし",
    "選挙管理委員会",
    "translation letters",
    "website",
    "商品説明 -写真",
    '"庭の案内"',
    "電話対応 OR メール対応",
    "在庫管理 エクセル",
    "襷",
    "量子計算",
)
# The same meant in another way than it is written in the jobs.
VARIANTS: Final = ("データの打ち込み", "エクセル", "Webサイト", "translating", "見積り")
_THINGS: Final = Path(__file__).with_name("search_words.txt")


def search(servers: Servers, rounds: int) -> list[Figure]:
    """Measure."""
    known = servers.service_database("jobs")
    database = Database(known.url)
    words = [line.split() for line in _THINGS.read_text(encoding="utf-8").splitlines()]
    _fill(database, words)
    # What autovacuum does by itself after so many new rows; only the tables' owner may.
    with psycopg.connect(known.owner_url, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE jobs")
    servers.settle()
    person = Person(new_id(), frozenset({"assistant"}))
    cases = [(query, sort) for query in QUERIES for sort in Sort]

    def ours(query: str, sort: Sort) -> int:
        with database.transaction() as connection:
            work = make_work(connection, clock(None))
            terms = SearchTerms(q=query)
            found = search_jobs(terms, person, work, sort=sort, after=None, limit=PAGE)
        return len(found.items)

    def scan(query: str, _: Sort) -> int:
        with database.transaction() as connection:
            return len(connection.execute(text(SCAN), {"words": _patterns(query)}).all())

    for query, sort in cases:
        ours(query, sort)
    measured = {ours: list[float](), scan: list[float]()}
    for number in range(rounds):
        for query, sort in cases if number % 2 == 0 else reversed(cases):
            for contestant, took in measured.items():
                took.append(_milliseconds(contestant, query, sort))
    return _figures(measured[ours], measured[scan], _missed(ours, scan))


SCAN: Final = f"""
    SELECT * FROM jobs
    WHERE status = 'open' AND visibility = 'public'
        AND title || ' ' || description ILIKE ALL (:words)
    ORDER BY job_id DESC LIMIT {PAGE}
"""  # noqa: S608  (a constant)


def _figures(ours: Sequence[float], scan: Sequence[float], missed: int) -> list[Figure]:
    p95 = percentile(ours, 95)
    return [
        Figure(
            "search, 95th percentile",
            p95,
            "ms",
            f"{len(ours)} pages of {PAGE} out of {JOBS:,} jobs, in four orders",
            at_most(LIMIT_MILLISECONDS),
        ),
        Figure("search, median", percentile(ours, 50), "ms"),
        Figure(
            "LIKE scan / search, median",
            percentile(scan, 50) / percentile(ours, 50),
            "x",
            f"scan: {percentile(scan, 50):.0f} ms",
            at_least(5),
        ),
        Figure(
            "LIKE scan / search, 95th percentile",
            percentile(scan, 95) / p95,
            "x",
            f"scan: {percentile(scan, 95):.0f} ms",
        ),
        Figure(
            "other spellings that search finds and a scan doesn't",
            missed,
            f"of {len(VARIANTS)}",
            ", ".join(VARIANTS),
            at_least(len(VARIANTS)),
        ),
    ]


def _missed(ours: Callable[[str, Sort], int], scan: Callable[[str, Sort], int]) -> int:
    return sum(ours(query, Sort.NEWEST) > 0 and scan(query, Sort.NEWEST) == 0 for query in VARIANTS)


def _milliseconds(contestant: Callable[[str, Sort], int], query: str, sort: Sort) -> float:
    began = time.perf_counter()
    contestant(query, sort)
    return 1_000 * (time.perf_counter() - began)


def _patterns(query: str) -> list[str]:
    """Return what a scan looks for: the words that are to be there, as they are written."""
    wanted = query.replace('"', "").replace(" OR ", " ").split()
    return [f"%{word}%" for word in wanted if not word.startswith("-")]


def _fill(database: Database, words: Sequence[Sequence[str]]) -> None:
    """Write the jobs: each says some sentences of its kind, and a few words of others."""
    chance = random.Random(20_261_125)  # noqa: S311  (the same jobs in every run)
    opened = datetime.now(UTC) - timedelta(minutes=JOBS)
    for start in range(0, JOBS, AT_ONCE):
        some = [
            _job(chance, words, opened + timedelta(minutes=start + at)) for at in range(AT_ONCE)
        ]
        rows = [row_of(job) | {"search": vector_of(job)} for job in some]
        with database.transaction() as connection:
            connection.execute(jobs.insert(), rows)


def _job(chance: random.Random, words: Sequence[Sequence[str]], at: datetime) -> Job:
    own = words[min(int(chance.expovariate(0.08)), len(words) - 1)]
    others = [chance.choice(chance.choice(words)) for _ in range(3)]
    said = [*chance.choices(own, k=min(len(own), 4)), *others]
    sentences = "".join(f"{word}をお願いします。" for word in said)
    return Job(
        job_id=new_id(),
        client_id=new_id(),
        title=f"{own[0]}({chance.choice(own)})",
        description=f"在宅での仕事です。{sentences}週に{chance.randint(2, 20)}時間ほどです。",
        category=chance.choice(list(Category)),
        budget=yen(1_000 * chance.randint(1, 300)),
        mode=Mode.BROKERED,
        place="online",
        review_days=7,
        posted_at=at,
        opened_at=at,
        status=JobStatus.OPEN,
        deadline=at.date() + timedelta(days=chance.randint(70, 160))
        if chance.random() < 0.7
        else None,
    )
