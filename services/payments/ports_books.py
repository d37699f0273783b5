"""What the use cases that prove, close and export the books need of the outside."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.journal import Balance, StoredEntry
from services.payments.domain.months import AccountMonth, Month, Scope, SubAccount
from services.payments.domain.seal import SealedRange
from services.payments.domain.statement import (
    PLATFORM,
    BalanceTransaction,
    Compared,
    Explanation,
    Movement,
)
from services.payments.domain.trace import Part
from shared.clock import Clock
from shared.messages.books import (
    AccountBalanceView,
    ClosedMonthView,
    JournalEntryView,
    MonthlyIncomeView,
    ReconciliationSummary,
    ReconciliationView,
)


class Progress(Protocol):
    """Is told how far a long work has come, in entries or lines; `total` is an estimate."""

    def __call__(self, done: int, total: int) -> None:
        """Note it."""
        ...


def in_silence(done: int, total: int) -> None:
    """Tell nobody."""


class Journal(Protocol):
    """The journal as it is read by those who prove it: in streams, in order of the numbers."""

    def settled(self) -> int:
        """Return a number up to which every entry is there that ever will be; 0 when none is.

        Numbers are given before the posting commits: a smaller one may appear after a larger one.
        Waits for the postings that are under way; raises Transient (`journal_busy`) when one of
        them takes too long.
        """
        ...

    def read(self, first: int, last: int) -> Iterator[StoredEntry]:
        """Yield the entries with these numbers, first and last included."""
        ...

    def counted(self, scope: Scope) -> Iterator[StoredEntry]:
        """Yield the entries that count in a month, in order of their numbers."""
        ...

    def income(self, since: datetime) -> Sequence[MonthlyIncomeView]:
        """Return what was earned by month since then, oldest first; no month without any."""
        ...

    def newest(self) -> int:
        """Return the largest number that an entry has; 0 when there is none."""
        ...

    def days(self) -> tuple[date, date] | None:
        """Return the first and the last day in Japan of what occurred; None: nothing did."""
        ...

    def sub_accounts(self, scope: Scope | None) -> Iterator[tuple[str, str]]:
        """Yield account and owner of the sub-accounts used until a month's end (None: until now).

        They come in order.
        """
        ...

    def openings(self, scope: Scope, *, by_owner: bool) -> Iterator[Balance]:
        """Yield the balances that a month opens with, those of zero left out, in order."""
        ...

    def closings(self, scope: Scope | None) -> Iterator[Balance]:
        """Yield the balances of accounts at the end of a month; None: as of now."""
        ...

    def count(self, first: int) -> int:
        """Return how many entries there are from this number on."""
        ...

    def trial_balance(self) -> Sequence[AccountBalanceView]:
        """Return the sums over each account and currency."""
        ...

    def entries(
        self, *, reference: UUID | None, after: int | None, limit: int
    ) -> Sequence[JournalEntryView]:
        """Return entries, oldest first: all, or those about one milestone."""
        ...

    def movements(self) -> Iterator[Movement]:
        """Yield what each entry does to our balance at the processor, and to the payees'.

        They come in order of account and source, by code points.
        """
        ...


class Seals(Protocol):
    """The chain of sealed ranges."""

    def lock(self) -> None:
        """Keep others from sealing until the transaction ends."""
        ...

    def last(self) -> SealedRange | None:
        """Return the range that was sealed last."""
        ...

    def add(self, sealed: SealedRange) -> None:
        """Continue the chain."""
        ...

    def all(self) -> Iterator[SealedRange]:
        """Yield all ranges, first to last."""
        ...


class Statements(Protocol):
    """What the processor says of its accounts. All of it is the network, and none a transaction.

    Raises Transient (`processor_unavailable`) when it is away.
    """

    def balance(self, account_id: str | None) -> int:
        """Return available plus pending of an account; None: the platform's own."""
        ...

    def lines(self, account_id: str | None) -> Iterator[BalanceTransaction]:
        """Yield all balance transactions of an account, in pages, in any order."""
        ...


@dataclass(frozen=True, slots=True)
class Run:
    """A run of the reconciliation that has begun. `posted_before` is the newest entry then."""

    reconciliation_id: UUID
    started_at: datetime
    posted_before: int


