"""Who people are elsewhere, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables_factors import identities
from services.accounts.domain.identity import Identity


@dataclass(frozen=True)
class SqlIdentities:
    """Implements the port Identities."""

    connection: Connection

    def find(self, provider: str, subject: str) -> Identity | None:
        """Return the identity, locked."""
        query = identities.select().where(_key(provider, subject)).with_for_update()
        row = self.connection.execute(query).one_or_none()
        return _identity(row) if row else None

    def of_person(self, person_id: UUID) -> Sequence[Identity]:
        """Return those of somebody, by the provider's name."""
        query = (
            identities.select()
            .where(identities.c.person_id == person_id)
            .order_by(identities.c.provider)
        )
        return [_identity(row) for row in self.connection.execute(query)]

    def add(self, identity: Identity) -> bool:
        """Keep a new one; False when it is somebody's, or they have another one there."""
        unless_taken = (
            insert(identities)
            .values(vars(identity))
            .on_conflict_do_nothing()
            .returning(identities.c.subject)
        )
        return self.connection.execute(unless_taken).first() is not None

    def note_used(self, identity: Identity) -> None:
        """Write down when it was used last."""
        self.connection.execute(
            identities.update()
            .where(_key(identity.provider, identity.subject))
            .values(last_used_at=identity.last_used_at)
        )

    def remove(self, identity: Identity) -> None:
        """Forget it."""
        self.connection.execute(
            identities.delete().where(_key(identity.provider, identity.subject))
        )

    def forget(self, person_id: UUID) -> None:
        """Forget all of somebody."""
        self.connection.execute(identities.delete().where(identities.c.person_id == person_id))


def _key(provider: str, subject: str) -> ColumnElement[bool]:
    return (identities.c.provider == provider) & (identities.c.subject == subject)


def _identity(row: Row[Any]) -> Identity:
    return Identity(**dict(row._mapping))  # noqa: SLF001  (its documented interface)
