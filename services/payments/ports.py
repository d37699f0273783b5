"""What the use cases of payments need of the outside."""

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding
from services.payments.domain.chargeback import Chargeback, FraudWarning
from services.payments.domain.checkout import Checkout
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.evidence import ContractFact
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import News, ProcessorEvent
from services.payments.domain.operation import Answer, Operation, OperationKind
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.rates import BorneBy, PayoutRules, ProcessorRules, Rates
from services.payments.domain.refund import Refund
from services.payments.domain.release import Release, Reversal
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.jobs import Category
from shared.money import Money


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


class Escrows(Protocol):
    """The money of milestones. Contracts are locked before their escrows, in order of ids."""

    def agree(self, contract: Contract, escrows: Sequence[Escrow]) -> bool:
        """Keep a new contract and its escrows; False when it was kept before."""
        ...

    def contract(self, contract_id: UUID) -> Contract | None:
        """Return the contract, and keep others from changing it."""
        ...

    def add(self, escrow: Escrow) -> bool:
        """Keep an escrow of a known contract; False when it was kept before."""
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
        """Keep what has become of them, and what accumulated on the contracts."""
        ...


class Releases(Protocol):
    """What was released. Whoever changes one holds the lock of its escrow or its assistant."""

    def add(self, releases: Sequence[Release]) -> None:
        """Keep new releases."""
        ...

    def of_milestone(self, milestone_id: UUID) -> Sequence[Release]:
        """Return a milestone's releases, oldest first."""
        ...

    def of_payout(self, payout_id: UUID) -> Sequence[Release]:
        """Return the releases that a payout pays, oldest first."""
        ...

    def payable(self, assistant_id: UUID) -> Sequence[Release]:
        """Return what is owed to an assistant and in no payout, oldest first, frozen or not."""
        ...

    def frozen(self, releases: Sequence[Release]) -> set[UUID]:
        """Return the ids of those whose milestone has an open chargeback."""
        ...

    def due(self, day: date, limit: int, after: UUID | None) -> Sequence[UUID]:
        """Return assistants with something owed whose payday has come, in order of ids.

        What an open chargeback freezes isn't due.
        """
        ...

    def late(self, until: date, limit: int) -> Sequence[Release]:
        """Return what isn't paid yet and has to be by that day (`pay_by`), most pressing first."""
        ...

    def save(self, releases: Sequence[Release]) -> None:
        """Keep price, tax, division, what is owed, and the payout."""
        ...

    def keep_reversals(self, refund_id: UUID, reversals: Sequence[Reversal], at: datetime) -> None:
        """Keep what a refund took back of releases: a document that was issued stays as it was."""
        ...


@dataclass
class Account:
    """What an assistant owes us, and when they were last told that money waits."""

    assistant_id: UUID
    receivable: Money
    told_on: date | None = None


class Assistants(Protocol):
    """Locked by whoever changes what is payable to them; after escrows, before payees."""

    def lock(self, assistant_ids: Iterable[UUID]) -> dict[UUID, Account]:
        """Return all of these, new ones as well, and keep others from changing them."""
        ...

    def find(self, assistant_id: UUID) -> Account | None:
        """Return it, to be looked at."""
        ...

    def save(self, accounts: Iterable[Account]) -> None:
        """Keep what they owe and when they were told."""
        ...


class Checkouts(Protocol):
    """The pages on which clients pay. Whoever changes one holds the locks of its escrows."""

    def standing(self, milestone_ids: Iterable[UUID]) -> Sequence[Checkout]:
        """Return the pages for any of these that are open, or whose payment is on its way."""
        ...

    def find(self, session_id: str) -> Checkout | None:
        """Return the page that the processor calls so."""
        ...

    def get(self, checkout_id: UUID) -> Checkout | None:
        """Return the page."""
        ...

    def awaited(self, client_id: UUID) -> Sequence[Checkout]:
        """Return the client's pages whose bank transfer is on its way."""
        ...

    def overdue(self, now: datetime, limit: int) -> Sequence[Checkout]:
        """Return pages that are waited for no longer, and lock them (skipping locked ones)."""
        ...

    def add(self, checkout: Checkout) -> None:
        """Keep a new page and what it pays for."""
        ...

    def save(self, checkout: Checkout) -> None:
        """Keep status, what was received, and until when it is waited for."""
        ...


