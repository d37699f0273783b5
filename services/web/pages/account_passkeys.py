"""Signing in with a passkey: alone, as the second step, and to show that it is still oneself."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import SecretStr
from starlette.responses import JSONResponse, Response

from services.web.guard import safe_next
from services.web.i18n import _
from services.web.pages.account_sign_in import (
    CHALLENGE,
    NEXT,
    go_on,
    presence_page,
    second_factor_page,
    sign_in_page,
)
from services.web.routing import Pages, Visit
from shared.messages.accounts import TokenView
from shared.messages.factors import (
    CompleteSignIn,
    PasskeyOptionsView,
    ProvePresenceByPasskey,
    SignInWithPasskey,
)

pages = Pages()

# The challenge that a device signs waits here for its answer.
SIGNED = "passkey_challenge"


@pages.post("/sign-in/passkey/options", public=True)
async def sign_in_options(visit: Visit) -> Response:
    """Tell the browser what a device is to sign."""
    answer = await visit.ask("POST", "accounts", "/sessions/passkey-options")
    return keep_options(visit, answer.parse(PasskeyOptionsView, "accounts"))


@pages.post("/sign-in/passkey", public=True, again=sign_in_page)
async def sign_in(visit: Visit) -> Response:
    """Sign in with a passkey alone."""
    challenge, credential = chosen(visit)
    body = SignInWithPasskey(challenge=challenge, credential=credential)
    answer = await visit.ask("POST", "accounts", "/sessions/passkey", body=body)
    onward = safe_next(visit.form.optional("next")) or ""
    return await go_on(visit, answer.parse(TokenView, "accounts"), onward)


@pages.post("/sign-in/second-factor/passkey/options", public=True)
async def second_factor_options(visit: Visit) -> Response:
    """Tell the browser what a device is to sign for the second step."""
    body = {"challenge": visit.session.asides.get(CHALLENGE, "")}
    path = "/sessions/second-factor/passkey-options"
    answer = await visit.ask("POST", "accounts", path, body=body)
    view = answer.parse(PasskeyOptionsView, "accounts")
    return JSONResponse(dict(view.options))


@pages.post("/sign-in/second-factor/passkey", public=True, again=second_factor_page)
async def second_factor(visit: Visit) -> Response:
    """Sign in with a passkey as the second step."""
    challenge = visit.session.asides.get(CHALLENGE, "")
    onward = visit.session.asides.get(NEXT, "")
    body = CompleteSignIn(challenge=SecretStr(challenge), passkey=_credential(visit))
    answer = await visit.ask("POST", "accounts", "/sessions/second-factor", body=body)
    return await go_on(visit, answer.parse(TokenView, "accounts"), onward)


@pages.post("/sign-in/again/passkey/options")
async def presence_options(visit: Visit) -> Response:
    """Tell the browser what a device is to sign, to show that it is still oneself."""
    answer = await visit.ask("POST", "accounts", "/sessions/me/proof/passkey-options")
    return keep_options(visit, answer.parse(PasskeyOptionsView, "accounts"))


@pages.post("/sign-in/again/passkey", again=presence_page)
async def prove_presence(visit: Visit) -> Response:
    """Show by a passkey that it is still oneself."""
    challenge, credential = chosen(visit)
    onward = safe_next(visit.form.optional("next")) or "/settings/security"
    body = ProvePresenceByPasskey(challenge=challenge, credential=credential)
    await visit.ask("POST", "accounts", "/sessions/me/proof/passkey", body=body)
    await visit.site.signing.renew(visit.session, visit.asker)
    return visit.go(onward, say=_("Thank you. You can do it now."), mood="calm")


def keep_options(visit: Visit, view: PasskeyOptionsView) -> Response:
    """Return what the browser asks a device for, and keep the challenge until it has answered."""
    visit.session.asides[SIGNED] = view.challenge
    return JSONResponse(dict(view.options))


def chosen(visit: Visit) -> tuple[SecretStr, Mapping[str, Any]]:
    """Return the challenge, and what the device has answered."""
    credential = _credential(visit)
    return SecretStr(visit.session.asides.pop(SIGNED, "") or "none"), credential


def _credential(visit: Visit) -> Mapping[str, Any]:
    try:
        found = json.loads(visit.form.text("credential", needed=False))
    except ValueError:
        found = None
    if not isinstance(found, dict):
        visit.form.fault("", _("No passkey came along. Please try again."))
        found = {}
    visit.form.must_be_filled_in()
    return found
