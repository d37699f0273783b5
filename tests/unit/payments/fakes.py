"""The outside of payments in memory: tables that roll back."""

import pickle
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import ACCOUNTS
from services.payments.domain.postings import Account as LedgerAccount
from services.payments.domain.rates import BorneBy, PayoutRules, ProcessorRules, Rates, Tier
from services.payments.ports import Work
from shared.calendar import PayCycle
from shared.errors import Rejected
from shared.messages.jobs import Category
from shared.money import yen
from tests.support.fakes import FakeApprovals, FakeOutbox, SetClock
from tests.unit.payments.fakes_in import (
    FakeChargebacks,
    FakeCharges,
    FakeCheckouts,
    FakeClients,
    FakeEscrows,
    FakeRefunds,
)
from tests.unit.payments.fakes_out import (
    FakeAssistants,
    FakePayees,
    FakePayouts,
    FakePeople,
    FakeReleases,
)

RATES = Rates(
    1_000,
    (Tier(0, 2_000), Tier(100_000, 1_000), Tier(200_000, 500)),
    (Tier(0, 1_021), Tier(1_000_000, 2_042)),
)
PAYOUT_RULES = PayoutRules(
    transfer_fees={"": yen(500), "0036": yen(100)},
    minimum=yen(1_000),
    cycle=PayCycle(first_cutoff=15),
    limit_days=60,
    reminder_days=30,
)


@dataclass
class FakeBooks:
    posted: dict[tuple[str, str], JournalEntry] = field(default_factory=dict)
    balances: Counter[tuple[LedgerAccount, UUID | None]] = field(default_factory=Counter)

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

    def sum(self, account: LedgerAccount) -> int:
        """Return the account's balance, on its credit side."""
        return sum(each for (name, _), each in self.balances.items() if name is account)


@dataclass
class FakeRules:
    borne_by: BorneBy = BorneBy.PLATFORM

    def rates(self, on: date, category: Category) -> Rates:
        assert on
        covered = category in {Category.WRITING, Category.TRANSLATION, Category.DESIGN}
        return RATES if covered else Rates(RATES.tax_basis_points, RATES.fee_tiers, ())

    def payouts(self, on: date) -> PayoutRules:
        assert on
        return PAYOUT_RULES

    def processor(self, on: date) -> ProcessorRules:
        assert on
        return ProcessorRules(yen(50), yen(99_999_999), 90, 14)

    def chargeback_loss(self, on: date) -> BorneBy:
        assert on
        return self.borne_by


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
        return max(found, key=lambda each: each.operation_id, default=None)

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

    def hasten(self, kind: OperationKind, account_id: str | None, now: datetime) -> None:
        for each in self.operations.values():
            if each.kind is kind and account_id in {None, each.request.get("account_id")}:
                each.next_attempt_at = now


class FakeWallets:
    """No sponsor has a wallet: those are tested with the database that keeps their caps."""

    def top_up(self, session_id: str) -> None:
        assert session_id

    def of_releases(self, release_ids: Sequence[UUID]) -> Sequence[Any]:
        assert release_ids
        return []

    def lot(self, charge_id: str) -> None:
        assert charge_id

    def awaits_transfer(self, sponsor_id: UUID) -> bool:
        assert sponsor_id
        return False


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


def _tables() -> Mapping[str, Any]:
    escrows, payouts, chargebacks = FakeEscrows(), FakePayouts(), FakeChargebacks()
    return {
        "books": FakeBooks(),
        "rules": FakeRules(),
        "escrows": escrows,
        "releases": FakeReleases(escrows, payouts),
        "assistants": FakeAssistants(),
        "checkouts": FakeCheckouts(),
        "charges": FakeCharges(chargebacks),
        "clients": FakeClients(),
        "refunds": FakeRefunds(),
        "chargebacks": chargebacks,
        "people": FakePeople(),
        "payees": FakePayees(),
        "payouts": payouts,
        "wallets": FakeWallets(),
        "operations": FakeOperations(),
        "processor_events": FakeProcessorEvents(),
        "approvals": FakeApprovals(),
        "outbox": FakeOutbox(),
    }


@dataclass
class FakeTransactions:
    """Puts the state back when a transaction ends badly."""

    clock: SetClock = field(default_factory=SetClock)
    state: Mapping[str, Any] = field(default_factory=_tables)

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
