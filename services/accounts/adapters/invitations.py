"""Invitations to companies, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import companies, company_invitations
from services.accounts.domain.account import email_key
from services.accounts.domain.invitation import Invitation
from shared.people import Right


@dataclass(frozen=True)
class SqlInvitations:
    """Implements the port Invitations."""

    connection: Connection

    def of_company(self, company_id: UUID, now: datetime) -> Sequence[Invitation]:
        """Return those that hold, oldest first."""
        query = (
            select(company_invitations)
            .where(company_invitations.c.company_id == company_id)
            .where(company_invitations.c.expires_at > now)
            .order_by(company_invitations.c.invitation_id)
        )
        return [_invitation(row) for row in self.connection.execute(query)]

    def to_address(self, email: str, now: datetime) -> Sequence[tuple[str, Invitation]]:
        """Return those that hold, each with its company's name, the oldest company's first."""
        query = (
            select(company_invitations, companies.c.name)
            .join(companies, companies.c.company_id == company_invitations.c.company_id)
            .where(company_invitations.c.email_key == email_key(email))
            .where(company_invitations.c.expires_at > now)
            .order_by(company_invitations.c.company_id)
        )
        return [(row.name, _invitation(row)) for row in self.connection.execute(query)]

    def keep(self, invitation: Invitation) -> None:
        """Keep what it is now; in place of another of this company to this address."""
        row = vars(invitation) | {
            "email_key": invitation.email_key,
            "rights": sorted(invitation.rights),
        }
        keys = ("company_id", "email_key")
        self.connection.execute(
            insert(company_invitations)
            .values(row)
            .on_conflict_do_update(
                index_elements=keys, set_={name: row[name] for name in row.keys() - set(keys)}
            )
        )

    def take_away(self, invitation: Invitation) -> None:
        """Take it away: it was accepted, declined, or taken back."""
        self.connection.execute(
            company_invitations.delete().where(
                company_invitations.c.invitation_id == invitation.invitation_id
            )
        )

    def forget_address(self, email: str) -> None:
        """Forget all to this address: whose it was has left for good."""
        self.connection.execute(
            company_invitations.delete().where(company_invitations.c.email_key == email_key(email))
        )

    def forget_company(self, company_id: UUID) -> None:
        """Forget all of this company: nobody is in it any more."""
        self.connection.execute(
            company_invitations.delete().where(company_invitations.c.company_id == company_id)
        )

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        self.connection.execute(
            company_invitations.delete().where(company_invitations.c.expires_at < before)
        )


def _invitation(row: Row[Any]) -> Invitation:
    return Invitation(
        invitation_id=row.invitation_id,
        company_id=row.company_id,
        email=row.email,
        rights=frozenset(map(Right, row.rights)),
        administrator=row.administrator,
        invited_by=row.invited_by,
        expires_at=row.expires_at,
    )
