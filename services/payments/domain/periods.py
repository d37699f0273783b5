"""Months and years in Japan, and a person's statement of a month."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from services.payments.domain.documents import (
    Column,
    Detail,
    Document,
    Issuer,
    Party,
    Row,
    Sum,
    Table,
)
from services.payments.domain.papers import Shares, shares_table
from shared.calendar import end_of_day_in_japan, month_of
from shared.messages.documents import DocumentKind

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A month (`2026-11`) or a year (`2026`): from its first day until the first one after it."""

    name: str
    first: date
    after: date

    @classmethod
    def month(cls, name: str) -> "Period":
        """Return the month that is written like this; ValueError when none is."""
        first = date.fromisoformat(f"{name}-01")
        return cls(name, first, month_of(first, 1))

    @classmethod
    def year(cls, number: int) -> "Period":
        """Return a year."""
        return cls(f"{number}", date(number, 1, 1), date(number + 1, 1, 1))

    @property
    def begins(self) -> datetime:
        """The moment at which it begins."""
        return end_of_day_in_japan(self.first - _DAY)

    @property
    def ends(self) -> datetime:
        """The moment at which it is over."""
        return end_of_day_in_japan(self.after - _DAY)


@dataclass(frozen=True, slots=True)
class Movement:
    """What a fact did to somebody's balance: below zero for what was taken from it."""

    day: date
    fact: str
    title: str
    amount: int


@dataclass(frozen=True, slots=True)
class Balance:
    """Somebody's balance over a month, as the books have it."""

    opening: int
    movements: tuple[Movement, ...]

    @property
    def moved(self) -> int:
        """The sum of the movements."""
        return sum(each.amount for each in self.movements)

    @property
    def closing(self) -> int:
        """The balance at the end."""
        return self.opening + self.moved


@dataclass(frozen=True, slots=True)
class MonthOf:
    """A person's month: as a client, as an assistant, or both; None for what they aren't.

    `charged` is what the month's releases, and refunds after a release, came to for the assistant.
    """

    person_id: UUID
    person: Party
    client: Balance | None
    assistant: Balance | None
    charged: tuple[tuple[date, str, Shares], ...] = ()


def monthly_statement(month: Period, whose: MonthOf, market: Issuer) -> Document:
    """Return the statement of a person's month: every movement, and the balances around them."""
    tables: list[Table] = []
    sums: list[Sum] = []
    for name, balance in (("client", whose.client), ("assistant", whose.assistant)):
        if balance is None:
            continue
        tables.append(_movements(name, balance))
        sums += [
            Sum(f"{name}_opening", balance.opening),
            Sum(f"{name}_moved", balance.moved),
            Sum(f"{name}_closing", balance.closing),
        ]
    if whose.charged:
        tables.append(shares_table("charged", whose.charged))
    return Document(
        kind=DocumentKind.MONTHLY_STATEMENT,
        id=month.name,
        owner=str(whose.person_id),
        issued_on=month.after,
        market=market.market,
        issuer=market,
        recipient=whose.person,
        total=sum(each.closing for each in (whose.client, whose.assistant) if each),
        tables=tuple(tables),
        sums=tuple(sums),
        details=(Detail(Column.MONTH, month.name),),
        notes=("statement_of_books",),
    )


def _movements(name: str, balance: Balance) -> Table:
    rows: list[Row] = [
        {
            Column.DAY: each.day,
            Column.WHAT: each.fact,
            Column.TITLE: each.title,
            Column.AMOUNT: each.amount,
        }
        for each in balance.movements
    ]
    columns = (Column.DAY, Column.WHAT, Column.TITLE, Column.AMOUNT)
    return Table(name, columns, tuple(rows))
