"""People, and assistants as people to be paid, in PostgreSQL."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.leaving import SqlAccountData
from services.payments.adapters.tables import payees, people
from services.payments.domain.payee import BankAccount, Payee
from services.payments.ports import Contact
from shared.db import new_values, update_by
from shared.messages.payments import PayeeStatus

# What was told since stands: see services/payments/adapters/leaving.py.
_REMEMBER = insert(people).on_conflict_do_nothing()
_CONTACT = select(people).where(people.c.person_id == bindparam("person"))

_OPEN = insert(payees).on_conflict_do_nothing().returning(payees.c.person_id)
_FIND = select(payees).where(payees.c.person_id == bindparam("person"))
_LOCK = (
    select(payees)
    .where(payees.c.person_id.in_(bindparam("people", expanding=True)))
    .order_by(payees.c.person_id)
    .with_for_update()
)
_OF_ACCOUNT = select(payees.c.person_id).where(payees.c.account_id == bindparam("account"))
_WITH_ACCOUNTS = select(payees).where(payees.c.account_id.is_not(None)).order_by(payees.c.person_id)
_AS_THEY_ARE = ("account_id", "status", "asked_at", "paused_since")
_BANK = ("bank_code", "branch_code", "account_last4")
_SAVE = update_by(payees, "person_id", (*_AS_THEY_ARE, "requirements", *_BANK))


@dataclass(frozen=True)
class SqlPeople(SqlAccountData):
    """Implements the port People."""

    def remember(self, person_id: UUID, contact: Contact) -> None:
        """Keep a person's contact."""
        row = {
            "person_id": person_id,
            "email": contact.email,
            "display_name": contact.display_name,
        }
        self.connection.execute(_REMEMBER, row)

    def contact(self, person_id: UUID) -> Contact | None:
        """Return it, if accounts has told us yet."""
        row = self.connection.execute(_CONTACT, {"person": person_id}).one_or_none()
        return Contact(row.email, row.display_name) if row else None


@dataclass(frozen=True)
class SqlPayees:
    """Implements the port Payees."""

    connection: Connection

    def open(self, person_id: UUID) -> bool:
        """Keep a new payee without an account; False when there is one already."""
        row = {"person_id": person_id, "status": PayeeStatus.PENDING, "requirements": []}
        return self.connection.execute(_OPEN, row).first() is not None

    def find(self, person_id: UUID) -> Payee | None:
        """Return the payee."""
        found = self._read(_FIND, {"person": person_id})
        return found[0] if found else None

    def lock(self, person_ids: Iterable[UUID]) -> dict[UUID, Payee]:
        """Return those that there are, and keep others from changing them."""
        found = self._read(_LOCK, {"people": list(person_ids)})
        return {each.person_id: each for each in found}

    def of_account(self, account_id: str) -> UUID | None:
        """Return whose account it is."""
        return self.connection.scalar(_OF_ACCOUNT, {"account": account_id})

    def with_accounts(self) -> Sequence[Payee]:
        """Return all who have an account."""
        return self._read(_WITH_ACCOUNTS, {})

    def save(self, payee: Payee) -> None:
        """Keep account, status, requirements, bank account and pause."""
        bank = payee.bank
        changes = {
            "id": payee.person_id,
            **new_values(payee, _AS_THEY_ARE),
            "new_requirements": list(payee.requirements),
            "new_bank_code": bank.bank_code if bank else None,
            "new_branch_code": bank.branch_code if bank else None,
            "new_account_last4": bank.last4 if bank else None,
        }
        self.connection.execute(_SAVE, changes)

    def _read(self, query: Select[Any], which: Mapping[str, object]) -> list[Payee]:
        return [_payee(row) for row in self.connection.execute(query, which)]


def _payee(row: Row[Any]) -> Payee:
    bank = None
    if row.bank_code is not None:
        bank = BankAccount(row.bank_code, row.branch_code, row.account_last4)
    return Payee(
        person_id=row.person_id,
        account_id=row.account_id,
        status=PayeeStatus(row.status),
        requirements=tuple(row.requirements),
        asked_at=row.asked_at,
        bank=bank,
        paused_since=row.paused_since,
    )
