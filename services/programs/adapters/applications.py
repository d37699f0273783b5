"""Applications in PostgreSQL."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Row, func, select
from sqlalchemy.dialects.postgresql import insert

from services.programs.adapters.tables_people import applications
from services.programs.domain.application import STANDING, Application, no_such_application
from shared.errors import Rejected
from shared.messages.program_people import ApplicationStatus, DeclineCause

_WAITS = applications.c.status == ApplicationStatus.WAITING


@dataclass(frozen=True)
class SqlApplications:
    """Implements the port Applications."""

    connection: Connection

    def add(self, application: Application) -> None:
        """Keep a new one. Raises Rejected (`already_applied`) where one stands."""
        added = self.connection.execute(
            insert(applications)
            .values(vars(application))
            .on_conflict_do_nothing()
            .returning(applications.c.application_id)
        )
        if added.first() is None:
            raise Rejected("already_applied", "You have applied for this cohort already.")

    def get(self, application_id: UUID) -> Application:
        """Return it as it is; raise NotFound (`application_not_found`)."""
        query = select(applications).where(applications.c.application_id == application_id)
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise no_such_application()
        return _application(row)

    def save(self, application: Application) -> None:
        """Keep an application as it is now."""
        row = dict(vars(application))
        this = applications.c.application_id == row.pop("application_id")
        self.connection.execute(applications.update().where(this).values(row))

    def line(self, cohort_id: UUID) -> Sequence[Application]:
        """Return who waits for a place in a cohort, the first one first."""
        query = select(applications).where(applications.c.cohort_id == cohort_id, _WAITS)
        found = self.connection.execute(query.order_by(applications.c.place))
        return [_application(row) for row in found]

    def waiting(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return how many wait for a place in each cohort."""
        query = (
            select(applications.c.cohort_id, func.count())
            .where(applications.c.cohort_id.in_(cohort_ids), _WAITS)
            .group_by(applications.c.cohort_id)
        )
        return {row[0]: row[1] for row in self.connection.execute(query)}

    def standing(self, cohort_id: UUID) -> Sequence[Application]:
        """Return those of a cohort that nobody has decided on, or that wait."""
        return self._standing(applications.c.cohort_id == cohort_id)

    def standing_of(self, person_id: UUID) -> Sequence[Application]:
        """Return a person's own that nobody has decided on, or that wait."""
        return self._standing(applications.c.person_id == person_id)

    def accepted(self, cohort_id: UUID, person_id: UUID) -> Application | None:
        """Return the application by which somebody takes part."""
        query = select(applications).where(
            applications.c.cohort_id == cohort_id,
            applications.c.person_id == person_id,
            applications.c.status == ApplicationStatus.ACCEPTED,
        )
        row = self.connection.execute(query).one_or_none()
        return _application(row) if row else None

    def of_cohort(self, cohort_id: UUID, after: UUID | None, limit: int) -> Sequence[Application]:
        """Return applications for a cohort, in the order in which they were made."""
        query = select(applications).where(applications.c.cohort_id == cohort_id)
        if after is not None:
            query = query.where(applications.c.application_id > after)
        found = self.connection.execute(query.order_by(applications.c.application_id).limit(limit))
        return [_application(row) for row in found]

    def of_person(self, person_id: UUID) -> Sequence[Application]:
        """Return a person's own, the newest first."""
        query = select(applications).where(applications.c.person_id == person_id)
        found = self.connection.execute(query.order_by(applications.c.application_id.desc()))
        return [_application(row) for row in found]

    def _standing(self, whose: ColumnElement[bool]) -> Sequence[Application]:
        query = select(applications).where(whose, applications.c.status.in_(STANDING))
        found = self.connection.execute(query.order_by(applications.c.application_id))
        return [_application(row) for row in found]


def _application(row: Row[Any]) -> Application:
    values = row._asdict()
    cause = DeclineCause(values["cause"]) if values["cause"] else None
    return Application(**values | {"status": ApplicationStatus(values["status"]), "cause": cause})
