"""Brings the ports of contracts and their PostgreSQL adapters together."""

from sqlalchemy import Connection

from services.contracts.adapters.agreements import SqlContracts, SqlPeople, SqlPolicies
from services.contracts.adapters.amendments import SqlAmendments
from services.contracts.adapters.disputes import SqlDisputes
from services.contracts.adapters.drafts import SqlDrafts
from services.contracts.adapters.hand_overs import SqlDateMoves, SqlHandOvers
from services.contracts.adapters.milestones import (
    SqlDeadlines,
    SqlDeliveries,
    SqlFiles,
    SqlMilestones,
    SqlTimeline,
)
from services.contracts.adapters.retainers import SqlHours, SqlRetainers
from services.contracts.adapters.talk import SqlBlocks, SqlMessages, SqlReports, SqlRounds
from services.contracts.adapters.views import SqlViews
from services.contracts.ports import Work
from shared.clock import Clock
from shared.http.approvals import SqlApprovals
from shared.messaging.outbox import Outbox
from shared.protected_people import SqlProtectedPeople


def make_work(connection: Connection, clock: Clock) -> Work:
    """Return the Work of one transaction."""
    return Work(
        contracts=SqlContracts(connection),
        milestones=SqlMilestones(connection),
        amendments=SqlAmendments(connection),
        disputes=SqlDisputes(connection),
        deliveries=SqlDeliveries(connection),
        files=SqlFiles(connection),
        deadlines=SqlDeadlines(connection),
        timeline=SqlTimeline(connection),
        hand_overs=SqlHandOvers(connection),
        date_moves=SqlDateMoves(connection),
        retainers=SqlRetainers(connection),
        hours=SqlHours(connection),
        messages=SqlMessages(connection),
        rounds=SqlRounds(connection),
        blocks=SqlBlocks(connection),
        reports=SqlReports(connection),
        people=SqlPeople(connection),
        protected_people=SqlProtectedPeople(connection),
        drafts=SqlDrafts(connection),
        policies=SqlPolicies(connection),
        views=SqlViews(connection),
        approvals=SqlApprovals(connection),
        outbox=Outbox(connection, clock),
        clock=clock,
    )
