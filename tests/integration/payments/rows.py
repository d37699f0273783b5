"""Objects of payments to be kept, as plain as they can be."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event
from uuid import UUID

from services.payments.adapters.work import make_work
from services.payments.domain.charge import Charge, CreditLot
from services.payments.domain.chargeback import Chargeback
from services.payments.domain.checkout import Checkout
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.payout import Payout
from services.payments.domain.rates import Amounts, Division
from services.payments.domain.refund import Refund, RefundReason
from services.payments.domain.release import Release
from services.payments.ports import Work
from shared.db import Database
from shared.ids import new_id
from shared.messages.jobs import Category, Mode
from shared.messages.payments import PaymentMethod
from shared.money import Money, yen
from tests.support.fakes import SetClock
from tests.support.wait import eventually

AGREED = datetime(2026, 11, 2, 3, tzinfo=UTC)
PAYDAY = date(2026, 11, 30)


@dataclass
class Kept:
    """A database of payments, one transaction at a time."""

    database: Database
    clock: SetClock = field(default_factory=SetClock)

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Yield the Work of a transaction; commit at the end."""
        with self.database.transaction() as connection:
            yield make_work(connection, self.clock)

    def agree(self, *prices: int) -> list[Escrow]:
        """Keep a contract with a milestone for each price."""
        contract, escrows = agreed(*prices)
        with self.begin() as work:
            assert work.escrows.agree(contract, escrows)
        return escrows

    def charge(self, client_id: UUID, amount: int = 55_000) -> Charge:
        """Keep a payment."""
        charge = charge_of(client_id, amount)
        with self.begin() as work:
            assert work.charges.add(charge)
        return charge

    def release(self, escrow: Escrow, net: int, payday: date = PAYDAY) -> Release:
        """Keep a release of some of a milestone."""
        release = release_of(escrow, net, payday)
        with self.begin() as work:
            work.releases.add([release])
        return release

    def freeze(self, escrow: Escrow) -> None:
        """Have a chargeback open against a milestone."""
        escrow.frozen += 1
        with self.begin() as work:
            work.escrows.save([escrow])


def agreed(*prices: int) -> tuple[Contract, list[Escrow]]:
    """Return a contract, and an escrow for each price; a tenth of it is tax, a tenth withheld."""
    contract = Contract(
        new_id(), new_id(), new_id(), Category.WRITING, Mode.BROKERED, 7, AGREED, yen(0)
    )
    return contract, [escrow_of(contract, price) for price in prices]


def escrow_of(contract: Contract, price: int) -> Escrow:
    """Return the escrow of a new milestone."""
    cost = Amounts(yen(price), yen(price // 10), yen(price // 10), yen(price))
    return Escrow(
        milestone_id=new_id(),
        contract=contract,
        title="記事の執筆",
        due_on=date(2026, 11, 20),
        agreed_at=AGREED,
        cost=cost,
        left=cost,
    )


def checkout_of(client_id: UUID, items: dict[UUID, Money], method: PaymentMethod) -> Checkout:
    """Return an open page."""
    checkout_id = new_id()
    return Checkout(
        checkout_id=checkout_id,
        client_id=client_id,
        method=method,
        items=items,
        session_id=f"cs_{checkout_id.hex}",
        url="https://pay.example/",
        expires_at=AGREED,
        intent_id=f"pi_{checkout_id.hex}",
    )


def charge_of(client_id: UUID, amount: int) -> Charge:
    """Return a payment by card."""
    charge_id = f"ch_{new_id().hex}"
    return Charge(charge_id, client_id, None, PaymentMethod.CARD, yen(amount), yen(36), AGREED)


def lot_of(charge: Charge, amount: int) -> CreditLot:
    """Return credit that came with a payment."""
    return CreditLot(new_id(), charge.client_id, charge.charge_id, yen(amount), yen(amount))


def refund_of(charge: Charge, milestone_id: UUID | None, amount: int) -> Refund:
    """Return a refund of a part of a payment."""
    return Refund(
        refund_id=new_id(),
        client_id=charge.client_id,
        milestone_id=milestone_id,
        charge_id=charge.charge_id,
        amount=yen(amount),
        reason=RefundReason.PART,
        asked_at=AGREED,
        price=yen(amount // 2),
        note="半分だけ",
    )


def release_of(escrow: Escrow, net: int, payday: date = PAYDAY) -> Release:
    """Return a release of which the assistant has this much, all of it owed."""
    release_id = new_id()
    return Release(
        release_id=release_id,
        milestone_id=escrow.milestone_id,
        assistant_id=escrow.contract.assistant_id,
        source=f"accepted:{release_id}",
        price=yen(net * 2),
        tax=yen(net // 5),
        division=Division(yen(net), yen(300), yen(30), yen(5)),
        owed=yen(net),
        released_at=AGREED,
        payday=payday,
        pay_by=payday,
    )


def payout_of(assistant_id: UUID, gross: int) -> Payout:
    """Return a payout that was just begun."""
    return Payout(new_id(), assistant_id, "acct_1", yen(gross), yen(500), AGREED, PAYDAY)


def chargeback_of(charge: Charge) -> Chargeback:
    """Return a question of a client's bank."""
    return Chargeback(
        chargeback_id=new_id(),
        dispute_id=f"dp_{new_id().hex}",
        charge_id=charge.charge_id,
        amount=charge.amount,
        fee=yen(1_500),
        reason="fraudulent",
        opened_at=AGREED,
        answer_until=AGREED,
    )


def _waiting_for_locks(database: Database) -> int:
    """Return how many sessions of this database wait for a lock."""
    with database.transaction() as connection:
        return int(
            connection.exec_driver_sql(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid <> pg_backend_pid()"
            ).scalar_one()
        )


def waits(kept: Kept, lock: Callable[[Work], object]) -> bool:
    """Tell whether, while one transaction has this lock, another one gets it only afterwards."""
    ended = Event()

    def second() -> bool:
        with kept.begin() as work:
            lock(work)
            return ended.is_set()

    with ThreadPoolExecutor(1) as others:
        with kept.begin() as work:
            lock(work)
            waited = others.submit(second)
            eventually(lambda: _waiting_for_locks(kept.database) == 1)
            ended.set()
        return waited.result(timeout=10)
