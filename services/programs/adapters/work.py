"""Brings the ports of programs and their PostgreSQL adapters together."""

from sqlalchemy import Connection

from services.programs.adapters.applications import SqlApplications
from services.programs.adapters.care import make_care
from services.programs.adapters.known_work import SqlKnownWork
from services.programs.adapters.outcomes import NotingOutbox, SqlOutcomes
from services.programs.adapters.participants import SqlParticipants
from services.programs.adapters.path import SqlPath
from services.programs.adapters.paths import SqlPaths
from services.programs.adapters.people import SqlPeople
from services.programs.adapters.programs import SqlPrograms
from services.programs.adapters.sponsors import SqlLocalClients, SqlSponsors
from services.programs.adapters.sponsorships import SqlSponsorships
from services.programs.adapters.supporters import SqlAttendance, SqlSupporters
from services.programs.ports import Work
from shared.clock import Clock
from shared.messaging.outbox import Outbox


def make_work(connection: Connection, clock: Clock) -> Work:
    """Return the Work of one transaction."""
    outcomes = SqlOutcomes(connection)
    return Work(
        people=SqlPeople(connection),
        programs=SqlPrograms(connection),
        participants=SqlParticipants(connection),
        path=SqlPath(connection),
        care=make_care(connection),
        known_work=SqlKnownWork(connection),
        sponsors=SqlSponsors(connection),
        local_clients=SqlLocalClients(connection),
        applications=SqlApplications(connection),
        supporters=SqlSupporters(connection),
        attendance=SqlAttendance(connection),
        paths=SqlPaths(connection),
        sponsorships=SqlSponsorships(connection),
        outcomes=outcomes,
        outbox=NotingOutbox(Outbox(connection, clock), outcomes),
        clock=clock,
    )
