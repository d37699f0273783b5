"""Contracts, escrows, checkouts and refunds in PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import checkouts, contracts, escrows, refunds
from services.payments.domain.checkout import Checkout, CheckoutStatus
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.rates import Amounts, Release
from services.payments.domain.refund import Refund, RefundReason, RefundStatus
from shared.db import update_by
from shared.errors import NotFound
from shared.messages.jobs import Category, Mode
from shared.messages.payments import EscrowStatus
from shared.money import Money

_STANDING = (CheckoutStatus.OPEN, CheckoutStatus.SUBMITTED)


@dataclass(frozen=True)
class SqlEscrows:
    """Implements the port Escrows."""

    connection: Connection

    def agree(self, contract: Contract, agreed: Sequence[Escrow]) -> bool:
        """Keep a new contract and its escrows; False when it was kept before."""
        row = {
            "contract_id": contract.contract_id,
            "client_id": contract.client_id,
            "assistant_id": contract.assistant_id,
            "category": contract.category,
            "mode": contract.mode,
            "review_days": contract.review_days,
            "agreed_at": contract.agreed_at,
            "currency": contract.accumulated.currency,
            "accumulated": contract.accumulated.amount,
        }
        new = insert(contracts).values(row).on_conflict_do_nothing()
        if not self.connection.execute(new.returning(contracts.c.contract_id)).first():
            return False
        self.connection.execute(
            escrows.insert(),
            [
                {
                    "milestone_id": each.milestone_id,
                    "contract_id": contract.contract_id,
                    "title": each.title,
                    "due_on": each.due_on,
                    "currency": each.cost.price.currency,
                    "price": each.cost.price.amount,
                    "tax": each.cost.tax.amount,
                    "withholding": each.cost.withholding.amount,
                    "funded": each.cost.funded.amount,
                    "status": each.status,
                }
                for each in agreed
            ],
        )
        return True

    def get(self, milestone_id: UUID) -> Escrow:
        """Return the escrow; raise NotFound."""
        found = self._read(_ESCROW, {"id": milestone_id})
        if milestone_id not in found:
            raise NotFound("milestone_not_found", "There is no such milestone of yours.")
        return found[milestone_id]

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        """Return those that there are, and lock them and their contracts, in order of ids."""
        return self._read(_LOCK, {"ids": list(milestone_ids)})

    def save(self, changed: Sequence[Escrow]) -> None:
        """Keep status, charge and release, and what accumulated on the contracts."""
        if not changed:
            return
        self.connection.execute(
            _SAVE, [{"id": each.milestone_id} | _changes(each) for each in changed]
        )
        accumulated = {
            each.contract.contract_id: each.contract.accumulated.amount
            for each in changed
            if each.release
        }
        if accumulated:
            self.connection.execute(
                contracts.update()
                .where(contracts.c.contract_id == bindparam("id"))
                .values(accumulated=bindparam("sum")),
                [{"id": key, "sum": amount} for key, amount in accumulated.items()],
            )

    def _read(self, query: Select[Any], which: dict[str, object]) -> dict[UUID, Escrow]:
        shared: dict[UUID, Contract] = {}
        found = {}
        for row in self.connection.execute(query, which):
            contract = shared.setdefault(row.contract_id, _contract(row))
            found[row.milestone_id] = _escrow(row, contract)
        return found


_ESCROWS = select(
    escrows,
    contracts.c.client_id,
    contracts.c.assistant_id,
    contracts.c.category,
    contracts.c.mode,
    contracts.c.review_days,
    contracts.c.agreed_at,
    contracts.c.accumulated,
).join_from(escrows, contracts, contracts.c.contract_id == escrows.c.contract_id)

_ESCROW = _ESCROWS.where(escrows.c.milestone_id == bindparam("id"))
_LOCK = (
    _ESCROWS.where(escrows.c.milestone_id.in_(bindparam("ids", expanding=True)))
    .order_by(contracts.c.contract_id, escrows.c.milestone_id)
    .with_for_update()
)
_CHANGING = ("status", "charge_id", "net", "platform_fee", "platform_fee_tax", "withheld")
_SAVE = update_by(escrows, "milestone_id", _CHANGING)


def _changes(escrow: Escrow) -> dict[str, object]:
    parts = escrow.release
    return {
        "new_status": escrow.status,
        "new_charge_id": escrow.charge_id,
        "new_net": parts.net.amount if parts else None,
        "new_platform_fee": parts.platform_fee.amount if parts else None,
        "new_platform_fee_tax": parts.platform_fee_tax.amount if parts else None,
        "new_withheld": parts.withholding.amount if parts else None,
    }


def _contract(row: Row[Any]) -> Contract:
    return Contract(
        contract_id=row.contract_id,
        client_id=row.client_id,
        assistant_id=row.assistant_id,
        category=Category(row.category),
        mode=Mode(row.mode),
        review_days=row.review_days,
        agreed_at=row.agreed_at,
        accumulated=Money(amount=row.accumulated, currency=row.currency),
    )


def _escrow(row: Row[Any], contract: Contract) -> Escrow:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=row.currency)

    parts = None
    if row.net is not None:
        parts = Release(
            net=money(row.net),
            platform_fee=money(row.platform_fee),
            platform_fee_tax=money(row.platform_fee_tax),
            withholding=money(row.withheld),
        )
    return Escrow(
        milestone_id=row.milestone_id,
        contract=contract,
        title=row.title,
        due_on=row.due_on,
        cost=Amounts(money(row.price), money(row.tax), money(row.withholding), money(row.funded)),
        status=EscrowStatus(row.status),
        charge_id=row.charge_id,
        release=parts,
    )


@dataclass(frozen=True)
class SqlCheckouts:
    """Implements the port Checkouts."""

    connection: Connection

    def standing(self, milestone_id: UUID) -> Checkout | None:
        """Return the page that is open, or whose payment is on its way."""
        return self._one(
            select(checkouts)
            .where(checkouts.c.milestone_id == milestone_id)
            .where(checkouts.c.status.in_(_STANDING))
        )

    def find(self, session_id: str) -> Checkout | None:
        """Return the page that the processor calls so."""
        return self._one(select(checkouts).where(checkouts.c.session_id == session_id))

    def add(self, checkout: Checkout) -> None:
        """Keep a new page."""
        self.connection.execute(
            checkouts.insert().values(
                checkout_id=checkout.checkout_id,
                milestone_id=checkout.milestone_id,
                session_id=checkout.session_id,
                url=checkout.url,
                expires_at=checkout.expires_at,
                status=checkout.status,
            )
        )

    def save(self, checkout: Checkout) -> None:
        """Keep its status."""
        self.connection.execute(
            checkouts.update()
            .where(checkouts.c.checkout_id == checkout.checkout_id)
            .values(status=checkout.status)
        )

    def _one(self, query: Select[Any]) -> Checkout | None:
        row = self.connection.execute(query).one_or_none()
        if row is None:
            return None
        return Checkout(
            checkout_id=row.checkout_id,
            milestone_id=row.milestone_id,
            session_id=row.session_id,
            url=row.url,
            expires_at=row.expires_at,
            status=CheckoutStatus(row.status),
        )


@dataclass(frozen=True)
class SqlRefunds:
    """Implements the port Refunds."""

    connection: Connection

    def add(self, refund: Refund) -> None:
        """Keep a new refund."""
        self.connection.execute(
            refunds.insert().values(
                refund_id=refund.refund_id,
                milestone_id=refund.milestone_id,
                charge_id=refund.charge_id,
                currency=refund.amount.currency,
                amount=refund.amount.amount,
                reason=refund.reason,
                status=refund.status,
            )
        )

    def get(self, refund_id: UUID) -> Refund:
        """Return the refund; raise NotFound."""
        return self._one(select(refunds).where(refunds.c.refund_id == refund_id))

    def lock(self, refund_id: UUID) -> Refund:
        """Return the refund and keep others from changing it; raise NotFound."""
        query = select(refunds).where(refunds.c.refund_id == refund_id)
        return self._one(query.with_for_update())

    def of_charge(self, charge_id: str) -> Refund | None:
        """Return the refund of a charge."""
        query = select(refunds).where(refunds.c.charge_id == charge_id)
        row = self.connection.execute(query).one_or_none()
        return _refund(row) if row else None

    def save(self, refund: Refund) -> None:
        """Keep its status."""
        self.connection.execute(
            refunds.update()
            .where(refunds.c.refund_id == refund.refund_id)
            .values(status=refund.status)
        )

    def _one(self, query: Select[Any]) -> Refund:
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise NotFound("refund_not_found", "There is no such refund.")
        return _refund(row)


def _refund(row: Row[Any]) -> Refund:
    return Refund(
        refund_id=row.refund_id,
        milestone_id=row.milestone_id,
        charge_id=row.charge_id,
        amount=Money(amount=row.amount, currency=row.currency),
        reason=RefundReason(row.reason),
        status=RefundStatus(row.status),
    )
