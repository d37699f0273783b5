"""What jobs keeps of people's accounts, and what stays when they leave."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, exists, or_, select, update

from services.jobs.adapters.tables import invitations, job_files, jobs, proposals, questions
from services.jobs.adapters.tables_profiles import (
    blocks,
    people,
    profiles,
    ratings,
    verified_people,
)
from services.jobs.adapters.tables_search import saved_searches
from shared.account_data import FOR_GOOD, FORMER
from shared.db import whole_rows
from shared.messages.jobs import JobStatus, ProposalStatus

_OPEN_JOBS = (JobStatus.OPEN, JobStatus.PAUSED)
_STANDING = (ProposalStatus.MADE, ProposalStatus.COUNTERED)


@dataclass(frozen=True)
class SqlAccountData:
    """Implements AccountData of the port People."""

    connection: Connection

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Keep the name, unless a later change is known; False while nobody is known."""
        del email  # nobody is written to from here
        self.connection.execute(
            update(people)
            .where(people.c.person_id == account_id)
            .where(people.c.change < change)
            .values(name=name, change=change)
        )
        known = select(people.c.person_id).where(people.c.person_id == account_id)
        return self.connection.execute(known).first() is not None

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Return what of theirs is open, as codes."""
        posted = jobs.c.client_id.in_(account_ids) & jobs.c.status.in_(_OPEN_JOBS)
        proposed = proposals.c.assistant_id.in_(account_ids) & proposals.c.status.in_(_STANDING)
        found = (
            self.connection.execute(
                select(
                    exists().where(posted).label("open_jobs"),
                    exists().where(proposed).label("open_proposals"),
                )
            )
            .mappings()
            .one()
        )
        return [code for code, is_open in found.items() if is_open]

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        mine = {
            "person": (people, people.c.person_id == person_id),
            "profile": (profiles, profiles.c.person_id == person_id),
            "jobs": (jobs, or_(jobs.c.client_id == person_id, jobs.c.posted_by == person_id)),
            "files": (job_files, job_files.c.uploaded_by == person_id),
            "questions": (questions, questions.c.asked_by == person_id),
            "proposals": (proposals, proposals.c.assistant_id == person_id),
            "invitations": (invitations, invitations.c.assistant_id == person_id),
            "saved_searches": (saved_searches, saved_searches.c.person_id == person_id),
            "blocks": (blocks, blocks.c.blocked_by == person_id),
            "ratings": (ratings, ratings.c.assistant_id == person_id),
        }
        return {
            name: whole_rows(self.connection, table, condition, but=("search", "shortlisted"))
            for name, (table, condition) in mine.items()
        }

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Take out name, profile, searches, and what was written in proposals that came to nothing.

        Jobs that were posted and what was agreed stay: the other side has a part in them.
        """
        left = update(people).where(people.c.person_id.in_(account_ids))
        self.connection.execute(left.values(name=FORMER, change=FOR_GOOD))
        for table, column in (
            (profiles, profiles.c.person_id),
            (saved_searches, saved_searches.c.person_id),
            (invitations, invitations.c.assistant_id),
            (verified_people, verified_people.c.person_id),
            (blocks, blocks.c.blocked_by),
        ):
            self.connection.execute(table.delete().where(column.in_(account_ids)))
        self.connection.execute(
            update(proposals)
            .where(proposals.c.assistant_id.in_(account_ids))
            .where(proposals.c.status != ProposalStatus.ACCEPTED)
            .values(cover="")
        )
