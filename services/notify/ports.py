"""What the use cases need of the outside, in the domain's own words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from services.notify.domain.companies import Membership
from services.notify.domain.letters import (
    Addressee,
    ClaimedPush,
    Letter,
    Mail,
    Notification,
    Push,
)
from services.notify.domain.preferences import Preferences
from services.notify.ports_webhooks import WebhookWork
from shared.clock import Clock
from shared.messages.accounts import Locale
from shared.messages.base import Event
from shared.messages.notify import Kind, NotificationView


class People(Protocol):
    """The people that we have heard of, and the companies."""

    def remember(self, people: Collection[Addressee]) -> None:
        """Keep them, in place of what we knew of them before unless that is newer."""
        ...

    def find(self, person_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
        """Return those of them that we know."""
        ...

    def forget(self, person_id: UUID) -> None:
        """Delete all that we keep of somebody; that they are gone is remembered."""
        ...

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Return all that is kept of somebody, by what it is."""
        ...


class Companies(Protocol):
    """Who is in which company."""

    def follow(self, changed: Sequence[Membership]) -> None:
        """Keep what is newer than what we know."""
        ...

    def members(self, company_ids: Collection[UUID]) -> Sequence[Membership]:
        """Return all that we know of who is or was in these companies."""
        ...


class Gathered(NamedTuple):
    """A notice that waits for a digest: a path among the pages, and what it says."""

    notification_id: UUID
    subject: str
    link: str
    kind: Kind


class Notifications(Protocol):
    """What people were told: the inbox."""

    def add(self, notifications: Sequence[Notification]) -> set[UUID]:
        """Keep them, but none again of the same event, person and template; return the new ones."""
        ...

    def newest(
        self, person_id: UUID, after: UUID | None, limit: int, *, unread: bool = False
    ) -> list[NotificationView]:
        """Return what the person was told, newest first, from before the one with id `after`."""
        ...

    def since(self, person_id: UUID, last: UUID | None, limit: int) -> list[NotificationView]:
        """Return what the person was told after that one, oldest first; None: only the newest."""
        ...

    def find(self, person_id: UUID, notification_id: UUID) -> NotificationView | None:
        """Return one that this person was told."""
        ...

    def unread(self, person_id: UUID) -> int:
        """Return how much the person has not read."""
        ...

    def mark_read(self, person_id: UUID, notification_id: UUID) -> None:
        """Write down that the person has read this one."""
        ...

    def mark_all_read(self, person_id: UUID, up_to: UUID | None) -> None:
        """Write down that the person has read all, up to and with that one."""
        ...

    def take_gathered(self, person_id: UUID, mail_id: UUID | None = None) -> list[Gathered]:
        """Return what waits for the person's digest, oldest first; it goes by this mail."""
        ...


class Mails(Protocol):
    """The mail that is to be sent."""

    def add(self, mails: Sequence[Mail]) -> None:
        """Keep them, each until it is due."""
        ...

    def claim(self, until: datetime, limit: int) -> list[Mail]:
        """Take some mail that is due; nobody else gets it before `until`. Oldest first."""
        ...

    def note_sent(self, mail: Mail) -> None:
        """Write down that the mail server has taken it, and forget its text."""
        ...

    def note_failed(self, mail: Mail, error: str, again_at: datetime | None) -> None:
        """Write down why it was not sent, and when it is tried again; None: never."""
        ...

    def sent_to(self, mail_id: UUID) -> tuple[str, UUID | None] | None:
        """Return where a mail went and whose it was, if there is such a mail."""
        ...

    def forget(self, before: datetime) -> int:
        """Delete the mails that were done with before then; return how many."""
        ...


class Pushes(Protocol):
    """What is to be pushed to LINE."""

    def add(self, pushes: Sequence[Push]) -> None:
        """Keep them, each until it is due."""
        ...

    def claim(self, until: datetime, limit: int) -> list[ClaimedPush]:
        """Take some that are due; nobody else gets them before `until`. Oldest first."""
        ...

    def note_sent(self, push_id: UUID) -> None:
        """Write down that LINE has taken it."""
        ...

    def note_failed(self, push_id: UUID, error: str, again_at: datetime | None) -> None:
        """Write down why it was not pushed, and when it is tried again; None: never."""
        ...


class Choices(Protocol):
    """How people want to be told."""

    def of(self, person_ids: Collection[UUID]) -> Mapping[UUID, Preferences]:
        """Return what those of them have chosen who have chosen anything."""
        ...

    def lock(self, person_id: UUID) -> Preferences:
        """Return what somebody has chosen, and keep others from changing it meanwhile."""
        ...

    def save(self, preferences: Preferences) -> None:
        """Keep what somebody has chosen."""
        ...

    def claim_digests(self, limit: int) -> list[Preferences]:
        """Return some of those whose digest is due, locked."""
        ...


