"""Companies: founding one, inviting members, giving and taking rights."""

from uuid import UUID

from services.accounts.domain.account import Account, email_key
from services.accounts.domain.company import Company, Membership
from services.accounts.domain.invitation import LASTS, Invitation
from services.accounts.domain.session import Visitor
from services.accounts.domain.throttle import Act
from services.accounts.ports import Work
from services.accounts.use_cases.company_desk import (
    Desk,
    administration,
    company_view,
    desk_of,
    invitation_view,
    invited_view,
    member_view,
    membership_view,
    no_such_company,
)
from services.accounts.use_cases.proving import account_of, lock_account_of
from services.accounts.use_cases.throttling import count
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.companies import (
    AddressInvited,
    CompanyFounded,
    CompanyRenamed,
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberInvited,
    MemberRights,
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
    Desk(company, {}, {}, by, work).keep(founder)
    return company_view(company, work)


def list_companies(by: Person, work: Work) -> list[MembershipView]:
    """Return the companies that the caller is in or invited to, oldest first."""
    joined = work.companies.of_person(by.person_id)
    views = {company.company_id: membership_view(company.name, each) for company, each in joined}
    account = work.people.by_id(by.person_id)
    if account and not account.deleted_at:
        for name, invitation in work.invitations.to_address(account.email, work.clock.now()):
            views.setdefault(invitation.company_id, invited_view(name, invitation))
    return [views[company_id] for company_id in sorted(views)]


def show_company(company_id: UUID, by: Person, work: Work) -> CompanyView:
    """Return a company and its members, to a member; raise NotFound (`company_not_found`)."""
    company = work.companies.find(company_id)
    members = {each.person_id: each for each in work.companies.memberships(company_id)}
    mine = members.get(by.person_id)
    if company is None or mine is None or mine.status is not MembershipStatus.MEMBER:
        raise no_such_company()
    return company_view(company, work)


def invite(
    company_id: UUID, command: InviteMember, by: Person, visitor: Visitor, work: Work
) -> MemberView:
    """Invite whoever has this address (an administrator); again: that says what is new.

    Nothing that is answered, shown or refused tells whether it has an account; only of members,
    who have let the company know them, is it told that they are. Raises Rejected
    (`already_member`, `too_many_members`), TooMany (`too_many_attempts`).
    """
    desk = administration(company_id, by, work)
    account = work.people.by_email(command.email)
    if account and desk.is_member(account.person_id):
        raise Rejected(
            "already_member", "This person is a member already. Change their rights instead."
        )
    if known := desk.invitation_to(command.email):
        return desk.keep_invitation(known.with_rights(command))
    count(Act.INVITATION, email_key(command.email), visitor, work)
    invitation = Invitation(
        invitation_id=new_id(),
        company_id=company_id,
        email=command.email,
        rights=command.rights,
        administrator=command.administrator,
        invited_by=by.person_id,
        expires_at=work.clock.now() + LASTS,
    )
    shown = desk.keep_invitation(invitation)
    desk.check_size()
    work.outbox.emit(_asked(desk.company, invitation, account), subject=company_id)
    return shown


def _asked(
    company: Company, invitation: Invitation, account: Account | None
) -> MemberInvited | AddressInvited:
    """Return what has the letter written: to a person here, or to an address alone."""
    if account:
        return MemberInvited(
            company_id=company.company_id,
            company_name=company.name,
            person_id=account.person_id,
            invited_by=invitation.invited_by,
        )
    return AddressInvited(
        company_id=company.company_id,
        company_name=company.name,
        email=invitation.email,
        locale=company.locale,
        expires_at=invitation.expires_at,
    )


def rename_company(company_id: UUID, command: RenameCompany, by: Person, work: Work) -> CompanyView:
    """Set a company's name, address and language (an administrator), and tell the others."""
    desk = administration(company_id, by, work)
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
    return company_view(after, work)


def join(company_id: UUID, by: Person, work: Work) -> MembershipView:
    """Accept an invitation to one's address: what one may do is in the next token.

    Who acts for a company is a client from then on, too.

    Raises NotFound (`company_not_found`), Rejected (`not_invited`, `too_many_companies`).
    """
    account = lock_account_of(by, work)  # before the company, as whoever leaves for good
    desk = desk_of(company_id, by, work)
    before = desk.members.get(by.person_id)
    if before and desk.is_member(by.person_id):
        return membership_view(desk.company.name, before)
    invitation = desk.invitation_to(account.email)
    if invitation is None:
        if before is None:
            raise no_such_company()
        raise Rejected("not_invited", "No invitation is open any more. Ask for a new one.")
    _check_companies(by.person_id, work)
    after = (before or Membership(company_id, by.person_id)).joined(invitation.given)
    work.invitations.take_away(invitation)
    desk.keep(after)
    work.people.keep(account.as_a(Role.CLIENT))
    return membership_view(desk.company.name, after)


def change_rights(
    company_id: UUID, person_id: UUID, command: MemberRights, by: Person, work: Work
) -> MemberView:
    """Give a member, or whoever accepts an invitation, just these rights (an administrator).

    Raises NotFound (`member_not_found`), Rejected (`last_administrator`).
    """
    desk = administration(company_id, by, work)
    if invitation := desk.invitations.get(person_id):
        return desk.keep_invitation(invitation.with_rights(command))
    after = desk.member(person_id).with_rights(command)
    desk.keep(after)
    return member_view(after, work)


def remove(company_id: UUID, person_id: UUID, by: Person, work: Work) -> MemberView:
    """Take somebody out of a company, or an invitation back (an administrator); oneself: leave.

    By one's own id one declines, too. Raises NotFound (`company_not_found`, `member_not_found`),
    Rejected (`last_administrator`).
    """
    desk = desk_of(company_id, by, work)
    if person_id == by.person_id:
        return _go(desk)
    desk.must_administer()
    if invitation := desk.invitations.get(person_id):
        work.invitations.take_away(invitation)
        return invitation_view(invitation, MembershipStatus.GONE)
    after = desk.member(person_id).left()
    desk.keep(after)
    return member_view(after, work)


def _go(desk: Desk) -> MemberView:
    """Leave, or decline; again: nothing more happens."""
    by, work = desk.by, desk.work
    mine = desk.members.get(by.person_id)
    invitation = desk.invitation_to(account_of(by, work).email)
    if mine is None and invitation is None:
        raise no_such_company()
    if invitation:
        work.invitations.take_away(invitation)
    after = (mine or Membership(desk.company.company_id, by.person_id)).left()
    if mine:
        desk.keep(after)
    return member_view(after, work)


def _check_companies(person_id: UUID, work: Work) -> None:
    most = work.companies.limits(day_in_japan(work.clock.now())).companies_of_person
    if len(work.companies.rights_of(person_id)) >= most:
        raise Rejected(
            "too_many_companies", "Leave a company before you join another one.", at_most=most
        )
