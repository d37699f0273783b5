"""What the use cases of payments need of the outside."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.checkout import Checkout
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import Answer, Operation, OperationKind
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.rates import PayoutRules, ProcessorRules, Rates
from services.payments.domain.refund import Refund
from services.payments.domain.statement import Movement, Statement
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.jobs import Category
from shared.messages.payments import AccountBalanceView, JournalEntryView


class Outbox(Protocol):
    """Tells the other services, once the transaction is committed."""

    def emit(self, happened: Event, *, subject: UUID) -> None:
        """Add an event about this object."""
        ...


class Books(Protocol):
    """The journal."""

    def post(self, entries: Sequence[JournalEntry]) -> set[tuple[str, str]]:
        """Post entries; return (fact, source) of those that were not posted before.

        Raises Rejected (`account_overdrawn`).
        """
        ...

    def trial_balance(self) -> Sequence[AccountBalanceView]:
        """Return the sums over each account and currency."""
        ...

    def entries(
        self, *, reference: UUID | None, after: int | None, limit: int
    ) -> Sequence[JournalEntryView]:
        """Return entries, oldest first: all, or those about one milestone."""
        ...

    def movements(self) -> Sequence[Movement]:
        """Return what each entry does to our balance at the processor, and to the payees'."""
        ...


class Rules(Protocol):
    """Dated configuration."""

    def rates(self, on: date, category: Category) -> Rates:
        """Return the taxes and fees in force on that day, for that kind of work."""
        ...

    def payouts(self, on: date) -> PayoutRules:
        """Return what is in force for payouts on that day."""
        ...

    def processor(self, on: date) -> ProcessorRules:
        """Return what the processor allows on that day."""
        ...


class Escrows(Protocol):
    """The money of milestones. Contracts are locked before their escrows, in order of ids."""

    def agree(self, contract: Contract, escrows: Sequence[Escrow]) -> bool:
        """Keep a new contract and its escrows; False when it was kept before."""
        ...

    def get(self, milestone_id: UUID) -> Escrow:
        """Return the escrow; raise NotFound (`milestone_not_found`)."""
        ...

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        """Return those that there are, and keep others from changing them or their contracts.

        Escrows of one contract share one Contract object.
        """
        ...

    def save(self, escrows: Sequence[Escrow]) -> None:
        """Keep status, charge and release, and what accumulated on the contracts."""
        ...


class Checkouts(Protocol):
    """The pages on which clients pay. Whoever changes one holds the lock of its escrow."""

    def standing(self, milestone_id: UUID) -> Checkout | None:
        """Return the page that is open, or whose payment is on its way."""
        ...

    def find(self, session_id: str) -> Checkout | None:
        """Return the page that the processor calls so."""
        ...

    def add(self, checkout: Checkout) -> None:
        """Keep a new page."""
        ...

    def save(self, checkout: Checkout) -> None:
        """Keep its status."""
        ...


class Refunds(Protocol):
    """Money on its way back to clients."""

    def add(self, refund: Refund) -> None:
        """Keep a new refund."""
        ...

    def get(self, refund_id: UUID) -> Refund:
        """Return the refund; raise NotFound (`refund_not_found`)."""
        ...

    def lock(self, refund_id: UUID) -> Refund:
        """Return the refund and keep others from changing it; raise NotFound."""
        ...

    def of_charge(self, charge_id: str) -> Refund | None:
        """Return the refund of a charge."""
        ...

    def save(self, refund: Refund) -> None:
        """Keep its status."""
        ...


@dataclass(frozen=True, slots=True)
class Contact:
    """How a person is reached."""

    email: str
    display_name: str


class People(Protocol):
    """Names and addresses, as accounts told them."""

    def remember(self, person_id: UUID, contact: Contact) -> None:
        """Keep a person's contact."""
        ...

    def contact(self, person_id: UUID) -> Contact | None:
        """Return it, if accounts has told us yet."""
        ...


class Payees(Protocol):
    """Assistants as people to be paid."""

    def open(self, person_id: UUID) -> bool:
        """Keep a new payee without an account; False when there is one already."""
        ...

    def find(self, person_id: UUID) -> Payee | None:
        """Return the payee."""
        ...

    def lock(self, person_ids: Iterable[UUID]) -> dict[UUID, Payee]:
        """Return those that there are, and keep others from changing them."""
        ...

    def of_account(self, account_id: str) -> UUID | None:
        """Return whose account it is."""
        ...

    def with_accounts(self) -> Sequence[Payee]:
        """Return all who have an account."""
        ...

    def save(self, payee: Payee) -> None:
        """Keep account, status and requirements."""
        ...


