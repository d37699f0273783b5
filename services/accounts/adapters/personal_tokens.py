"""Personal access tokens in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row

from services.accounts.adapters.tables_factors import personal_tokens
from services.accounts.domain.personal_token import PersonalToken
from shared.messages.personal_tokens import Scope


@dataclass(frozen=True)
class SqlPersonalTokens:
    """Implements the port PersonalTokens."""

    connection: Connection

    def add(self, token: PersonalToken) -> None:
        """Keep a new one."""
        row = vars(token) | {"scopes": sorted(token.scopes)}
        self.connection.execute(personal_tokens.insert(), row)

    def of_person(self, person_id: UUID, now: datetime) -> Sequence[PersonalToken]:
        """Return those of somebody that hold, newest first."""
        query = (
            personal_tokens.select()
            .where(_holding(person_id, now))
            .order_by(personal_tokens.c.token_id.desc())
        )
        return [_token(row) for row in self.connection.execute(query)]

    def find(self, token_id: UUID) -> PersonalToken | None:
        """Return one, whether it holds or not."""
        return self._one(personal_tokens.c.token_id == token_id)

    def by_hash(self, token_hash: str) -> PersonalToken | None:
        """Return the one with this hash, whether it holds or not."""
        return self._one(personal_tokens.c.token_hash == token_hash)

    def keep(self, token: PersonalToken) -> None:
        """Keep its last use, and whether it is revoked."""
        self.connection.execute(
            personal_tokens.update()
            .where(personal_tokens.c.token_id == token.token_id)
            .values(last_used_at=token.last_used_at, revoked_at=token.revoked_at)
        )

    def revoke_all(self, person_id: UUID, now: datetime) -> int:
        """Revoke all of somebody; return how many held."""
        revoked = (
            personal_tokens.update()
            .where(_holding(person_id, now))
            .values(revoked_at=now)
            .returning(personal_tokens.c.token_id)
        )
        return len(self.connection.execute(revoked).all())

    def forget(self, person_id: UUID) -> None:
        """Forget all of somebody."""
        self.connection.execute(
            personal_tokens.delete().where(personal_tokens.c.person_id == person_id)
        )

    def _one(self, condition: ColumnElement[bool]) -> PersonalToken | None:
        # Locked: a use that is noted must not bring a token back that is revoked just now.
        query = personal_tokens.select().where(condition).with_for_update()
        row = self.connection.execute(query).one_or_none()
        return _token(row) if row else None


def _holding(person_id: UUID, now: datetime) -> ColumnElement[bool]:
    return (
        (personal_tokens.c.person_id == person_id)
        & personal_tokens.c.revoked_at.is_(None)
        & (personal_tokens.c.expires_at > now)
    )


def _token(row: Row[Any]) -> PersonalToken:
    return PersonalToken(**dict(row._mapping) | {"scopes": frozenset(map(Scope, row.scopes))})  # noqa: SLF001  (its documented interface)
