"""What programs keeps of people's accounts, and what stays when they leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Select, select, update

from services.programs.adapters.leaving_path import forget_path, mine_of
from services.programs.adapters.tables import participants, people
from services.programs.adapters.tables_outcomes import outcome_facts
from services.programs.adapters.tables_people import (
    applications,
    ratings,
    supporters,
)
from services.programs.adapters.tables_sponsorships import sponsorships
from shared.account_data import FOR_GOOD, FORMER
from shared.db import whole_rows
from shared.messaging import archive_tables


@dataclass(frozen=True)
class SqlAccountData:
    """Implements AccountData of the port People."""

    connection: Connection

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Keep name and address, unless a later change is known; False while nobody is known."""
        self.connection.execute(
            update(people)
            .where(people.c.account_id == account_id)
            .where(people.c.change < change)
            .values(name=name, email=email, change=change)
        )
        known = select(people.c.account_id).where(people.c.account_id == account_id)
        return self.connection.execute(known).first() is not None

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Return nothing: nobody is kept from leaving by a program."""
        del account_ids
        return ()

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        mine = {
            "person": (people, people.c.account_id == person_id),
            "participations": (participants, participants.c.person_id == person_id),
            **mine_of(person_id),
            "applications": (applications, applications.c.person_id == person_id),
            "ratings": (ratings, ratings.c.participant_id.in_(_parts_of([person_id]))),
            "outcome_facts": (outcome_facts, outcome_facts.c.person_id == person_id),
            "supports": (supporters, supporters.c.person_id == person_id),
            "sponsorships": (sponsorships, sponsorships.c.person_id == person_id),
        }
        return {
            name: whole_rows(self.connection, table, condition)
            for name, (table, condition) in mine.items()
        }

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Take out names and words. That somebody took part stays, without saying who.

        They go out of what was told of them, too, which is kept for ever.
        """
        left = update(people).where(people.c.account_id.in_(account_ids))
        self.connection.execute(left.values(name=FORMER, email="", change=FOR_GOOD))
        forget_path(self.connection, account_ids)
        applied = update(applications).where(applications.c.person_id.in_(account_ids))
        self.connection.execute(applied.values(motivation=""))
        rated = update(ratings).where(ratings.c.participant_id.in_(_parts_of(account_ids)))
        self.connection.execute(rated.values(comment=None))
        self._support_nobody(account_ids)
        archive_tables.forget(self.connection, account_ids)

    def _support_nobody(self, account_ids: Collection[UUID]) -> None:
        """Leave people without a supporter, rather than with one who is gone."""
        alone = update(participants).where(participants.c.supporter_id.in_(account_ids))
        self.connection.execute(alone.values(supporter_id=None))
        self.connection.execute(supporters.delete().where(supporters.c.person_id.in_(account_ids)))


def _parts_of(account_ids: Collection[UUID]) -> Select[tuple[UUID]]:
    """Return the ids under which people take part, or did."""
    return select(participants.c.participant_id).where(participants.c.person_id.in_(account_ids))
