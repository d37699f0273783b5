from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from services.accounts.domain.account import Account, email_key
from services.accounts.ports import Work
from shared.messages.accounts import TokenView
from shared.messages.base import Event
from tests.support.fakes import SetClock

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


@dataclass
class FakePeople:
    kept: dict[UUID, Account] = field(default_factory=dict)

    def add(self, account: Account) -> bool:
        if self.by_email(account.email):
            return False
        self.kept[account.person_id] = account
        return True

    def by_id(self, person_id: UUID) -> Account | None:
        return self.kept.get(person_id)

    def by_email(self, email: str) -> Account | None:
        wanted = email_key(email)
        return next((known for known in self.kept.values() if known.email_key == wanted), None)

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        self.kept[person_id] = replace(self.kept[person_id], password_hash=password_hash)


@dataclass
class FakePasswords:
    parameters: str = "v1"
    verified: list[str | None] = field(default_factory=list)

    def hash(self, password: str) -> str:
        return f"{self.parameters}:{password[::-1]}"

    def verify(self, password_hash: str | None, password: str) -> bool:
        self.verified.append(password_hash)
        return password_hash is not None and password_hash.endswith(f":{password[::-1]}")

    def is_outdated(self, password_hash: str) -> bool:
        return not password_hash.startswith(f"{self.parameters}:")


class FakeTokens:
    def issue(self, account: Account) -> TokenView:
        return TokenView(access_token=f"token of {account.person_id}", expires_in=900)


@dataclass
class FakeOutbox:
    events: list[tuple[Event, str]] = field(default_factory=list)

    def emit(self, event: Event, *, subject: str | UUID) -> None:
        self.events.append((event, str(subject)))


@dataclass
class Fakes:
    people: FakePeople = field(default_factory=FakePeople)
    passwords: FakePasswords = field(default_factory=FakePasswords)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)

    @property
    def work(self) -> Work:
        return Work(self.people, self.passwords, FakeTokens(), self.outbox, SetClock(NOW))
