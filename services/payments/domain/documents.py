"""What a document about money is: parties, tables, taxes, sums. Language comes with the printing.

Amounts are whole yen; below zero is what is taken off. A document is a pure function of what the
books and the dated configuration said on its day, so it is never stored.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Final
from uuid import UUID

from services.payments.domain.rates import CURRENCY
from shared.messages.documents import DocumentKind
from shared.money import BASIS_POINTS

Value = date | int | str

PREFIXES: Final[Mapping[DocumentKind, str]] = {
    DocumentKind.RECEIPT: "RC",
    DocumentKind.INVOICE: "IN",
    DocumentKind.RETURN_INVOICE: "RI",
    DocumentKind.FEE_INVOICE: "FI",
    DocumentKind.FEE_RETURN_INVOICE: "FR",
    DocumentKind.PAYOUT_STATEMENT: "PS",
    DocumentKind.MONTHLY_STATEMENT: "MS",
    DocumentKind.PAYMENT_RECORD: "PR",
    DocumentKind.WITHHOLDING: "WH",
}
# Without those that are taken for others when read aloud or typed: I, L, O, U (as Crockford).
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_NUMBER_DIGITS: Final = 8


class Column(StrEnum):
    """What a column of a table, or a detail, holds; `FORMS` says how it is written."""

    DAY = "day"
    ACCEPTED_ON = "accepted_on"
    PAYDAY = "payday"
    PAY_BY = "pay_by"
    REMITTED_ON = "remitted_on"
    MONTH = "month"
    YEAR = "year"
    WHAT = "what"
    METHOD = "method"
    CATEGORY = "category"
    TITLE = "title"
    PERSON = "person"
    PAYER = "payer"
    CHARGE = "charge"
    INVOICE = "invoice"
    RATE = "rate"
    PRICE = "price"
    TAX = "tax"
    WITHHOLDING = "withholding"
    FEE = "fee"
    FEE_TAX = "fee_tax"
    NET = "net"
    AMOUNT = "amount"
    PAID = "paid"
    UNPAID = "unpaid"


class Form(StrEnum):
    """How a value is written."""

    DAY = "day"
    MONTH = "month"
    WORD = "word"
    TEXT = "text"
    SHARE = "share"
    AMOUNT = "amount"


FORMS: Final[Mapping[Column, Form]] = {
    Column.DAY: Form.DAY,
    Column.ACCEPTED_ON: Form.DAY,
    Column.PAYDAY: Form.DAY,
    Column.PAY_BY: Form.DAY,
    Column.REMITTED_ON: Form.DAY,
    Column.MONTH: Form.MONTH,
    Column.YEAR: Form.TEXT,
    Column.WHAT: Form.WORD,
    Column.METHOD: Form.WORD,
    Column.CATEGORY: Form.WORD,
    Column.TITLE: Form.TEXT,
    Column.PERSON: Form.TEXT,
    Column.PAYER: Form.TEXT,
    Column.CHARGE: Form.TEXT,
    Column.INVOICE: Form.TEXT,
    Column.RATE: Form.SHARE,
    Column.PRICE: Form.AMOUNT,
    Column.TAX: Form.AMOUNT,
    Column.WITHHOLDING: Form.AMOUNT,
    Column.FEE: Form.AMOUNT,
    Column.FEE_TAX: Form.AMOUNT,
    Column.NET: Form.AMOUNT,
    Column.AMOUNT: Form.AMOUNT,
    Column.PAID: Form.AMOUNT,
    Column.UNPAID: Form.AMOUNT,
}


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody on a document. `registration_number` is T and 13 digits, of an invoice issuer.

    `person_id` is None for the market itself.
    """

    name: str
    address: str = ""
    registration_number: str | None = None
    person_id: UUID | None = None


@dataclass(frozen=True)
class Issuer(Party):
    """Who runs the market, and what the market is called."""

    market: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """Something that is charged for at one rate; `tax` is what the books have for it."""

    title: str
    price: int
    basis_points: int
    tax: int
    accepted_on: date


@dataclass(frozen=True, slots=True)
class TaxTotal:
    """What one tax rate comes to on a document."""

    basis_points: int
    taxable: int
    tax: int

    @property
    def rounded_once(self) -> bool:
        """Tell whether the tax is the rate's share of the sum, rounded up or down once.

        That is the rule for qualified invoices: Order for the Consumption Tax Act, article 70-10.
        """
        exact = self.taxable * self.basis_points
        return exact // BASIS_POINTS <= self.tax <= -(-exact // BASIS_POINTS)


def tax_totals(items: Iterable[Item]) -> tuple[TaxTotal, ...]:
    """Return what each rate comes to, the highest rate first."""
    sums: dict[int, tuple[int, int]] = {}
    for item in items:
        taxable, tax = sums.get(item.basis_points, (0, 0))
        sums[item.basis_points] = (taxable + item.price, tax + item.tax)
    return tuple(TaxTotal(rate, *sums[rate]) for rate in sorted(sums, reverse=True))


Row = Mapping[Column, Value]


@dataclass(frozen=True)
class Table:
    """Rows of a document."""

    name: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]

    @cached_property
    def totals(self) -> Mapping[Column, int]:
        """The sums of the columns of amounts."""
        return {
            column: sum(value for row in self.rows if isinstance(value := row[column], int))
            for column in self.columns
            if FORMS[column] is Form.AMOUNT
        }


@dataclass(frozen=True, slots=True)
class Sum:
    """A line below the tables; below zero for what is taken off."""

    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class Detail:
    """A fact about the whole document."""

    name: Column
    value: Value


@dataclass(frozen=True)
class Document:
    """A document. `id` is what it is about: with the kind, its address.

    `market` heads it; `total` is the amount that it is about. `owner` is whose it is, when the id
    alone doesn't say that: a month is the same for everybody.
    """

    kind: DocumentKind
    id: str
    issued_on: date
    market: str
    issuer: Party
    recipient: Party
    total: int
    tables: tuple[Table, ...]
    taxes: tuple[TaxTotal, ...] = ()
    sums: tuple[Sum, ...] = ()
    details: tuple[Detail, ...] = ()
    notes: tuple[str, ...] = ()
    agent: Party | None = None
    qualified: bool = False
    owner: str = ""
    currency: str = CURRENCY

    @property
    def number(self) -> str:
        """Its number: see `number_of`."""
        return number_of(self.kind, f"{self.id}{self.owner}", self.issued_on)


def number_of(kind: DocumentKind, subject: str, issued_on: date) -> str:
    """Return the number of a document: kind, day, and 40 bits that stand for what it is about.

    It needs no counter that two transactions would queue for, and is the same whenever it is made.
    """
    value = int.from_bytes(hashlib.sha256(f"{kind}:{subject}".encode()).digest()[:5])
    digits = "".join(
        _DIGITS[value >> shift & 31] for shift in range(5 * (_NUMBER_DIGITS - 1), -1, -5)
    )
    return f"{PREFIXES[kind]}-{issued_on:%Y%m%d}-{digits}"
