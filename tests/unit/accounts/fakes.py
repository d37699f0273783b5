from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from services.accounts.adapters.authenticators import WebAuthn
from services.accounts.adapters.one_time_codes import PyotpCodes
from services.accounts.domain.account import Account, Registration, email_key
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.deletion import Deletion
from services.accounts.domain.factors import Factors
from services.accounts.domain.secrets import Link, LinkFor
from services.accounts.domain.session import AccessToken, RefreshToken, Session
from services.accounts.domain.throttle import Throttle
from services.accounts.ports import Work
from shared.messages.base import Event
from shared.people import Right
from tests.support.fakes import SetClock
from tests.unit.accounts.fakes_companies import FakeCompanies, FakeInvitations
from tests.unit.accounts.fakes_suspensions import FakeSuspensions

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


@dataclass
class FakePeople:
    kept: dict[UUID, Account] = field(default_factory=dict)
    answers_forgotten: list[UUID] = field(default_factory=list)
    told_forgotten: list[UUID] = field(default_factory=list)

    def add(self, account: Account) -> bool:
        if self.by_email(account.email):
            return False
        self.kept[account.person_id] = account
        return True

    def by_id(self, person_id: UUID) -> Account | None:
        return self.kept.get(person_id)

    lock = by_id

    def by_email(self, email: str) -> Account | None:
        wanted = email_key(email)
        return next((known for known in self.kept.values() if known.email_key == wanted), None)

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        return {each: self.kept[each].display_name for each in person_ids}

    def keep(self, account: Account) -> bool:
        others = (known for known in self.kept.values() if known.person_id != account.person_id)
        if any(known.email_key == account.email_key for known in others):
            return False
        self.kept[account.person_id] = account
        return True

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        self.kept[person_id] = replace(self.kept[person_id], password_hash=password_hash)

    def forget_answers(self, person_id: UUID) -> None:
        self.answers_forgotten.append(person_id)

    def forget_told(self, account_ids: Collection[UUID]) -> None:
        self.told_forgotten.extend(account_ids)

    def sweep_answers(self, before: datetime) -> None:
        assert before


@dataclass
class FakeRegistrations:
    kept: dict[UUID, Registration] = field(default_factory=dict)

    def add(self, registration: Registration) -> None:
        self.kept[registration.person_id] = registration

    def find(self, person_id: UUID) -> Registration | None:
        return self.kept.get(person_id)

    def newest(self, email: str, since: datetime, limit: int) -> Sequence[Registration]:
        found = [
            each
            for each in self.kept.values()
            if email_key(each.email) == email_key(email) and each.registered_at > since
        ]
        return sorted(found, key=lambda each: each.registered_at, reverse=True)[:limit]

    def forget(self, email: str) -> None:
        self.kept = {
            person_id: each
            for person_id, each in self.kept.items()
            if email_key(each.email) != email_key(email)
        }

    def sweep(self, before: datetime) -> None:
        self.kept = {
            person_id: each for person_id, each in self.kept.items() if each.registered_at >= before
        }


@dataclass
class FakeLinks:
    kept: dict[str, Link] = field(default_factory=dict)

    def add(self, link: Link) -> None:
        self.kept[link.secret_hash] = link

    def lock(self, secret_hash: str, purpose: LinkFor) -> Link | None:
        found = self.kept.get(secret_hash)
        return found if found and found.purpose is purpose else None

    note_used = add

    def open_of(self, subject: UUID, purpose: LinkFor, now: datetime) -> Sequence[Link]:
        return [
            each
            for each in self.kept.values()
            if (each.subject, each.purpose) == (subject, purpose) and each.is_open_at(now)
        ]

    def drop(self, subject: UUID, purposes: Collection[LinkFor]) -> None:
        self.kept = {
            secret_hash: each
            for secret_hash, each in self.kept.items()
            if each.subject != subject or each.purpose not in purposes or each.used_at
        }

    def forget(self, subject: UUID) -> None:
        self.kept = {
            secret_hash: each for secret_hash, each in self.kept.items() if each.subject != subject
        }

    def sweep(self, before: datetime) -> None:
        self.kept = {
            secret_hash: each
            for secret_hash, each in self.kept.items()
            if each.expires_at >= before
        }


