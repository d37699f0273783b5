"""Signing in by an account elsewhere (OpenID Connect): going there, coming back, linking."""

import hmac
from http import HTTPStatus
from typing import cast
from urllib.parse import urlencode

from pydantic import SecretStr, TypeAdapter
from starlette.responses import Response

from services.web.backend import Refused
from services.web.guard import safe_next
from services.web.i18n import _
from services.web.pages.account_security import PAGE as SECURITY
from services.web.pages.account_security import security
from services.web.pages.account_sign_in import NEXT, go_on, sign_in_page
from services.web.refusals import explain
from services.web.routing import Pages, Visit
from shared.messages.accounts import SecondFactorNeeded, TokenView
from shared.messages.identities import (
    ElsewhereView,
    FinishElsewhere,
    RegisterElsewhere,
    RegistrationNeeded,
    StartedElsewhere,
    StartElsewhere,
)

pages = Pages()

STATE, PURPOSE = "elsewhere_state", "elsewhere_purpose"
NEWCOMER, NAME, EMAIL = "elsewhere_newcomer", "elsewhere_name", "elsewhere_email"

_answers: TypeAdapter[TokenView | SecondFactorNeeded | RegistrationNeeded] = TypeAdapter(
    ElsewhereView
)


@pages.post("/sign-in/{provider}", public=True, again=sign_in_page)
async def sign_in_elsewhere(visit: Visit) -> Response:
    """Go to a provider to sign in there."""
    onward = safe_next(visit.form.optional("next")) or ""
    return await _leave(visit, StartElsewhere(purpose="sign_in"), onward)


@pages.post(f"{SECURITY}/providers/{{provider}}", again=security)
async def link_elsewhere(visit: Visit) -> Response:
    """Go to a provider to link the account there."""
    return await _leave(visit, StartElsewhere(purpose="link"), SECURITY)


@pages.post(f"{SECURITY}/providers/{{provider}}/removal", again=security)
async def unlink(visit: Visit) -> Response:
    """Let the account there open this one no more."""
    await visit.send("DELETE", "accounts", f"/oidc/{visit.params['provider']}/link")
    return visit.go(SECURITY, say=_("The account elsewhere no longer opens yours here."))


@pages.get("/sign-in/{provider}", public=True)
async def come_back(visit: Visit) -> Response:
    """Take what the provider has sent the browser back with."""
    asides = visit.session.asides
    purpose, onward = asides.pop(PURPOSE, ""), asides.get(NEXT, "")
    state, code = visit.query.get("state", ""), visit.query.get("code", "")
    # Whoever brings a state that this browser did not begin with may have it from somebody else,
    # who wants their account to be used here.
    mine = hmac.compare_digest(asides.pop(STATE, "").encode(), state.encode())
    if not (purpose and state and mine):
        raise Refused(HTTPStatus.NOT_FOUND, "not_found")
    there = SECURITY if purpose == "link" else f"/sign-in?{urlencode({'next': onward})}"
    if not code:
        return visit.go(there, say=_("You came back without having signed in there."), mood="calm")
    try:
        return await _take(visit, purpose, code, state)
    except Refused as refused:
        return visit.go(there, say=explain(refused), mood="bad")


@pages.get("/sign-up/elsewhere", public=True)
async def newcomer_page(visit: Visit) -> Response:
    """Ask for what an account needs beside what the provider vouches for."""
    asides = visit.session.asides
    if NEWCOMER not in asides:
        return visit.go("/sign-in")
    return visit.show(
        "account/sign_up_elsewhere.html", name=asides.get(NAME, ""), email=asides.get(EMAIL, "")
    )


@pages.post("/sign-up/elsewhere", public=True, again=newcomer_page)
async def register(visit: Visit) -> Response:
    """Open an account for whom a provider vouches."""
    form = visit.form
    if not form.many("roles"):
        form.fault("roles", _("Please choose at least one."))
    body = RegisterElsewhere(
        challenge=SecretStr(visit.session.asides.get(NEWCOMER, "") or "none"),
        display_name=form.text("display_name"),
        reading=form.optional("reading"),
        roles=cast("frozenset[object]", frozenset(form.many("roles"))),
        locale=visit.lang,
    )
    form.must_be_filled_in()
    answer = await visit.ask("POST", "accounts", "/oidc/registrations", body=body)
    onward = visit.session.asides.get(NEXT, "")
    return await go_on(visit, answer.parse(TokenView, "accounts"), onward)


async def _leave(visit: Visit, body: StartElsewhere, onward: str) -> Response:
    """Show a page that leads on by itself: a form may not redirect to another server."""
    path = f"/oidc/{visit.params['provider']}/start"
    started = (await visit.ask("POST", "accounts", path, body=body)).parse(
        StartedElsewhere, "accounts"
    )
    visit.session.asides |= {STATE: started.state, PURPOSE: body.purpose, NEXT: onward}
    return visit.show("account/leaving.html", url=started.authorization_url)


async def _take(visit: Visit, purpose: str, code: str, state: str) -> Response:
    body = FinishElsewhere(code=SecretStr(code), state=SecretStr(state))
    provider = visit.params["provider"]
    if purpose == "link":
        await visit.ask("POST", "accounts", f"/oidc/{provider}/link", body=body)
        return visit.go(SECURITY, say=_("From now on you can sign in by that account, too."))
    answer = await visit.ask("POST", "accounts", f"/oidc/{provider}/callback", body=body)
    found = _answers.validate_json(answer.content)
    onward = visit.session.asides.get(NEXT, "")
    if not isinstance(found, RegistrationNeeded):
        return await go_on(visit, found, onward)
    visit.session.asides |= {
        NEWCOMER: found.challenge,
        NAME: found.display_name,
        EMAIL: found.email,
    }
    return visit.go("/sign-up/elsewhere")
