"""A person's account: who they are, what they may be, and how they prove it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.messages.accounts import Locale, Role


@dataclass(frozen=True)
class Account:
    """An account as it is kept. The password itself is never kept, only its Argon2id hash."""

    person_id: UUID
    email: str
    display_name: str
    roles: frozenset[Role]
    locale: Locale
    registered_at: datetime
    password_hash: str

    @property
    def email_key(self) -> str:
        """Return what makes the address unique."""
        return email_key(self.email)


def email_key(email: str) -> str:
    """Return the address as it is compared: A@Example.jp and a@example.jp are one mailbox.

    RFC 5321 lets a mail server tell them apart; none does, and people type either.
    """
    return email.casefold()
