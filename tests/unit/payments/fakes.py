"""The outside of payments in memory: tables that roll back, and a processor with a balance."""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.payments.domain.checkout import Checkout, CheckoutStatus
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.postings import ACCOUNTS, Account
from services.payments.domain.rates import PayoutRules, ProcessorRules, Rates, Tier
from services.payments.domain.refund import Refund
from services.payments.ports import Contact, Waiting, Work
from shared.errors import NotFound, Rejected
from shared.messages.jobs import Category
from shared.messages.payments import PayoutStatus
from shared.money import yen
from tests.support.fakes import FakeOutbox, SetClock

RATES = Rates(
    1_000,
    (Tier(0, 2_000), Tier(100_000, 1_000), Tier(200_000, 500)),
    (Tier(0, 1_021), Tier(1_000_000, 2_042)),
)


@dataclass
class FakeBooks:
    posted: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    balances: Counter[tuple[Account, UUID | None]] = field(default_factory=Counter)

    def post(self, entries: Sequence[JournalEntry]) -> set[tuple[str, str]]:
        new = {(e.fact.value, e.source): e for e in entries}
        for key in self.posted.keys() & new.keys():
            del new[key]
        for entry in new.values():
            assert sum(line.debit - line.credit for line in entry.lines) == 0
            for line in entry.lines:
                self.balances[line.account, line.owner] += line.credit - line.debit
        for (account, _), balance in self.balances.items():
            if ACCOUNTS[account].guarded and balance < 0:
                raise Rejected("account_overdrawn")
        self.posted |= new
        return set(new)

    def sum(self, account: Account) -> int:
        """Return the account's balance, on its credit side."""
        return sum(each for (name, _), each in self.balances.items() if name is account)


class FakeRules:
    def rates(self, on: date, category: Category) -> Rates:
        assert on
        covered = category in {Category.WRITING, Category.TRANSLATION, Category.DESIGN}
        return RATES if covered else Rates(RATES.tax_basis_points, RATES.fee_tiers, ())

    def payouts(self, on: date) -> PayoutRules:
        assert on
        return PayoutRules(transfer_fee=yen(0), minimum=yen(1_000))

    def processor(self, on: date) -> ProcessorRules:
        assert on
        return ProcessorRules(yen(50), yen(99_999_999), 90)


@dataclass
class FakeEscrows:
    escrows: dict[UUID, Escrow] = field(default_factory=dict)

    def agree(self, contract: Contract, escrows: Sequence[Escrow]) -> bool:
        known = {each.contract.contract_id for each in self.escrows.values()}
        if contract.contract_id in known:
            return False
        self.escrows |= {each.milestone_id: each for each in escrows}
        return True

    def get(self, milestone_id: UUID) -> Escrow:
        if milestone_id not in self.escrows:
            raise NotFound("milestone_not_found")
        return self.escrows[milestone_id]

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        return {key: self.escrows[key] for key in milestone_ids if key in self.escrows}

    def save(self, escrows: Sequence[Escrow]) -> None:
        self.escrows |= {each.milestone_id: each for each in escrows}


@dataclass
class FakeCheckouts:
    checkouts: dict[UUID, Checkout] = field(default_factory=dict)

    def standing(self, milestone_id: UUID) -> Checkout | None:
        found = [
            each
            for each in self.checkouts.values()
            if each.milestone_id == milestone_id
            and each.status in {CheckoutStatus.OPEN, CheckoutStatus.SUBMITTED}
        ]
        assert len(found) <= 1
        return found[0] if found else None

    def find(self, session_id: str) -> Checkout | None:
        found = (each for each in self.checkouts.values() if each.session_id == session_id)
        return next(found, None)

    def add(self, checkout: Checkout) -> None:
        self.checkouts[checkout.checkout_id] = checkout

    save = add


@dataclass
class FakeRefunds:
    refunds: dict[UUID, Refund] = field(default_factory=dict)

    def add(self, refund: Refund) -> None:
        self.refunds[refund.refund_id] = refund

    save = add

    def get(self, refund_id: UUID) -> Refund:
        if refund_id not in self.refunds:
            raise NotFound("refund_not_found")
        return self.refunds[refund_id]

    lock = get

    def of_charge(self, charge_id: str) -> Refund | None:
        return next((each for each in self.refunds.values() if each.charge_id == charge_id), None)


@dataclass
class FakePeople:
    contacts: dict[UUID, Contact] = field(default_factory=dict)

    def contact(self, person_id: UUID) -> Contact | None:
        return self.contacts.get(person_id)


