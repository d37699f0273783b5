"""The journal leaves the house: a month of it or all, as CSV or beancount, in a stream."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from services.payments.domain import exports
from services.payments.domain.journal import LOWEST, StoredEntry
from services.payments.domain.months import Month, Scope
from services.payments.ports_books import BooksTransactions, BooksWork
from shared.messages.accounts import Role
from shared.people import Person

Format = Literal["csv", "beancount"]

# What is handed on at once; a line of a journal is not worth a packet.
PIECE_CHARACTERS: Final = 64_000
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Export:
    """What is asked for: a month or (None) the whole journal. `by_owner` has sub-accounts."""

    format: Format
    month: Month | None = None
    by_owner: bool = False

    @property
    def filename(self) -> str:
        """The name of a file that it may be kept in."""
        return f"books-{self.month or 'all'}.{self.format}"


def allowed(by: Person, asked: Export) -> Export:
    """Return what is asked for (role operator)."""
    by.must_be(Role.OPERATOR)
    return asked


def export(asked: Export, transactions: BooksTransactions) -> Iterator[str]:
    """Yield the export in pieces; all of it is of one moment."""
    with transactions.begin(snapshot=True) as work:
        scope = Scope.of(asked.month, work.months.cuts()) if asked.month else None
        entries = work.journal.counted(scope) if scope else work.journal.read(LOWEST, _END)
        as_csv = asked.format == "csv"
        yield from _pieces(_csv(entries) if as_csv else _beancount(asked, scope, entries, work))


_END: Final = 2**63 - 1


def _csv(entries: Iterable[StoredEntry]) -> Iterator[str]:
    yield exports.csv_head()
    yield from map(exports.csv_entry, entries)


def _beancount(
    asked: Export, scope: Scope | None, entries: Iterable[StoredEntry], work: BooksWork
) -> Iterator[str]:
    first, after = _days(asked, work)
    by_owner = asked.by_owner
    yield exports.beancount_head(f"Tasuki, {asked.month or 'all'}")
    sub_accounts = work.journal.sub_accounts(scope) if by_owner else ()
    yield from exports.beancount_opens(first, sub_accounts)
    if scope:
        openings = work.journal.openings(scope, by_owner=by_owner)
        yield from exports.beancount_openings(first, openings, by_owner=by_owner)
    for entry in entries:
        yield exports.beancount_entry(entry, first, by_owner=by_owner)
    yield from exports.beancount_closings(after, work.journal.closings(scope))


def _days(asked: Export, work: BooksWork) -> tuple[date, date]:
    """Return the first day, and the first one after the last."""
    if asked.month:
        return asked.month.first, asked.month.after.first
    days = work.journal.days()
    return (days[0], days[1] + _DAY) if days else (date.min.replace(year=1970), date.max)


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    piece: list[str] = []
    size = 0
    for line in lines:
        piece.append(line)
        size += len(line)
        if size >= PIECE_CHARACTERS:
            yield "".join(piece)
            piece, size = [], 0
    yield "".join(piece)
