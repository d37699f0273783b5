"""Who stands by people, and who was at which session, in PostgreSQL."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from services.programs.adapters.tables_people import attendance, supporters
from services.programs.domain.supporter import Supporter, no_such_supporter


@dataclass(frozen=True)
class SqlSupporters:
    """Implements the port Supporters."""

    connection: Connection

    def find(self, program_id: UUID, person_id: UUID) -> Supporter | None:
        """Return a supporter of a program."""
        return self._one(_this(program_id, person_id))

    def lock(self, program_id: UUID, person_id: UUID) -> Supporter:
        """Return a supporter, and keep others from giving them people meanwhile.

        Raises NotFound (`supporter_not_found`).
        """
        supporter = self._one(_this(program_id, person_id).with_for_update())
        if supporter is None:
            raise no_such_supporter()
        return supporter

    def put(self, supporter: Supporter) -> None:
        """Keep a supporter, or another limit."""
        row = dict(vars(supporter))
        self.connection.execute(
            insert(supporters)
            .values(row)
            .on_conflict_do_update(index_elements=["program_id", "person_id"], set_=row)
        )

    def remove(self, supporter: Supporter) -> None:
        """Let somebody support no more."""
        self.connection.execute(
            supporters.delete().where(
                supporters.c.program_id == supporter.program_id,
                supporters.c.person_id == supporter.person_id,
            )
        )

    def of_program(self, program_id: UUID) -> Sequence[Supporter]:
        """Return a program's supporters, in the order of their ids."""
        query = select(supporters).where(supporters.c.program_id == program_id)
        found = self.connection.execute(query.order_by(supporters.c.person_id))
        return [Supporter(**row._asdict()) for row in found]

    def _one(self, query: Select[tuple[object, ...]]) -> Supporter | None:
        row = self.connection.execute(query).one_or_none()
        return Supporter(**row._asdict()) if row else None


@dataclass(frozen=True)
class SqlAttendance:
    """Implements the port Attendance."""

    connection: Connection

    def at(self, cohort_id: UUID, session: int) -> frozenset[UUID]:
        """Return the participants who were at a session."""
        query = select(attendance.c.participant_id).where(
            attendance.c.cohort_id == cohort_id, attendance.c.session == session
        )
        return frozenset(self.connection.execute(query).scalars())

    def record(self, cohort_id: UUID, session: int, participant_ids: Iterable[UUID]) -> None:
        """Keep who was at a session, in place of what was kept."""
        self.connection.execute(
            attendance.delete().where(
                attendance.c.cohort_id == cohort_id, attendance.c.session == session
            )
        )
        rows = [
            {"cohort_id": cohort_id, "session": session, "participant_id": each}
            for each in participant_ids
        ]
        if rows:
            self.connection.execute(attendance.insert(), rows)

    def of(self, participant_ids: Collection[UUID]) -> Mapping[UUID, tuple[int, ...]]:
        """Return the numbers of the sessions at which each of them was."""
        numbers = func.array_agg(aggregate_order_by(attendance.c.session, attendance.c.session))
        query = (
            select(attendance.c.participant_id, numbers)
            .where(attendance.c.participant_id.in_(participant_ids))
            .group_by(attendance.c.participant_id)
        )
        return {row[0]: tuple(row[1]) for row in self.connection.execute(query)}


def _this(program_id: UUID, person_id: UUID) -> Select[tuple[object, ...]]:
    return select(supporters).where(
        supporters.c.program_id == program_id, supporters.c.person_id == person_id
    )
