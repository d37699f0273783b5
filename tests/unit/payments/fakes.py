"""The outside of payments in memory: tables that roll back."""

import pickle
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding
from services.payments.domain.chargeback import Chargeback, ChargebackStatus, FraudWarning
from services.payments.domain.checkout import Checkout, CheckoutStatus
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.evidence import ContractFact
from services.payments.domain.ledger import JournalEntry
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.postings import ACCOUNTS
from services.payments.domain.postings import Account as LedgerAccount
from services.payments.domain.rates import BorneBy, PayoutRules, ProcessorRules, Rates, Tier
from services.payments.domain.refund import Refund, RefundStatus
from services.payments.domain.release import Release, Reversal
from services.payments.ports import Account, Contact, Work
from shared.calendar import PayCycle
from shared.errors import NotFound, Rejected
from shared.messages.jobs import Category
from shared.messages.payments import PaymentMethod, PayoutStatus
from shared.money import yen
from tests.support.fakes import FakeOutbox, SetClock

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
class FakeEscrows:
    contracts: dict[UUID, Contract] = field(default_factory=dict)
    escrows: dict[UUID, Escrow] = field(default_factory=dict)

    def agree(self, contract: Contract, escrows: Sequence[Escrow]) -> bool:
        if contract.contract_id in self.contracts:
            return False
        self.contracts[contract.contract_id] = contract
        self.escrows |= {each.milestone_id: each for each in escrows}
        return True

    def contract(self, contract_id: UUID) -> Contract | None:
        return self.contracts.get(contract_id)

    def add(self, escrow: Escrow) -> bool:
        new = escrow.milestone_id not in self.escrows
        self.escrows.setdefault(escrow.milestone_id, escrow)
        return new

    def get(self, milestone_id: UUID) -> Escrow:
        if milestone_id not in self.escrows:
            raise NotFound("milestone_not_found")
        return self.escrows[milestone_id]

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        return {key: self.escrows[key] for key in milestone_ids if key in self.escrows}

    def save(self, escrows: Sequence[Escrow]) -> None:
        self.escrows |= {each.milestone_id: each for each in escrows}


@dataclass
class FakeReleases:
    escrows: FakeEscrows
    payouts: "FakePayouts"
    releases: dict[UUID, Release] = field(default_factory=dict)
    reversals: list[tuple[UUID, Reversal]] = field(default_factory=list)

    def keep_reversals(self, refund_id: UUID, reversals: Sequence[Reversal], at: datetime) -> None:
        assert at
        self.reversals += [(refund_id, each) for each in reversals]

    def add(self, releases: Sequence[Release]) -> None:
        self.releases |= {each.release_id: each for each in releases}

    save = add

    def of_milestone(self, milestone_id: UUID) -> Sequence[Release]:
        return [each for each in self.releases.values() if each.milestone_id == milestone_id]

    def of_payout(self, payout_id: UUID) -> Sequence[Release]:
        return [each for each in self.releases.values() if each.payout_id == payout_id]

    def payable(self, assistant_id: UUID) -> Sequence[Release]:
        return [
            each
            for each in self.releases.values()
            if each.assistant_id == assistant_id and each.payout_id is None and each.owed
        ]

    def frozen(self, releases: Sequence[Release]) -> set[UUID]:
        return {
            each.release_id for each in releases if self.escrows.escrows[each.milestone_id].frozen
        }

    def due(self, day: date, limit: int, after: UUID | None) -> Sequence[UUID]:
        found = {
            each.assistant_id
            for each in self.releases.values()
            if each.payout_id is None
            and each.owed
            and each.payday <= day
            and not self.escrows.escrows[each.milestone_id].frozen
            and (after is None or each.assistant_id > after)
        }
        return sorted(found)[:limit]

    def late(self, until: date, limit: int) -> Sequence[Release]:
        paid = {
            each.payout_id
            for each in self.payouts.payouts.values()
            if each.status is PayoutStatus.PAID
        }
        return [
            each
            for each in self.releases.values()
            if each.owed and each.payout_id not in paid and each.pay_by and each.pay_by <= until
        ][:limit]


