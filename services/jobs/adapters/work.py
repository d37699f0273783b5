"""Brings the ports of jobs and their PostgreSQL adapters together."""

from sqlalchemy import Connection

from services.jobs.adapters.asking import SqlFiles, SqlInvitations, SqlQuestions
from services.jobs.adapters.jobs import SqlJobs, SqlRules
from services.jobs.adapters.profiles import (
    SqlBlocks,
    SqlCommitments,
    SqlFacts,
    SqlMatchRules,
    SqlOpenJobs,
    SqlPeople,
    SqlProfiles,
)
from services.jobs.adapters.proposals import SqlProposals
from services.jobs.adapters.search import SqlIndex
from services.jobs.adapters.searches import SqlSavedSearches
from services.jobs.ports import Work
from shared.clock import Clock
from shared.messaging.outbox import Outbox
from shared.protected_people import SqlProtectedPeople


def make_work(connection: Connection, clock: Clock) -> Work:
    """Return the Work of one transaction."""
    return Work(
        jobs=SqlJobs(connection),
        files=SqlFiles(connection),
        questions=SqlQuestions(connection),
        invitations=SqlInvitations(connection),
        proposals=SqlProposals(connection),
        rules=SqlRules(connection),
        people=SqlPeople(connection),
        profiles=SqlProfiles(connection),
        commitments=SqlCommitments(connection),
        facts=SqlFacts(connection),
        blocks=SqlBlocks(connection),
        open_jobs=SqlOpenJobs(connection),
        match_rules=SqlMatchRules(connection),
        index=SqlIndex(connection),
        saved_searches=SqlSavedSearches(connection),
        protected_people=SqlProtectedPeople(connection),
        outbox=Outbox(connection, clock),
        clock=clock,
    )
