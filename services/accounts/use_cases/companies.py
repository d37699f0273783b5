"""Companies: founding one, inviting members, giving and taking rights."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.accounts.domain.company import Company, Membership, Step, check_administered
from services.accounts.ports import Work
from shared.calendar import day_in_japan
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.companies import (
    CompanyFounded,
    CompanyRenamed,
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberInvited,
    MemberRights,
    MembershipChanged,
    MembershipStatus,
    MembershipView,
    MemberView,
    RenameCompany,
)
from shared.people import Person, Right


def found_company(command: FoundCompany, by: Person, work: Work) -> CompanyView:
    """Open an account for a company (role client); the founder administers it, with all rights.

    Raises Rejected (`too_many_companies`).
    """
    by.must_be(Role.CLIENT)
    _check_companies(by.person_id, work)
    company = Company(
        company_id=new_id(),
        name=command.name,
        email=command.email,
        locale=command.locale,
        founded_by=by.person_id,
        founded_at=work.clock.now(),
    )
    work.companies.add(company)
    founded = CompanyFounded(
        company_id=company.company_id,
        name=company.name,
        email=company.email,
        locale=company.locale,
        founded_by=company.founded_by,
    )
    work.outbox.emit(founded, subject=company.company_id)
    founder = Membership(
        company_id=company.company_id,
        person_id=by.person_id,
        status=MembershipStatus.MEMBER,
        rights=frozenset(Right),
        administrator=True,
        change=1,
    )
    _Desk(company, {}, by, work).keep(founder)
    return _show(company, work)


def list_companies(by: Person, work: Work) -> list[MembershipView]:
    """Return the companies that the caller is in or invited to, oldest first."""
    return [_mine(company, found) for company, found in work.companies.of_person(by.person_id)]


def show_company(company_id: UUID, by: Person, work: Work) -> CompanyView:
    """Return a company and its members, to a member; raise NotFound (`company_not_found`)."""
    company = work.companies.find(company_id)
    members = {each.person_id: each for each in work.companies.memberships(company_id)}
    mine = members.get(by.person_id)
    if company is None or mine is None or mine.status is not MembershipStatus.MEMBER:
        raise _no_such_company()
    return _show(company, work)


def invite(company_id: UUID, command: InviteMember, by: Person, work: Work) -> MemberView:
    """Invite a registered person (an administrator); again: the invitation says what is new.

    Raises Rejected (`person_not_registered`, `already_member`, `too_many_members`).
    """
    desk = _administration(company_id, by, work)
    account = work.people.by_email(command.email)
    if account is None:
        raise Rejected(
            "person_not_registered", "Nobody has registered with this address. Ask them to."
        )
    before = desk.members.get(account.person_id) or Membership(company_id, account.person_id)
    after = before.moved(Step.INVITE).with_rights(command)
    desk.keep(after)
    desk.check_size()
    if before.status is not MembershipStatus.INVITED:
        told = MemberInvited(
            company_id=company_id,
            company_name=desk.company.name,
            person_id=account.person_id,
            invited_by=by.person_id,
        )
        work.outbox.emit(told, subject=company_id)
    return _member(after, work)


def rename_company(company_id: UUID, command: RenameCompany, by: Person, work: Work) -> CompanyView:
    """Set a company's name, address and language (an administrator), and tell the others."""
    desk = _administration(company_id, by, work)
    after = desk.company.renamed(command.name, command.email, command.locale)
    if after is not desk.company:
        work.companies.rename(after)
        renamed = CompanyRenamed(
            company_id=company_id,
            name=after.name,
            email=after.email,
            locale=after.locale,
            change=after.change,
        )
        work.outbox.emit(renamed, subject=company_id)
    return _show(after, work)


def join(company_id: UUID, by: Person, work: Work) -> MembershipView:
    """Accept an invitation (whoever was invited): what they may do is in their next token.

    Raises NotFound (`company_not_found`), Rejected (`not_invited`, `too_many_companies`).
    """
    desk = _desk(company_id, by, work)
    before = desk.members.get(by.person_id)
    if before is None:
        raise _no_such_company()
    after = before.moved(Step.JOIN)
    if after is not before:
        _check_companies(by.person_id, work)
        desk.keep(after)
    return _mine(desk.company, after)


