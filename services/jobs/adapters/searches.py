"""Saved searches in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select

from services.jobs.adapters.tables_search import saved_searches, search_rules
from services.jobs.ports.search import Due, SearchRules
from shared.db import valid_at
from shared.messages.search import Every, SavedSearchView, SearchTerms


@dataclass(frozen=True)
class SqlSavedSearches:
    """Implements the port SavedSearches."""

    connection: Connection

    def add(self, person_id: UUID, search: SavedSearchView) -> None:
        """Keep a search: what is opened from now on is new to it."""
        row = search.model_dump() | {
            "person_id": person_id,
            "terms": search.terms.model_dump(mode="json"),
            "seen_until": search.saved_at,
            "next_at": search.saved_at,
        }
        self.connection.execute(saved_searches.insert().values(row))

    def count(self, person_id: UUID) -> int:
        """Return how many a person has."""
        query = select(func.count()).where(saved_searches.c.person_id == person_id)
        return int(self.connection.execute(query).scalar_one())

    def of(self, person_id: UUID) -> Sequence[SavedSearchView]:
        """Return a person's searches, the newest first."""
        query = select(saved_searches).where(saved_searches.c.person_id == person_id)
        found = self.connection.execute(query.order_by(saved_searches.c.search_id.desc()))
        return [_search(row) for row in found]

    def remove(self, person_id: UUID, search_id: UUID) -> bool:
        """Forget a search; False when it isn't there."""
        removed = saved_searches.delete().where(
            saved_searches.c.person_id == person_id, saved_searches.c.search_id == search_id
        )
        gone = self.connection.execute(removed.returning(saved_searches.c.search_id))
        return gone.first() is not None

    def claim_due(self, now: datetime) -> Due | None:
        """Return a search that is due, locked; leave out those that others hold."""
        query = (
            select(saved_searches)
            .where(saved_searches.c.next_at <= now)
            .order_by(saved_searches.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        row = self.connection.execute(query).one_or_none()
        return Due(row.person_id, _search(row), row.seen_until) if row else None

    def note_run(self, search_id: UUID, seen_until: datetime, next_at: datetime) -> None:
        """Keep what was looked at, and when to look again."""
        self.connection.execute(
            saved_searches.update()
            .where(saved_searches.c.search_id == search_id)
            .values(seen_until=seen_until, next_at=next_at)
        )

    def rules(self, day: date) -> SearchRules:
        """Return the rules of this day in Japan."""
        return SearchRules(**valid_at(self.connection, search_rules, day))


def _search(row: Row[Any]) -> SavedSearchView:
    return SavedSearchView(
        search_id=row.search_id,
        name=row.name,
        terms=SearchTerms.model_validate(row.terms),
        every=Every(row.every),
        saved_at=row.saved_at,
    )