@dataclass
class FakeSessions:
    kept: dict[UUID, Session] = field(default_factory=dict)
    tokens: dict[str, RefreshToken] = field(default_factory=dict)

    def add(self, session: Session) -> None:
        self.kept[session.session_id] = session

    keep = add

    def find(self, session_id: UUID) -> Session | None:
        return self.kept.get(session_id)

    def by_token(self, token_hash: str) -> tuple[Session, RefreshToken] | None:
        token = self.tokens.get(token_hash)
        return (self.kept[token.session_id], token) if token else None

    def of_person(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        return [
            each
            for each in self.kept.values()
            if each.person_id == person_id and each.holds_at(now)
        ]

    def devices(self, person_id: UUID) -> frozenset[str]:
        return frozenset(each.device for each in self.kept.values() if each.person_id == person_id)

    def add_token(self, token: RefreshToken) -> None:
        self.tokens[token.token_hash] = token

    note_used = add_token

    def sweep(self, before: datetime) -> None:
        self.kept = {
            session_id: each for session_id, each in self.kept.items() if each.expires_at >= before
        }


@dataclass
class FakeChallenges:
    kept: dict[str, Challenge] = field(default_factory=dict)

    def add(self, challenge: Challenge) -> None:
        self.kept[challenge.challenge_hash] = challenge

    def lock(self, challenge_hash: str, purpose: ChallengeFor) -> Challenge | None:
        found = self.kept.get(challenge_hash)
        return found if found and found.purpose is purpose else None

    def remove(self, challenge_hash: str) -> None:
        self.kept.pop(challenge_hash, None)

    def sweep(self, before: datetime) -> None:
        self.kept = {
            challenge_hash: each
            for challenge_hash, each in self.kept.items()
            if each.expires_at >= before
        }


@dataclass
class FakeFactors:
    """Of the port only what signing in and leaving need."""

    kept: dict[UUID, Factors] = field(default_factory=dict)

    def of_person(self, person_id: UUID) -> Factors:
        return self.kept.get(person_id, Factors(None, (), 0))

    def forget(self, person_id: UUID) -> None:
        self.kept.pop(person_id, None)


@dataclass
class FakeIdentities:
    """Of the port only what leaving needs."""

    forgotten: list[UUID] = field(default_factory=list)

    def forget(self, person_id: UUID) -> None:
        self.forgotten.append(person_id)


@dataclass
class FakePersonalTokens:
    """Of the port only what leaving and a reset of the password need."""

    forgotten: list[UUID] = field(default_factory=list)
    revoked: list[UUID] = field(default_factory=list)

    def forget(self, person_id: UUID) -> None:
        self.forgotten.append(person_id)

    def revoke_all(self, person_id: UUID, _: datetime) -> int:
        self.revoked.append(person_id)
        return 0


@dataclass
class FakeThrottles:
    kept: dict[str, Throttle] = field(default_factory=dict)

    def lock(self, subject_hash: str, now: datetime) -> Throttle:
        return self.kept.get(subject_hash, Throttle(subject_hash, 0, now))

    def keep(self, throttle: Throttle) -> None:
        self.kept[throttle.subject_hash] = throttle

    def sweep(self, before: datetime) -> None:
        self.kept = {
            subject_hash: each for subject_hash, each in self.kept.items() if each.last_at >= before
        }


@dataclass
class FakeDeletions:
    kept: dict[UUID, Deletion] = field(default_factory=dict)

    def find(self, person_id: UUID) -> Deletion | None:
        return self.kept.get(person_id)

    lock = find

    def keep(self, deletion: Deletion) -> None:
        self.kept[deletion.person_id] = deletion

    def due(self, now: datetime, limit: int) -> Sequence[Deletion]:
        found = [each for each in self.kept.values() if each.is_due_at(now)]
        return found[:limit]


@dataclass
class FakePasswords:
    parameters: str = "v1"
    verified: list[str | None] = field(default_factory=list)

    def hash(self, password: str) -> str:
        return f"{self.parameters}:{password[::-1]}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash)
        return password_hash is not None and password_hash.endswith(f":{password[::-1]}")

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"{self.parameters}:")


@dataclass
class FakeBreached:
    known: set[str] = field(default_factory=set)

    def has(self, password: str) -> bool:
        return password in self.known


@dataclass
class FakeTokens:
    companies: Mapping[UUID, frozenset[Right]] = field(default_factory=dict)

    def issue(
        self,
        account: Account,
        companies: Mapping[UUID, frozenset[Right]],
        *,
        session: Session | None = None,
        scopes: frozenset[str] | None = None,
        lifetime: timedelta | None = None,
    ) -> AccessToken:
        assert session or (scopes and lifetime)
        self.companies = companies
        return AccessToken(f"token of {account.person_id}", 900)


@dataclass
class FakeOutbox:
    events: list[tuple[Event, str]] = field(default_factory=list)

    def emit(self, event: Event, *, subject: str | UUID) -> None:
        self.events.append((event, str(subject)))


@dataclass
class Fakes:
    people: FakePeople = field(default_factory=FakePeople)
    registrations: FakeRegistrations = field(default_factory=FakeRegistrations)
    links: FakeLinks = field(default_factory=FakeLinks)
    companies: FakeCompanies = field(default_factory=FakeCompanies)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    challenges: FakeChallenges = field(default_factory=FakeChallenges)
    factors: FakeFactors = field(default_factory=FakeFactors)
    identities: FakeIdentities = field(default_factory=FakeIdentities)
    personal_tokens: FakePersonalTokens = field(default_factory=FakePersonalTokens)
    throttles: FakeThrottles = field(default_factory=FakeThrottles)
    deletions: FakeDeletions = field(default_factory=FakeDeletions)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    passwords: FakePasswords = field(default_factory=FakePasswords)
    breached: FakeBreached = field(default_factory=FakeBreached)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)
    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    suspensions: FakeSuspensions = field(init=False)
    invitations: FakeInvitations = field(init=False)

    def __post_init__(self) -> None:
        self.invitations = FakeInvitations(self.companies.founded)
        self.suspensions = FakeSuspensions(self.people.kept)

    @property
    def work(self) -> Work:
        return Work(
            people=self.people,
            registrations=self.registrations,
            links=self.links,
            companies=self.companies,
            invitations=self.invitations,
            sessions=self.sessions,
            challenges=self.challenges,
            factors=self.factors,  # type: ignore[arg-type]  # not all of it
            codes=PyotpCodes(),
            authenticators=WebAuthn("https://tasuki.example"),
            identities=self.identities,  # type: ignore[arg-type]  # not all of it
            personal_tokens=self.personal_tokens,  # type: ignore[arg-type]  # not all of it
            throttles=self.throttles,
            deletions=self.deletions,
            suspensions=self.suspensions,
            passwords=self.passwords,
            breached=self.breached,
            tokens=self.tokens,
            outbox=self.outbox,
            clock=self.clock,
        )

    def told(self) -> list[Event]:
        """Return what the others were told since this was asked last."""
        events = [event for event, _ in self.outbox.events]
        self.outbox.events.clear()
        return events