def change_rights(
    company_id: UUID, person_id: UUID, command: MemberRights, by: Person, work: Work
) -> MemberView:
    """Give a member, or somebody who is invited, just these rights (an administrator).

    Raises NotFound (`member_not_found`), Rejected (`last_administrator`).
    """
    desk = _administration(company_id, by, work)
    after = desk.member(person_id).with_rights(command)
    desk.keep(after)
    return _member(after, work)


def remove(company_id: UUID, person_id: UUID, by: Person, work: Work) -> MemberView:
    """Take somebody out of a company (an administrator, or that person: leaving, declining).

    Raises NotFound (`company_not_found`, `member_not_found`), Rejected (`last_administrator`).
    """
    desk = _desk(company_id, by, work)
    if person_id != by.person_id:
        desk.must_administer()
    elif person_id not in desk.members:
        raise _no_such_company()
    after = desk.member(person_id).moved(Step.LEAVE)
    desk.keep(after)
    return _member(after, work)


@dataclass(frozen=True)
class _Desk:
    """A company and all who are in it, locked, and who is about to change that."""

    company: Company
    members: dict[UUID, Membership]
    by: Person
    work: Work

    def must_administer(self) -> None:
        mine = self.members.get(self.by.person_id)
        if mine is None or mine.status is not MembershipStatus.MEMBER:
            raise _no_such_company()
        if not mine.administers:
            raise NotAllowed("administrator_required", "Ask an administrator of the company.")

    def member(self, person_id: UUID) -> Membership:
        found = self.members.get(person_id)
        if found is None or (
            found.status is MembershipStatus.GONE and person_id != self.by.person_id
        ):
            raise NotFound(
                "member_not_found", "There is no such member. See who is in the company."
            )
        return found

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
        today = day_in_japan(self.work.clock.now())
        most = self.work.companies.limits(today).members_of_company
        standing = (each.status is not MembershipStatus.GONE for each in self.members.values())
        if sum(standing) > most:
            raise Rejected(
                "too_many_members", "A company may not have more people in it.", at_most=most
            )


def _desk(company_id: UUID, by: Person, work: Work) -> _Desk:
    company = work.companies.lock(company_id)
    if company is None:
        raise _no_such_company()
    members = {each.person_id: each for each in work.companies.memberships(company_id)}
    return _Desk(company, members, by, work)


def _administration(company_id: UUID, by: Person, work: Work) -> _Desk:
    desk = _desk(company_id, by, work)
    desk.must_administer()
    return desk


def _check_companies(person_id: UUID, work: Work) -> None:
    most = work.companies.limits(day_in_japan(work.clock.now())).companies_of_person
    if len(work.companies.rights_of(person_id)) >= most:
        raise Rejected(
            "too_many_companies", "Leave a company before you join another one.", at_most=most
        )


def _no_such_company() -> NotFound:
    return NotFound("company_not_found", "There is no such company of yours.")


def _show(company: Company, work: Work) -> CompanyView:
    return CompanyView(
        company_id=company.company_id,
        name=company.name,
        email=company.email,
        locale=company.locale,
        founded_at=company.founded_at,
        members=_members(
            [
                each
                for each in work.companies.memberships(company.company_id)
                if each.status is not MembershipStatus.GONE
            ],
            work,
        ),
    )


def _member(of: Membership, work: Work) -> MemberView:
    [view] = _members([of], work)
    return view


def _members(members: Sequence[Membership], work: Work) -> tuple[MemberView, ...]:
    names = work.people.names([each.person_id for each in members])
    return tuple(
        MemberView(person_id=each.person_id, display_name=names[each.person_id], **_standing(each))
        for each in members
    )


def _mine(company: Company, of: Membership) -> MembershipView:
    return MembershipView(company_id=of.company_id, name=company.name, **_standing(of))


def _standing(of: Membership) -> dict[str, Any]:
    return {"status": of.status, "rights": of.rights, "administrator": of.administrator}
