"""What the use cases of documents need of the outside."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.documents import Document, Issuer, Party
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.papers import Charged, PaidOut, Refunded, Released
from services.payments.domain.periods import MonthOf, Period
from services.payments.domain.withholding import PaymentRecord, TaxRules, Withheld
from shared.clock import Clock
from shared.messages.accounts import Locale


@dataclass(frozen=True, slots=True)
class Registration:
    """An assistant as an issuer of qualified invoices from a day on; None: no longer one."""

    person_id: UUID
    valid_from: date
    number: str | None
    name: str | None


@dataclass(frozen=True, slots=True)
class DatedIssuer:
    """Who runs the market from a day on."""

    valid_from: date
    issuer: Issuer


@dataclass(frozen=True, slots=True)
class Remittance:
    """What was remitted for a month, in yen, and when that was recorded."""

    amount: int
    recorded_at: datetime


class Issuers(Protocol):
    """Who issues documents: dated configuration."""

    def issuer(self, on: date) -> DatedIssuer:
        """Return who runs the market on that day."""
        ...

    def set_issuer(self, dated: DatedIssuer) -> None:
        """Keep who runs the market from a day on."""
        ...

    def party(self, person_id: UUID, on: date) -> Party:
        """Return a person as documents of that day name them."""
        ...

    def registration(self, person_id: UUID, on: date) -> Registration | None:
        """Return what an assistant last said, if it holds on that day."""
        ...

    def set_registration(self, registration: Registration) -> None:
        """Keep an assistant's registration from a day on."""
        ...


class Papers(Protocol):
    """What documents are made of, as it was when it happened, whatever changed since.

    Each thing is found by its id (None when there is none), or by person and month.
    """

    def charge(self, charge_id: str) -> Charged | None:
        """Return a captured payment."""
        ...

    def release(self, release_id: UUID) -> Released | None:
        """Return a release."""
        ...

    def refund(self, refund_id: UUID) -> Refunded | None:
        """Return a refund after a release."""
        ...

    def payout(self, payout_id: UUID) -> PaidOut | None:
        """Return a payout that hasn't failed."""
        ...

    def charges(self, client_id: UUID, during: Period) -> Sequence[Charged]:
        """Return what a client paid in a month."""
        ...

    def releases(self, person_id: UUID, during: Period) -> Sequence[Released]:
        """Return what was released in a month to an assistant, or of a client's money."""
        ...

    def refunds(self, person_id: UUID, during: Period) -> Sequence[Refunded]:
        """Return a month's refunds after a release, of an assistant or a client."""
        ...

    def payouts(self, assistant_id: UUID, during: Period) -> Sequence[PaidOut]:
        """Return what an assistant's payouts of a month were, but for those that failed."""
        ...

    def month_of(self, person_id: UUID, month: Period) -> MonthOf:
        """Return a person's balances in the books over a month."""
        ...


class TaxFigures(Protocol):
    """What the tax office wants to know."""

    def rules(self, on: date) -> TaxRules:
        """Return what is in force on that day."""
        ...

    def withheld(self, month: Period) -> Sequence[Withheld]:
        """Return what was withheld from each assistant, by the books."""
        ...

    def withheld_by_month(self, until: Period) -> Mapping[str, int]:
        """Return what each month (`2026-11`) withheld, up to and including this one."""
        ...

    def remittance(self, month: Period) -> Remittance | None:
        """Return what was remitted for the month."""
        ...

    def records(self, year: Period, person_id: UUID | None) -> Sequence[PaymentRecord]:
        """Return the year's figures of what a person paid or was paid; None: the market paid."""
        ...


class Journal(Protocol):
    """Where the remittance is posted."""

    def post(self, entries: Sequence[JournalEntry]) -> set[tuple[str, str]]:
        """Post entries; return (fact, source) of those that were not posted before."""
        ...


class Printer(Protocol):
    """Makes a PDF of a document."""

    def print(self, document: Document, lang: Locale) -> bytes:
        """Return the document in this language: the same bytes whenever it is asked for."""
        ...


@dataclass(frozen=True)
class DocumentsWork:
    """Everything that a use case of documents may touch, in one transaction."""

    issuers: Issuers
    papers: Papers
    taxes: TaxFigures
    journal: Journal
    clock: Clock
