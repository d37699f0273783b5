"""Sponsors, and clients known to be local, in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables_people import local_clients, sponsors
from services.programs.domain.sponsor import Sponsor, no_such_sponsor
from shared.messages.programs import SponsorStatus


@dataclass(frozen=True)
class SqlSponsors:
    """Implements the port Sponsors."""

    connection: Connection

    def find(self, account_id: UUID) -> Sponsor | None:
        """Return what an account said that it is; None where it said nothing."""
        query = select(sponsors).where(sponsors.c.account_id == account_id)
        row = self.connection.execute(query).one_or_none()
        return _sponsor(row) if row else None

    def lock(self, account_id: UUID) -> Sponsor:
        """Return it, and keep others from changing it. Raises NotFound (`sponsor_not_found`)."""
        query = select(sponsors).where(sponsors.c.account_id == account_id)
        row = self.connection.execute(query.with_for_update()).one_or_none()
        if row is None:
            raise no_such_sponsor()
        return _sponsor(row)

    def put(self, sponsor: Sponsor) -> None:
        """Keep a sponsor as it is now, or a new one."""
        row = dict(vars(sponsor))
        adding = insert(sponsors).values(row)
        self.connection.execute(
            adding.on_conflict_do_update(index_elements=["account_id"], set_=row)
        )

    def listed(
        self,
        accounts: Collection[UUID] | None,
        status: SponsorStatus | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Sponsor]:
        """Return sponsors, newest account first: all of them, or of these accounts."""
        query = select(sponsors)
        if accounts is not None:
            query = query.where(sponsors.c.account_id.in_(accounts))
        if status is not None:
            query = query.where(sponsors.c.status == status)
        if after is not None:
            query = query.where(sponsors.c.account_id < after)
        query = query.order_by(sponsors.c.account_id.desc()).limit(limit)
        return [_sponsor(row) for row in self.connection.execute(query)]


@dataclass(frozen=True)
class SqlLocalClients:
    """Implements the port LocalClients."""

    connection: Connection

    def of(self, program_id: UUID) -> Sequence[UUID]:
        """Return their accounts, in the order of their ids."""
        query = select(local_clients.c.account_id).where(local_clients.c.program_id == program_id)
        return list(self.connection.execute(query.order_by(local_clients.c.account_id)).scalars())

    def add(self, program_id: UUID, account_id: UUID) -> None:
        """Count jobs of this account as local."""
        row = {"program_id": program_id, "account_id": account_id}
        self.connection.execute(insert(local_clients).values(row).on_conflict_do_nothing())

    def remove(self, program_id: UUID, account_id: UUID) -> None:
        """Count them as local no more."""
        self.connection.execute(
            local_clients.delete().where(
                local_clients.c.program_id == program_id,
                local_clients.c.account_id == account_id,
            )
        )


def _sponsor(row: Row[Any]) -> Sponsor:
    values = row._asdict()
    return Sponsor(**values | {"status": SponsorStatus(values["status"])})
