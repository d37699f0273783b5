"""A session: what a sign-in opens, and refresh tokens keep going."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from shared.messages.accounts import FactorKind, SignInMethod

# A session ends when nobody has come back for so long, and at last after so long.
IDLE: Final = timedelta(days=30)
LONGEST: Final = timedelta(days=90)
# Two tabs may refresh at once, and an answer may be lost on its way: so long after its use a
# refresh token still gives a successor. Later it is in somebody else's hands too.
REUSE_ALLOWED: Final = timedelta(seconds=30)
# How fresh a proof of who one is has to be for what must not be done by who finds a device open.
PRESENCE: Final = timedelta(minutes=10)
DEVICE_CHARACTERS: Final = 200


class Ending(StrEnum):
    """Why a session was ended before its time."""

    SIGNED_OUT = "signed_out"
    ENDED_BY_OWNER = "ended_by_owner"
    TOKEN_REUSED = "token_reused"  # noqa: S105  (a reason's name)
    PASSWORD_CHANGED = "password_changed"  # noqa: S105  (a reason's name)
    SUSPENDED = "suspended"
    DELETED = "deleted"


@dataclass(frozen=True)
class Session:
    """Somebody's sign-in on one device."""

    session_id: UUID
    person_id: UUID
    device: str
    method: SignInMethod
    second_factor: FactorKind | None
    signed_in_at: datetime
    authenticated_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    ended_at: datetime | None = None
    ending: Ending | None = None

    def holds_at(self, now: datetime) -> bool:
        """Tell whether nobody has ended it, and its time is not over."""
        return self.ended_at is None and now < self.expires_at

    def is_fresh_at(self, now: datetime) -> bool:
        """Tell whether its owner proved who they are a moment ago."""
        return now - self.authenticated_at <= PRESENCE

    def seen(self, now: datetime) -> Self:
        """Return it after a visit, which puts off its end."""
        until = min(now + IDLE, self.signed_in_at + LONGEST)
        return replace(self, last_seen_at=now, expires_at=until)

    def proven(self, now: datetime) -> Self:
        """Return it after its owner proved once more who they are."""
        return replace(self, authenticated_at=now)

    def ended(self, why: Ending, now: datetime) -> Self:
        """Return it ended; itself if it has ended before."""
        return self if self.ended_at else replace(self, ended_at=now, ending=why)


@dataclass(frozen=True)
class RefreshToken:
    """What gives the next tokens of a session, once; kept as a hash."""

    token_hash: str
    session_id: UUID
    issued_at: datetime
    used_at: datetime | None = None

    def is_reused_at(self, now: datetime) -> bool:
        """Tell whether it was used too long ago to come again from the same hands."""
        return self.used_at is not None and now - self.used_at > REUSE_ALLOWED


@dataclass(frozen=True)
class AccessToken:
    """What a person is let in with, for a while."""

    token: str
    seconds: int


@dataclass(frozen=True)
class Visitor:
    """Where a request comes from: an address that tries are counted by, and a device."""

    address: str
    device: str


@dataclass(frozen=True)
class SignInBy:
    """How somebody signs in: by what, with which second factor if any, and where."""

    method: SignInMethod
    device: str
    second_factor: FactorKind | None = None


def device_of(said: str | None, user_agent: str | None) -> str:
    """Return what a device is called in the list of sessions: no version, so that it stays."""
    if said:
        return said[:DEVICE_CHARACTERS]
    agent = "".join(each for each in user_agent or "" if each.isprintable())
    browser = next((name for mark, name in _BROWSERS if mark in agent), "")
    system = next((name for mark, name in _SYSTEMS if mark in agent), "")
    if browser and system:
        return f"{browser}, {system}"
    return browser or system or agent.split("/")[0].strip()[:DEVICE_CHARACTERS]


# The first that fits: each browser also claims to be those below it.
_BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
