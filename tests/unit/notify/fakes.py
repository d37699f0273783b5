from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from services.notify.domain.companies import Membership
from services.notify.domain.examples import ASSISTANT, CLIENT
from services.notify.domain.letters import (
    Addressee,
    ClaimedPush,
    Letter,
    Mail,
    Notification,
    Push,
)
from services.notify.domain.preferences import Preferences
from services.notify.ports import Address, Gathered, Outcome, PushOutcome, Work
from services.notify.ports_webhooks import WebhookWork
from shared.messages.accounts import Locale
from shared.messages.base import Event
from shared.messages.notify import Kind, NotificationView
from tests.support.fakes import SetClock

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

    def forget(self, person_id: UUID) -> None:
        self.known[person_id] = Addressee(person_id, "", "", "ja", gone=True)

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        return {"person": [vars(self.known[person_id])]}


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
    kept: list[Notification] = field(default_factory=list)

    def add(self, notifications: Sequence[Notification]) -> set[UUID]:
        def key(each: Notification) -> object:
            return each.event_id and (each.event_id, each.person_id, each.template)

        new: list[Notification] = []
        for each in notifications:
            known = {key(other) for other in (*self.kept, *new)} - {None}
            new += [] if key(each) in known else [each]
        self.kept += new
        return {each.notification_id for each in new}

    def take_gathered(self, person_id: UUID, mail_id: UUID | None = None) -> list[Gathered]:
        assert mail_id
        waiting = [each for each in self.kept if each.person_id == person_id and each.gathered]
        self.kept = [replace(e, gathered=False) if e in waiting else e for e in self.kept]
        return [
            Gathered(each.notification_id, each.letter.subject, each.link, each.kind)
            for each in waiting
        ]

    def newest(
        self, person_id: UUID, after: UUID | None, limit: int, *, unread: bool = False
    ) -> list[NotificationView]:
        raise AssertionError(person_id, after, limit, unread)

    def since(self, person_id: UUID, last: UUID | None, limit: int) -> list[NotificationView]:
        raise AssertionError(person_id, last, limit)

    def find(self, person_id: UUID, notification_id: UUID) -> NotificationView | None:
        raise AssertionError(person_id, notification_id)

    def unread(self, person_id: UUID) -> int:
        raise AssertionError(person_id)

    def mark_read(self, person_id: UUID, notification_id: UUID) -> None:
        raise AssertionError(person_id, notification_id)

    def mark_all_read(self, person_id: UUID, up_to: UUID | None) -> None:
        raise AssertionError(person_id, up_to)


@dataclass
class FakeMails:
    clock: SetClock
    kept: list[Mail] = field(default_factory=list)
    attempts: dict[UUID, int] = field(default_factory=dict)
    due_at: dict[UUID, datetime] = field(default_factory=dict)
    errors: dict[UUID, str] = field(default_factory=dict)
    sent: dict[UUID, tuple[str, UUID | None]] = field(default_factory=dict)

    def add(self, mails: Sequence[Mail]) -> None:
        self.kept += mails
        self.due_at |= {each.mail_id: each.send_at or each.told_at for each in mails}

    def claim(self, until: datetime, limit: int) -> list[Mail]:
        due = [mail for mail in self.kept if self._due(mail.mail_id)][:limit]
        for each in due:
            self.due_at[each.mail_id] = until
            self.attempts[each.mail_id] = self.attempts.get(each.mail_id, 0) + 1
        return [replace(each, attempt=self.attempts[each.mail_id]) for each in due]

    def note_sent(self, mail: Mail) -> None:
        del self.due_at[mail.mail_id]
        self.sent[mail.mail_id] = (mail.addressee.email, mail.addressee.person_id)

    def note_failed(self, mail: Mail, error: str, again_at: datetime | None) -> None:
        del self.due_at[mail.mail_id]
        self.errors[mail.mail_id] = error
        if again_at:
            self.due_at[mail.mail_id] = again_at

    def sent_to(self, mail_id: UUID) -> tuple[str, UUID | None] | None:
        return self.sent.get(mail_id)

    def forget(self, before: datetime) -> int:
        raise AssertionError(before)

    def _due(self, mail_id: UUID) -> bool:
        due_at = self.due_at.get(mail_id)
        return due_at is not None and due_at <= self.clock.now()


@dataclass
class FakePushes:
    clock: SetClock
    waiting: list[Push] = field(default_factory=list)
    errors: dict[UUID, tuple[str, datetime | None]] = field(default_factory=dict)

    def add(self, pushes: Sequence[Push]) -> None:
        self.waiting += pushes

    def claim(self, until: datetime, limit: int) -> list[ClaimedPush]:
        del until
        due = [each for each in self.waiting if each.send_at <= self.clock.now()][:limit]
        letter = Letter("subject", "body")
        return [ClaimedPush(e.push_id, "U1", letter, e.send_at, 1) for e in due]

    def note_sent(self, push_id: UUID) -> None:
        self.waiting = [each for each in self.waiting if each.push_id != push_id]

    def note_failed(self, push_id: UUID, error: str, again_at: datetime | None) -> None:
        self.note_sent(push_id)
        self.errors[push_id] = (error, again_at)