@dataclass
class FakeAssistants:
    accounts: dict[UUID, Account] = field(default_factory=dict)

    def lock(self, assistant_ids: Iterable[UUID]) -> dict[UUID, Account]:
        return {key: self.accounts.setdefault(key, Account(key, yen(0))) for key in assistant_ids}

    def find(self, assistant_id: UUID) -> Account | None:
        return self.accounts.get(assistant_id)

    def save(self, accounts: Iterable[Account]) -> None:
        self.accounts |= {each.assistant_id: each for each in accounts}


@dataclass
class FakeCheckouts:
    checkouts: dict[UUID, Checkout] = field(default_factory=dict)

    def standing(self, milestone_ids: Iterable[UUID]) -> Sequence[Checkout]:
        wanted = set(milestone_ids)
        return [
            each
            for each in self.checkouts.values()
            if each.standing and not wanted.isdisjoint(each.items)
        ]

    def find(self, session_id: str) -> Checkout | None:
        found = (each for each in self.checkouts.values() if each.session_id == session_id)
        return next(found, None)

    def get(self, checkout_id: UUID) -> Checkout | None:
        return self.checkouts.get(checkout_id)

    def awaited(self, client_id: UUID) -> Sequence[Checkout]:
        return [
            each
            for each in self.checkouts.values()
            if each.client_id == client_id
            and each.status is CheckoutStatus.SUBMITTED
            and each.method is PaymentMethod.BANK_TRANSFER
        ]

    def overdue(self, now: datetime, limit: int) -> Sequence[Checkout]:
        return [
            each
            for each in self.checkouts.values()
            if each.status is CheckoutStatus.SUBMITTED and each.pay_until and each.pay_until <= now
        ][:limit]

    def add(self, checkout: Checkout) -> None:
        self.checkouts[checkout.checkout_id] = checkout
        standing = [
            item for each in self.checkouts.values() if each.standing for item in each.items
        ]
        assert len(standing) == len(set(standing))

    save = add


@dataclass
class FakeCharges:
    chargebacks: "FakeChargebacks"
    charges: dict[str, Charge] = field(default_factory=dict)
    funded: dict[tuple[UUID, str], Funding] = field(default_factory=dict)
    credit: dict[UUID, CreditLot] = field(default_factory=dict)

    def add(self, charge: Charge) -> bool:
        new = charge.charge_id not in self.charges
        self.charges.setdefault(charge.charge_id, charge)
        return new

    def get(self, charge_id: str) -> Charge | None:
        return self.charges.get(charge_id)

    def fund(self, fundings: Sequence[Funding]) -> None:
        for each in fundings:
            key = each.milestone_id, each.charge_id
            if key in self.funded:
                self.funded[key].amount += each.amount
            else:
                self.funded[key] = each

    def fundings(self, milestone_id: UUID) -> Sequence[Funding]:
        return [each for each in self.funded.values() if each.milestone_id == milestone_id]

    def funded_by(self, charge_id: str) -> Sequence[Funding]:
        return [each for each in self.funded.values() if each.charge_id == charge_id]

    def save(self, fundings: Sequence[Funding]) -> None:
        self.funded |= {(each.milestone_id, each.charge_id): each for each in fundings}

    def add_lots(self, lots: Sequence[CreditLot]) -> None:
        self.credit |= {each.lot_id: each for each in lots}

    save_lots = add_lots

    def lots(self, client_id: UUID) -> Sequence[CreditLot]:
        disputed = {
            each.charge_id
            for each in self.chargebacks.chargebacks.values()
            if each.status is ChargebackStatus.OPEN
        }
        return [
            each
            for each in self.credit.values()
            if each.client_id == client_id and each.remaining and each.charge_id not in disputed
        ]

    def lots_of(self, charge_id: str) -> Sequence[CreditLot]:
        return [
            each for each in self.credit.values() if each.charge_id == charge_id and each.remaining
        ]


@dataclass
class FakeClients:
    customers: dict[UUID, str | None] = field(default_factory=dict)

    def lock(self, client_id: UUID) -> str | None:
        return self.customers.setdefault(client_id, None)

    def of_customer(self, customer_id: str) -> UUID | None:
        found = (key for key, each in self.customers.items() if each == customer_id)
        return next(found, None)

    def save(self, client_id: UUID, customer_id: str) -> None:
        self.customers[client_id] = customer_id


