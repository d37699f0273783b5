"""Programs and their cohorts in PostgreSQL."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Connection, Row, or_, select

from services.programs.adapters.tables import cohorts, programs
from services.programs.domain.program import (
    Cohort,
    Program,
    no_such_cohort,
    no_such_program,
)
from shared.messages.programs import ProgramStatus

_PROGRAM = TypeAdapter(Program)
_COHORT = TypeAdapter(Cohort)
_AS_JSON = ("eligibility", "wallet", "units", "practice")


@dataclass(frozen=True)
class SqlPrograms:
    """Implements the port Programs."""

    connection: Connection

    def add(self, program: Program) -> None:
        """Keep a new program."""
        self.connection.execute(programs.insert().values(_program_row(program)))

    def get(self, program_id: UUID) -> Program:
        """Return the program; raise NotFound (`program_not_found`)."""
        return self._program(program_id)

    def lock(self, program_id: UUID) -> Program:
        """Return the program and keep others from changing it until the transaction ends."""
        return self._program(program_id, lock=True)

    def save(self, program: Program) -> None:
        """Keep a program as it is now."""
        row = _program_row(program)
        this = programs.c.program_id == row.pop("program_id")
        self.connection.execute(programs.update().where(this).values(row))

    def listed(
        self, accounts: Collection[UUID] | None, after: UUID | None, limit: int
    ) -> Sequence[Program]:
        """Return programs, newest first: the open ones, or all that these accounts run."""
        if accounts is None:
            query = select(programs).where(programs.c.status == ProgramStatus.OPEN)
        else:
            runs = or_(programs.c.sponsor_id.in_(accounts), programs.c.partner_id.in_(accounts))
            query = select(programs).where(runs)
        if after is not None:
            query = query.where(programs.c.program_id < after)
        found = self.connection.execute(query.order_by(programs.c.program_id.desc()).limit(limit))
        return [program_of(row) for row in found]

    def cohorts_of(self, program_id: UUID) -> Sequence[Cohort]:
        """Return a program's cohorts, in the order in which they were announced."""
        query = select(cohorts).where(cohorts.c.program_id == program_id)
        found = self.connection.execute(query.order_by(cohorts.c.cohort_id))
        return [cohort_of(row) for row in found]

    def add_cohort(self, cohort: Cohort) -> None:
        """Keep a new cohort."""
        self.connection.execute(cohorts.insert().values(_cohort_row(cohort)))

    def cohort(self, cohort_id: UUID) -> Cohort:
        """Return the cohort; raise NotFound (`cohort_not_found`)."""
        return self._cohort(cohort_id)

    def lock_cohort(self, cohort_id: UUID) -> Cohort:
        """Return the cohort and keep others from changing it until the transaction ends."""
        return self._cohort(cohort_id, lock=True)

    def save_cohort(self, cohort: Cohort) -> None:
        """Keep a cohort as it is now."""
        row = _cohort_row(cohort)
        this = cohorts.c.cohort_id == row.pop("cohort_id")
        self.connection.execute(cohorts.update().where(this).values(row))

    def _program(self, program_id: UUID, *, lock: bool = False) -> Program:
        query = select(programs).where(programs.c.program_id == program_id)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise no_such_program()
        return program_of(row)

    def _cohort(self, cohort_id: UUID, *, lock: bool = False) -> Cohort:
        query = select(cohorts).where(cohorts.c.cohort_id == cohort_id)
        row = self.connection.execute(query.with_for_update() if lock else query).one_or_none()
        if row is None:
            raise no_such_cohort()
        return cohort_of(row)


def program_of(row: Row[Any]) -> Program:
    """Return a row as a program."""
    return _PROGRAM.validate_python(row._asdict())


def cohort_of(row: Row[Any]) -> Cohort:
    """Return a row as a cohort."""
    return _COHORT.validate_python(row._asdict())


def _program_row(program: Program) -> dict[str, Any]:
    plain: dict[str, Any] = _PROGRAM.dump_python(program, mode="json", include=set(_AS_JSON))
    return vars(program) | plain


def _cohort_row(cohort: Cohort) -> dict[str, Any]:
    plain: dict[str, Any] = _COHORT.dump_python(cohort, mode="json", include={"sessions"})
    return vars(cohort) | plain
