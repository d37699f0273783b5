"""The published language of payments' documents: receipts, invoices, statements, tax figures.

All amounts are in minor units of the document's currency; below zero is what is taken off. What is
said in words (a way of payment, what happened) is a key that the texts of each language translate.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Line, View


class DocumentKind(StrEnum):
    """What a document is. Its number begins with the letters that PREFIXES has for it."""

    RECEIPT = "receipt"
    INVOICE = "invoice"
    RETURN_INVOICE = "return_invoice"
    FEE_INVOICE = "fee_invoice"
    FEE_RETURN_INVOICE = "fee_return_invoice"
    PAYOUT_STATEMENT = "payout_statement"
    MONTHLY_STATEMENT = "monthly_statement"
    PAYMENT_RECORD = "payment_record"
    WITHHOLDING = "withholding"


# Without anchors: a whole text has to match.
YEAR = "20[0-9]{2}"
MONTH = f"{YEAR}-(0[1-9]|1[0-2])"

Month = Annotated[str, Field(pattern=f"^{MONTH}$", description="In Japan", examples=["2026-11"])]
Year = Annotated[int, Field(ge=2000, le=2099, description="In Japan")]
DocumentFormat = Literal["json", "pdf"]


class PartyView(View):
    """Somebody on a document."""

    name: str
    address: str
    registration_number: Annotated[
        str | None, Field(description="Of an issuer of qualified invoices: T and 13 digits")
    ]


class TaxTotalView(View):
    """What one tax rate comes to. The tax is rounded once."""

    basis_points: int
    taxable: int
    tax: int


class TableView(View):
    """Rows of a document; `totals` are the sums of its columns of amounts."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, date | int | str], ...]
    totals: Mapping[str, int]


class SumView(View):
    """A line below the tables; below zero for what is taken off."""

    name: str
    amount: int


class DetailView(View):
    """A fact about the whole document."""

    name: str
    value: date | int | str


class DocumentView(View):
    """A document, the same whenever it is read: it is made of the books, and those don't change.

    `qualified` tells whether it is a qualified (return) invoice of the Consumption Tax Act,
    articles 57-4 (1) and (3).
    """

    kind: DocumentKind
    id: str
    number: str
    issued_on: date
    currency: str
    qualified: bool
    issuer: PartyView
    agent: Annotated[PartyView | None, Field(description="Who issues it on the issuer's behalf")]
    recipient: PartyView
    details: tuple[DetailView, ...]
    tables: tuple[TableView, ...]
    taxes: tuple[TaxTotalView, ...]
    sums: tuple[SumView, ...]
    total: int
    notes: tuple[str, ...]


class DocumentSummary(View):
    """A document in a list."""

    kind: DocumentKind
    id: str
    number: str
    issued_on: date
    currency: str
    total: int


class DocumentList(View):
    """The documents of a month, oldest first."""

    month: Month
    documents: tuple[DocumentSummary, ...]


class SetRegistrationNumber(Command):
    """Say under which number an assistant issues qualified invoices; null: under none any more.

    `name` is the name that the number is registered under, when it isn't the one shown here.
    """

    number: Line | None
    name: Line | None = None
    valid_from: Annotated[date | None, Field(description="null: today, in Japan")] = None


class RegistrationView(View):
    """An assistant's registration as an issuer of qualified invoices."""

    person_id: UUID
    number: str | None
    name: str | None
    valid_from: date


class SetIssuer(Command):
    """Say who runs the market, as documents name it, from a day on."""

    market: Line
    name: Line
    address: Line
    registration_number: Line | None = None
    valid_from: Annotated[date | None, Field(description="null: today, in Japan")] = None


class IssuerView(View):
    """Who runs the market, as documents name it."""

    market: str
    name: str
    address: str
    registration_number: str | None
    valid_from: date


class WithheldView(View):
    """What was withheld from one assistant in a month; below zero when more was given back."""

    assistant_id: UUID
    name: str
    paid: Annotated[int, Field(description="Price and tax of what it was withheld from")]
    withheld: int


class WithholdingView(View):
    """Income tax withheld in a month (principal mode), and what of it is to be remitted.

    `withheld` is what the month moved on liability:withholding. `brought_forward`, zero or below,
    is what earlier months gave back beyond what they withheld; `due` is what is left to remit.
    """

    month: Month
    currency: str
    assistants: tuple[WithheldView, ...]
    withheld: int
    brought_forward: int
    due: int
    pay_by: date
    remitted: int
    remitted_at: datetime | None


class PaymentRecordView(View):
    """A year's figures of one payer, payee and kind of work: 支払調書.

    Figures of what was accepted in the year, less what was given back; `unpaid` is what of `paid`
    had not reached the payee's bank at its end.
    """

    payer_id: Annotated[UUID | None, Field(description="null: the market itself")]
    payer: str
    payee_id: UUID
    payee: str
    category: str
    price: int
    tax: int
    paid: int
    withheld: int
    unpaid: int
    unpaid_withheld: int
    above_threshold: Annotated[bool, Field(description="Whether the tax office wants the record")]


class PaymentRecordsView(View):
    """The figures of a year that concern the caller."""

    year: Year
    currency: str
    records: tuple[PaymentRecordView, ...]