@dataclass
class FakePayees:
    payees: dict[UUID, Payee] = field(default_factory=dict)

    def open(self, person_id: UUID) -> bool:
        new = person_id not in self.payees
        self.payees.setdefault(person_id, Payee(person_id))
        return new

    def find(self, person_id: UUID) -> Payee | None:
        return self.payees.get(person_id)

    def lock(self, person_ids: Iterable[UUID]) -> dict[UUID, Payee]:
        return {key: self.payees[key] for key in person_ids if key in self.payees}

    def of_account(self, account_id: str) -> UUID | None:
        found = (each for each in self.payees.values() if each.account_id == account_id)
        payee = next(found, None)
        return payee.person_id if payee else None

    def save(self, payee: Payee) -> None:
        self.payees[payee.person_id] = payee


@dataclass
class FakePayouts:
    escrows: FakeEscrows
    payouts: dict[UUID, Payout] = field(default_factory=dict)

    def add(self, payouts: Sequence[Payout]) -> None:
        self.payouts |= {each.payout_id: each for each in payouts}

    save = add

    def waiting(self, person_ids: Iterable[UUID]) -> Sequence[Waiting]:
        wanted = set(person_ids)
        return [
            Waiting(each, self.escrows.get(each.milestone_id).charge_id or "")
            for each in self.payouts.values()
            if each.assistant_id in wanted
            and each.status is PayoutStatus.REQUESTED
            and each.started_at is None
        ]

    def lock(self, payout_id: UUID) -> Payout:
        if payout_id not in self.payouts:
            raise NotFound("payout_not_found")
        return self.payouts[payout_id]


@dataclass
class FakeOperations:
    operations: dict[UUID, Operation] = field(default_factory=dict)

    def add(self, operations: Sequence[Operation]) -> None:
        self.operations |= {each.operation_id: each for each in operations}

    save = add

    def pending(self, subject: UUID, kind: OperationKind) -> Operation | None:
        found = (
            each
            for each in self.operations.values()
            if (each.subject, each.kind, each.status) == (subject, kind, OperationStatus.PENDING)
        )
        return next(found, None)

    def due(self, now: datetime, limit: int) -> Sequence[Operation]:
        return [
            each
            for each in self.operations.values()
            if each.status is OperationStatus.PENDING
            and each.next_attempt_at <= now
            and (each.leased_until is None or each.leased_until <= now)
        ][:limit]

    def lock(self, operation_id: UUID) -> Operation:
        return self.operations[operation_id]

    def hasten(self, kind: OperationKind, account_id: str, now: datetime) -> None:
        for each in self.operations.values():
            if each.kind is kind and each.request["account_id"] == account_id:
                each.next_attempt_at = now


@dataclass
class FakeProcessorEvents:
    events: dict[str, ProcessorEvent] = field(default_factory=dict)

    def receive(self, event: ProcessorEvent) -> bool:
        new = event.event_id not in self.events
        self.events.setdefault(event.event_id, event)
        return new

    def due(self, now: datetime, limit: int) -> Sequence[ProcessorEvent]:
        return [
            each
            for each in self.events.values()
            if each.status is EventStatus.RECEIVED and each.next_attempt_at <= now
        ][:limit]

    def save(self, events: Sequence[ProcessorEvent]) -> None:
        self.events |= {each.event_id: each for each in events}


@dataclass
class FakeTransactions:
    """Puts the state back when a transaction ends badly; has what the messages of money need."""

    clock: SetClock = field(default_factory=SetClock)
    state: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        escrows = FakeEscrows()
        self.state = {
            "books": FakeBooks(),
            "rules": FakeRules(),
            "escrows": escrows,
            "checkouts": FakeCheckouts(),
            "refunds": FakeRefunds(),
            "people": FakePeople(),
            "payees": FakePayees(),
            "payouts": FakePayouts(escrows),
            "operations": FakeOperations(),
            "processor_events": FakeProcessorEvents(),
            "outbox": FakeOutbox(),
        }

    @contextmanager
    def begin(self) -> Iterator[Work]:
        before = pickle.dumps(self.state)
        try:
            yield Work(**self.state, clock=self.clock)
        except BaseException:
            self.state = pickle.loads(before)  # noqa: S301 - our own, of a moment ago
            raise

    @property
    def now(self) -> Any:
        """What is committed, to look at."""
        return Work(**self.state, clock=self.clock)
