from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from uuid import UUID

from services.accounts.domain.account import Account, email_key
from services.accounts.domain.company import Company, CompanyLimits, Membership
from services.accounts.ports import Work
from shared.messages.accounts import TokenView
from shared.messages.base import Event
from shared.messages.companies import MembershipStatus
from shared.people import Right
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

    def names(self, person_ids: Collection[UUID]) -> Mapping[UUID, str]:
        return {each: self.kept[each].display_name for each in person_ids}

    def keep_password_hash(self, person_id: UUID, password_hash: str) -> None:
        self.kept[person_id] = replace(self.kept[person_id], password_hash=password_hash)


LIMITS = CompanyLimits(companies_of_person=2, members_of_company=4)


@dataclass
class FakeCompanies:
    founded: dict[UUID, Company] = field(default_factory=dict)
    kept: dict[tuple[UUID, UUID], Membership] = field(default_factory=dict)

    def add(self, company: Company) -> None:
        self.founded[company.company_id] = company

    def find(self, company_id: UUID) -> Company | None:
        return self.founded.get(company_id)

    lock = find

    def memberships(self, company_id: UUID) -> Sequence[Membership]:
        return [each for each in self.kept.values() if each.company_id == company_id]

    def keep(self, membership: Membership) -> None:
        self.kept[membership.company_id, membership.person_id] = membership

    def of_person(self, person_id: UUID) -> Sequence[tuple[Company, Membership]]:
        return [
            (self.founded[each.company_id], each)
            for each in self.kept.values()
            if each.person_id == person_id and each.status is not MembershipStatus.GONE
        ]

    def rights_of(self, person_id: UUID) -> Mapping[UUID, frozenset[Right]]:
        return {
            each.company_id: each.rights
            for each in self.kept.values()
            if each.person_id == person_id and each.status is MembershipStatus.MEMBER
        }

    def limits(self, on: date) -> CompanyLimits:
        assert on
        return LIMITS


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


@dataclass
class FakeTokens:
    companies: Mapping[UUID, frozenset[Right]] = field(default_factory=dict)

    def issue(self, account: Account, companies: Mapping[UUID, frozenset[Right]]) -> TokenView:
        self.companies = companies
        return TokenView(access_token=f"token of {account.person_id}", expires_in=900)


@dataclass
class FakeOutbox:
    events: list[tuple[Event, str]] = field(default_factory=list)

    def emit(self, event: Event, *, subject: str | UUID) -> None:
        self.events.append((event, str(subject)))


@dataclass
class Fakes:
    people: FakePeople = field(default_factory=FakePeople)
    companies: FakeCompanies = field(default_factory=FakeCompanies)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    passwords: FakePasswords = field(default_factory=FakePasswords)
    outbox: FakeOutbox = field(default_factory=FakeOutbox)

    @property
    def work(self) -> Work:
        return Work(
            self.people, self.companies, self.passwords, self.tokens, self.outbox, SetClock(NOW)
        )
