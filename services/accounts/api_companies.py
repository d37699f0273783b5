"""Companies and their members over HTTP; decides nothing."""

from http import HTTPStatus
from uuid import UUID

from fastapi import APIRouter

from services.accounts.api_support import LIVE_SESSION, Commands, Queries, Visitors
from services.accounts.use_cases import companies
from shared.http.edge import Answered
from shared.http.etags import TAGGED, Edits, Shown
from shared.messages.companies import (
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberRights,
    MembershipView,
    MemberView,
    RenameCompany,
)

router = APIRouter(
    prefix="/api/v1/accounts/companies", tags=["companies"], dependencies=[LIVE_SESSION]
)


@router.post("", status_code=HTTPStatus.CREATED, response_model=CompanyView)
def found_company(body: FoundCompany, command: Commands) -> Answered:
    """Open a client account for a company (role client); the next sign-in lets one act for it."""
    person = command.person
    return command.run(lambda work: companies.found_company(body, person, work))


@router.get("")
def list_companies(query: Queries) -> list[MembershipView]:
    """Return the companies that the caller is in or invited to, oldest first."""
    person = query.person
    return query.run(lambda work: companies.list_companies(person, work))


@router.get("/{company_id}", responses=TAGGED)
def show_company(company_id: UUID, query: Queries, shown: Shown) -> CompanyView:
    """Return a company and who is in it (its members)."""
    person = query.person
    return shown.as_of(query.run(lambda work: companies.show_company(company_id, person, work)))


@router.put("/{company_id}", response_model=CompanyView)
def rename_company(
    company_id: UUID, body: RenameCompany, command: Commands, edit: Edits
) -> Answered:
    """Set its name, where it is reached, and its language (an administrator)."""
    by = command.person
    return edit.run(
        command,
        lambda work: companies.show_company(company_id, by, work),
        lambda work: companies.rename_company(company_id, body, by, work),
    )


@router.post("/{company_id}/membership", response_model=MembershipView)
def join(company_id: UUID, command: Commands) -> Answered:
    """Accept an invitation to one's own address; the next token lets one act, as a client."""
    person = command.person
    return command.run(lambda work: companies.join(company_id, person, work))


@router.post("/{company_id}/members", status_code=HTTPStatus.CREATED, response_model=MemberView)
def invite(company_id: UUID, body: InviteMember, command: Commands, visitor: Visitors) -> Answered:
    """Invite somebody by e-mail (an administrator), for 30 days; they are written to.

    The answer is the same whether the address has an account or not. Whoever confirms it later
    finds the invitation then.
    """
    person = command.person
    return command.run(lambda work: companies.invite(company_id, body, person, visitor, work))


@router.put("/{company_id}/members/{person_id}", response_model=MemberView)
def change_rights(
    company_id: UUID, person_id: UUID, body: MemberRights, command: Commands
) -> Answered:
    """Give a member just these rights (an administrator): they hold from the next sign-in on.

    Of an invitation the id is its own: these are the rights of whoever accepts it.
    """
    by = command.person
    return command.run(lambda work: companies.change_rights(company_id, person_id, body, by, work))


@router.post("/{company_id}/members/{person_id}/removal", response_model=MemberView)
def remove(company_id: UUID, person_id: UUID, command: Commands) -> Answered:
    """Take a member out, or an invitation back (an administrator; oneself: leave, or decline).

    Of an invitation that is taken back the id is its own; who declines names themselves.
    """
    by = command.person
    return command.run(lambda work: companies.remove(company_id, person_id, by, work))
