"""Companies, who is in them, and who is invited, in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.accounts.domain.account import email_key
from services.accounts.domain.company import Company, CompanyLimits, Membership
from services.accounts.domain.invitation import Invitation
from shared.messages.companies import MembershipStatus
from shared.people import Right

LIMITS = CompanyLimits(companies_of_person=2, members_of_company=4)


@dataclass
class FakeCompanies:
    founded: dict[UUID, Company] = field(default_factory=dict)
    kept: dict[tuple[UUID, UUID], Membership] = field(default_factory=dict)

    def add(self, company: Company) -> None:
        self.founded[company.company_id] = company

    rename = add

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
            if each.person_id == person_id and each.status is MembershipStatus.MEMBER
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
class FakeInvitations:
    """Implements the port Invitations."""

    companies: Mapping[UUID, Company]
    kept: dict[tuple[UUID, str], Invitation] = field(default_factory=dict)

    def of_company(self, company_id: UUID, now: datetime) -> Sequence[Invitation]:
        found = [
            each
            for each in self.kept.values()
            if each.company_id == company_id and each.expires_at > now
        ]
        return sorted(found, key=lambda each: each.invitation_id)

    def to_address(self, email: str, now: datetime) -> Sequence[tuple[str, Invitation]]:
        return [
            (self.companies[each.company_id].name, each)
            for each in self.kept.values()
            if each.email_key == email_key(email) and each.expires_at > now
        ]

    def keep(self, invitation: Invitation) -> None:
        self.kept[invitation.company_id, invitation.email_key] = invitation

    def take_away(self, invitation: Invitation) -> None:
        del self.kept[invitation.company_id, invitation.email_key]

    def forget_address(self, email: str) -> None:
        self._leave([each for each in self.kept.values() if each.email_key != email_key(email)])

    def forget_company(self, company_id: UUID) -> None:
        self._leave([each for each in self.kept.values() if each.company_id != company_id])

    def sweep(self, before: datetime) -> None:
        self._leave([each for each in self.kept.values() if each.expires_at >= before])

    def _leave(self, left: Sequence[Invitation]) -> None:
        self.kept = {(each.company_id, each.email_key): each for each in left}
