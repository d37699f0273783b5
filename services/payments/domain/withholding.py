"""Income tax withheld: what a month is to remit, and what a year's payment records say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid5

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
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.periods import Period
from services.payments.domain.postings import Fact
from shared.calendar import banking_day_on_or_after
from shared.messages.documents import DocumentKind
from shared.money import yen

# Names the months in the journal, where an entry refers to an object with an id.
_MONTHS: Final = UUID("6b3acc6a-c7ac-4395-8006-8812003d5996")


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


def source_of(month: Period) -> str:
    """Return what the journal calls the remittance of a month: it is posted once."""
    return f"withholding:{month.name}"


def remittance(month: Period, due: int, at: datetime) -> JournalEntry:
    """Return the entry that says that this much was remitted for a month."""
    happening = Happening(uuid5(_MONTHS, month.name), source_of(month), at, owners={})
    return journal_entry(Fact.WITHHOLDING_REMITTED, happening, amount=yen(due))


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
