"""A company, all who are in it and all who are invited, locked; and how each is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.accounts.domain.account import email_key
from services.accounts.domain.company import Company, Membership, check_administered
from services.accounts.domain.invitation import Invitation
from services.accounts.ports import Work
from shared.calendar import day_in_japan
from shared.errors import NotAllowed, NotFound, Rejected
from shared.messages.companies import (
    CompanyView,
    MembershipChanged,
    MembershipStatus,
    MembershipView,
    MemberView,
)
from shared.people import Person


@dataclass(frozen=True)
class Desk:
    """A company and all who are in it or invited, locked, and who is about to change that."""

    company: Company
    members: dict[UUID, Membership]
    invitations: dict[UUID, Invitation]
    by: Person
    work: Work

    def must_administer(self) -> None:
        """Raise NotFound (`company_not_found`) or NotAllowed (`administrator_required`)."""
        if not self.is_member(self.by.person_id):
            raise no_such_company()
        if not self.members[self.by.person_id].administers:
            raise NotAllowed("administrator_required", "Ask an administrator of the company.")

    def is_member(self, person_id: UUID) -> bool:
        """Tell whether somebody is in it."""
        found = self.members.get(person_id)
        return found is not None and found.status is MembershipStatus.MEMBER

    def member(self, person_id: UUID) -> Membership:
        """Return somebody who is in it; raise NotFound (`member_not_found`)."""
        if not self.is_member(person_id):
            raise NotFound(
                "member_not_found", "There is no such member. See who is in the company."
            )
        return self.members[person_id]

    def invitation_to(self, email: str) -> Invitation | None:
        """Return the invitation to an address, if one holds."""
        wanted = email_key(email)
        found = (each for each in self.invitations.values() if each.email_key == wanted)
        return next(found, None)

    def keep_invitation(self, after: Invitation) -> MemberView:
        """Keep an invitation if something is new of it; return how the company is shown it."""
        if self.invitations.get(after.invitation_id) is not after:
            self.invitations[after.invitation_id] = after
            self.work.invitations.keep(after)
        return invitation_view(after)

    def keep(self, after: Membership) -> None:
        """Keep what has changed, and tell the others when it is a member whom it is about."""
        before = self.members.get(after.person_id)
        if after is before:
            return
        self.members[after.person_id] = after
        check_administered(self.members.values())
        self.work.companies.keep(after)
        is_member = after.status is MembershipStatus.MEMBER
        if not is_member and (before is None or before.status is not MembershipStatus.MEMBER):
            return
        changed = MembershipChanged(
            company_id=after.company_id,
            company_name=self.company.name,
            person_id=after.person_id,
            member=is_member,
            rights=after.rights if is_member else frozenset(),
            changed_by=self.by.person_id,
            change=after.change,
        )
        self.work.outbox.emit(changed, subject=after.company_id)

    def check_size(self) -> None:
        """Raise Rejected (`too_many_members`); who is invited counts."""
        today = day_in_japan(self.work.clock.now())
        most = self.work.companies.limits(today).members_of_company
        if sum(map(self.is_member, self.members)) + len(self.invitations) > most:
            raise Rejected(
                "too_many_members", "A company may not have more people in it.", at_most=most
            )


def desk_of(company_id: UUID, by: Person, work: Work) -> Desk:
    """Return a company, locked; raise NotFound (`company_not_found`)."""
    company = work.companies.lock(company_id)
    if company is None:
        raise no_such_company()
    members = {each.person_id: each for each in work.companies.memberships(company_id)}
    invited = work.invitations.of_company(company_id, work.clock.now())
    return Desk(company, members, {each.invitation_id: each for each in invited}, by, work)


def administration(company_id: UUID, by: Person, work: Work) -> Desk:
    """Return a company to one of its administrators, locked; raise as `must_administer` does."""
    desk = desk_of(company_id, by, work)
    desk.must_administer()
    return desk


def no_such_company() -> NotFound:
    """Return the refusal of who has nothing to do with a company."""
    return NotFound("company_not_found", "There is no such company of yours.")


def company_view(company: Company, work: Work) -> CompanyView:
    """Return a company as its members see it."""
    company_id = company.company_id
    in_it = [
        each
        for each in work.companies.memberships(company_id)
        if each.status is MembershipStatus.MEMBER
    ]
    invited = work.invitations.of_company(company_id, work.clock.now())
    return CompanyView(
        company_id=company_id,
        name=company.name,
        email=company.email,
        locale=company.locale,
        founded_at=company.founded_at,
        members=(*_members(in_it, work), *map(invitation_view, invited)),
    )


def member_view(of: Membership, work: Work) -> MemberView:
    """Return a member as the others see them."""
    [view] = _members([of], work)
    return view


def invitation_view(
    of: Invitation, status: MembershipStatus = MembershipStatus.INVITED
) -> MemberView:
    """Return an invitation as the company sees it: with nothing that wasn't typed there."""
    return MemberView(
        person_id=of.invitation_id,
        display_name=of.email,
        status=status,
        rights=of.rights,
        administrator=of.administrator,
        email=of.email,
        expires_at=of.expires_at,
    )


def membership_view(name: str, of: Membership) -> MembershipView:
    """Return a company, of this name, as one of its members sees it among their own."""
    return MembershipView(company_id=of.company_id, name=name, **_standing(of))


def invited_view(name: str, of: Invitation) -> MembershipView:
    """Return a company, of this name, as somebody sees it who is asked to join it."""
    return MembershipView(
        company_id=of.company_id,
        name=name,
        status=MembershipStatus.INVITED,
        rights=of.rights,
        administrator=of.administrator,
        expires_at=of.expires_at,
    )


def _members(members: Sequence[Membership], work: Work) -> tuple[MemberView, ...]:
    names = work.people.names([each.person_id for each in members])
    return tuple(
        MemberView(person_id=each.person_id, display_name=names[each.person_id], **_standing(each))
        for each in members
    )


def _standing(of: Membership) -> dict[str, Any]:
    return {"status": of.status, "rights": of.rights, "administrator": of.administrator}
