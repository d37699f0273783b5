"""The journal in PostgreSQL, as it is read by those who prove, close and export it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from operator import itemgetter
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BigInteger, Connection, cast, func, select

from services.payments.adapters.streams import stream
from services.payments.adapters.tables import journal_entries, journal_lines
from services.payments.domain.journal import Balance, StoredEntry, StoredLine
from services.payments.domain.months import Scope
from services.payments.domain.statement import PLATFORM, Movement
from shared.calendar import day_in_japan
from shared.db import driver
from shared.errors import Transient
from shared.messages.books import AccountBalanceView, JournalEntryView, MonthlyIncomeView

_INCOME: Final = "income:"
# Who may still post holds this lock since before it took a number, until it commits.
_POSTING: Final = """
    SELECT virtualtransaction FROM pg_locks
    WHERE locktype = 'relation' AND relation = 'journal_entries'::regclass
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND mode = 'RowExclusiveLock' AND granted AND pid <> pg_backend_pid()
"""
# Lines without an entry, and entries without lines, are what somebody tore apart: they show too.
READ: Final = """
    SELECT coalesce(entry.entry_id, line.entry_id), fact, reference::text, source, currency,
        occurred_at, line, account, owner::text, debit, credit
    FROM (SELECT * FROM journal_entries WHERE entry_id BETWEEN %s AND %s) AS entry
    FULL JOIN (SELECT * FROM journal_lines WHERE entry_id BETWEEN %s AND %s) AS line
        ON line.entry_id = entry.entry_id
    ORDER BY 1, line
"""
# `counts` is what domain/months.py, Scope, says, in SQL: migration 0005 has it.
_WITHIN: Final = """
    SELECT entry.entry_id, fact, reference::text, source, currency, occurred_at,
        line, account, owner::text, debit, credit
    FROM journal_entries AS entry JOIN journal_lines AS line ON line.entry_id = entry.entry_id
    WHERE counts(entry.entry_id, occurred_at, %(begins)s, %(ends)s, %(cut_before)s, %(cut)s)
        = 'within'
    ORDER BY entry.entry_id, line
"""
_SUB_ACCOUNTS: Final = """
    SELECT DISTINCT account, owner::text
    FROM journal_entries AS entry JOIN journal_lines AS line ON line.entry_id = entry.entry_id
    WHERE owner IS NOT NULL
        AND counts(entry.entry_id, occurred_at, %(begins)s, %(ends)s, %(cut_before)s, %(cut)s)
            <> 'later'
    ORDER BY 1, 2
"""
_OPENINGS: Final = """
    SELECT account, CASE WHEN %(by_owner)s::boolean THEN owner::text END AS whose, currency,
        sum(debit - credit)::bigint
    FROM journal_entries AS entry JOIN journal_lines AS line ON line.entry_id = entry.entry_id
    WHERE counts(entry.entry_id, occurred_at, %(begins)s, %(ends)s, %(cut_before)s, %(cut)s)
        = 'earlier'
    GROUP BY account, whose, currency HAVING sum(debit - credit) <> 0
    ORDER BY account, whose, currency
"""
_CLOSINGS: Final = """
    SELECT account, NULL, currency, sum(debit - credit)::bigint
    FROM journal_entries AS entry JOIN journal_lines AS line ON line.entry_id = entry.entry_id
    WHERE counts(entry.entry_id, occurred_at, %(begins)s, %(ends)s, %(cut_before)s, %(cut)s)
        <> 'later'
    GROUP BY account, currency ORDER BY account, currency
"""
_FOREVER: Final = datetime.max.replace(tzinfo=UTC)
_EVERYTHING: Final = Scope(_FOREVER, _FOREVER, None, None)
_HEAD: Final = 6
_OF_ENTRY: Final = journal_entries.c.entry_id == journal_lines.c.entry_id
_MOVEMENTS: Final = """
    SELECT coalesce(account_id, %s) COLLATE "C", source COLLATE "C", entry.entry_id,
        sum(debit - credit)::bigint, occurred_at
    FROM journal_entries AS entry JOIN journal_lines AS line ON line.entry_id = entry.entry_id
        LEFT JOIN payees ON person_id = owner
    WHERE account IN ('asset:processor_balance', 'asset:payee_balance')
    GROUP BY account_id, entry.entry_id
    ORDER BY 1, 2, 3
