"""What the use cases need of the outside, in the domain's own words."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.accounts.domain.account import Account
from shared.clock import Clock
from shared.messages.accounts import TokenView
from shared.messages.base import Event


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

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        """Replace the hash of the same password."""
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

    def issue(self, account: Account) -> TokenView:
        """Return a token that vouches for the person and the roles."""
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
    passwords: Passwords
    tokens: Tokens
    outbox: Outbox
    clock: Clock
