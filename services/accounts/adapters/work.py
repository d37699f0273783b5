"""One transaction's ports on real parts."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from services.accounts.adapters.companies import SqlCompanies
from services.accounts.adapters.deletions import SqlDeletions
from services.accounts.adapters.factors import SqlFactors
from services.accounts.adapters.identities import SqlIdentities
from services.accounts.adapters.invitations import SqlInvitations
from services.accounts.adapters.personal_tokens import SqlPersonalTokens
from services.accounts.adapters.repositories import SqlLinks, SqlPeople, SqlRegistrations
from services.accounts.adapters.sessions import SqlChallenges, SqlSessions, SqlThrottles
from services.accounts.adapters.suspensions import SqlSuspensions
from services.accounts.ports import BreachedPasswords, Passwords, Rules, Tokens, Work
from services.accounts.ports_factors import Authenticators, OneTimeCodes
from shared.clock import Clock
from shared.messaging.outbox import Outbox
from shared.sealed import Seal


@dataclass(frozen=True)
class Parts:
    """What a process has one of."""

    passwords: Passwords
    breached: BreachedPasswords
    tokens: Tokens
    seal: Seal
    codes: OneTimeCodes
    authenticators: Authenticators
    rules: Rules


def work_with(parts: Parts) -> Callable[[Connection, Clock], Work]:
    """Return what makes the Work of a transaction."""

    def make_work(connection: Connection, clock: Clock) -> Work:
        return Work(
            people=SqlPeople(connection),
            registrations=SqlRegistrations(connection),
            links=SqlLinks(connection),
            companies=SqlCompanies(connection),
            invitations=SqlInvitations(connection),
            sessions=SqlSessions(connection),
            challenges=SqlChallenges(connection),
            factors=SqlFactors(connection, parts.seal),
            codes=parts.codes,
            authenticators=parts.authenticators,
            identities=SqlIdentities(connection),
            personal_tokens=SqlPersonalTokens(connection),
            throttles=SqlThrottles(connection),
            deletions=SqlDeletions(connection),
            suspensions=SqlSuspensions(connection),
            passwords=parts.passwords,
            breached=parts.breached,
            tokens=parts.tokens,
            outbox=Outbox(connection, clock),
            clock=clock,
            rules=parts.rules,
        )

    return make_work