@dataclass
class FakeRefunds:
    refunds: dict[UUID, Refund] = field(default_factory=dict)

    def add(self, refunds: Sequence[Refund]) -> None:
        self.refunds |= {each.refund_id: each for each in refunds}

    def save(self, refund: Refund) -> None:
        self.refunds[refund.refund_id] = refund

    def get(self, refund_id: UUID) -> Refund:
        if refund_id not in self.refunds:
            raise NotFound("refund_not_found")
        return self.refunds[refund_id]

    lock = get

    def of_milestone(self, milestone_id: UUID) -> Sequence[Refund]:
        return [each for each in self.refunds.values() if each.milestone_id == milestone_id]

    def unmade(self, charge_id: str) -> Sequence[Refund]:
        unmade = {RefundStatus.ASKED, RefundStatus.FAILED}
        found = (each for each in self.refunds.values() if each.charge_id == charge_id)
        return [each for each in found if each.status in unmade]

    def failed(self, limit: int) -> Sequence[Refund]:
        found = [each for each in self.refunds.values() if each.status is RefundStatus.FAILED]
        return found[:limit]


@dataclass
class FakeChargebacks:
    chargebacks: dict[UUID, Chargeback] = field(default_factory=dict)
    warned: dict[str, FraudWarning] = field(default_factory=dict)
    told: dict[ContractFact, None] = field(default_factory=dict)

    def find(self, dispute_id: str) -> Chargeback | None:
        found = (each for each in self.chargebacks.values() if each.dispute_id == dispute_id)
        return next(found, None)

    def get(self, chargeback_id: UUID) -> Chargeback | None:
        return self.chargebacks.get(chargeback_id)

    def add(self, chargeback: Chargeback) -> None:
        self.chargebacks[chargeback.chargeback_id] = chargeback

    save = add

    def newest(self, after: UUID | None, limit: int) -> Sequence[Chargeback]:
        found = sorted(self.chargebacks.values(), key=lambda each: each.chargeback_id, reverse=True)
        return [each for each in found if after is None or each.chargeback_id < after][:limit]

    def warn(self, warning: FraudWarning) -> bool:
        new = warning.warning_id not in self.warned
        self.warned.setdefault(warning.warning_id, warning)
        return new

    def warnings(self, limit: int) -> Sequence[FraudWarning]:
        return list(self.warned.values())[:limit]

    def note(self, facts: Sequence[ContractFact]) -> None:
        self.told |= dict.fromkeys(facts)

    def facts(self, contract_ids: Iterable[UUID]) -> Sequence[ContractFact]:
        wanted = set(contract_ids)
        found = [each for each in self.told if each.contract_id in wanted]
        return sorted(found, key=lambda each: each.happened_at)


@dataclass
class FakePeople:
    contacts: dict[UUID, Contact] = field(default_factory=dict)

    def remember(self, person_id: UUID, contact: Contact) -> None:
        self.contacts[person_id] = contact

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

    def with_accounts(self) -> Sequence[Payee]:
        return [each for each in self.payees.values() if each.account_id]

    def save(self, payee: Payee) -> None:
        self.payees[payee.person_id] = payee


@dataclass
class FakePayouts:
    payouts: dict[UUID, Payout] = field(default_factory=dict)

    def add(self, payout: Payout) -> None:
        self.payouts[payout.payout_id] = payout

    save = add

    def get(self, payout_id: UUID) -> Payout:
        if payout_id not in self.payouts:
            raise NotFound("payout_not_found")
        return self.payouts[payout_id]

    lock = get

    def newest(self, person_id: UUID, *, after: UUID | None, limit: int) -> Sequence[Payout]:
        found = sorted(self.payouts.values(), key=lambda each: each.payout_id, reverse=True)
        mine = [each for each in found if each.assistant_id == person_id]
        return [each for each in mine if after is None or each.payout_id < after][:limit]


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
        "operations": FakeOperations(),
        "processor_events": FakeProcessorEvents(),
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
