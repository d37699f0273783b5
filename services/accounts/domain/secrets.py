"""Secrets that are handed out once and kept as a hash: links of letters, refresh tokens.

They are random and long, so that a plain SHA-256 keeps them: there is nothing to guess.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

BYTES: Final = 32
CONFIRMATION_LASTS: Final = timedelta(hours=24)
RESET_LASTS: Final = timedelta(hours=1)
REFRESH_PREFIX: Final = "tkr_"
CHALLENGE_LASTS: Final = timedelta(minutes=10)


def new_secret(prefix: str = "") -> str:
    """Return a secret that nobody can guess."""
    return prefix + secrets.token_urlsafe(BYTES)


def hash_of(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


class LinkFor(StrEnum):
    """What the link of a letter is good for."""

    REGISTRATION = "registration"
    EMAIL_CHANGE = "email_change"
    PASSWORD_RESET = "password_reset"  # noqa: S105  (a purpose's name)


@dataclass(frozen=True)
class Link:
    """A link in a letter: once, until it expires. `subject` is a registration, or a person.

    `email` is the address that it was sent to.
    """

    secret_hash: str
    purpose: LinkFor
    subject: UUID
    email: str
    expires_at: datetime
    used_at: datetime | None = None

    def is_open_at(self, now: datetime) -> bool:
        """Tell whether it can still be followed."""
        return self.used_at is None and now < self.expires_at

    def used(self, now: datetime) -> Self:
        """Return it as it is once it was followed."""
        return replace(self, used_at=now)
