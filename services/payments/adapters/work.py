"""Brings the ports of payments and their PostgreSQL adapters together."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection

from services.payments.adapters.chargebacks import SqlChargebacks
from services.payments.adapters.charges import SqlCharges, SqlClients
from services.payments.adapters.checkouts import SqlCheckouts
from services.payments.adapters.escrows import SqlEscrows
from services.payments.adapters.ledger import SqlBooks
from services.payments.adapters.operations import SqlOperations, SqlProcessorEvents
from services.payments.adapters.payees import SqlPayees, SqlPeople
from services.payments.adapters.payouts import SqlPayouts
from services.payments.adapters.refunds import SqlRefunds
from services.payments.adapters.releases import SqlAssistants, SqlReleases
from services.payments.adapters.rules import SqlRules
from services.payments.adapters.wallets import SqlWallets
from services.payments.ports import Work
from shared.clock import Clock
from shared.db import Database
from shared.http.approvals import SqlApprovals
from shared.messaging.outbox import Outbox


def make_work(connection: Connection, clock: Clock) -> Work:
    """Return the Work of one transaction."""
    return Work(
        books=SqlBooks(connection),
        rules=SqlRules(connection),
        escrows=SqlEscrows(connection),
        releases=SqlReleases(connection),
        assistants=SqlAssistants(connection),
        checkouts=SqlCheckouts(connection),
        charges=SqlCharges(connection),
        clients=SqlClients(connection),
        refunds=SqlRefunds(connection),
        chargebacks=SqlChargebacks(connection),
        people=SqlPeople(connection),
        payees=SqlPayees(connection),
        payouts=SqlPayouts(connection),
        wallets=SqlWallets(connection),
        operations=SqlOperations(connection),
        processor_events=SqlProcessorEvents(connection),
        approvals=SqlApprovals(connection),
        outbox=Outbox(connection, clock),
        clock=clock,
    )


@dataclass(frozen=True)
class SqlTransactions:
    """Implements the port Transactions, for commands that run to an end."""

    database: Database
    clock: Clock

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Yield the Work of a new transaction; commit at the end, roll back on any exception."""
        with self.database.transaction() as connection:
            yield make_work(connection, self.clock)
