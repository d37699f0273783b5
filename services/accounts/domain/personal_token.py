"""Personal access tokens: what a program shows instead of its owner's signing in."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from shared.errors import Invalid
from shared.messages.personal_tokens import Scope

# How long the access token holds that it is exchanged for: so long may a service go on by a token
# that was revoked.
EXCHANGED_LASTS: Final = timedelta(minutes=1)
LONGEST: Final = timedelta(days=366)
MOST: Final = 20
HINT_CHARACTERS: Final = 8
USE_NOTED_EVERY: Final = timedelta(minutes=1)


@dataclass(frozen=True)
class PersonalToken:
    """A token of somebody's own making; the token itself is kept as a hash only."""

    token_id: UUID
    person_id: UUID
    name: str
    token_hash: str
    hint: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    def holds_at(self, now: datetime) -> bool:
        """Tell whether nobody has revoked it, and its time is not over."""
        return self.revoked_at is None and now < self.expires_at

    def used(self, now: datetime) -> Self:
        """Return it after a use; itself if one was noted a moment ago."""
        if self.last_used_at is not None and now - self.last_used_at < USE_NOTED_EVERY:
            return self
        return replace(self, last_used_at=now)

    def revoked(self, now: datetime) -> Self:
        """Return it revoked; itself if it was revoked before."""
        return self if self.revoked_at else replace(self, revoked_at=now)


def check_lifetime(expires_at: datetime, now: datetime) -> None:
    """Raise Invalid (`token_lifetime_invalid`) unless it ends within a year from now."""
    if expires_at.tzinfo is None or not now < expires_at <= now + LONGEST:
        raise Invalid(
            "token_lifetime_invalid",
            "Name a time to expire, with its offset, within a year from now.",
            latest=(now + LONGEST).isoformat(),
        )
