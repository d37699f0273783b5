"""Full text over jobs in PostgreSQL: a tsvector for each job, and queries by what people type.

The words come from analysis.py, with their positions; the title weighs more than the skills, and
these more than the description.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Numeric,
    Select,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR

from services.jobs.adapters import analysis
from services.jobs.adapters.jobs import JOB, job_of, seen_by
from services.jobs.adapters.tables import jobs
from services.jobs.domain.job import Job
from services.jobs.domain.search import Wanted, Word
from services.jobs.ports.search import After, Filters, Found, Order, Viewer
from shared.db import Database
from shared.messages.jobs import JobStatus
from shared.messages.search import Sort

# What PostgreSQL keeps of a position; later words stand at the last one.
LAST_POSITION: Final = 16_383
# Of so many of the newest that fit, the best come first: ranking all would take too long.
RANKED: Final = 500
AT_ONCE: Final = 500

# Later than any deadline, and a date that Python has too.
# It stands in the query as it does in the index: a parameter wouldn't be known to be the same.
_NEVER: Final = literal_column("'9999-12-31'::date", Date)

# A plan that is made once for all words knows how often none of them occurs, and reads all jobs to
# find a rare one. Planning takes less than a millisecond.
_PLAN_ANEW: Final = "SET LOCAL plan_cache_mode = force_custom_plan"

_PUT = (
    jobs.update()
    .where(jobs.c.job_id == bindparam("id"))
    .values(search=cast(bindparam("vector"), TSVECTOR))
)


@dataclass(frozen=True)
class SqlIndex:
    """Implements the port Index."""

    connection: Connection

    def put(self, job: Job) -> None:
        """Take in what a job says."""
        self.connection.execute(_PUT, {"id": job.job_id, "vector": vector_of(job)})

    @classmethod
    def rebuild(cls, database: Database) -> int:
        """Take in anew what all jobs say, some at a time; return how many."""
        last, done = UUID(int=0), 0
        while True:
            with database.transaction() as connection:
                query = select(*JOB).where(jobs.c.job_id > last).order_by(jobs.c.job_id)
                rows = connection.execute(query.limit(AT_ONCE).with_for_update()).all()
                for row in rows:
                    cls(connection).put(job_of(row))
            if not rows:
                return done
            last, done = rows[-1].job_id, done + len(rows)

    def find(
        self,
        query: Wanted,
        filters: Filters,
        viewer: Viewer,
        order: Order,
    ) -> Sequence[Found]:
        """Return open jobs that the viewer may see, in this order, each once over all pages."""
        conditions = [*_wanted(query), *_filtered(filters), *_seen(viewer)]
        if order.sort is Sort.RELEVANCE and _tsquery(query):
            found = _ranked(query, conditions, order.after)
        else:
            found = _sorted(order.sort, conditions, order.after)
        self.connection.exec_driver_sql(_PLAN_ANEW)
        rows = self.connection.execute(found.limit(order.limit))
        return [Found(job_of(row), row.sort_key) for row in rows]


def vector_of(job: Job) -> str:
    """Return what a job says as the text of a tsvector."""
    parts = ((job.title, "A"), (" ".join(job.skills), "B"), (job.description, "D"))
    return " ".join(_lexemes(parts))


def _lexemes(parts: Sequence[tuple[str, str]]) -> Iterator[str]:
    position = 0
    for text, weight in parts:
        for term in analysis.terms(text):
            position = min(position + 1, LAST_POSITION)
            for word in dict.fromkeys((term.whole, *term.parts)):
                yield f"{_quoted(word)}:{position}{weight}"
        position = min(position + 1, LAST_POSITION)  # no phrase goes from one part to the next


def _tsquery(query: Wanted) -> str:
    """Return the query as the text of a tsquery; empty when no word of it says anything."""
    groups = []
    for group in query:
        words = [text for text in map(_of_word, group) if text]
        if words:
            groups.append(f"({' | '.join(words)})")
    return " & ".join(groups)


def _of_word(word: Word) -> str:
    found = analysis.terms(word.text)
    if not found:
        return ""
    if word.phrase:
        text = " <-> ".join(_quoted(term.whole) for term in found)
    else:
        text = " & ".join(_of_term(term) for term in found)
    return f"!({text})" if word.excluded else f"({text})"


def _of_term(term: analysis.Term) -> str:
    """Return a word as it stands, or all its parts, wherever these stand."""
    if not term.parts:
        return _quoted(term.whole)
    parts = " & ".join(map(_quoted, term.parts))
    return f"({_quoted(term.whole)} | ({parts}))"


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace("'", "''")
    return f"'{escaped}'"


def _wanted(query: Wanted) -> Iterator[ColumnElement[bool]]:
    if text := _tsquery(query):
        yield jobs.c.search.op("@@")(cast(literal(text), TSQUERY))


def _filtered(filters: Filters) -> Iterator[ColumnElement[bool]]:
    c = jobs.c
    yield c.status == JobStatus.OPEN
    equal = ((c.category, filters.category), (c.kind, filters.kind), (c.mode, filters.mode))
    yield from (column == value for column, value in equal if value is not None)
    if filters.skills:
        yield c.skills.contains(list(filters.skills))
    if filters.budget_from is not None:
        yield c.budget_amount >= filters.budget_from
    if filters.budget_to is not None:
        yield c.budget_amount <= filters.budget_to
    if filters.weekly_hours_max is not None:
        yield c.weekly_hours <= filters.weekly_hours_max
    if filters.beginner_friendly:
        yield c.beginner_friendly
    if filters.deadline_from is not None:
        yield or_(c.deadline.is_(None), c.deadline >= filters.deadline_from)
    if filters.opened_since is not None:
        yield c.opened_at > filters.opened_since
    if filters.opened_until is not None:
        yield c.opened_at <= filters.opened_until


def _seen(viewer: Viewer) -> Iterator[ColumnElement[bool]]:
    yield or_(jobs.c.client_id.in_(viewer.accounts), seen_by(viewer.accounts))
    if viewer.but:
        yield jobs.c.client_id.not_in(viewer.but)


def _sorted(
    sort: Sort, conditions: Sequence[ColumnElement[bool]], after: After | None
) -> Select[Any]:
    """Return what fits, by a column and then by id: each page goes on where the last has ended."""
    c = jobs.c
    if sort is Sort.BUDGET:
        query = select(*JOB, c.budget_amount.label("sort_key")).where(*conditions)
        if after:
            query = query.where(tuple_(c.budget_amount, c.job_id) < (after.key, after.job_id))
        return query.order_by(c.budget_amount.desc(), c.job_id.desc())
    if sort is Sort.DEADLINE:
        # No deadline is the latest of all.
        last = func.coalesce(c.deadline, _NEVER)
        query = select(*JOB, last.label("sort_key")).where(*conditions)
        if after:
            day = cast(literal(str(after.key)), Date)
            query = query.where(tuple_(last, c.job_id) > tuple_(day, literal(after.job_id)))
        return query.order_by(last, c.job_id)
    query = select(*JOB, literal(None).label("sort_key")).where(*conditions)
    if after:
        query = query.where(c.job_id < after.job_id)
    return query.order_by(c.job_id.desc())


def _ranked(
    query: Wanted, conditions: Sequence[ColumnElement[bool]], after: After | None
) -> Select[Any]:
    """Return the best of the newest that fit, by rank and then by id."""
    newest = (
        select(jobs)
        .where(*conditions)
        .order_by(jobs.c.job_id.desc())
        .limit(RANKED)
        .subquery("newest")
    )
    rank = func.ts_rank(newest.c.search, cast(literal(_tsquery(query)), TSQUERY))
    # As a decimal number it is the same on its way to the cursor and back.
    shown = [newest.c[column.name] for column in JOB]
    by_rank = select(*shown, cast(rank, Numeric(12, 8)).label("sort_key")).subquery("ranked")
    ranked = select(by_rank)
    if after:
        before = tuple_(by_rank.c.sort_key, by_rank.c.job_id)
        ranked = ranked.where(
            before < tuple_(cast(literal(str(after.key)), Numeric), literal(after.job_id))
        )
    return ranked.order_by(by_rank.c.sort_key.desc(), by_rank.c.job_id.desc())
