"""The port ProtectedPeople in PostgreSQL, and its table: both services that keep it have the same.

The numbered changes of a person tell which of two messages is the later one.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import Boolean, Column, Connection, Integer, MetaData, Table, Uuid, select
from sqlalchemy.dialects.postgresql import insert

CREATE: Final = """
CREATE TABLE protected_people (
    person_id uuid PRIMARY KEY,
    protected boolean NOT NULL,
    change integer NOT NULL
);
"""


def protected_people_table(metadata: MetaData) -> Table:
    """Return the table, as one of these."""
    return Table(
        "protected_people",
        metadata,
        Column("person_id", Uuid, primary_key=True),
        Column("protected", Boolean, nullable=False),
        Column("change", Integer, nullable=False),
    )


_PEOPLE: Final = protected_people_table(MetaData())


@dataclass(frozen=True)
class SqlProtectedPeople:
    """Implements the port ProtectedPeople."""

    connection: Connection

    def note(self, person_id: UUID, change: int, *, protected: bool) -> None:
        """Keep whether somebody is protected; what is older than what we know is left."""
        told = {"protected": protected, "change": change}
        self.connection.execute(
            insert(_PEOPLE)
            .values(person_id=person_id, **told)
            .on_conflict_do_update(
                index_elements=[_PEOPLE.c.person_id], set_=told, where=_PEOPLE.c.change < change
            )
        )

    def among(self, people: Collection[UUID]) -> frozenset[UUID]:
        """Return those of these people who are protected now."""
        query = select(_PEOPLE.c.person_id).where(
            _PEOPLE.c.protected, _PEOPLE.c.person_id.in_(people)
        )
        return frozenset(self.connection.execute(query).scalars())
