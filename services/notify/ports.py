"""What the use cases need of the outside, in the domain's own words."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.notify.domain.companies import Membership
from services.notify.domain.letters import Addressee, Letter, Mail, Notification
from shared.clock import Clock
from shared.messages.base import Event
from shared.messages.notify import NotificationView


class People(Protocol):
    """The people that we have heard of, and the companies."""

    def remember(self, people: Collection[Addressee]) -> None:
        """Keep them, in place of what we knew of them before."""
        ...

    def find(self, person_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
        """Return those of them that we know."""
        ...


class Companies(Protocol):
    """Who is in which company."""

    def follow(self, changed: Sequence[Membership]) -> None:
        """Keep what is newer than what we know."""
        ...

    def members(self, company_ids: Collection[UUID]) -> Sequence[Membership]:
        """Return all that we know of who is or was in these companies."""
        ...


class Notifications(Protocol):
    """What people were told, and the mail that is still to tell them."""

    def add(self, notifications: Sequence[Notification]) -> None:
        """Keep them, each with its mail to be sent at once."""
        ...

    def newest(self, person_id: UUID, after: UUID | None, limit: int) -> list[NotificationView]:
        """Return what the person was told, newest first, from before the one with id `after`."""
        ...

    def claim_mail(self, until: datetime, limit: int) -> list[Mail]:
        """Take some mail that is due; nobody else gets it before `until`. Oldest first."""
        ...

    def note_sent(self, notification_id: UUID) -> None:
        """Write down that the mail server has taken it."""
        ...

    def note_failed(self, notification_id: UUID, error: str, again_at: datetime | None) -> None:
        """Write down why it was not sent, and when it is tried again; None: never."""
        ...


class Letters(Protocol):
    """Writes letters."""

    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        """Return the letter in the addressee's language; `company`: for which they are told it."""
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
class Work:
    """One transaction's worth of ports, and the mailer to be used outside of it."""

    people: People
    companies: Companies
    notifications: Notifications
    letters: Letters
    mailer: Mailer
    clock: Clock


class Transactions(Protocol):
    """Begins transactions, for use cases that need more than one."""

    def begin(self) -> AbstractContextManager[Work]:
        """Yield the Work of a new transaction; commit at the end."""
        ...