@dataclass(frozen=True)
class Address:
    """How mail to an address has fared: whether it was refused there for good, and why."""

    email: str
    stopped_at: datetime | None = None
    reason: str = ""
    returned: int = 0


class Addresses(Protocol):
    """Where mail does not arrive."""

    def stopped(self, emails: Collection[str]) -> frozenset[str]:
        """Return those of them to which nothing is mailed any more."""
        ...

    def find(self, email: str) -> Address:
        """Return what we know of an address: nothing bad, when we know nothing."""
        ...

    def stop(self, email: str, reason: str) -> bool:
        """Mail there no more; return whether that is new."""
        ...

    def count(self, email: str, reason: str) -> None:
        """Write down that a mail came back for a passing reason."""
        ...

    def clear(self, email: str) -> None:
        """Forget that mail was refused there."""
        ...


class Line(Protocol):
    """Who is told on LINE, under which id of LINE's, and the codes by which people link it."""

    def linked(self, person_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
        """Return since when those of them are linked who are."""
        ...

    def offer(self, person_id: UUID, code: str, expires_at: datetime) -> None:
        """Keep a code, in place of the person's one before."""
        ...

    def redeem(self, code: str, line_user_id: str) -> UUID | None:
        """Link whoever was given this code and return them; None: it is no code that holds."""
        ...

    def unlink(self, person_id: UUID) -> None:
        """Forget the person's link, and what waits to be pushed."""
        ...

    def unlink_user(self, line_user_id: str) -> None:
        """Forget the link of this user of LINE's."""
        ...


class Letters(Protocol):
    """Writes letters."""

    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        """Return the letter in the addressee's language; `company`: for which they are told it."""
        ...

    def digest(self, addressee: Addressee, gathered: Sequence[Gathered]) -> Letter:
        """Return one letter that tells of all of these."""
        ...

    def html(self, letter: Letter, locale: Locale, stop: str = "") -> str:
        """Return the letter laid out; `stop`: the address of the link that ends such mail."""
        ...

    def push(self, letter: Letter) -> str:
        """Return what is pushed of it: short, with the link."""
        ...


@dataclass(frozen=True)
class Outcome:
    """What became of a mail; `error` names the fault and nobody."""

    mail: Mail
    error: str | None = None


class Mailer(Protocol):
    """The mail server. On the network: never to be used inside of a transaction."""

    def send(self, mails: Sequence[Mail]) -> Iterator[Outcome]:
        """Send them one after another, and tell of each what became of it."""
        ...


@dataclass(frozen=True)
class PushOutcome:
    """What became of a push; `error` names the fault and nobody, `again`: it may still succeed."""

    push: ClaimedPush
    error: str | None = None
    again: bool = True


class Pusher(Protocol):
    """LINE. On the network: never to be used inside of a transaction."""

    @property
    def available(self) -> bool:
        """Tell whether this market has LINE."""
        ...

    def send(self, pushes: Sequence[ClaimedPush]) -> Iterator[PushOutcome]:
        """Push them one after another, and tell of each what became of it."""
        ...

    def is_genuine(self, body: bytes, signature: str) -> bool:
        """Tell whether LINE itself has sent this to us."""
        ...


class Links(Protocol):
    """The links by which mail is ended without signing in."""

    def stop(self, person_id: UUID, kinds: Collection[Kind]) -> str:
        """Return the address that ends mail of these kinds for this person."""
        ...

    def read(self, token: str) -> tuple[UUID, tuple[Kind, ...]] | None:
        """Return what a link's token is for; None: it is none of ours."""
        ...


@dataclass(frozen=True)
class Work:
    """One transaction's worth of ports, and what is to be used outside of it.

    `bounce_secret` is what our mail relay shows; empty: there is none that reports.
    """

    people: People
    companies: Companies
    notifications: Notifications
    mails: Mails
    pushes: Pushes
    choices: Choices
    addresses: Addresses
    line: Line
    webhooks: WebhookWork
    letters: Letters
    links: Links
    mailer: Mailer
    pusher: Pusher
    clock: Clock
    bounce_secret: str = ""


class Transactions(Protocol):
    """Begins transactions, for use cases that need more than one."""

    def begin(self) -> AbstractContextManager[Work]:
        """Yield the Work of a new transaction; commit at the end."""
        ...
