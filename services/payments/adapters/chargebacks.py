"""Chargebacks, warnings of fraud, and the evidence that is gathered for them, in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, func, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.tables import chargebacks, contract_facts, fraud_warnings
from services.payments.domain.chargeback import Chargeback, ChargebackStatus, FraudWarning
from services.payments.domain.evidence import ContractFact
from shared.db import new_values, update_by
from shared.money import Money

_ADD = chargebacks.insert()
_FIND = select(chargebacks).where(chargebacks.c.dispute_id == bindparam("dispute"))
_FIND = _FIND.with_for_update()
_GET = select(chargebacks).where(chargebacks.c.chargeback_id == bindparam("chargeback"))
_GET = _GET.with_for_update()
# Ids are UUIDv7: their order is that of making.
_NEWEST = select(chargebacks).order_by(chargebacks.c.chargeback_id.desc()).limit(bindparam("most"))
_NEXT_NEWEST = _NEWEST.where(chargebacks.c.chargeback_id < bindparam("after"))
_AS_THEY_ARE = ("reason", "status", "answer_until", "closed_at", "evidence")
_SAVE = update_by(chargebacks, "chargeback_id", ("amount", "fee", *_AS_THEY_ARE))
_OPEN_ON = select(func.count()).where(
    chargebacks.c.charge_id.in_(bindparam("charges", expanding=True)),
    chargebacks.c.status == ChargebackStatus.OPEN,
)
_WARN = insert(fraud_warnings).on_conflict_do_nothing().returning(fraud_warnings.c.warning_id)
_WARNINGS = (
    select(fraud_warnings)
    .order_by(fraud_warnings.c.warned_at.desc(), fraud_warnings.c.warning_id)
    .limit(bindparam("most"))
)
_NOTE = insert(contract_facts).on_conflict_do_nothing()
_FACTS = (
    select(contract_facts)
    .where(contract_facts.c.contract_id.in_(bindparam("contracts", expanding=True)))
    .order_by(contract_facts.c.happened_at, contract_facts.c.milestone_id, contract_facts.c.what)
)


@dataclass(frozen=True)
class SqlChargebacks:
    """Implements the port Chargebacks."""

    connection: Connection

    def find(self, dispute_id: str) -> Chargeback | None:
        """Return the chargeback, locked."""
        return self._one(_FIND, {"dispute": dispute_id})

    def get(self, chargeback_id: UUID) -> Chargeback | None:
        """Return the chargeback, locked."""
        return self._one(_GET, {"chargeback": chargeback_id})

    def add(self, chargeback: Chargeback) -> None:
        """Keep a new one."""
        row = {
            "chargeback_id": chargeback.chargeback_id,
            "dispute_id": chargeback.dispute_id,
            "charge_id": chargeback.charge_id,
            "currency": chargeback.amount.currency,
            "amount": chargeback.amount.amount,
            "fee": chargeback.fee.amount,
            "reason": chargeback.reason,
            "status": chargeback.status,
            "answer_until": chargeback.answer_until,
            "opened_at": chargeback.opened_at,
            "closed_at": chargeback.closed_at,
            "evidence": chargeback.evidence,
        }
        self.connection.execute(_ADD, row)

    def save(self, chargeback: Chargeback) -> None:
        """Keep what has become of it."""
        changes = {
            "id": chargeback.chargeback_id,
            "new_amount": chargeback.amount.amount,
            "new_fee": chargeback.fee.amount,
            **new_values(chargeback, _AS_THEY_ARE),
        }
        self.connection.execute(_SAVE, changes)

    def newest(self, after: UUID | None, limit: int) -> Sequence[Chargeback]:
        """Return them, newest first."""
        if after is None:
            return self._read(_NEWEST, {"most": limit})
        return self._read(_NEXT_NEWEST, {"most": limit, "after": after})

    def open_on(self, charge_ids: Collection[str]) -> int:
        """Return how many chargebacks of these charges are open."""
        return self.connection.execute(_OPEN_ON, {"charges": list(charge_ids)}).scalar_one()

    def warn(self, warning: FraudWarning) -> bool:
        """Keep a warning; False when it was kept before."""
        return self.connection.execute(_WARN, asdict(warning)).first() is not None

    def warnings(self, limit: int) -> Sequence[FraudWarning]:
        """Return the newest warnings."""
        return [
            FraudWarning(
                warning_id=row.warning_id,
                charge_id=row.charge_id,
                fraud_type=row.fraud_type,
                actionable=row.actionable,
                warned_at=row.warned_at,
            )
            for row in self.connection.execute(_WARNINGS, {"most": limit})
        ]

    def note(self, facts: Sequence[ContractFact]) -> None:
        """Keep what the parties did; once."""
        if facts:
            self.connection.execute(_NOTE, [asdict(each) for each in facts])

    def facts(self, contract_ids: Iterable[UUID]) -> Sequence[ContractFact]:
        """Return what the parties did, oldest first."""
        return [
            ContractFact(
                contract_id=row.contract_id,
                milestone_id=row.milestone_id,
                what=row.what,
                happened_at=row.happened_at,
                details=row.details,
            )
            for row in self.connection.execute(_FACTS, {"contracts": list(contract_ids)})
        ]

    def _one(self, query: Select[Any], which: Mapping[str, object]) -> Chargeback | None:
        found = self._read(query, which)
        return found[0] if found else None

    def _read(self, query: Select[Any], which: Mapping[str, object]) -> list[Chargeback]:
        return [_chargeback(row) for row in self.connection.execute(query, which)]


def _chargeback(row: Row[Any]) -> Chargeback:
    return Chargeback(
        chargeback_id=row.chargeback_id,
        dispute_id=row.dispute_id,
        charge_id=row.charge_id,
        amount=Money(amount=row.amount, currency=row.currency),
        fee=Money(amount=row.fee, currency=row.currency),
        reason=row.reason,
        opened_at=row.opened_at,
        answer_until=row.answer_until,
        status=ChargebackStatus(row.status),
        closed_at=row.closed_at,
        evidence=row.evidence,
    )
