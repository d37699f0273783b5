"""One transaction's ports on real parts."""

from collections.abc import Callable

from sqlalchemy import Connection

from services.notify.adapters.companies import SqlCompanies
from services.notify.adapters.repositories import SqlNotifications, SqlPeople
from services.notify.ports import Letters, Mailer, Work
from shared.clock import Clock


def work_with(letters: Letters, mailer: Mailer) -> Callable[[Connection, Clock], Work]:
    """Return what makes the Work of a transaction."""

    def make_work(connection: Connection, clock: Clock) -> Work:
        return Work(
            people=SqlPeople(connection),
            companies=SqlCompanies(connection),
            notifications=SqlNotifications(connection, clock),
            letters=letters,
            mailer=mailer,
            clock=clock,
        )

    return make_work
