"""Accounts, and those who ask for one, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError

from services.accounts.adapters.tables import accounts, idempotency, links, registrations
from services.accounts.domain.account import Account, Registration, email_key
from services.accounts.domain.secrets import Link, LinkFor
from shared.messages.accounts import Role
from shared.messaging import archive_tables


@dataclass(frozen=True)
class SqlPeople:
    """The accounts that there are, as this transaction sees them."""

    connection: Connection

    def add(self, account: Account) -> bool:
        """Keep the account; False when its e-mail address has one already."""
        # SQLAlchemy keeps no rowcount of an INSERT; what it returns tells.
        unless_taken = (
            insert(accounts)
            .values(_row_of(account))
            .on_conflict_do_nothing(index_elements=[accounts.c.email_key])
            .returning(accounts.c.person_id)
        )
        return self.connection.execute(unless_taken).first() is not None

    def by_id(self, person_id: UUID) -> Account | None:
        """Return the person's account."""
        return self._one(select(accounts).where(accounts.c.person_id == person_id))

    def by_email(self, email: str) -> Account | None:
        """Return the account with this address, however it is capitalised."""
        return self._one(select(accounts).where(accounts.c.email_key == email_key(email)))

    def lock(self, person_id: UUID) -> Account | None:
        """Return the person's account, and keep others from changing it."""
        wanted = select(accounts).where(accounts.c.person_id == person_id)
        return self._one(wanted.with_for_update())

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those who have an account."""
        query = select(accounts.c.person_id, accounts.c.display_name).where(
            accounts.c.person_id.in_(person_ids)
        )
        return {row.person_id: row.display_name for row in self.connection.execute(query)}

    def keep(self, account: Account) -> bool:
        """Keep what it is now; False when its new e-mail address has another account."""
        statement = (
            accounts.update()
            .where(accounts.c.person_id == account.person_id)
            .values(_row_of(account))
        )
        try:
            with self.connection.begin_nested():
                self.connection.execute(statement)
        except IntegrityError:
            return False
        return True

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        """Replace the hash of the same password."""
        self.connection.execute(
            accounts.update()
            .where(accounts.c.person_id == person_id)
            .values(password_hash=password_hash)
        )

    def forget_answers(self, person_id: UUID) -> None:
        """Forget what somebody was answered, which a repeated command would be answered with."""
        self.connection.execute(idempotency.delete().where(idempotency.c.caller == str(person_id)))

    def forget_told(self, account_ids: Collection[UUID]) -> None:
        """Take names and addresses out of what was told of them."""
        archive_tables.forget(self.connection, account_ids)

    def sweep_answers(self, before: datetime) -> None:
        """Forget what anybody was answered before."""
        self.connection.execute(idempotency.delete().where(idempotency.c.created_at < before))

    def _one(self, query: Select[Any]) -> Account | None:
        row = self.connection.execute(query).one_or_none()
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
            reading=row.reading,
            change=row.change,
            deleted_at=row.deleted_at,
        )


@dataclass(frozen=True)
class SqlRegistrations:
    """Implements the port Registrations."""

    connection: Connection

    def add(self, registration: Registration) -> None:
        """Keep a new one, beside others of the same address."""
        row = vars(registration) | {
            "email_key": email_key(registration.email),
            "roles": sorted(registration.roles),
        }
        self.connection.execute(registrations.insert(), row)

    def find(self, person_id: UUID) -> Registration | None:
        """Return the registration that an account would come of."""
        query = select(registrations).where(registrations.c.person_id == person_id)
        row = self.connection.execute(query).one_or_none()
        return _registration(row) if row else None

    def newest(self, email: str, since: datetime, limit: int) -> Sequence[Registration]:
        """Return those of this address that are not older, newest first."""
        query = (
            select(registrations)
            .where(registrations.c.email_key == email_key(email))
            .where(registrations.c.registered_at > since)
            .order_by(registrations.c.registered_at.desc())
            .limit(limit)
        )
        return [_registration(row) for row in self.connection.execute(query)]

    def forget(self, email: str) -> None:
        """Forget all of this address: it has an account now."""
        self.connection.execute(
            registrations.delete().where(registrations.c.email_key == email_key(email))
        )

    def sweep(self, before: datetime) -> None:
        """Forget those that are older."""
        self.connection.execute(
            registrations.delete().where(registrations.c.registered_at < before)
        )


@dataclass(frozen=True)
class SqlLinks:
    """Implements the port Links."""

    connection: Connection

    def add(self, link: Link) -> None:
        """Keep a new one."""
        self.connection.execute(links.insert(), vars(link))

    def lock(self, secret_hash: str, purpose: LinkFor) -> Link | None:
        """Return it, and keep others from following it meanwhile."""
        query = (
            select(links)
            .where(links.c.secret_hash == secret_hash)
            .where(links.c.purpose == purpose)
            .with_for_update()
        )
        row = self.connection.execute(query).one_or_none()
        return _link(row) if row else None

    def note_used(self, link: Link) -> None:
        """Write down that it was followed."""
        self.connection.execute(
            links.update()
            .where(links.c.secret_hash == link.secret_hash)
            .values(used_at=link.used_at)
        )

    def open_of(self, subject: UUID, purpose: LinkFor, now: datetime) -> Sequence[Link]:
        """Return those that can still be followed, newest first."""
        query = (
            select(links)
            .where(links.c.subject == subject)
            .where(links.c.purpose == purpose)
            .where(links.c.used_at.is_(None))
            .where(links.c.expires_at > now)
            .order_by(links.c.expires_at.desc())
        )
        return [_link(row) for row in self.connection.execute(query)]

    def drop(self, subject: UUID, purposes: Collection[LinkFor]) -> None:
        """Make those that nobody has followed worth nothing."""
        self.connection.execute(
            links.delete()
            .where(links.c.subject == subject)
            .where(links.c.purpose.in_(purposes))
            .where(links.c.used_at.is_(None))
        )

    def forget(self, subject: UUID) -> None:
        """Forget all of somebody, followed or not."""
        self.connection.execute(links.delete().where(links.c.subject == subject))

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        self.connection.execute(links.delete().where(links.c.expires_at < before))


def _row_of(account: Account) -> dict[str, Any]:
    return vars(account) | {"email_key": account.email_key, "roles": sorted(account.roles)}


def _registration(row: Row[Any]) -> Registration:
    return Registration(
        person_id=row.person_id,
        email=row.email,
        display_name=row.display_name,
        reading=row.reading,
        roles=frozenset(Role(role) for role in row.roles),
        locale=row.locale,
        password_hash=row.password_hash,
        registered_at=row.registered_at,
    )


def _link(row: Row[Any]) -> Link:
    return Link(
        secret_hash=row.secret_hash,
        purpose=LinkFor(row.purpose),
        subject=row.subject,
        email=row.email,
        expires_at=row.expires_at,
        used_at=row.used_at,
    )
