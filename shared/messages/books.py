"""The published language of payments, about the books: journal, reconciliation, seal, export."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.messages.base import View


class JournalLineView(View):
    """One side of an entry; one of debit and credit is zero. Amounts in minor units."""

    account: str
    owner: Annotated[UUID | None, Field(description="milestone, person or payout of a sub-account")]
    debit: int
    credit: int


class JournalEntryView(View):
    """An entry of the journal."""

    entry_id: int
    fact: str
    reference: UUID
    source: Annotated[str, Field(description="What made it happen: an event, an object of Stripe")]
    currency: str
    occurred_at: datetime
    lines: tuple[JournalLineView, ...]


class JournalPage(View):
    """Some entries of the journal. `next` is the cursor of the following page, null on the last."""

    items: tuple[JournalEntryView, ...]
    next: int | None


class AccountBalanceView(View):
    """Sums over one account of the books, in minor units."""

    account: str
    currency: str
    debit: int
    credit: int


class TrialBalanceView(View):
    """All accounts. The books are sound when `difference` is zero."""

    at: datetime
    accounts: tuple[AccountBalanceView, ...]
    difference: int


class MonthlyIncomeView(View):
    """What the market earned in a month: its fees, in minor units, closed or not."""

    month: Annotated[str, Field(description="in Japan, as 2026-11")]
    amount: int


class ReconciliationItem(View):
    """One balance transaction of the processor beside our entry; null where one is missing."""

    reason: Literal["matched", "ours_only", "theirs_only", "differs"]
    account: Annotated[str, Field(description="The processor's account: platform, or a payee's")]
    balance_transaction: str | None
    source: str
    theirs: int | None
    ours: int | None
    entry_id: int | None
    explanation: Annotated[
        Literal[
            "posted_after_statement",
            "event_on_its_way",
            "event_failed",
            "kind_not_booked",
            "amount_differs",
            "unexplained",
        ],
        Field(description="What is known of why; docs: payments/README.md"),
    ] = "unexplained"
    occurred_at: Annotated[
        datetime | None, Field(description="Time of the transaction, or of our entry")
    ] = None
    first_seen_at: Annotated[
        datetime | None, Field(description="When a run first found it, unmatched ever since")
    ] = None


class ReconciliationSummary(View):
    """A run of the reconciliation: how the books and the processor's statements compare.

    Amounts in minor units.
    """

    reconciliation_id: UUID
    status: Annotated[
        Literal["running", "done", "abandoned"],
        Field(description="abandoned: a restart or the processor ended it; the next one has all"),
    ]
    asked_by: Literal["clock", "operator"]
    at: Annotated[datetime, Field(description="When it ended; when it began while it runs")]
    day: Annotated[date, Field(description="in Japan")]
    currency: str
    books_balance: Annotated[int, Field(description="asset:processor_balance")]
    processor_balance: Annotated[int, Field(description="available + pending, platform account")]
    payees_books_balance: Annotated[int, Field(description="asset:payee_balance")]
    payees_processor_balance: int
    matched: int
    unmatched_count: int


class ReconciliationView(ReconciliationSummary):
    """A run, and what has no partner: the thousand that are first by account and source."""

    unmatched: tuple[ReconciliationItem, ...]


class ClosedBalanceView(View):
    """An account over a closed month, in minor units; balances are debit less credit."""

    account: str
    currency: str
    opening: int
    debit: int
    credit: int
    closing: int


class ClosedMonthView(View):
    """A closed month: nothing is added to it any more.

    It has what occurred in it (or before, too late for a month before) with a number up to
    `to_entry`; `sha256` is the seal's hash at that number.
    """

    month: Annotated[str, Field(description="as 2026-11")]
    to_entry: int
    entries: int
    sha256: str
    closed_at: datetime
    balances: tuple[ClosedBalanceView, ...]


class BreakView(View):
    """The first thing that doesn't fit the seal; `entry_id` where one can be told."""

    number: Annotated[int, Field(description="of the sealed range, from 1")]
    what: Literal[
        "chain_broken",
        "range_altered",
        "entry_altered",
        "entry_missing",
        "entry_added",
        "hash_not_in_chain",
    ]
    entry_id: int | None = None


class SealView(View):
    """How far the journal is sealed. Keep `sha256` where the database's owner can't change it."""

    ranges: int
    to_entry: Annotated[int, Field(description="The last sealed number; 0 when nothing is sealed")]
    sha256: Annotated[str | None, Field(description="Hash of the last range, hexadecimal")] = None
    sealed_at: datetime | None = None
    unsealed: Annotated[int, Field(description="How many entries came since")]


class VerificationView(SealView):
    """The journal, read again and compared with its seal; `broken` is null when all fits."""

    broken: BreakView | None = None


class TraceRow(View):
    """Money on its way: what an entry moved from one account to another, in minor units.

    Lane `claims` tells whose the money is, `places` where it lies. Accounts that begin with
    `outside:` are people and banks outside of the books.
    """

    at: datetime
    what: Annotated[str, Field(description="A fact of the posting table (docs/ledger.md)")]
    lane: Literal["claims", "places"]
    from_account: str
    from_owner: str | None
    to_account: str
    to_owner: str | None
    amount: int
    object: Annotated[str, Field(description="What made it happen: an event, an object of Stripe")]
    entry_id: int


class TraceNode(View):
    """An account on the way: came less left is what is still there."""

    account: str
    owner: str | None
    lane: Literal["claims", "places"]
    came: int
    left: int
    there: int


class TraceView(View):
    """The way of some money through the books, from the charge to the bank."""

    kind: Annotated[
        str,
        Field(description="milestone, charge, checkout, payout, chargeback, contract or person"),
    ]
    id: str
    currency: str
    rows: tuple[TraceRow, ...]
    nodes: tuple[TraceNode, ...]
