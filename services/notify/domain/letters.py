"""People, what they are told, and the mail that tells them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shared.messages.accounts import Locale
from shared.messages.notify import Kind

FIRST_DELAY = timedelta(seconds=10)
LONGEST_DELAY = timedelta(hours=6)
# RFC 5321, section 4.5.4.1: give up after four to five days.
LAST_ATTEMPT = 30
# LINE knows a retry key for a day: after that the same push might arrive twice.
LAST_PUSH_AFTER = timedelta(hours=23)


@dataclass(frozen=True)
class Addressee:
    """A person, or a company, as somebody to be told: a copy of what accounts said.

    `change` is which of accounts' changes it is a copy of. Who is `gone` has left for good: there
    is nobody to be told any more.
    """

    person_id: UUID
    email: str
    display_name: str
    locale: Locale
    is_company: bool = False
    change: int = 0
    gone: bool = False


@dataclass(frozen=True)
class Letter:
    """What somebody is told: a subject of one line, and a whole letter as its body.

    `text` is what the body says without greeting and signature, `link` the page that it leads to:
    an address, or none.
    """

    subject: str
    body: str
    text: str = ""
    link: str = ""


@dataclass(frozen=True)
class Mail:
    """A letter on its way by e-mail, at its n-th attempt.

    `kinds` are what its reader can turn off by one click: none when it can't be turned off. The
    text of a mail with a secret is forgotten even when it could not be sent. `traceparent` is the
    trace in which it was wanted.
    """

    mail_id: UUID
    addressee: Addressee
    letter: Letter
    told_at: datetime
    attempt: int = 0
    kinds: tuple[Kind, ...] = ()
    secret: bool = False
    send_at: datetime | None = None
    expires_at: datetime | None = None
    traceparent: str | None = None


@dataclass(frozen=True)
class Push:
    """A notice on its way to LINE, at its n-th attempt. Its id is LINE's retry key."""

    push_id: UUID
    notification_id: UUID
    person_id: UUID
    send_at: datetime


@dataclass(frozen=True)
class ClaimedPush:
    """A push in hand: to whom on LINE, and what it says."""

    push_id: UUID
    line_user_id: str
    letter: Letter
    told_at: datetime
    attempt: int


@dataclass(frozen=True)
class Notification:
    """What a person was told; `what` is the name of the event that it tells of.

    One for an event, a person and a template: `event_id` is the id under which it was told to us.
    `gathered`: its mail waits for the digest.
    """

    notification_id: UUID
    person_id: UUID
    what: str
    letter: Letter
    told_at: datetime
    template: str = ""
    kind: Kind = Kind.WORK
    link: str = ""
    event_id: UUID | None = None
    company_id: UUID | None = None
    gathered: bool = False


def next_attempt_at(attempt: int, now: datetime) -> datetime | None:
    """Return when to try again after this attempt failed, or None when it was the last.

    10 s, 20 s, 40 s and so on up to 6 hours: about five days in all.
    """
    if attempt >= LAST_ATTEMPT:
        return None
    return now + min(FIRST_DELAY * (1 << attempt - 1), LONGEST_DELAY)
