"""Personal access tokens: what programs may do in one's name."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

from starlette.responses import Response

from services.web.i18n import N_, _
from services.web.routing import Pages, Visit
from shared.messages.personal_tokens import MakeToken, NewTokenView, PersonalTokenView, Scope

pages = Pages()

PAGE = "/settings/tokens"
API = "/tokens"
FRESH = "fresh_token"
LIFETIMES: Mapping[str, str] = {
    "30": N_("30 days"),
    "90": N_("90 days"),
    "365": N_("One year"),
}
SCOPES: Mapping[Scope, str] = {
    Scope.JOBS_READ: N_("See jobs, proposals and profiles"),
    Scope.JOBS_WRITE: N_("Post jobs, propose, change one's profile"),
    Scope.CONTRACTS_READ: N_("See contracts"),
    Scope.CONTRACTS_WRITE: N_("Deliver, accept, write messages in contracts"),
    Scope.PAYMENTS_READ: N_("See payments and receipts"),
    Scope.PAYMENTS_WRITE: N_("Fund milestones, set up being paid"),
    Scope.NOTIFY_READ: N_("See the inbox"),
    Scope.NOTIFY_WRITE: N_("Mark notices as read, change how one is told"),
    Scope.ACCOUNTS_READ: N_("See the account and its companies"),
}


@pages.get(PAGE)
async def tokens(visit: Visit) -> Response:
    """Show the tokens that hold."""
    held = await visit.get("accounts", API, list[PersonalTokenView])
    return visit.show(
        "account/tokens.html",
        tokens=held,
        scopes=SCOPES,
        lifetimes=LIFETIMES,
        fresh=visit.session.asides.pop(FRESH, ""),
    )


@pages.post(PAGE, again=tokens)
async def make(visit: Visit) -> Response:
    """Make a token: it is shown on the next page, once."""
    form = visit.form
    days = form.choice("lifetime", *LIFETIMES)
    if not form.many("scopes"):
        form.fault("scopes", _("Please choose at least one."))
    body = MakeToken(
        name=form.text("name"),
        scopes=cast("frozenset[Scope]", frozenset(form.many("scopes"))),
        expires_at=visit.now + timedelta(days=int(days)),
    )
    made = await visit.send("POST", "accounts", API, body, NewTokenView)
    visit.session.asides[FRESH] = made.token
    return visit.go(PAGE)


@pages.post(f"{PAGE}/{{token_id}}/removal", again=tokens)
async def revoke(visit: Visit) -> Response:
    """Let a token be worth nothing."""
    await visit.send("DELETE", "accounts", f"{API}/{visit.params['token_id']}")
    return visit.go(PAGE, say=_("Within a minute it is worth nothing."))
