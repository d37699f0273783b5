"""People, what they are told, and the mail that tells them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.messages.accounts import Locale

FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=6)
# RFC 5321, section 4.5.4.1: give up after four to five days.
LAST_ATTEMPT = 30


@dataclass(frozen=True)
class Addressee:
    """A person, or a company, as somebody to be told: a copy of what accounts said."""

    person_id: UUID
    email: str
    display_name: str
    locale: Locale
    is_company: bool = False


@dataclass(frozen=True)
class Letter:
    """What somebody is told: a subject of one line, and a text."""

    subject: str
    body: str


@dataclass(frozen=True)
class Notification:
    """A letter to a person; `what` is the name of the event that it tells of."""

    notification_id: UUID
    person_id: UUID
    what: str
    letter: Letter
    told_at: datetime


@dataclass(frozen=True)
class Mail:
    """A notification on its way by e-mail, at its n-th attempt."""

    notification_id: UUID
    addressee: Addressee
    letter: Letter
    told_at: datetime
    attempt: int


def next_attempt_at(attempt: int, now: datetime) -> datetime | None:
    """Return when to try again after this attempt failed, or None when it was the last.

    10 s, 20 s, 40 s and so on up to 6 hours: about five days in all.
    """
    if attempt >= LAST_ATTEMPT:
        return None
    return now + min(FIRST_DELAY * (1 << attempt - 1), LONGEST_DELAY)
