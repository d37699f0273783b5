"""Money that becomes the assistants', in memory."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout
from services.payments.domain.release import Release, Reversal
from services.payments.ports import Account, Contact
from shared.errors import NotFound
from shared.messages.payments import PayoutStatus
from shared.money import yen
from tests.support.fakes import FakeAccountData
from tests.unit.payments.fakes_in import FakeEscrows


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
            each.release_id
            for each in releases
            if each.milestone_id and self.escrows.escrows[each.milestone_id].frozen
        }

    def due(self, day: date, limit: int, after: UUID | None) -> Sequence[UUID]:
        found = {
            each.assistant_id
            for each in self.releases.values()
            if each.payout_id is None
            and each.owed
            and each.payday <= day
            and not (each.milestone_id and self.escrows.escrows[each.milestone_id].frozen)
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
class FakePeople(FakeAccountData):
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