class Charges(Protocol):
    """What clients paid, which milestones it funded, and what of it is credit."""

    def add(self, charge: Charge) -> bool:
        """Keep a new charge; False when it was kept before."""
        ...

    def get(self, charge_id: str) -> Charge | None:
        """Return the charge."""
        ...

    def fund(self, fundings: Sequence[Funding]) -> None:
        """Keep which milestones were funded; adds up where one has funded a milestone before."""
        ...

    def fundings(self, milestone_id: UUID) -> Sequence[Funding]:
        """Return what funded a milestone."""
        ...

    def funded_by(self, charge_id: str) -> Sequence[Funding]:
        """Return what a charge funded."""
        ...

    def save(self, fundings: Sequence[Funding]) -> None:
        """Keep what was returned of them."""
        ...

    def add_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep new credit."""
        ...

    def lots(self, client_id: UUID) -> Sequence[CreditLot]:
        """Return a client's remaining credit, oldest first, but for disputed charges."""
        ...

    def lots_of(self, charge_id: str) -> Sequence[CreditLot]:
        """Return the remaining credit that came with a charge."""
        ...

    def save_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep what remains of them."""
        ...


class Clients(Protocol):
    """Clients as customers of the processor; locked by whoever changes their credit."""

    def lock(self, client_id: UUID) -> str | None:
        """Return the client's name at the processor, if any, and keep others from their credit."""
        ...

    def of_customer(self, customer_id: str) -> UUID | None:
        """Return whose name at the processor it is."""
        ...

    def save(self, client_id: UUID, customer_id: str) -> None:
        """Keep the client's name at the processor."""
        ...


class Refunds(Protocol):
    """Money on its way back to clients."""

    def add(self, refunds: Sequence[Refund]) -> None:
        """Keep new refunds."""
        ...

    def get(self, refund_id: UUID) -> Refund:
        """Return the refund; raise NotFound (`refund_not_found`)."""
        ...

    def lock(self, refund_id: UUID) -> Refund:
        """Return the refund and keep others from changing it; raise NotFound."""
        ...

    def of_milestone(self, milestone_id: UUID) -> Sequence[Refund]:
        """Return a milestone's refunds, oldest first."""
        ...

    def unmade(self, charge_id: str) -> Sequence[Refund]:
        """Return those of a charge that are asked or failed, and lock them."""
        ...

    def failed(self, limit: int) -> Sequence[Refund]:
        """Return those that failed, oldest first."""
        ...

    def save(self, refund: Refund) -> None:
        """Keep its status."""
        ...


class Chargebacks(Protocol):
    """Disputes of the processor, and its warnings of fraud."""

    def find(self, dispute_id: str) -> Chargeback | None:
        """Return the chargeback, locked."""
        ...

    def get(self, chargeback_id: UUID) -> Chargeback | None:
        """Return the chargeback, locked."""
        ...

    def add(self, chargeback: Chargeback) -> None:
        """Keep a new one."""
        ...

    def save(self, chargeback: Chargeback) -> None:
        """Keep what has become of it."""
        ...

    def newest(self, after: UUID | None, limit: int) -> Sequence[Chargeback]:
        """Return them, newest first."""
        ...

    def warn(self, warning: FraudWarning) -> bool:
        """Keep a warning; False when it was kept before."""
        ...

    def warnings(self, limit: int) -> Sequence[FraudWarning]:
        """Return the newest warnings."""
        ...

    def note(self, facts: Sequence[ContractFact]) -> None:
        """Keep what the parties did; once."""
        ...

    def facts(self, contract_ids: Iterable[UUID]) -> Sequence[ContractFact]:
        """Return what the parties did, oldest first."""
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
        """Keep account, status, requirements, bank account and pause."""
        ...


class Payouts(Protocol):
    """Money on its way to assistants."""

    def add(self, payout: Payout) -> None:
        """Keep a new payout."""
        ...

    def get(self, payout_id: UUID) -> Payout:
        """Return the payout; raise NotFound (`payout_not_found`)."""
        ...

    def lock(self, payout_id: UUID) -> Payout:
        """Return the payout and keep others from changing it; raise NotFound."""
        ...

    def save(self, payout: Payout) -> None:
        """Keep what has become of it."""
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
        """Return the newest call of that kind that is still open."""
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

    def hasten(self, kind: OperationKind, account_id: str | None, now: datetime) -> None:
        """Make the open calls of that kind due now: those on an account, or (None) all."""
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


class Webhooks(Protocol):
    """Opens what was posted to us in the processor's name."""

    def open(self, body: bytes, signature: str, now: datetime) -> ProcessorEvent:
        """Return the event.

        Raises NotAllowed (`webhook_signature_invalid`, `webhook_timestamp_invalid`) or Invalid
        (`webhook_malformed`).
        """
        ...
