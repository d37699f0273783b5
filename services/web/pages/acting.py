"""As what somebody acts: client or assistant, for themselves or for a company."""

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit

pages = Pages()


@pages.post("/acting")
async def act_as(visit: Visit) -> Response:
    """Show everything as it is for another role or account of the same person."""
    viewer = visit.person
    part, account = visit.form.optional("part"), visit.form.optional("account")
    if part in viewer.parts:
        visit.session.part, visit.session.acting_for = part, ""
    mine = {str(company.company_id) for company in viewer.companies}
    if account in mine:
        visit.session.part, visit.session.acting_for = "client", account
    elif account == str(viewer.person_id):
        visit.session.acting_for = ""
    return visit.go("/home", say=_("This is how it looks now."), mood="calm")
