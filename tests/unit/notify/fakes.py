from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from services.notify.domain.companies import Membership
from services.notify.domain.letters import Addressee, Letter, Mail, Notification
from services.notify.ports import Outcome, Work
from shared.messages.base import Event
from shared.messages.notify import NotificationView
from tests.support.fakes import SetClock
from tests.unit.notify.examples import ASSISTANT, CLIENT

NOW = datetime(2026, 4, 8, 9, tzinfo=UTC)
TARO = Addressee(CLIENT, "taro@example.jp", "太郎", "ja")
HANAKO = Addressee(ASSISTANT, "hanako@example.jp", "Hanako", "en")


@dataclass
class FakePeople:
    known: dict[UUID, Addressee] = field(default_factory=dict)

    def remember(self, people: Collection[Addressee]) -> None:
        self.known |= {person.person_id: person for person in people}

    def find(self, person_ids: Collection[UUID]) -> Mapping[UUID, Addressee]:
        return {each: self.known[each] for each in person_ids if each in self.known}


@dataclass
class FakeCompanies:
    known: dict[tuple[UUID, UUID], Membership] = field(default_factory=dict)

    def follow(self, changed: Sequence[Membership]) -> None:
        for each in changed:
            before = self.known.setdefault((each.company_id, each.person_id), each)
            if before.change < each.change:
                self.known[each.company_id, each.person_id] = each

    def members(self, company_ids: Collection[UUID]) -> Sequence[Membership]:
        return [each for each in self.known.values() if each.company_id in company_ids]


@dataclass
class FakeNotifications:
    people: FakePeople
    clock: SetClock
    kept: list[Notification] = field(default_factory=list)
    attempts: dict[UUID, int] = field(default_factory=dict)
    due_at: dict[UUID, datetime] = field(default_factory=dict)
    errors: dict[UUID, str] = field(default_factory=dict)

    def add(self, notifications: Sequence[Notification]) -> None:
        self.kept += notifications
        self.due_at |= {each.notification_id: each.told_at for each in notifications}

    def newest(self, person_id: UUID, after: UUID | None, limit: int) -> list[NotificationView]:
        raise AssertionError(person_id, after, limit)

    def claim_mail(self, until: datetime, limit: int) -> list[Mail]:
        due = [n for n in self.kept if self._due(n.notification_id)][:limit]
        for each in due:
            self.due_at[each.notification_id] = until
            self.attempts[each.notification_id] = self.attempts.get(each.notification_id, 0) + 1
        return [
            Mail(
                each.notification_id,
                self.people.known[each.person_id],
                each.letter,
                each.told_at,
                self.attempts[each.notification_id],
            )
            for each in due
        ]

    def note_sent(self, notification_id: UUID) -> None:
        del self.due_at[notification_id]

    def note_failed(self, notification_id: UUID, error: str, again_at: datetime | None) -> None:
        del self.due_at[notification_id]
        self.errors[notification_id] = error
        if again_at:
            self.due_at[notification_id] = again_at

    def _due(self, notification_id: UUID) -> bool:
        due_at = self.due_at.get(notification_id)
        return due_at is not None and due_at <= self.clock.now()


class FakeLetters:
    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        return Letter(template, f"{addressee.display_name}: {happened.event_name} {company}")


@dataclass
class FakeMailer:
    in_transaction: list[object]
    sent: list[Mail] = field(default_factory=list)
    error: str | None = None

    def send(self, mails: Sequence[Mail]) -> Iterator[Outcome]:
        for mail in mails:
            assert not self.in_transaction, "a network call inside of a transaction"
            self.sent.append(mail)
            yield Outcome(mail, self.error)


class Fakes:
    def __init__(self) -> None:
        self.clock = SetClock(NOW)
        self.people = FakePeople({each.person_id: each for each in (TARO, HANAKO)})
        self.companies = FakeCompanies()
        self.notifications = FakeNotifications(self.people, self.clock)
        self._open: list[object] = []
        self.mailer = FakeMailer(self._open)

    @property
    def work(self) -> Work:
        return Work(
            self.people,
            self.companies,
            self.notifications,
            FakeLetters(),
            self.mailer,
            self.clock,
        )

    @contextmanager
    def begin(self) -> Iterator[Work]:
        self._open.append(self)
        try:
            yield self.work
        finally:
            self._open.pop()
