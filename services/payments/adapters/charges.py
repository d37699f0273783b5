"""What clients paid, what it funded, their credit and their names at the processor."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, exists, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import (
    chargebacks,
    charges,
    clients,
    credit_lots,
    fundings,
)
from services.payments.domain.charge import Charge, CreditLot, Funding
from services.payments.domain.chargeback import ChargebackStatus
from shared.db import update_by
from shared.messages.payments import PaymentMethod
from shared.money import Money

_ADD = insert(charges).on_conflict_do_nothing().returning(charges.c.charge_id)
_GET = select(charges).where(charges.c.charge_id == bindparam("charge"))

_NEW_FUNDING = insert(fundings)
_FUND = _NEW_FUNDING.on_conflict_do_update(
    index_elements=[fundings.c.milestone_id, fundings.c.charge_id],
    set_={"amount": fundings.c.amount + _NEW_FUNDING.excluded.amount},
)
_FUNDINGS = select(fundings, charges.c.currency).join_from(
    fundings, charges, charges.c.charge_id == fundings.c.charge_id
)
_FUNDINGS_OF = _FUNDINGS.where(fundings.c.milestone_id == bindparam("milestone")).order_by(
    fundings.c.charge_id
)
_FUNDED_BY = _FUNDINGS.where(fundings.c.charge_id == bindparam("charge")).order_by(
    fundings.c.milestone_id
)
_SAVE_FUNDING = (
    fundings.update()
    .where(fundings.c.milestone_id == bindparam("milestone"))
    .where(fundings.c.charge_id == bindparam("charge"))
    .values(returned=bindparam("new_returned"))
)

_ADD_LOT = credit_lots.insert()
_REMAINING = select(credit_lots).where(credit_lots.c.remaining > 0).order_by(credit_lots.c.lot_id)
_LOTS = _REMAINING.where(credit_lots.c.client_id == bindparam("client")).where(
    ~exists().where(
        chargebacks.c.charge_id == credit_lots.c.charge_id,
        chargebacks.c.status == ChargebackStatus.OPEN,
    )
)
_LOTS_OF = _REMAINING.where(credit_lots.c.charge_id == bindparam("charge"))
_SAVE_LOT = update_by(credit_lots, "lot_id", ("remaining",))

# One round trip for a new client and a known one: writing what is there already locks it as well.
_LOCK_CLIENT = (
    insert(clients)
    .on_conflict_do_update(
        index_elements=[clients.c.person_id], set_={"customer_id": clients.c.customer_id}
    )
    .returning(clients.c.customer_id)
)
_OF_CUSTOMER = select(clients.c.person_id).where(clients.c.customer_id == bindparam("customer"))
_NEW_CLIENT = insert(clients)
_SAVE_CLIENT = _NEW_CLIENT.on_conflict_do_update(
    index_elements=[clients.c.person_id], set_={"customer_id": _NEW_CLIENT.excluded.customer_id}
)


@dataclass(frozen=True)
class SqlCharges:
    """Implements the port Charges."""

    connection: Connection

    def add(self, charge: Charge) -> bool:
        """Keep a new charge; False when it was kept before."""
        row = {
            "charge_id": charge.charge_id,
            "client_id": charge.client_id,
            "checkout_id": charge.checkout_id,
            "method": charge.method,
            "currency": charge.amount.currency,
            "amount": charge.amount.amount,
            "fee": charge.fee.amount,
            "captured_at": charge.captured_at,
        }
        return self.connection.execute(_ADD, row).first() is not None

    def get(self, charge_id: str) -> Charge | None:
        """Return the charge."""
        row = self.connection.execute(_GET, {"charge": charge_id}).one_or_none()
        if row is None:
            return None
        return Charge(
            charge_id=row.charge_id,
            client_id=row.client_id,
            checkout_id=row.checkout_id,
            method=PaymentMethod(row.method),
            amount=Money(amount=row.amount, currency=row.currency),
            fee=Money(amount=row.fee, currency=row.currency),
            captured_at=row.captured_at,
        )

    def fund(self, new: Sequence[Funding]) -> None:
        """Keep which milestones were funded; adds up where one has funded a milestone before."""
        if not new:
            return
        self.connection.execute(
            _FUND,
            [
                {
                    "milestone_id": each.milestone_id,
                    "charge_id": each.charge_id,
                    "amount": each.amount.amount,
                    "returned": each.returned.amount,
                }
                for each in new
            ],
        )

    def fundings(self, milestone_id: UUID) -> Sequence[Funding]:
        """Return what funded a milestone."""
        return self._fundings(_FUNDINGS_OF, {"milestone": milestone_id})

    def funded_by(self, charge_id: str) -> Sequence[Funding]:
        """Return what a charge funded."""
        return self._fundings(_FUNDED_BY, {"charge": charge_id})

    def save(self, changed: Sequence[Funding]) -> None:
        """Keep what was returned of them."""
        if not changed:
            return
        self.connection.execute(
            _SAVE_FUNDING,
            [
                {
                    "milestone": each.milestone_id,
                    "charge": each.charge_id,
                    "new_returned": each.returned.amount,
                }
                for each in changed
            ],
        )

    def add_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep new credit."""
        if not lots:
            return
        self.connection.execute(
            _ADD_LOT,
            [
                {
                    "lot_id": each.lot_id,
                    "client_id": each.client_id,
                    "charge_id": each.charge_id,
                    "currency": each.amount.currency,
                    "amount": each.amount.amount,
                    "remaining": each.remaining.amount,
                }
                for each in lots
            ],
        )

    def lots(self, client_id: UUID) -> Sequence[CreditLot]:
        """Return a client's remaining credit, oldest first, but for disputed charges."""
        return self._lots(_LOTS, {"client": client_id})

    def lots_of(self, charge_id: str) -> Sequence[CreditLot]:
        """Return the remaining credit that came with a charge."""
        return self._lots(_LOTS_OF, {"charge": charge_id})

    def save_lots(self, lots: Sequence[CreditLot]) -> None:
        """Keep what remains of them."""
        if lots:
            self.connection.execute(
                _SAVE_LOT,
                [{"id": each.lot_id, "new_remaining": each.remaining.amount} for each in lots],
            )

    def _fundings(self, query: Select[Any], which: dict[str, object]) -> list[Funding]:
        return [
            Funding(
                milestone_id=row.milestone_id,
                charge_id=row.charge_id,
                amount=Money(amount=row.amount, currency=row.currency),
                returned=Money(amount=row.returned, currency=row.currency),
            )
            for row in self.connection.execute(query, which)
        ]

    def _lots(self, query: Select[Any], which: dict[str, object]) -> list[CreditLot]:
        return [_lot(row) for row in self.connection.execute(query, which)]


def _lot(row: Row[Any]) -> CreditLot:
    return CreditLot(
        lot_id=row.lot_id,
        client_id=row.client_id,
        charge_id=row.charge_id,
        amount=Money(amount=row.amount, currency=row.currency),
        remaining=Money(amount=row.remaining, currency=row.currency),
    )


@dataclass(frozen=True)
class SqlClients:
    """Implements the port Clients."""

    connection: Connection

    def lock(self, client_id: UUID) -> str | None:
        """Return the client's name at the processor, if any, and keep others from their credit."""
        name: str | None = self.connection.scalar(_LOCK_CLIENT, {"person_id": client_id})
        return name

    def of_customer(self, customer_id: str) -> UUID | None:
        """Return whose name at the processor it is."""
        return self.connection.scalar(_OF_CUSTOMER, {"customer": customer_id})

    def save(self, client_id: UUID, customer_id: str) -> None:
        """Keep the client's name at the processor."""
        self.connection.execute(_SAVE_CLIENT, {"person_id": client_id, "customer_id": customer_id})
