"""Suspensions, and people as operators look for them, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, Text, cast, or_, select

from services.accounts.adapters.tables import accounts, companies, suspensions
from services.accounts.domain.account import email_key
from services.accounts.domain.suspension import Suspension
from shared.messages.suspensions import FoundPerson

_HOLDS = suspensions.c.reinstated_at.is_(None)
_FOUND = select(
    accounts.c.person_id,
    accounts.c.email,
    accounts.c.display_name,
    accounts.c.reading,
    accounts.c.roles,
    accounts.c.locale,
    accounts.c.registered_at,
    accounts.c.deleted_at,
    suspensions.c.suspended_at,
).join_from(
    accounts, suspensions, (suspensions.c.person_id == accounts.c.person_id) & _HOLDS, isouter=True
)


@dataclass(frozen=True)
class SqlSuspensions:
    """Implements the port Suspensions."""

    connection: Connection

    def add(self, suspension: Suspension) -> None:
        """Keep a new one."""
        self.connection.execute(suspensions.insert(), vars(suspension))

    def keep(self, suspension: Suspension) -> None:
        """Keep what it is now."""
        self.connection.execute(
            suspensions.update()
            .where(suspensions.c.suspension_id == suspension.suspension_id)
            .values(**vars(suspension))
        )

    def holding(self, person_id: UUID) -> Suspension | None:
        """Return the one that keeps somebody out."""
        query = select(suspensions).where(suspensions.c.person_id == person_id, _HOLDS)
        row = self.connection.execute(query).one_or_none()
        return _suspension(row) if row else None

    def of_person(self, person_id: UUID) -> Sequence[Suspension]:
        """Return all that there were, newest first."""
        query = (
            select(suspensions)
            .where(suspensions.c.person_id == person_id)
            .order_by(suspensions.c.suspension_id.desc())
        )
        return [_suspension(row) for row in self.connection.execute(query)]

    def find(self, wanted: str, *, after: UUID | None, limit: int) -> Sequence[FoundPerson]:
        """Return people by a part of name or address, or by id, newest first; all for nothing."""
        query = _FOUND.order_by(accounts.c.person_id.desc()).limit(limit)
        if wanted:
            query = query.where(_fits(wanted))
        if after is not None:
            query = query.where(accounts.c.person_id < after)
        return [_found(row) for row in self.connection.execute(query)]

    def person(self, person_id: UUID) -> FoundPerson | None:
        """Return somebody as operators find them."""
        row = self.connection.execute(_FOUND.where(accounts.c.person_id == person_id)).one_or_none()
        return _found(row) if row else None

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of people and companies."""
        people = select(accounts.c.person_id, accounts.c.display_name).where(
            accounts.c.person_id.in_(account_ids)
        )
        firms = select(companies.c.company_id, companies.c.name).where(
            companies.c.company_id.in_(account_ids)
        )
        return {row[0]: row[1] for row in self.connection.execute(people.union_all(firms))}


def _fits(wanted: str) -> ColumnElement[bool]:
    return or_(
        accounts.c.email_key.contains(email_key(wanted), autoescape=True),
        accounts.c.display_name.icontains(wanted, autoescape=True),
        accounts.c.reading.icontains(wanted, autoescape=True),
        cast(accounts.c.person_id, Text) == wanted.lower(),
    )


def _found(row: "Row[*tuple[Any, ...]]") -> FoundPerson:
    return FoundPerson(
        person_id=row.person_id,
        email=row.email,
        display_name=row.display_name,
        reading=row.reading,
        roles=frozenset(row.roles),
        locale=row.locale,
        registered_at=row.registered_at,
        suspended_at=row.suspended_at,
        deleted_at=row.deleted_at,
    )


def _suspension(row: Row[Any]) -> Suspension:
    return Suspension(**row._asdict())
