"""Steps, units and protection in PostgreSQL, and who fell silent."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    Connection,
    DateTime,
    Select,
    bindparam,
    exists,
    func,
    select,
)
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.participants import participant_of
from services.programs.adapters.tables import participants, programs
from services.programs.adapters.tables_path import (
    check_ins,
    protections,
    steps_reached,
    units_tried,
)
from services.programs.domain.participant import ORDER, Participant
from services.programs.domain.path import UnitTried
from shared.messages.program_path import HelpStatus
from shared.messages.program_people import Step, StepView

# When somebody is to be asked how it goes, unless they give a sign.
SILENT_FROM: Final = participants.c.last_sign_at + func.make_interval(
    0, 0, 0, programs.c.silence_days
)
_ASKED: Final = exists().where(
    check_ins.c.participant_id == participants.c.participant_id,
    check_ins.c.asked_at >= participants.c.last_sign_at,
)
OPEN_HELPS = (HelpStatus.ASKED, HelpStatus.ESCALATED)


@dataclass(frozen=True)
class SqlPath:
    """Implements the port Path."""

    connection: Connection

    def reach(self, participant_id: UUID, step: Step, at: datetime) -> bool:
        """Note that a step is reached; False when it was before."""
        row = {"participant_id": participant_id, "step": step, "reached_at": at}
        added = insert(steps_reached).values(row).on_conflict_do_nothing()
        return bool(self.connection.execute(added.returning(steps_reached.c.step)).first())

    def steps(self, participant_id: UUID) -> Sequence[StepView]:
        """Return the steps that somebody has come to, in the order of the path."""
        return steps_of([participant_id], self.connection)[participant_id]

    def protect(self, person_id: UUID, *, protected: bool) -> int | None:
        """Note whether a person is protected; return the number of the change, None if none."""
        first = {"person_id": person_id, "protected": False, "change": 0}
        self.connection.execute(insert(protections).values(first).on_conflict_do_nothing())
        changed = (
            protections.update()
            .where(protections.c.person_id == person_id, protections.c.protected != protected)
            .values(protected=protected, change=protections.c.change + 1)
            .returning(protections.c.change)
        )
        return self.connection.execute(changed).scalar()

    def units(self, participant_id: UUID) -> Mapping[int, UnitTried]:
        """Return the units that somebody has tried, by their numbers."""
        return units_of([participant_id], self.connection)[participant_id]

    def save_unit(self, tried: UnitTried) -> None:
        """Keep how somebody stands with a unit."""
        row = vars(tried)
        self.connection.execute(
            insert(units_tried)
            .values(row)
            .on_conflict_do_update(
                index_elements=["participant_id", "unit"],
                set_={key: row[key] for key in ("tries", "hours", "passed_at")},
            )
        )

    def supported_by(self, person_id: UUID) -> Sequence[Participant]:
        """Return whom a person stands by now."""
        query = select(participants).where(
            participants.c.supporter_id == person_id, participants.c.left_at.is_(None)
        )
        found = self.connection.execute(query.order_by(participants.c.participant_id))
        return [participant_of(row) for row in found]

    def claim_silent(self, now: datetime, but: Collection[UUID]) -> Participant | None:
        """Return somebody silent for their program's silence_days and not asked, locked.

        These are skipped, and those that others hold.
        """
        query = (
            silent(participants)
            .where(participants.c.participant_id.not_in(but))
            .order_by(participants.c.last_sign_at)
            .limit(1)
            .with_for_update(of=participants, skip_locked=True)
        )
        row = self.connection.execute(query, {"now": now}).one_or_none()
        return participant_of(row) if row else None


def silent(*what: Any) -> Select[Any]:
    """Return the query for this of those who are silent at `now` and weren't asked."""
    return (
        select(*what)
        .select_from(participants)
        .join(programs, programs.c.program_id == participants.c.program_id)
        .where(participants.c.left_at.is_(None))
        .where(bindparam("now", type_=DateTime(timezone=True)) >= SILENT_FROM)
        .where(~_ASKED)
    )


def steps_of(ids: Collection[UUID], connection: Connection) -> Mapping[UUID, list[StepView]]:
    """Return the steps that each of these participants has come to, in the order of the path."""
    found: defaultdict[UUID, list[StepView]] = defaultdict(list)
    query = select(steps_reached).where(steps_reached.c.participant_id.in_(ids))
    for row in connection.execute(query):
        view = StepView(step=Step(row.step), reached_at=row.reached_at)
        found[row.participant_id].append(view)
    for steps in found.values():
        steps.sort(key=lambda each: ORDER.index(each.step))
    return found


def units_of(ids: Collection[UUID], connection: Connection) -> Mapping[UUID, dict[int, UnitTried]]:
    """Return the units that each of these participants has tried, by their numbers."""
    found: defaultdict[UUID, dict[int, UnitTried]] = defaultdict(dict)
    query = select(units_tried).where(units_tried.c.participant_id.in_(ids))
    for row in connection.execute(query):
        found[row.participant_id][row.unit] = UnitTried(**row._asdict())
    return found
