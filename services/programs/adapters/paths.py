"""How far many people have come, read at once for the views of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, func, select

from services.programs.adapters.path import OPEN_HELPS
from services.programs.adapters.tables_path import helps, steps_reached, units_tried
from services.programs.domain.participant import ORDER, Participant
from services.programs.domain.path import UnitTried
from services.programs.ports.people import Standing
from shared.messages.program_people import Step, StepView


@dataclass(frozen=True)
class SqlPaths:
    """Implements the port Paths."""

    connection: Connection

    def standings(self, participants: Sequence[Participant]) -> Mapping[UUID, Standing]:
        """Return how far each of them has come, with three queries for all."""
        ids = [each.participant_id for each in participants]
        steps, units, helps_of = self._steps(ids), self._units(ids), self._open_helps(ids)
        return {
            each: Standing(tuple(steps[each]), units[each], helps_of.get(each, 0)) for each in ids
        }

    def _steps(self, ids: Collection[UUID]) -> Mapping[UUID, list[StepView]]:
        found: defaultdict[UUID, list[StepView]] = defaultdict(list)
        query = select(steps_reached).where(steps_reached.c.participant_id.in_(ids))
        for row in self.connection.execute(query):
            view = StepView(step=Step(row.step), reached_at=row.reached_at)
            found[row.participant_id].append(view)
        for steps in found.values():
            steps.sort(key=lambda each: ORDER.index(each.step))
        return found

    def _units(self, ids: Collection[UUID]) -> Mapping[UUID, dict[int, UnitTried]]:
        found: defaultdict[UUID, dict[int, UnitTried]] = defaultdict(dict)
        query = select(units_tried).where(units_tried.c.participant_id.in_(ids))
        for row in self.connection.execute(query):
            found[row.participant_id][row.unit] = UnitTried(**row._asdict())
        return found

    def _open_helps(self, ids: Collection[UUID]) -> Mapping[UUID, int]:
        query = (
            select(helps.c.participant_id, func.count())
            .where(helps.c.participant_id.in_(ids), helps.c.status.in_(OPEN_HELPS))
            .group_by(helps.c.participant_id)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}
