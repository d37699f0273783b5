"""Who takes part, in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables import participants
from services.programs.adapters.tables_people import ratings
from services.programs.domain.participant import Participant, no_such_participant
from shared.errors import Rejected
from shared.messages.program_people import Step

_TAKES_PART = participants.c.left_at.is_(None)


@dataclass(frozen=True)
class SqlParticipants:
    """Implements the port Participants."""

    connection: Connection

    def add(self, participant: Participant) -> None:
        """Keep somebody who takes part from now on. Raises Rejected (`already_takes_part`)."""
        added = self.connection.execute(
            insert(participants)
            .values(vars(participant))
            .on_conflict_do_nothing()
            .returning(participants.c.participant_id)
        )
        if added.first() is None:
            raise Rejected(
                "already_takes_part",
                "This person takes part in a program already. Leaving it comes first.",
            )

    def get(self, participant_id: UUID) -> Participant:
        """Return the participant; raise NotFound (`participant_not_found`)."""
        query = select(participants).where(participants.c.participant_id == participant_id)
        return _one(self.connection.execute(query).one_or_none())

    def lock(self, participant_id: UUID) -> Participant:
        """Return the participant and keep others from changing them meanwhile."""
        query = select(participants).where(participants.c.participant_id == participant_id)
        return _one(self.connection.execute(query.with_for_update()).one_or_none())

    def lock_current(self, person_id: UUID) -> Participant | None:
        """Return as whom a person takes part now, locked; None when they don't."""
        query = select(participants).where(
            participants.c.person_id == person_id, participants.c.left_at.is_(None)
        )
        row = self.connection.execute(query.with_for_update()).one_or_none()
        return participant_of(row) if row else None

    def save(self, participant: Participant) -> None:
        """Keep a participant as they are now."""
        row = dict(vars(participant))
        this = participants.c.participant_id == row.pop("participant_id")
        self.connection.execute(participants.update().where(this).values(row))

    def of_cohort(self, cohort_id: UUID) -> Sequence[Participant]:
        """Return who takes part in a cohort, or did, in the order in which they joined."""
        query = select(participants).where(participants.c.cohort_id == cohort_id)
        found = self.connection.execute(query.order_by(participants.c.participant_id))
        return [participant_of(row) for row in found]

    def current(self, person_id: UUID) -> Participant | None:
        """Return as whom a person takes part now; None when they don't."""
        query = select(participants).where(participants.c.person_id == person_id, _TAKES_PART)
        row = self.connection.execute(query).one_or_none()
        return participant_of(row) if row else None

    def taken(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return how many places of each cohort are taken."""
        query = (
            select(participants.c.cohort_id, func.count())
            .where(participants.c.cohort_id.in_(cohort_ids), _TAKES_PART)
            .group_by(participants.c.cohort_id)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def supported(self, program_id: UUID) -> Mapping[UUID, int]:
        """Return how many people each supporter of a program stands by now."""
        query = (
            select(participants.c.supporter_id, func.count())
            .where(participants.c.program_id == program_id, _TAKES_PART)
            .where(participants.c.supporter_id.is_not(None))
            .group_by(participants.c.supporter_id)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def supports(self, person_id: UUID, program_id: UUID) -> bool:
        """Tell whether somebody stands by anybody of a program now."""
        query = select(participants.c.participant_id).where(
            participants.c.supporter_id == person_id,
            participants.c.program_id == program_id,
            _TAKES_PART,
        )
        return self.connection.execute(query.limit(1)).first() is not None

    def rate(self, participant_id: UUID, stars: int, comment: str | None, at: datetime) -> None:
        """Keep how content somebody is, in place of what they said before."""
        row = {
            "participant_id": participant_id,
            "stars": stars,
            "comment": comment,
            "rated_at": at,
        }
        self.connection.execute(
            insert(ratings)
            .values(row)
            .on_conflict_do_update(index_elements=["participant_id"], set_=row)
        )


def participant_of(row: Row[Any]) -> Participant:
    """Return a row as a participant."""
    values = row._asdict()
    return Participant(**values | {"step": Step(values["step"])})


def _one(row: Row[Any] | None) -> Participant:
    if row is None:
        raise no_such_participant()
    return participant_of(row)
