"""How far many people have come, read at once for the views of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.programs.adapters.path import OPEN_HELPS, steps_of, units_of
from services.programs.adapters.tables_path import helps
from services.programs.domain.participant import Participant
from services.programs.ports.people import Standing


@dataclass(frozen=True)
class SqlPaths:
    """Implements the port Paths."""

    connection: Connection

    def standings(self, participants: Sequence[Participant]) -> Mapping[UUID, Standing]:
        """Return how far each of them has come, with three queries for all."""
        ids = [each.participant_id for each in participants]
        steps, units = steps_of(ids, self.connection), units_of(ids, self.connection)
        helps_of = self._open_helps(ids)
        return {
            each: Standing(tuple(steps[each]), units[each], helps_of.get(each, 0)) for each in ids
        }

    def _open_helps(self, ids: Collection[UUID]) -> Mapping[UUID, int]:
        query = (
            select(helps.c.participant_id, func.count())
            .where(helps.c.participant_id.in_(ids), helps.c.status.in_(OPEN_HELPS))
            .group_by(helps.c.participant_id)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}
