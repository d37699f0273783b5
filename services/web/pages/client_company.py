"""Companies: founding one, who is in it, and what each may do in its name."""

from collections.abc import Iterable

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.companies import (
    CompanyView,
    FoundCompany,
    InviteMember,
    MemberRights,
    MembershipStatus,
    MembershipView,
    MemberView,
    RenameCompany,
)
from shared.people import Right

pages = Pages()

COMPANY = "/company/{company_id}"
MEMBER = COMPANY + "/members/{person_id}"


@pages.get("/company")
async def companies(visit: Visit) -> Response:
    """Show the companies that one is in or invited to, and how to found one."""
    found = await visit.get("accounts", "/companies", list[MembershipView])
    return visit.show(
        "client/companies.html",
        joined=[each for each in found if each.status is MembershipStatus.MEMBER],
        invited=[each for each in found if each.status is MembershipStatus.INVITED],
    )


@pages.post("/company", role="client", again=companies)
async def found_company(visit: Visit) -> Response:
    """Open an account for a company."""
    form = visit.form
    body = FoundCompany(name=form.text("name"), email=form.text("email"), locale=visit.lang)
    founded = await visit.send("POST", "accounts", "/companies", body, CompanyView)
    return await _known_anew(
        visit, f"/company/{founded.company_id}", _("The company has its account.")
    )


@pages.post(f"{COMPANY}/membership", again=companies)
async def join(visit: Visit) -> Response:
    """Accept an invitation."""
    company_id = visit.params["company_id"]
    await visit.send("POST", "accounts", f"/companies/{company_id}/membership")
    visit.session.part = "client"
    return await _known_anew(visit, f"/company/{company_id}", _("You are in it now."))


@pages.get(COMPANY, role="client")
async def company(visit: Visit) -> Response:
    """Show who is in a company; an administrator may change that."""
    path = f"/companies/{visit.params['company_id']}"
    shown, mine = await together(
        visit.get("accounts", path, CompanyView),
        visit.get("accounts", "/companies", list[MembershipView]),
    )
    return visit.show(
        "client/company.html",
        company=shown,
        etag=visit.etag("accounts", path),
        members=sorted(shown.members, key=_members_first),
        administers=any(
            each.company_id == shown.company_id and each.administrator for each in mine
        ),
        rights=rights_in_words(),
    )


def _members_first(member: MemberView) -> tuple[bool, str]:
    return member.status is not MembershipStatus.MEMBER, member.display_name


def rights_in_words() -> list[tuple[str, str, str]]:
    """Return the rights with what each allows."""
    return [
        (Right.POST.value, _("Hire"), _("Posts jobs and chooses who does them.")),
        (Right.FUND.value, _("Pay"), _("Pays in, and has credit paid back.")),
        (Right.ACCEPT.value, _("Accept"), _("Reviews deliveries, and answers proposals to end.")),
        (Right.SEE_MONEY.value, _("See the money"), _("Sees payments, receipts and invoices.")),
    ]


@pages.post(f"{COMPANY}/details", role="client", again=company)
async def rename(visit: Visit) -> Response:
    """Say otherwise what the company is called, and where it is reached."""
    form = visit.form
    path = f"/companies/{visit.params['company_id']}"
    locale = form.choice("locale", "ja", "en")
    body = RenameCompany.model_validate(
        {"name": form.text("name"), "email": form.text("email"), "locale": locale}
    )
    await visit.send("PUT", "accounts", path, body, if_match=visit.form.etag)
    return await _known_anew(visit, _page(visit), _("Saved."))


@pages.post(f"{COMPANY}/members", role="client", again=company)
async def invite(visit: Visit) -> Response:
    """Invite a person by e-mail address."""
    form = visit.form
    body = InviteMember(
        email=form.text("email"),
        rights=_rights(form.many("rights")),
        administrator=form.flag("administrator"),
    )
    path = f"/companies/{visit.params['company_id']}/members"
    await visit.send("POST", "accounts", path, body)
    return visit.go(_page(visit), say=_("Invited. The address is written to."))


@pages.post(f"{MEMBER}/rights", role="client", again=company)
async def change_rights(visit: Visit) -> Response:
    """Give a member other rights."""
    form = visit.form
    body = MemberRights(
        rights=_rights(form.many("rights")), administrator=form.flag("administrator")
    )
    await visit.send("PUT", "accounts", _member(visit), body)
    return visit.go(_page(visit), say=_("Saved. It holds within 15 minutes."))


@pages.post(f"{MEMBER}/removal", again=company)
async def remove(visit: Visit) -> Response:
    """Take somebody out of the company: another, an invitation, or oneself."""
    gone = await visit.send("POST", "accounts", f"{_member(visit)}/removal", None, MemberView)
    if visit.params["person_id"] == str(visit.person.person_id):
        visit.session.acting_for = ""
        return await _known_anew(visit, "/company", _("You have left the company."))
    if gone.email:
        return visit.go(_page(visit), say=_("The invitation is taken back."))
    return visit.go(_page(visit), say=_("Removed. It holds within 15 minutes."))


def _rights(chosen: Iterable[str]) -> frozenset[Right]:
    known = {right.value for right in Right}
    return frozenset(Right(each) for each in chosen if each in known)


def _member(visit: Visit) -> str:
    return f"/companies/{visit.params['company_id']}/members/{visit.params['person_id']}"


def _page(visit: Visit) -> str:
    return f"/company/{visit.params['company_id']}"


async def _known_anew(visit: Visit, path: str, said: str) -> Response:
    """Have the session know of the companies as they are now."""
    await visit.site.signing.renew(visit.session, visit.asker)
    return visit.go(path, say=said)