"""
_PATIENCE: Final = 200
_PAUSE_SECONDS: Final = 0.05


@dataclass(frozen=True)
class SqlJournal:
    """Implements the port Journal."""

    connection: Connection

    def settled(self) -> int:
        """Return a number up to which every entry is there that ever will be.

        A posting locks the table before it takes numbers, and numbers only grow: once those who
        held the lock after the largest visible number was read are gone, whoever comes later gets
        larger ones. Nobody is kept waiting for it.
        """
        largest = self.connection.scalar(select(func.max(journal_entries.c.entry_id))) or 0
        before = self._posting()
        for _ in range(_PATIENCE):
            if not before:
                return largest
            driver(self.connection).execute("SELECT pg_sleep(%s)", (_PAUSE_SECONDS,))
            before &= self._posting()
        raise Transient("journal_busy", "A posting takes very long. Try again.")

    def read(self, first: int, last: int) -> Iterator[StoredEntry]:
        """Yield the entries with these numbers, first and last included."""
        yield from entries_of(stream(self.connection, READ, (first, last, first, last)))

    def counted(self, scope: Scope) -> Iterator[StoredEntry]:
        """Yield the entries that count in a month, in order of their numbers."""
        yield from entries_of(stream(self.connection, _WITHIN, scope._asdict()))

    def newest(self) -> int:
        """Return the largest number that an entry has; 0 when there is none."""
        return self.connection.scalar(select(func.max(journal_entries.c.entry_id))) or 0

    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day in Japan of what occurred; None: nothing did."""
        at = journal_entries.c.occurred_at
        first, last = self.connection.execute(select(func.min(at), func.max(at))).one()
        return (day_in_japan(first), day_in_japan(last)) if first else None

    def sub_accounts(self, scope: Scope | None) -> Iterator[tuple[str, str]]:
        """Yield account and owner of the sub-accounts used until a month's end, or until now."""
        yield from stream(self.connection, _SUB_ACCOUNTS, (scope or _EVERYTHING)._asdict())

    def openings(self, scope: Scope, *, by_owner: bool) -> Iterator[Balance]:
        """Yield the balances that a month opens with, those of zero left out, in order."""
        values = scope._asdict() | {"by_owner": by_owner}
        yield from map(Balance._make, stream(self.connection, _OPENINGS, values))

    def closings(self, scope: Scope | None) -> Iterator[Balance]:
        """Yield the balances of accounts at the end of a month; None: as of now."""
        values = (scope or _EVERYTHING)._asdict()
        yield from map(Balance._make, stream(self.connection, _CLOSINGS, values))

    def count(self, first: int) -> int:
        """Return how many entries there are from this number on."""
        query = select(func.count()).where(journal_entries.c.entry_id >= first)
        return self.connection.scalar(query) or 0

    def trial_balance(self) -> Sequence[AccountBalanceView]:
        """Return the sums over each account and currency."""
        query = (
            select(
                journal_lines.c.account,
                journal_entries.c.currency,
                func.sum(journal_lines.c.debit).label("debit"),
                func.sum(journal_lines.c.credit).label("credit"),
            )
            .join_from(journal_lines, journal_entries, _OF_ENTRY)
            .group_by(journal_lines.c.account, journal_entries.c.currency)
            .order_by(journal_lines.c.account, journal_entries.c.currency)
        )
        rows = self.connection.execute(query).mappings()
        return [AccountBalanceView.model_validate(dict(row)) for row in rows]

    def income(self, since: datetime) -> Sequence[MonthlyIncomeView]:
        """Return what was earned by month since then, oldest first; no month without any."""
        month = func.to_char(func.timezone("Asia/Tokyo", journal_entries.c.occurred_at), "YYYY-MM")
        earned = func.sum(journal_lines.c.credit - journal_lines.c.debit)
        query = (
            select(month.label("month"), cast(earned, BigInteger).label("amount"))
            .join_from(journal_lines, journal_entries, _OF_ENTRY)
            .where(
                journal_lines.c.account.startswith(_INCOME), journal_entries.c.occurred_at >= since
            )
            .group_by("month")
            .order_by("month")
        )
        rows = self.connection.execute(query).mappings()
        return [MonthlyIncomeView.model_validate(dict(row)) for row in rows]

    def entries(
        self, *, reference: UUID | None, after: int | None, limit: int
    ) -> Sequence[JournalEntryView]:
        """Return entries, oldest first: all, or those about one milestone."""
        page = select(journal_entries).order_by(journal_entries.c.entry_id).limit(limit)
        if reference is not None:
            page = page.where(journal_entries.c.reference == reference)
        if after is not None:
            page = page.where(journal_entries.c.entry_id > after)
        entries = self.connection.execute(page).mappings().all()
        query = (
            select(journal_lines)
            .where(journal_lines.c.entry_id.in_([each["entry_id"] for each in entries]))
            .order_by(journal_lines.c.entry_id, journal_lines.c.line)
        )
        lines: dict[int, list[object]] = {each["entry_id"]: [] for each in entries}
        for line in self.connection.execute(query).mappings():
            lines[line["entry_id"]].append(dict(line))
        return [
            JournalEntryView.model_validate({**each, "lines": lines[each["entry_id"]]})
            for each in entries
        ]

    def movements(self) -> Iterator[Movement]:
        """Yield what each entry does to our balance at the processor, and to the payees'."""
        rows = stream(self.connection, _MOVEMENTS, (PLATFORM,))
        yield from map(Movement._make, rows)

    def _posting(self) -> set[str]:
        return {name for (name,) in driver(self.connection).execute(_POSTING)}


def entries_of(rows: Iterable[tuple[Any, ...]]) -> Iterator[StoredEntry]:
    """Yield entries of rows that have an entry's columns and those of one line, in order."""
    for _, group in groupby(rows, itemgetter(0)):
        lines = list(group)
        sides = tuple(StoredLine._make(row[_HEAD:]) for row in lines if row[_HEAD] is not None)
        yield StoredEntry._make((*lines[0][:_HEAD], sides))
