"""One transaction's ports on real parts."""

from collections.abc import Callable

from sqlalchemy import Connection

from services.accounts.adapters.companies import SqlCompanies
from services.accounts.adapters.repositories import SqlPeople
from services.accounts.ports import Passwords, Tokens, Work
from shared.clock import Clock
from shared.messaging.outbox import Outbox


def work_with(passwords: Passwords, tokens: Tokens) -> Callable[[Connection, Clock], Work]:
    """Return what makes the Work of a transaction."""

    def make_work(connection: Connection, clock: Clock) -> Work:
        return Work(
            people=SqlPeople(connection),
            companies=SqlCompanies(connection),
            passwords=passwords,
            tokens=tokens,
            outbox=Outbox(connection, clock),
            clock=clock,
        )

    return make_work
