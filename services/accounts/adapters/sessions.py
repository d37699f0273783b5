"""Sessions, half-done sign-ins, and what was tried too often, in PostgreSQL."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.postgresql import insert

from services.accounts.adapters.tables import challenges, refresh_tokens, sessions, throttles
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.session import Ending, RefreshToken, Session
from services.accounts.domain.throttle import Throttle
from shared.messages.accounts import FactorKind, SignInMethod

# What becomes of a session: the rest of it stays as it began.
_CHANGING = (
    "second_factor",
    "authenticated_at",
    "last_seen_at",
    "expires_at",
    "ended_at",
    "ending",
)


@dataclass(frozen=True)
class SqlSessions:
    """Implements the port Sessions."""

    connection: Connection

    def add(self, session: Session) -> None:
        """Keep a new one."""
        self.connection.execute(sessions.insert(), vars(session))

    def find(self, session_id: UUID) -> Session | None:
        """Return the session."""
        query = select(sessions).where(sessions.c.session_id == session_id)
        row = self.connection.execute(query).one_or_none()
        return _session(row) if row else None

    def by_token(self, token_hash: str) -> tuple[Session, RefreshToken] | None:
        """Return the session of a refresh token, locked, and the token."""
        found = self.connection.execute(
            select(sessions)
            .join(refresh_tokens, refresh_tokens.c.session_id == sessions.c.session_id)
            .where(refresh_tokens.c.token_hash == token_hash)
            .with_for_update(of=sessions)
        ).one_or_none()
        if found is None:
            return None
        # Read once the session is ours: who held it before us may have used the token.
        token = self.connection.execute(
            select(refresh_tokens).where(refresh_tokens.c.token_hash == token_hash)
        ).one()
        return _session(found), RefreshToken(*token)

    def keep(self, session: Session) -> None:
        """Keep what it is now."""
        row = vars(session)
        self.connection.execute(
            sessions.update()
            .where(sessions.c.session_id == session.session_id)
            .values({name: row[name] for name in _CHANGING})
        )

    def of_person(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        """Return those that hold, locked, the one seen last first."""
        query = (
            select(sessions)
            .where(sessions.c.person_id == person_id)
            .where(sessions.c.ended_at.is_(None))
            .where(sessions.c.expires_at > now)
            .order_by(sessions.c.last_seen_at.desc(), sessions.c.session_id)
            .with_for_update()
        )
        return [_session(row) for row in self.connection.execute(query)]

    def devices(self, person_id: UUID) -> frozenset[str]:
        """Return where the person has signed in, as long as we know."""
        query = select(sessions.c.device).where(sessions.c.person_id == person_id).distinct()
        return frozenset(self.connection.execute(query).scalars())

    def add_token(self, token: RefreshToken) -> None:
        """Keep a new refresh token."""
        self.connection.execute(refresh_tokens.insert(), vars(token))

    def note_used(self, token: RefreshToken) -> None:
        """Write down when a refresh token was used first."""
        self.connection.execute(
            refresh_tokens.update()
            .where(refresh_tokens.c.token_hash == token.token_hash)
            .values(used_at=token.used_at)
        )

    def sweep(self, before: datetime) -> None:
        """Forget sessions that were over before, and their tokens."""
        self.connection.execute(sessions.delete().where(sessions.c.expires_at < before))


@dataclass(frozen=True)
class SqlChallenges:
    """Implements the port Challenges."""

    connection: Connection

    def add(self, challenge: Challenge) -> None:
        """Keep a new one."""
        row = vars(challenge) | {"facts": dict(challenge.facts)}
        self.connection.execute(challenges.insert(), row)

    def lock(self, challenge_hash: str, purpose: ChallengeFor) -> Challenge | None:
        """Return it, whether its time is over or not, and keep others from meeting it."""
        query = (
            select(challenges)
            .where(challenges.c.challenge_hash == challenge_hash)
            .where(challenges.c.purpose == purpose)
            .with_for_update()
        )
        row = self.connection.execute(query).one_or_none()
        return _challenge(row) if row else None

    def remove(self, challenge_hash: str) -> None:
        """Take it away: it was met, or given up."""
        self.connection.execute(
            challenges.delete().where(challenges.c.challenge_hash == challenge_hash)
        )

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        self.connection.execute(challenges.delete().where(challenges.c.expires_at < before))


@dataclass(frozen=True)
class SqlThrottles:
    """Implements the port Throttles."""

    connection: Connection

    def lock(self, subject_hash: str, now: datetime) -> Throttle:
        """Return what is known of it, nothing at first, and keep others from counting."""
        statement = insert(throttles).values(subject_hash=subject_hash, failures=0, last_at=now)
        found = self.connection.execute(
            # An update that changes nothing holds the row until the commit.
            statement.on_conflict_do_update(
                index_elements=[throttles.c.subject_hash],
                set_={"failures": throttles.c.failures},
            ).returning(throttles)
        ).one()
        return Throttle(*found)

    def keep(self, throttle: Throttle) -> None:
        """Keep what it is now."""
        self.connection.execute(
            throttles.update()
            .where(throttles.c.subject_hash == throttle.subject_hash)
            .values(failures=throttle.failures, last_at=throttle.last_at)
        )

    def sweep(self, before: datetime) -> None:
        """Forget what has not been tried since."""
        self.connection.execute(throttles.delete().where(throttles.c.last_at < before))


def _session(row: Row[Any]) -> Session:
    return Session(
        session_id=row.session_id,
        person_id=row.person_id,
        device=row.device,
        method=SignInMethod(row.method),
        second_factor=FactorKind(row.second_factor) if row.second_factor else None,
        signed_in_at=row.signed_in_at,
        authenticated_at=row.authenticated_at,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
        ended_at=row.ended_at,
        ending=Ending(row.ending) if row.ending else None,
    )


def _challenge(row: Row[Any]) -> Challenge:
    return Challenge(
        challenge_hash=row.challenge_hash,
        purpose=ChallengeFor(row.purpose),
        person_id=row.person_id,
        method=SignInMethod(row.method),
        device=row.device,
        expires_at=row.expires_at,
        facts=row.facts,
    )