@dataclass(frozen=True, slots=True)
class Waiting:
    """A payout that waits, and what its transfer needs to know."""

    payout: Payout
    charge_id: str


class Payouts(Protocol):
    """Money on its way to assistants."""

    def add(self, payouts: Sequence[Payout]) -> None:
        """Keep new payouts."""
        ...

    def waiting(self, person_ids: Iterable[UUID]) -> Sequence[Waiting]:
        """Return the payouts of these people that have not been started, oldest first.

        Whoever starts one holds the lock of its payee.
        """
        ...

    def lock(self, payout_id: UUID) -> Payout:
        """Return the payout and keep others from changing it; raise NotFound."""
        ...

    def save(self, payouts: Sequence[Payout]) -> None:
        """Keep what has become of them."""
        ...

    def newest(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Payout]:
        """Return a person's payouts, newest first."""
        ...


class Operations(Protocol):
    """Calls to the processor."""

    def add(self, operations: Sequence[Operation]) -> None:
        """Keep new calls."""
        ...

    def pending(self, subject: UUID, kind: OperationKind) -> Operation | None:
        """Return the call of that kind that is still open."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Operation]:
        """Return open calls that are due and in nobody's hands, and lock them."""
        ...

    def lock(self, operation_id: UUID) -> Operation:
        """Return the call and keep others from changing it."""
        ...

    def save(self, operations: Sequence[Operation]) -> None:
        """Keep what has become of them."""
        ...

    def hasten(self, kind: OperationKind, account_id: str, now: datetime) -> None:
        """Make the open calls of that kind on an account due now."""
        ...


class ProcessorEvents(Protocol):
    """The processor's webhooks, as received."""

    def receive(self, event: ProcessorEvent) -> bool:
        """Keep an event; False when it was received before."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[ProcessorEvent]:
        """Return events that are to be handled, oldest first, and lock them."""
        ...

    def save(self, events: Sequence[ProcessorEvent]) -> None:
        """Keep what has become of them."""
        ...


@dataclass(frozen=True)
class Work:
    """Everything that a use case may touch, in one transaction."""

    books: Books
    rules: Rules
    escrows: Escrows
    checkouts: Checkouts
    refunds: Refunds
    people: People
    payees: Payees
    payouts: Payouts
    operations: Operations
    processor_events: ProcessorEvents
    outbox: Outbox
    clock: Clock


class Transactions(Protocol):
    """Begins transactions, for what needs several with the network in between."""

    def begin(self) -> AbstractContextManager[Work]:
        """Yield the Work of a new transaction; commit at the end, roll back on any exception."""
        ...


@dataclass(frozen=True, slots=True)
class Link:
    """A page of the processor, for a while."""

    url: str
    expires_at: datetime


class PaymentGateway(Protocol):
    """The payment processor. All of it is the network: never called inside a transaction.

    Raises Transient (`processor_unavailable`) when it is away, except where an Answer says so.
    """

    def carry_out(self, operation: Operation) -> Answer:
        """Make a call; safe to repeat under the operation's key."""
        ...

    def find(self, operation: Operation) -> Answer | None:
        """Return what became of an earlier attempt of the call; None when nothing did."""
        ...

    def onboarding_link(self, account_id: str) -> Link:
        """Return a page where an assistant tells the processor who they are."""
        ...

    def news(self, event: ProcessorEvent) -> News:
        """Return what an event says, asking the processor for what it leaves out.

        Raises Rejected when it contradicts itself.
        """
        ...

    def statement(self, account_id: str | None) -> Statement:
        """Return balance and balance transactions of an account; None: the platform's own."""
        ...


class Webhooks(Protocol):
    """Opens what was posted to us in the processor's name."""

    def open(self, body: bytes, signature: str, now: datetime) -> ProcessorEvent:
        """Return the event.

        Raises NotAllowed (`webhook_signature_invalid`, `webhook_timestamp_invalid`) or Invalid
        (`webhook_malformed`).
        """
        ...
