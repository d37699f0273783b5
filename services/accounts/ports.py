"""What the use cases need of the outside, in the domain's own words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.company import Company, CompanyLimits, Membership
from shared.clock import Clock
from shared.messages.accounts import TokenView
from shared.messages.base import Event
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

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        """Replace the hash of the same password."""
        ...


class Companies(Protocol):
    """Companies, and who is in them. Whoever changes that holds the lock of the company."""

    def add(self, company: Company) -> None:
        """Keep a new company."""
        ...

    def find(self, company_id: UUID) -> Company | None:
        """Return the company."""
        ...

    def lock(self, company_id: UUID) -> Company | None:
        """Return the company, and keep others from changing who is in it."""
        ...

    def memberships(self, company_id: UUID) -> Sequence[Membership]:
        """Return all who are or were in a company, or invited to it, in order of their ids."""
        ...

    def keep(self, membership: Membership) -> None:
        """Keep what it is now."""
        ...

    def of_person(self, person_id: UUID) -> Sequence[tuple[Company, Membership]]:
        """Return the companies that somebody is in or invited to, oldest first."""
        ...

    def rights_of(self, person_id: UUID) -> Mapping[UUID, frozenset[Right]]:
        """Return the companies that somebody is a member of, and their rights in each."""
        ...

    def limits(self, on: date) -> CompanyLimits:
        """Return what holds on that day."""
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

    def issue(self, account: Account, companies: Mapping[UUID, frozenset[Right]]) -> TokenView:
        """Return a token that vouches for the person, the roles, and the rights in companies."""
        ...


class Outbox(Protocol):
    """What the others are told, once this transaction is committed."""

    def emit(self, event: Event, *, subject: str | UUID) -> None:
        """Tell of an event about the subject."""
        ...


@dataclass(frozen=True)
class Work:
    """One transaction's worth of ports."""

    people: People
    companies: Companies
    passwords: Passwords
    tokens: Tokens
    outbox: Outbox
    clock: Clock
