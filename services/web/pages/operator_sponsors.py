"""Municipalities whose accounts an operator makes sure of."""

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit
from shared.messages.base import Page
from shared.messages.programs import DecideOnSponsor, SponsorStatus, SponsorView

pages = Pages()

SPONSORS = "/operator/sponsors"


@pages.get(SPONSORS, role="operator")
async def sponsors(visit: Visit) -> Response:
    """Show who says to be a municipality: those who wait, or all by what was decided."""
    asked = visit.query.get("status", "")
    status = asked if asked in set(SponsorStatus) else SponsorStatus.WAITING.value
    found = await visit.get(
        "programs",
        "/sponsors",
        Page[SponsorView],
        status=status,
        after=visit.query.get("after"),
    )
    return visit.show("operator/sponsors.html", sponsors=found, shown=status)


@pages.post(SPONSORS + "/{account_id}/decision", role="operator", again=sponsors)
async def decide(visit: Visit) -> Response:
    """Confirm that an account is the municipality's, or refuse it."""
    form = visit.form
    confirmed = form.choice("confirmed", "yes", "no") == "yes"
    reason = None if confirmed else form.text("reason")
    form.must_be_filled_in()
    body = DecideOnSponsor(confirmed=confirmed, reason=reason)
    path = f"/sponsors/{visit.params['account_id']}/decision"
    await visit.send("POST", "programs", path, body)
    return visit.go(SPONSORS, say=_("Decided. The account is told."))