@dataclass(frozen=True, slots=True)
class Balances:
    """Sums over accounts at the processor, in minor units: as we have them and as it says."""

    platform: int = 0
    payees: int = 0

    def plus(self, account: str, amount: int) -> "Balances":
        """Return them with so much more on an account."""
        if account == PLATFORM:
            return Balances(self.platform + amount, self.payees)
        return Balances(self.platform, self.payees + amount)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run has found, in numbers."""

    books: Balances
    processor: Balances
    matched: int
    unmatched: int


class Reconciliations(Protocol):
    """Runs of the reconciliation, and what they found."""

    def accounts(self) -> Sequence[str]:
        """Return the payees' accounts at the processor."""
        ...

    def begin(self, now: datetime) -> Run:
        """Keep a new run that an operator asked for; clear up after runs that were cut off."""
        ...

    def claim(self, now: datetime) -> Run | None:
        """Take today's run (in Japan), of which there is one; None when it is done or being done.

        Who takes it over from one who was cut off begins anew.
        """
        ...

    def spool(self, run: Run, lines: Sequence[BalanceTransaction], now: datetime) -> None:
        """Keep lines of a statement for the comparison.

        Raises Rejected (`reconciliation_taken_over`) when another process has the run by now.
        """
        ...

    def spooled(self, run: Run) -> Iterator[BalanceTransaction]:
        """Yield the lines of the statements in order of account and source, by code points."""
        ...

    def count_spooled(self, run: Run) -> int:
        """Return how many lines there are."""
        ...

    def open_events(self) -> Mapping[str, str]:
        """Return `received` or `failed` for each object that an unhandled event of it names."""
        ...

    def keep(self, run: Run, items: Sequence[tuple[int, Compared, Explanation]]) -> None:
        """Keep what has no partner, numbered from 1."""
        ...

    def finish(self, run: Run, outcome: Outcome, now: datetime) -> None:
        """Keep what came of it, and since when each item is known; forget the statements."""
        ...

    def newest(self, *, after: UUID | None, limit: int) -> Sequence[ReconciliationSummary]:
        """Return runs, newest first."""
        ...

    def get(self, reconciliation_id: UUID) -> ReconciliationView:
        """Return a run with its items; raise NotFound (`reconciliation_not_found`)."""
        ...


@dataclass(frozen=True, slots=True)
class Added:
    """What a part of the journal comes to.

    `sums` has debit and credit by account, currency and whether it counts in the month (else it
    counts earlier). `entries` is how many count in the month; `unbalanced` are the first few.
    """

    sums: Mapping[tuple[str, str, bool], tuple[int, int]]
    entries: int
    unbalanced: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ClosedMonth:
    """A month that is closed: up to `to_entry`, under the seal with that hash."""

    month: Month
    to_entry: int
    entries: int
    sha256: bytes
    closed_at: datetime


class Months(Protocol):
    """Closed months, and what it takes to close one."""

    def lock(self) -> None:
        """Keep others from closing; raise Transient (`close_under_way`) when one does."""
        ...

    def cuts(self) -> Mapping[Month, int]:
        """Return the months that are closed, each with its cut."""
        ...

    def add_up(self, first: int, last: int, scope: Scope) -> Added:
        """Sum up the entries with these numbers, and note what guarded sub-accounts get."""
        ...

    def sub_accounts_off(self) -> Sequence[SubAccount]:
        """Return the first few guarded sub-accounts whose sum isn't their balance, or below zero.

        Everything was added up before, in the same snapshot. What was noted is forgotten.
        """
        ...

    def add(self, closed: ClosedMonth, accounts: Sequence[AccountMonth]) -> None:
        """Keep a closed month for good."""
        ...

    def closings(self, month: Month) -> Mapping[tuple[str, str], int]:
        """Return the closing balances of a closed month by account and currency."""
        ...

    def views(self) -> Sequence[ClosedMonthView]:
        """Return the closed months, newest first, with their accounts."""
        ...


@dataclass(frozen=True, slots=True)
class Traced:
    """What belongs to the way of some money. What is `whole` is shown with all that it did.

    `references` are what its entries are about beside milestones and payouts; `parties` may see it.
    """

    kind: str
    name: str
    milestones: frozenset[UUID]
    charges: frozenset[str]
    whole_charges: frozenset[str]
    payouts: frozenset[UUID]
    whole_payouts: frozenset[UUID]
    references: frozenset[UUID]
    whole_references: frozenset[UUID]
    parties: frozenset[UUID]


@dataclass(slots=True)
class PayoutParts:
    """A payout, what each of its releases gave, and which of those are traced."""

    payout_id: UUID
    transfer_fee: int
    parts: list[Part]
    included: set[str]


class Traces(Protocol):
    """Which entries belong together."""

    def find(self, name: str) -> Traced | None:
        """Return what is called so: the processor's id of a charge, or a UUID of ours.

        Raises Rejected (`trace_too_large`).
        """
        ...

    def entries(self, traced: Traced) -> Iterator[StoredEntry]:
        """Yield the entries of it, its payouts' too, in order of their numbers."""
        ...

    def payout_parts(self, traced: Traced) -> Sequence[PayoutParts]:
        """Return its payouts, each with what its releases gave."""
        ...


@dataclass(frozen=True)
class BooksWork:
    """Everything that the use cases of the books may touch, in one transaction."""

    journal: Journal
    seals: Seals
    reconciliations: Reconciliations
    months: Months
    traces: Traces
    clock: Clock


class BooksTransactions(Protocol):
    """Begins transactions: long work takes several, with the network in between."""

    def begin(self, *, snapshot: bool = False) -> AbstractContextManager[BooksWork]:
        """Yield the work of a new transaction; commit at the end, roll back on any exception.

        In a snapshot all that is read is of one moment.
        """
        ...


@dataclass(frozen=True)
class Wired:
    """What the use cases of the books work with, as `__main__` puts it together."""

    work: Callable[..., BooksWork]
    transactions: BooksTransactions
    statements: Statements
