"""What contracts keeps of people's accounts, and what stays when they leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, or_, select, update

from services.contracts.adapters.tables import (
    contracts,
    deliveries,
    delivery_comments,
    disputes,
    files,
    milestones,
    people,
    terms,
)
from services.contracts.adapters.tables_retainers import hour_entries
from services.contracts.adapters.tables_talk import (
    blocks,
    messages,
    rating_rounds,
    ratings,
    reports,
)
from shared.account_data import FOR_GOOD, FORMER
from shared.db import whole_rows

# What somebody was given is theirs to read once both have rated.
_REVEALED = select(rating_rounds.c.contract_id).where(rating_rounds.c.revealed_at.is_not(None))


@dataclass(frozen=True)
class SqlAccountData:
    """Implements AccountData of the port People."""

    connection: Connection

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Keep the name, unless a later change is known; False while nobody is known.

        Terms that were agreed go on naming who agreed to them.
        """
        del email  # nobody is written to from here
        self.connection.execute(
            update(people)
            .where(people.c.person_id == account_id)
            .where(people.c.change < change)
            .values(display_name=name, change=change)
        )
        known = select(people.c.person_id).where(people.c.person_id == account_id)
        return self.connection.execute(known).first() is not None

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Return what of theirs is open, as codes."""
        open_one = (
            select(contracts.c.contract_id)
            .where(_party(account_ids))
            .where(contracts.c.completed_at.is_(None))
            .limit(1)
        )
        return ["open_contracts"] if self.connection.execute(open_one).first() else []

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        mine = select(contracts.c.contract_id).where(_party([person_id]))
        pieces = select(milestones.c.milestone_id).where(milestones.c.contract_id.in_(mine))
        found = {
            "person": (people, people.c.person_id == person_id),
            "contracts": (contracts, _party([person_id])),
            "terms": (terms, terms.c.contract_id.in_(mine)),
            "milestones": (milestones, milestones.c.contract_id.in_(mine)),
            "deliveries": (deliveries, deliveries.c.milestone_id.in_(pieces)),
            "comments": (delivery_comments, delivery_comments.c.by == person_id),
            "hours": (hour_entries, hour_entries.c.milestone_id.in_(pieces)),
            "disputes": (disputes, disputes.c.milestone_id.in_(pieces)),
            "files": (files, files.c.uploaded_by == person_id),
            "messages": (messages, messages.c.by == person_id),
            "ratings": (
                ratings,
                or_(
                    ratings.c.by_id == person_id,
                    (ratings.c.of_id == person_id) & ratings.c.contract_id.in_(_REVEALED),
                ),
            ),
            "blocks": (blocks, blocks.c.blocked_by == person_id),
            "reports": (reports, reports.c.made_by == person_id),
        }
        return {
            name: whole_rows(self.connection, table, condition)
            for name, (table, condition) in found.items()
        }

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Take out the name; what was agreed, delivered and said stays for the other side."""
        left = update(people).where(people.c.person_id.in_(account_ids))
        self.connection.execute(left.values(display_name=FORMER, change=FOR_GOOD))
        self.connection.execute(blocks.delete().where(blocks.c.blocked_by.in_(account_ids)))


def _party(account_ids: Collection[UUID]) -> ColumnElement[bool]:
    return or_(contracts.c.client_id.in_(account_ids), contracts.c.assistant_id.in_(account_ids))
