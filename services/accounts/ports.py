"""What the use cases need of the outside, in the domain's own words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from services.accounts.domain.account import Account, Registration
from services.accounts.domain.challenge import Challenge, ChallengeFor
from services.accounts.domain.deletion import Deletion
from services.accounts.domain.secrets import Link, LinkFor
from services.accounts.domain.session import AccessToken, RefreshToken, Session
from services.accounts.domain.suspension import Suspension
from services.accounts.domain.throttle import Throttle
from services.accounts.ports_companies import Companies, Invitations
from services.accounts.ports_factors import (
    Authenticators,
    FactorStore,
    Identities,
    OneTimeCodes,
    PersonalTokens,
)
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.suspensions import FoundPerson
from shared.people import Right


class People(Protocol):
    """The accounts that there are."""

    def add(self, account: Account) -> bool:
        """Keep the account; False when its e-mail address has one already."""
        ...

    def by_id(self, person_id: UUID) -> Account | None:
        """Return the person's account."""
        ...

    def by_email(self, email: str) -> Account | None:
        """Return the account with this address, however it is capitalised."""
        ...

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those who have an account."""
        ...

    def lock(self, person_id: UUID) -> Account | None:
        """Return the person's account, and keep others from changing it."""
        ...

    def keep(self, account: Account) -> bool:
        """Keep what it is now; False when its new e-mail address has another account."""
        ...

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        """Replace the hash of the same password."""
        ...

    def forget_answers(self, person_id: UUID) -> None:
        """Forget what somebody was answered, which a repeated command would be answered with."""
        ...

    def forget_told(self, account_ids: Collection[UUID]) -> None:
        """Take names and addresses out of what was told of them."""
        ...

    def sweep_answers(self, before: datetime) -> None:
        """Forget what anybody was answered before."""
        ...


class Registrations(Protocol):
    """Those who want an account, and haven't shown yet that the address is theirs."""

    def add(self, registration: Registration) -> None:
        """Keep a new one, beside others of the same address."""
        ...

    def find(self, person_id: UUID) -> Registration | None:
        """Return the registration that an account would come of."""
        ...

    def newest(self, email: str, since: datetime, limit: int) -> Sequence[Registration]:
        """Return those of this address that are not older, newest first."""
        ...

    def forget(self, email: str) -> None:
        """Forget all of this address: it has an account now."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget those that are older."""
        ...


class Links(Protocol):
    """The links of letters, each under the hash of its secret."""

    def add(self, link: Link) -> None:
        """Keep a new one."""
        ...

    def lock(self, secret_hash: str, purpose: LinkFor) -> Link | None:
        """Return it, and keep others from following it meanwhile."""
        ...

    def note_used(self, link: Link) -> None:
        """Write down that it was followed."""
        ...

    def open_of(self, subject: UUID, purpose: LinkFor, now: datetime) -> Sequence[Link]:
        """Return those that can still be followed, newest first."""
        ...

    def drop(self, subject: UUID, purposes: Collection[LinkFor]) -> None:
        """Make those that nobody has followed worth nothing."""
        ...

    def forget(self, subject: UUID) -> None:
        """Forget all of somebody, followed or not."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        ...


class Sessions(Protocol):
    """Sign-ins that hold, or held a while ago."""

    def add(self, session: Session) -> None:
        """Keep a new one."""
        ...

    def find(self, session_id: UUID) -> Session | None:
        """Return the session."""
        ...

    def by_token(self, token_hash: str) -> tuple[Session, RefreshToken] | None:
        """Return the session of a refresh token, locked, and the token."""
        ...

    def keep(self, session: Session) -> None:
        """Keep what it is now."""
        ...

    def of_person(self, person_id: UUID, now: datetime) -> Sequence[Session]:
        """Return those that hold, locked, the one seen last first."""
        ...

    def devices(self, person_id: UUID) -> frozenset[str]:
        """Return where the person has signed in, as long as we know."""
        ...

    def add_token(self, token: RefreshToken) -> None:
        """Keep a new refresh token."""
        ...

    def note_used(self, token: RefreshToken) -> None:
        """Write down when a refresh token was used first."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget sessions that were over before, and their tokens."""
        ...


