"""Who takes part, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables import participants
from services.programs.domain.participant import Participant, no_such_participant
from shared.errors import Rejected
from shared.messages.program_people import Step


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


def participant_of(row: Row[Any]) -> Participant:
    """Return a row as a participant."""
    values = row._asdict()
    return Participant(**values | {"step": Step(values["step"])})


def _one(row: Row[Any] | None) -> Participant:
    if row is None:
        raise no_such_participant()
    return participant_of(row)
