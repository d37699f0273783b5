"""Months and years in Japan, and what concerns one: statements, withholding, payment records."""

from collections.abc import Iterable, Mapping
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
from shared.calendar import banking_day_on_or_after, end_of_day_in_japan
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
        # Four days after the 28th are in the next month, in every month.
        return cls(name, first, (first.replace(day=28) + 4 * _DAY).replace(day=1))

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


@dataclass(frozen=True, slots=True)
class Withheld:
    """What was withheld from an assistant in a month, and from how much (price and tax)."""

    assistant_id: UUID
    name: str
    paid: int
    withheld: int


@dataclass(frozen=True, slots=True)
class TaxRules:
    """What is in force for taxes withheld.

    They are remitted by `remittance_day` of the next month (Income Tax Act, article 204). The tax
    office wants the record of payments to somebody that are above `record_above` in a year (Order
    for Enforcement of the Income Tax Act, article 352; Ministerial Order, article 84).
    """

    remittance_day: int
    record_above: int

    def pay_by(self, month: Period) -> date:
        """Return the last day to remit what was withheld in a month: a banking day."""
        return banking_day_on_or_after(month.after.replace(day=self.remittance_day))


@dataclass(frozen=True, slots=True)
class WithheldMonth:
    """What was withheld in a month; `brought_forward` as in `to_remit`."""

    month: Period
    assistants: tuple[Withheld, ...]
    brought_forward: int
    due: int
    pay_by: date
    remitted: int
    remitted_at: datetime | None

    @property
    def withheld(self) -> int:
        """What the month moved on the account of taxes withheld."""
        return sum(each.withheld for each in self.assistants)


def to_remit(moved: Mapping[str, int], month: str) -> tuple[int, int]:
    """Return what is brought forward to a month (zero or below), and what is due for it.

    `moved` is what each month withheld, less what it gave back. A month that gives more back than
    it withholds leaves nothing to remit: the tax office has that much too much already, and it is
    taken from the months that follow.
    """
    forward = 0
    for earlier in sorted(each for each in moved if each < month):
        forward = min(0, forward + moved[earlier])
    return forward, max(0, forward + moved.get(month, 0))


def withholding_list(of: WithheldMonth, market: Issuer) -> Document:
    """Return the list of what was withheld in a month and is to be remitted."""
    rows: list[Row] = [
        {Column.PERSON: each.name, Column.PAID: each.paid, Column.WITHHOLDING: each.withheld}
        for each in of.assistants
    ]
    sums = [Sum("withheld", of.withheld)]
    if of.brought_forward:
        sums.append(Sum("brought_forward", of.brought_forward))
    sums.append(Sum("due", of.due))
    return Document(
        kind=DocumentKind.WITHHOLDING,
        id=of.month.name,
        issued_on=of.month.after,
        market=market.market,
        issuer=market,
        recipient=Party(market.name),
        total=of.due,
        tables=(Table("withheld", (Column.PERSON, Column.PAID, Column.WITHHOLDING), tuple(rows)),),
        sums=tuple(sums),
        details=(Detail(Column.MONTH, of.month.name), Detail(Column.PAY_BY, of.pay_by)),
        notes=("withholding_by_acceptance",),
    )


@dataclass(frozen=True, slots=True)
class PaymentRecord:
    """A year's figures of one payer, payee and kind of work; see PaymentRecordView."""

    payer_id: UUID | None
    payer: str
    payee_id: UUID
    payee: str
    category: str
    price: int
    tax: int
    withheld: int
    unpaid: int
    unpaid_withheld: int
    above_threshold: bool

    @property
    def paid(self) -> int:
        """Price and tax."""
        return self.price + self.tax


def payment_records(
    year: Period, records: Iterable[PaymentRecord], market: Issuer, whose: Party, owner: str
) -> Document:
    """Return the figures of a year for whoever has to state them, or is named in them."""
    rows: list[Row] = [
        {
            Column.PAYER: each.payer,
            Column.PERSON: each.payee,
            Column.CATEGORY: each.category,
            Column.PRICE: each.price,
            Column.TAX: each.tax,
            Column.PAID: each.paid,
            Column.WITHHOLDING: each.withheld,
            Column.UNPAID: each.unpaid,
        }
        for each in records
    ]
    columns = (
        Column.PAYER,
        Column.PERSON,
        Column.CATEGORY,
        Column.PRICE,
        Column.TAX,
        Column.PAID,
        Column.WITHHOLDING,
        Column.UNPAID,
    )
    table = Table("records", columns, tuple(rows))
    return Document(
        kind=DocumentKind.PAYMENT_RECORD,
        id=year.name,
        owner=owner,
        issued_on=year.after,
        market=market.market,
        issuer=market,
        recipient=whose,
        total=table.totals[Column.PAID],
        tables=(table,),
        sums=(
            Sum("paid", table.totals[Column.PAID]),
            Sum("withheld_in_year", table.totals[Column.WITHHOLDING]),
        ),
        details=(Detail(Column.YEAR, year.name),),
        notes=("record_after_acceptance", "unpaid_at_year_end"),
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
