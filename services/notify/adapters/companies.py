"""Who is in which company, in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.notify.adapters.tables import memberships
from services.notify.domain.companies import Membership
from shared.people import Right


@dataclass(frozen=True)
class SqlCompanies:
    """Implements the port Companies."""

    connection: Connection

    def follow(self, changed: Sequence[Membership]) -> None:
        """Keep what is newer than what we know."""
        # One statement can't touch a row twice, and sorted locks can't form a ring.
        newest = {}
        for each in sorted(changed, key=lambda each: each.change):
            newest[each.company_id, each.person_id] = vars(each) | {"rights": sorted(each.rights)}
        new = insert(memberships).values([newest[key] for key in sorted(newest)])
        columns = ("member", "rights", "change")
        self.connection.execute(
            new.on_conflict_do_update(
                index_elements=["company_id", "person_id"],
                set_={column: new.excluded[column] for column in columns},
                where=memberships.c.change < new.excluded.change,
            )
        )

    def members(self, company_ids: Collection[UUID]) -> Sequence[Membership]:
        """Return all that we know of who is or was in these companies."""
        query = (
            select(memberships)
            .where(memberships.c.company_id.in_(company_ids))
            .order_by(memberships.c.company_id, memberships.c.person_id)
        )
        return [
            Membership(
                row.company_id,
                row.person_id,
                row.member,
                frozenset(map(Right, row.rights)),
                row.change,
            )
            for row in self.connection.execute(query)
        ]
