"""Contracts and the escrows of their milestones in PostgreSQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import contracts, escrows
from services.payments.domain.escrow import Contract, Escrow
from services.payments.domain.rates import Amounts
from shared.db import new_values, update_by
from shared.errors import NotFound
from shared.messages.jobs import Category, Mode
from shared.messages.payments import EscrowStatus
from shared.money import Money

_AGREE = insert(contracts).on_conflict_do_nothing().returning(contracts.c.contract_id)
_ADD = escrows.insert()
_ADD_NEW = insert(escrows).on_conflict_do_nothing().returning(escrows.c.milestone_id)
_CONTRACT = (
    select(contracts).where(contracts.c.contract_id == bindparam("contract")).with_for_update()
)
# The contract comes first: rows are locked in the order in which their tables are named, so that
# whoever holds a contract gets its escrows without waiting in a circle.
_ESCROWS = select(
    contracts.c.contract_id,
    contracts.c.client_id,
    contracts.c.assistant_id,
    contracts.c.category,
    contracts.c.mode,
    contracts.c.review_days.label("contract_review_days"),
    contracts.c.agreed_at.label("contract_agreed_at"),
    contracts.c.accumulated,
    *(each for each in escrows.c if each.name != "contract_id"),
).join_from(contracts, escrows, contracts.c.contract_id == escrows.c.contract_id)
_ESCROW = _ESCROWS.where(escrows.c.milestone_id == bindparam("milestone"))
_LOCK = (
    _ESCROWS.where(escrows.c.milestone_id.in_(bindparam("milestones", expanding=True)))
    .order_by(contracts.c.contract_id, escrows.c.milestone_id)
    .with_for_update()
)
_AS_THEY_ARE = (
    "status",
    "delivered_on",
    "funding_attempts",
    "frozen",
    "title",
    "due_on",
    "review_days",
    "dated_at",
)
_LEFT = ("price", "tax", "withholding", "funded")
_SAVE = update_by(
    escrows,
    "milestone_id",
    (*_AS_THEY_ARE, "to_refund", "agreed_amount", *(f"left_{each}" for each in _LEFT)),
)
_ACCUMULATE = update_by(contracts, "contract_id", ("accumulated",))


@dataclass(frozen=True)
class SqlEscrows:
    """Implements the port Escrows."""

    connection: Connection
    # What accumulated on contracts, as the database has it: it seldom changes with an escrow.
    _accumulated: dict[UUID, Money] = field(default_factory=dict)

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
        if self.connection.execute(_AGREE, row).first() is None:
            return False
        self._accumulated[contract.contract_id] = contract.accumulated
        if agreed:
            self.connection.execute(_ADD, [_row(each) for each in agreed])
        return True

    def contract(self, contract_id: UUID) -> Contract | None:
        """Return the contract, and keep others from changing it."""
        row = self.connection.execute(_CONTRACT, {"contract": contract_id}).one_or_none()
        return self._contract(row, row.agreed_at, row.review_days) if row else None

    def add(self, escrow: Escrow) -> bool:
        """Keep an escrow of a known contract; False when it was kept before."""
        return self.connection.execute(_ADD_NEW, _row(escrow)).first() is not None

    def get(self, milestone_id: UUID) -> Escrow:
        """Return the escrow; raise NotFound (`milestone_not_found`)."""
        found = self._read(_ESCROW, {"milestone": milestone_id})
        if milestone_id not in found:
            raise NotFound("milestone_not_found", "There is no such milestone of yours.")
        return found[milestone_id]

    def lock(self, milestone_ids: Iterable[UUID]) -> dict[UUID, Escrow]:
        """Return those that there are, and keep others from changing them or their contracts."""
        wanted = list(milestone_ids)
        return self._read(_LOCK, {"milestones": wanted}) if wanted else {}

    def save(self, changed: Sequence[Escrow]) -> None:
        """Keep what has become of them, and what accumulated on the contracts."""
        if not changed:
            return
        self.connection.execute(_SAVE, [_changes(each) for each in changed])
        accumulated = {
            each.contract.contract_id: each.contract.accumulated
            for each in changed
            if self._accumulated.get(each.contract.contract_id) != each.contract.accumulated
        }
        if accumulated:
            self.connection.execute(
                _ACCUMULATE,
                [{"id": key, "new_accumulated": sum_.amount} for key, sum_ in accumulated.items()],
            )
            self._accumulated.update(accumulated)

    def _read(self, query: Select[Any], which: dict[str, object]) -> dict[UUID, Escrow]:
        shared: dict[UUID, Contract] = {}
        found = {}
        for row in self.connection.execute(query, which):
            contract = shared.get(row.contract_id)
            if contract is None:
                contract = self._contract(row, row.contract_agreed_at, row.contract_review_days)
                shared[row.contract_id] = contract
            found[row.milestone_id] = _escrow(row, contract)
        return found

    def _contract(self, row: Row[Any], agreed_at: Any, review_days: int) -> Contract:
        accumulated = Money(amount=row.accumulated, currency=row.currency)
        self._accumulated[row.contract_id] = accumulated
        return Contract(
            contract_id=row.contract_id,
            client_id=row.client_id,
            assistant_id=row.assistant_id,
            category=Category(row.category),
            mode=Mode(row.mode),
            review_days=review_days,
            agreed_at=agreed_at,
            accumulated=accumulated,
        )


def _row(escrow: Escrow) -> dict[str, object]:
    return {
        "milestone_id": escrow.milestone_id,
        "contract_id": escrow.contract.contract_id,
        "title": escrow.title,
        "due_on": escrow.due_on,
        "agreed_at": escrow.agreed_at,
        "delivered_on": escrow.delivered_on,
        "funding_attempts": escrow.funding_attempts,
        "currency": escrow.cost.price.currency,
        **{each: getattr(escrow.cost, each).amount for each in _LEFT},
        **{f"left_{each}": getattr(escrow.left, each).amount for each in _LEFT},
        "to_refund": escrow.to_refund.amount,
        "frozen": escrow.frozen,
        "agreed_amount": escrow.agreed_price and escrow.agreed_price.amount,
        "review_days": escrow.review_days,
        "dated_at": escrow.dated_at,
        "status": escrow.status,
    }


def _changes(escrow: Escrow) -> dict[str, object]:
    return {
        "id": escrow.milestone_id,
        **new_values(escrow, _AS_THEY_ARE),
        "new_to_refund": escrow.to_refund.amount,
        "new_agreed_amount": escrow.agreed_price and escrow.agreed_price.amount,
        **{f"new_left_{each}": getattr(escrow.left, each).amount for each in _LEFT},
    }


def _escrow(row: Row[Any], contract: Contract) -> Escrow:
    def money(amount: int) -> Money:
        return Money(amount=amount, currency=row.currency)

    return Escrow(
        milestone_id=row.milestone_id,
        contract=contract,
        title=row.title,
        due_on=row.due_on,
        agreed_at=row.agreed_at,
        cost=Amounts(money(row.price), money(row.tax), money(row.withholding), money(row.funded)),
        left=Amounts(
            money(row.left_price),
            money(row.left_tax),
            money(row.left_withholding),
            money(row.left_funded),
        ),
        status=EscrowStatus(row.status),
        delivered_on=row.delivered_on,
        funding_attempts=row.funding_attempts,
        to_refund=money(row.to_refund),
        frozen=row.frozen,
        agreed_price=money(row.agreed_amount) if row.agreed_amount else None,
        review_days=row.review_days,
        dated_at=row.dated_at,
    )
