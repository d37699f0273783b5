"""What the use cases of payments need of the outside."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.payments.domain.ledger import JournalEntry
from services.payments.domain.rates import BorneBy, PayoutRules, ProcessorRules, Rates
from services.payments.ports.money_in import (
    Chargebacks,
    Charges,
    Checkouts,
    Clients,
    Escrows,
    Refunds,
)
from services.payments.ports.money_out import (
    Account,
    Assistants,
    Contact,
    Payees,
    Payouts,
    People,
    Releases,
)
from services.payments.ports.processor import (
    EventLog,
    Link,
    Operations,
    PaymentGateway,
    ProcessorEvents,
    Webhooks,
)
from services.payments.ports.wallets import Wallets
from shared.clock import Clock
from shared.four_eyes import Approvals
from shared.messages.base import Event
from shared.messages.jobs import Category


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

    def chargeback_loss(self, on: date) -> BorneBy:
        """Return who bears, on that day, what a chargeback takes after the release."""
        ...


@dataclass(frozen=True)
class Work:
    """Everything that a use case may touch, in one transaction."""

    books: Books
    rules: Rules
    escrows: Escrows
    releases: Releases
    assistants: Assistants
    checkouts: Checkouts
    charges: Charges
    clients: Clients
    refunds: Refunds
    chargebacks: Chargebacks
    people: People
    payees: Payees
    payouts: Payouts
    wallets: Wallets
    operations: Operations
    processor_events: ProcessorEvents
    approvals: Approvals
    outbox: Outbox
    clock: Clock


class Transactions(Protocol):
    """Begins transactions, for what needs several with the network in between."""

    def begin(self) -> AbstractContextManager[Work]:
        """Yield the Work of a new transaction; commit at the end, roll back on any exception."""
        ...


__all__ = [
    "Account",
    "Assistants",
    "Books",
    "Chargebacks",
    "Charges",
    "Checkouts",
    "Clients",
    "Contact",
    "Escrows",
    "EventLog",
    "Link",
    "Operations",
    "Outbox",
    "Payees",
    "PaymentGateway",
    "Payouts",
    "People",
    "ProcessorEvents",
    "Refunds",
    "Releases",
    "Rules",
    "Transactions",
    "Wallets",
    "Webhooks",
    "Work",
]
