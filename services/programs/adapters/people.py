"""People and companies, as accounts told of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.leaving import SqlAccountData
from services.programs.adapters.tables import people


@dataclass(frozen=True)
class SqlPeople(SqlAccountData):
    """Implements the port People."""

    def remember(
        self,
        account_id: UUID,
        name: str,
        email: str,
        *,
        assistant: bool = False,
        company: bool = False,
    ) -> None:
        """Keep an account's name and address."""
        row = {
            "account_id": account_id,
            "name": name,
            "email": email,
            "assistant": assistant,
            "company": company,
            "change": 0,
        }
        self.connection.execute(insert(people).values(row).on_conflict_do_nothing())

    def name(self, account_id: UUID) -> str:
        """Return an account's name; empty while it isn't known."""
        query = select(people.c.name).where(people.c.account_id == account_id)
        return self.connection.execute(query).scalar() or ""

    def find(self, email: str) -> UUID | None:
        """Return the person with this address, if there is one."""
        query = select(people.c.account_id).where(
            func.lower(people.c.email) == email.lower(), ~people.c.company
        )
        return self.connection.execute(query.limit(1)).scalar()

    def is_company(self, account_id: UUID) -> bool:
        """Tell whether this is a company that we have heard of."""
        query = select(people.c.company).where(people.c.account_id == account_id)
        return bool(self.connection.execute(query).scalar())

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those that are known."""
        query = select(people.c.account_id, people.c.name).where(
            people.c.account_id.in_(account_ids)
        )
        return {row.account_id: row.name for row in self.connection.execute(query)}
