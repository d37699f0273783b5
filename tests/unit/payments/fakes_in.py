"""Money that clients pay, in memory."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding
from services.payments.domain.chargeback import Chargeback, ChargebackStatus, FraudWarning
from services.payments.domain.checkout import Checkout, CheckoutStatus
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.evidence import ContractFact
from services.payments.domain.refund import Refund, RefundStatus
from shared.errors import NotFound
from shared.messages.payments import PaymentMethod


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

    def open_on(self, charge_ids: Collection[str]) -> int:
        found = (each for each in self.chargebacks.values() if each.charge_id in charge_ids)
        return sum(each.status is ChargebackStatus.OPEN for each in found)

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
