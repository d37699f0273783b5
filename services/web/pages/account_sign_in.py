"""Signing in, in one step or two, and out; and showing once more that one is oneself."""

from contextlib import suppress

from pydantic import SecretStr, TypeAdapter
from starlette.responses import Response

from services.web.backend import Refused, Unreachable
from services.web.guard import safe_next
from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.accounts import (
    PersonView,
    ProvePresence,
    SecondFactorNeeded,
    SignIn,
    SignInView,
    TokenView,
)
from shared.messages.identities import IdentityView, ProviderView

pages = Pages()

FIRST_PAGE = "/home"
# Between the two steps these wait in the sealed cookie; the sign-in that follows clears it.
CHALLENGE, FACTORS, NEXT = "challenge", "factors", "next"

_answers: TypeAdapter[TokenView | SecondFactorNeeded] = TypeAdapter(SignInView)


@pages.get("/sign-in", public=True)
async def sign_in_page(visit: Visit) -> Response:
    """Ask for address and password."""
    onward = safe_next(visit.form.optional("next") or visit.query.get("next"))
    if visit.viewer:
        return visit.go(onward or FIRST_PAGE)
    asked = visit.or_none(visit.get("accounts", "/oidc", list[ProviderView]))
    return visit.show(
        "account/sign_in.html",
        next=onward or "",
        demo=bool(visit.site.demo_people),
        providers=await visit.maybe(asked) or [],
    )


@pages.post("/sign-in", public=True, again=sign_in_page)
async def sign_in(visit: Visit) -> Response:
    """Take address and password."""
    form = visit.form
    email, password = form.text("email"), form.password("password")
    onward = safe_next(form.optional("next")) or ""
    form.must_be_filled_in()
    return await take(visit, SignIn(email=email, password=SecretStr(password)), onward)


@pages.get("/sign-in/second-factor", public=True)
async def second_factor_page(visit: Visit) -> Response:
    """Ask for a code, or a passkey."""
    if CHALLENGE not in visit.session.asides:
        return visit.go("/sign-in")
    factors = visit.session.asides.get(FACTORS, "").split()
    return visit.show("account/second_factor.html", factors=factors)


@pages.post("/sign-in/second-factor", public=True, again=second_factor_page)
async def second_factor(visit: Visit) -> Response:
    """Take a code of an app, or a recovery code."""
    challenge = visit.session.asides.get(CHALLENGE, "")
    if not challenge:
        return visit.go("/sign-in")
    kind = visit.form.choice("kind", "totp", "recovery_code")
    code = "".join(visit.form.text("code").split())
    visit.form.must_be_filled_in()
    body = {"challenge": challenge, kind: code}
    try:
        answer = await visit.ask("POST", "accounts", "/sessions/second-factor", body=body)
    except Refused as refused:
        if refused.code != "challenge_invalid":
            raise
        visit.session.forget()
        return visit.go("/sign-in", say=_("That took long. Please sign in again."), mood="calm")
    onward = visit.session.asides.get(NEXT, "")
    return await go_on(visit, answer.parse(TokenView, "accounts"), onward)


@pages.get("/sign-in/again")
async def presence_page(visit: Visit) -> Response:
    """Ask for the password once more before something that matters."""
    onward = safe_next(visit.form.optional("next") or visit.query.get("next"))
    person, identities = await together(
        visit.get("accounts", "/people/me", PersonView),
        visit.get("accounts", "/oidc/identities", list[IdentityView]),
    )
    return visit.show(
        "account/presence.html", next=onward or "", person=person, identities=identities
    )


@pages.post("/sign-in/again", again=presence_page)
async def prove_presence(visit: Visit) -> Response:
    """Take the password once more."""
    password = SecretStr(visit.form.password("password"))
    onward = safe_next(visit.form.optional("next")) or "/settings/security"
    await visit.send("POST", "accounts", "/sessions/me/proof", ProvePresence(password=password))
    await visit.site.signing.renew(visit.session, visit.asker)
    return visit.go(onward, say=_("Thank you. You can do it now."), mood="calm")


@pages.post("/sign-out", public=True)
async def sign_out(visit: Visit) -> Response:
    """End the session, here and at accounts."""
    if visit.viewer:
        # Here it ends all the same: the tokens are in nobody's hands any more.
        with suppress(Refused, Unreachable):
            await visit.send("POST", "accounts", "/sessions/me/end")
    visit.session.forget()
    response = visit.go("/", say=_("You are signed out."), mood="calm")
    # Whoever has this device next finds no page in its memory. (Our own cookie has the notice.)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


async def take(visit: Visit, body: SignIn, onward: str) -> Response:
    """Sign in with an address and its password, and go on."""
    answer = await visit.ask("POST", "accounts", "/sessions", body=body)
    return await go_on(visit, _answers.validate_json(answer.content), onward)


async def go_on(visit: Visit, answer: TokenView | SecondFactorNeeded, onward: str) -> Response:
    """Begin the session, or ask for the second factor first."""
    if isinstance(answer, TokenView):
        await visit.site.signing.begin(visit.session, visit.asker, answer)
        viewer = visit.session.viewer()
        if viewer and not viewer.roles:
            # An operator is one once a second factor is set up: that page says so.
            return visit.go("/settings/security")
        return visit.go(onward or FIRST_PAGE)
    visit.session.asides = {
        CHALLENGE: answer.challenge,
        FACTORS: " ".join(sorted(answer.factors)),
        NEXT: onward,
    }
    return visit.go("/sign-in/second-factor")
