"""Accounts in PostgreSQL."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import accounts
from services.accounts.domain.account import Account, email_key
from shared.messages.accounts import Role


@dataclass(frozen=True)
class SqlPeople:
    """The accounts that there are, as this transaction sees them."""

    connection: Connection

    def add(self, account: Account) -> bool:
        """Keep the account; False when its e-mail address has one already."""
        row = {
            "person_id": account.person_id,
            "email": account.email,
            "email_key": account.email_key,
            "display_name": account.display_name,
            "roles": sorted(account.roles),
            "locale": account.locale,
            "registered_at": account.registered_at,
            "password_hash": account.password_hash,
        }
        # SQLAlchemy keeps no rowcount of an INSERT; what it returns tells.
        unless_taken = (
            insert(accounts)
            .values(row)
            .on_conflict_do_nothing(index_elements=[accounts.c.email_key])
            .returning(accounts.c.person_id)
        )
        return self.connection.execute(unless_taken).first() is not None

    def by_id(self, person_id: UUID) -> Account | None:
        """Return the person's account."""
        return self._one(accounts.c.person_id == person_id)

    def by_email(self, email: str) -> Account | None:
        """Return the account with this address, however it is capitalised."""
        return self._one(accounts.c.email_key == email_key(email))

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those who have an account."""
        query = select(accounts.c.person_id, accounts.c.display_name).where(
            accounts.c.person_id.in_(person_ids)
        )
        return {row.person_id: row.display_name for row in self.connection.execute(query)}

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        """Replace the hash of the same password."""
        self.connection.execute(
            accounts.update()
            .where(accounts.c.person_id == person_id)
            .values(password_hash=password_hash)
        )

    def _one(self, condition: ColumnElement[bool]) -> Account | None:
        row = self.connection.execute(accounts.select().where(condition)).one_or_none()
        if row is None:
            return None
        return Account(
            person_id=row.person_id,
            email=row.email,
            display_name=row.display_name,
            roles=frozenset(Role(role) for role in row.roles),
            locale=row.locale,
            registered_at=row.registered_at,
            password_hash=row.password_hash,
        )
