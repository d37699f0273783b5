"""Companies and who is in them, in PostgreSQL."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, Select, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import companies, company_limits, memberships
from services.accounts.domain.company import Company, CompanyLimits, Membership
from shared.db import valid_at
from shared.messages.companies import MembershipStatus
from shared.people import Right


@dataclass(frozen=True)
class SqlCompanies:
    """Implements the port Companies."""

    connection: Connection

    def add(self, company: Company) -> None:
        """Keep a new company."""
        self.connection.execute(companies.insert(), vars(company))

    def find(self, company_id: UUID) -> Company | None:
        """Return the company."""
        return self._company(select(companies).where(companies.c.company_id == company_id))

    def lock(self, company_id: UUID) -> Company | None:
        """Return the company, and keep others from changing who is in it."""
        wanted = select(companies).where(companies.c.company_id == company_id)
        return self._company(wanted.with_for_update())

    def rename(self, company: Company) -> None:
        """Keep its name, address and language as they are now."""
        row = vars(company)
        names = ("name", "email", "locale", "change")
        self.connection.execute(
            companies.update()
            .where(companies.c.company_id == company.company_id)
            .values({name: row[name] for name in names})
        )

    def memberships(self, company_id: UUID) -> Sequence[Membership]:
        """Return all who are or were in a company, in order of their ids."""
        query = (
            select(memberships)
            .where(memberships.c.company_id == company_id)
            .order_by(memberships.c.person_id)
        )
        return [_membership(row) for row in self.connection.execute(query)]

    def keep(self, membership: Membership) -> None:
        """Keep what it is now."""
        row = vars(membership) | {"rights": sorted(membership.rights)}
        keys = ("company_id", "person_id")
        self.connection.execute(
            insert(memberships)
            .values(row)
            .on_conflict_do_update(
                index_elements=keys, set_={name: row[name] for name in row.keys() - set(keys)}
            )
        )

    def of_person(self, person_id: UUID) -> Sequence[tuple[Company, Membership]]:
        """Return the companies that somebody is in, oldest first."""
        query = (
            select(memberships, *(each for each in companies.c if each.name != "company_id"))
            .join(companies, companies.c.company_id == memberships.c.company_id)
            .where(memberships.c.person_id == person_id)
            .where(memberships.c.status == MembershipStatus.MEMBER)
            .order_by(memberships.c.company_id)
        )
        return [(_company(row), _membership(row)) for row in self.connection.execute(query)]

    def rights_of(self, person_id: UUID) -> Mapping[UUID, frozenset[Right]]:
        """Return the companies that somebody is a member of, and their rights in each."""
        query = (
            select(memberships.c.company_id, memberships.c.rights)
            .where(memberships.c.person_id == person_id)
            .where(memberships.c.status == MembershipStatus.MEMBER)
        )
        found = self.connection.execute(query)
        return {row.company_id: frozenset(map(Right, row.rights)) for row in found}

    def limits(self, on: date) -> CompanyLimits:
        """Return what holds on that day."""
        return CompanyLimits(**valid_at(self.connection, company_limits, on))

    def _company(self, query: Select[Any]) -> Company | None:
        row = self.connection.execute(query).one_or_none()
        return _company(row) if row else None


def _company(row: Row[Any]) -> Company:
    return Company(
        company_id=row.company_id,
        name=row.name,
        email=row.email,
        locale=row.locale,
        founded_by=row.founded_by,
        founded_at=row.founded_at,
        change=row.change,
    )


def _membership(row: Row[Any]) -> Membership:
    return Membership(
        company_id=row.company_id,
        person_id=row.person_id,
        status=MembershipStatus(row.status),
        rights=frozenset(map(Right, row.rights)),
        administrator=row.administrator,
        change=row.change,
    )