@dataclass
class FakeChoices:
    kept: dict[UUID, Preferences] = field(default_factory=dict)
    clock: SetClock | None = None

    def of(self, person_ids: Collection[UUID]) -> Mapping[UUID, Preferences]:
        return {each: self.kept[each] for each in person_ids if each in self.kept}

    def lock(self, person_id: UUID) -> Preferences:
        return self.kept.get(person_id, Preferences(person_id))

    def save(self, preferences: Preferences) -> None:
        self.kept[preferences.person_id] = preferences

    def claim_digests(self, limit: int) -> list[Preferences]:
        assert self.clock
        now = self.clock.now()
        due = [e for e in self.kept.values() if e.next_digest_at and e.next_digest_at <= now]
        return due[:limit]


@dataclass
class FakeAddresses:
    known: dict[str, Address] = field(default_factory=dict)

    def stopped(self, emails: Collection[str]) -> frozenset[str]:
        found = (self.known.get(email.lower()) for email in emails)
        return frozenset(each.email for each in found if each and each.stopped_at)

    def find(self, email: str) -> Address:
        return self.known.get(email.lower(), Address(email))

    def stop(self, email: str, reason: str) -> bool:
        new = not self.find(email).stopped_at
        self.known[email.lower()] = Address(email.lower(), NOW, reason)
        return new

    def count(self, email: str, reason: str) -> None:
        returned = self.find(email).returned + 1
        self.known[email.lower()] = Address(email.lower(), None, reason, returned)

    def clear(self, email: str) -> None:
        self.known.pop(email.lower(), None)


@dataclass
class FakeLine:
    users: dict[UUID, str] = field(default_factory=dict)
    codes: dict[str, UUID] = field(default_factory=dict)

    def linked(self, person_ids: Collection[UUID]) -> Mapping[UUID, datetime]:
        return {each: NOW for each in person_ids if each in self.users}

    def offer(self, person_id: UUID, code: str, expires_at: datetime) -> None:
        assert expires_at
        self.codes[code] = person_id

    def redeem(self, code: str, line_user_id: str) -> UUID | None:
        person_id = self.codes.pop(code, None)
        if person_id:
            self.users[person_id] = line_user_id
        return person_id

    def unlink(self, person_id: UUID) -> None:
        self.users.pop(person_id, None)

    def unlink_user(self, line_user_id: str) -> None:
        self.users = {p: user for p, user in self.users.items() if user != line_user_id}


class FakeLetters:
    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        return Letter(template, f"{addressee.display_name}: {happened.event_name} {company}")

    def digest(self, addressee: Addressee, gathered: Sequence[Gathered]) -> Letter:
        return Letter("digest", f"{addressee.display_name}: {[e.subject for e in gathered]}")

    def html(self, letter: Letter, locale: Locale, stop: str = "") -> str:
        return f"{locale} {letter.subject} {stop}"

    def push(self, letter: Letter) -> str:
        return letter.subject


class FakeLinks:
    def stop(self, person_id: UUID, kinds: Collection[Kind]) -> str:
        return f"{person_id} {','.join(kinds)}"

    def read(self, token: str) -> tuple[UUID, tuple[Kind, ...]] | None:
        person_id, _, kinds = token.partition(" ")
        return (UUID(person_id), tuple(map(Kind, kinds.split(",")))) if kinds else None


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


@dataclass
class FakePusher:
    in_transaction: list[object]
    available: bool = True
    sent: list[ClaimedPush] = field(default_factory=list)
    error: str | None = None
    again: bool = True

    def send(self, pushes: Sequence[ClaimedPush]) -> Iterator[PushOutcome]:
        for push in pushes:
            assert not self.in_transaction, "a network call inside of a transaction"
            self.sent.append(push)
            yield PushOutcome(push, self.error, again=self.again)

    def is_genuine(self, _body: bytes, signature: str) -> bool:
        return signature == "LINE's own"


class Fakes:
    def __init__(self) -> None:
        self.clock = SetClock(NOW)
        self.people = FakePeople({each.person_id: each for each in (TARO, HANAKO)})
        self.companies = FakeCompanies()
        self.notifications = FakeNotifications()
        self.mails = FakeMails(self.clock)
        self.pushes = FakePushes(self.clock)
        self.choices = FakeChoices(clock=self.clock)
        self.addresses = FakeAddresses()
        self.line = FakeLine()
        self._open: list[object] = []
        self.mailer = FakeMailer(self._open)
        self.pusher = FakePusher(self._open)

    @property
    def work(self) -> Work:
        return Work(
            self.people,
            self.companies,
            self.notifications,
            self.mails,
            self.pushes,
            self.choices,
            self.addresses,
            self.line,
            cast("WebhookWork", None),  # webhooks have tests of their own, on real tables
            FakeLetters(),
            FakeLinks(),
            self.mailer,
            self.pusher,
            self.clock,
            "the relay's own",
        )

    @contextmanager
    def begin(self) -> Iterator[Work]:
        self._open.append(self)
        try:
            yield self.work
        finally:
            self._open.pop()