class Challenges(Protocol):
    """Sign-ins that are half done."""

    def add(self, challenge: Challenge) -> None:
        """Keep a new one."""
        ...

    def lock(self, challenge_hash: str, purpose: ChallengeFor) -> Challenge | None:
        """Return it, whether its time is over or not, and keep others from meeting it."""
        ...

    def remove(self, challenge_hash: str) -> None:
        """Take it away: it was met, or given up."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget those that expired before."""
        ...


class Throttles(Protocol):
    """How often something was tried lately, by account and by where it was tried from."""

    def lock(self, subject_hash: str, now: datetime) -> Throttle:
        """Return what is known of it, nothing at first, and keep others from counting."""
        ...

    def keep(self, throttle: Throttle) -> None:
        """Keep what it is now."""
        ...

    def sweep(self, before: datetime) -> None:
        """Forget what has not been tried since."""
        ...


class BreachedPasswords(Protocol):
    """Passwords that are in the lists of those who break in.

    On the network: asked outside of any transaction.
    """

    def has(self, password: str) -> bool:
        """Tell whether it is known; False when that can't be found out."""
        ...


class Deletions(Protocol):
    """Accounts whose owners want to leave for good."""

    def find(self, person_id: UUID) -> Deletion | None:
        """Return what was asked for last."""
        ...

    def lock(self, person_id: UUID) -> Deletion | None:
        """Return it, and keep others from changing it."""
        ...

    def keep(self, deletion: Deletion) -> None:
        """Keep what it is now."""
        ...

    def due(self, now: datetime, limit: int) -> Sequence[Deletion]:
        """Return some that are due, locked; none that somebody else has in hand."""
        ...


class Suspensions(Protocol):
    """Who is kept out, or was; and people as operators look for them."""

    def add(self, suspension: Suspension) -> None:
        """Keep a new one."""
        ...

    def keep(self, suspension: Suspension) -> None:
        """Keep what it is now."""
        ...

    def holding(self, person_id: UUID) -> Suspension | None:
        """Return the one that keeps somebody out."""
        ...

    def of_person(self, person_id: UUID) -> Sequence[Suspension]:
        """Return all that there were, newest first."""
        ...

    def find(self, wanted: str, *, after: UUID | None, limit: int) -> Sequence[FoundPerson]:
        """Return people by a part of name or address, or by id, newest first; all for nothing."""
        ...

    def person(self, person_id: UUID) -> FoundPerson | None:
        """Return somebody as operators find them."""
        ...

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of people and companies."""
        ...


class Passwords(Protocol):
    """Hashing that is slow on purpose; raises Transient when too many are waiting for it."""

    def hash(self, password: str) -> str:
        """Return a salted hash that names its own parameters."""
        ...

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; takes as long, and says False, without a hash."""
        ...

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with other parameters than today's."""
        ...


class Tokens(Protocol):
    """Signs access tokens."""

    def issue(
        self,
        account: Account,
        companies: Mapping[UUID, frozenset[Right]],
        *,
        session: Session | None = None,
        scopes: frozenset[str] | None = None,
        lifetime: timedelta | None = None,
    ) -> AccessToken:
        """Return a token that vouches for the person, the roles, and the rights in companies.

        It says of which session it is, and what it is for, where that is not everything.
        """
        ...


class Outbox(Protocol):
    """What the others are told, once this transaction is committed."""

    def emit(self, event: Event, *, subject: str | UUID) -> None:
        """Tell of an event about the subject."""
        ...


@dataclass(frozen=True)
class Rules:
    """What whoever runs this decides.

    Attributes:
        client_attempts: how often one address may fail, or ask for a letter, before it waits.
        deletion_grace: how long a deletion can be taken back.
        operators_need_second_factor: whether a password alone makes nobody an operator.
    """

    client_attempts: int = 30
    deletion_grace: timedelta = timedelta(days=7)
    operators_need_second_factor: bool = True


@dataclass(frozen=True)
class Work:
    """One transaction's worth of ports."""

    people: People
    registrations: Registrations
    links: Links
    companies: Companies
    invitations: Invitations
    sessions: Sessions
    challenges: Challenges
    factors: FactorStore
    codes: OneTimeCodes
    authenticators: Authenticators
    identities: Identities
    personal_tokens: PersonalTokens
    throttles: Throttles
    deletions: Deletions
    suspensions: Suspensions
    passwords: Passwords
    breached: BreachedPasswords
    tokens: Tokens
    outbox: Outbox
    clock: Clock
    rules: Rules = Rules()
