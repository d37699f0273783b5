"""Who issues documents, and how people are named on them, by day."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, select
from sqlalchemy.dialects.postgresql import insert

from services.payments.adapters.documents.tables import issuers, registrations
from services.payments.adapters.tables import people
from services.payments.domain.documents import Issuer, Party
from services.payments.ports_documents import DatedIssuer, Registration


@dataclass
class SqlIssuers:
    """Implements the port Issuers; a transaction asks for each name and day once."""

    connection: Connection
    _issuers: dict[date, DatedIssuer] = field(default_factory=dict)
    _parties: dict[tuple[UUID, date], Party] = field(default_factory=dict)

    def issuer(self, on: date) -> DatedIssuer:
        """Return who runs the market on that day."""
        if on not in self._issuers:
            query = (
                select(issuers)
                .where(issuers.c.valid_from <= on)
                .order_by(issuers.c.valid_from.desc())
                .limit(1)
            )
            row = self.connection.execute(query).one_or_none()
            if row is None:
                raise LookupError(f"issuers says nothing about {on}")
            issuer = Issuer(row.name, row.address, row.registration_number, market=row.market)
            self._issuers[on] = DatedIssuer(row.valid_from, issuer)
        return self._issuers[on]

    def set_issuer(self, dated: DatedIssuer) -> None:
        """Keep who runs the market from a day on."""
        values = {
            "market": dated.issuer.market,
            "name": dated.issuer.name,
            "address": dated.issuer.address,
            "registration_number": dated.issuer.registration_number,
        }
        self.connection.execute(
            insert(issuers)
            .values(valid_from=dated.valid_from, **values)
            .on_conflict_do_update(index_elements=["valid_from"], set_=values)
        )
        self._issuers.clear()

    def party(self, person_id: UUID, on: date) -> Party:
        """Return a person as documents of that day name them.

        Somebody whom accounts hasn't told of yet goes by the id.
        """
        key = (person_id, on)
        if key not in self._parties:
            query = select(people.c.display_name).where(people.c.person_id == person_id)
            name = self.connection.scalar(query) or str(person_id)
            registered = self.registration(person_id, on)
            if registered and registered.number:
                name = registered.name or name
            number = registered.number if registered else None
            self._parties[key] = Party(name, registration_number=number, person_id=person_id)
        return self._parties[key]

    def registration(self, person_id: UUID, on: date) -> Registration | None:
        """Return what an assistant last said, if it holds on that day."""
        query = (
            select(registrations)
            .where(registrations.c.person_id == person_id)
            .where(registrations.c.valid_from <= on)
            .order_by(registrations.c.valid_from.desc())
            .limit(1)
        )
        row = self.connection.execute(query).one_or_none()
        return Registration(row.person_id, row.valid_from, row.number, row.name) if row else None

    def set_registration(self, registration: Registration) -> None:
        """Keep an assistant's registration from a day on."""
        values = {"number": registration.number, "name": registration.name}
        self.connection.execute(
            insert(registrations)
            .values(person_id=registration.person_id, valid_from=registration.valid_from, **values)
            .on_conflict_do_update(index_elements=["person_id", "valid_from"], set_=values)
        )
        self._parties.clear()
