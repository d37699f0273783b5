"""How one signs in: password, second factors, passkeys, providers, and where one is signed in."""

from pydantic import SecretStr
from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.account_passkeys import chosen, keep_options
from services.web.routing import Pages, Visit, together
from shared.messages.accounts import ChangePassword, PersonView, SessionView
from shared.messages.factors import (
    AddPasskey,
    ConfirmTotp,
    FactorAddedView,
    FactorsView,
    PasskeyOptionsView,
    RecoveryCodesView,
    TotpView,
)
from shared.messages.identities import IdentityView, ProviderView

pages = Pages()

PAGE = "/settings/security"
CODES = "recovery_codes"


@pages.get(PAGE)
async def security(visit: Visit) -> Response:
    """Show how one signs in, and where one is signed in."""
    person, factors, sessions, identities, providers = await together(
        visit.get("accounts", "/people/me", PersonView),
        visit.get("accounts", "/factors", FactorsView),
        visit.get("accounts", "/sessions", list[SessionView]),
        visit.get("accounts", "/oidc/identities", list[IdentityView]),
        visit.get("accounts", "/oidc", list[ProviderView]),
    )
    linked = {each.provider for each in identities}
    return visit.show(
        "account/security.html",
        person=person,
        factors=factors,
        sessions=sessions,
        identities=identities,
        unlinked=[each for each in providers if each.name not in linked],
    )


@pages.get("/home")
async def home_of_nobody(visit: Visit) -> Response:
    """Say what is missing: an operator is one only with a second step."""
    return visit.show("account/second_step_needed.html")


@pages.post(f"{PAGE}/password", again=security)
async def change_password(visit: Visit) -> Response:
    """Replace the password: every other session ends."""
    current = visit.form.optional("current")
    new = visit.form.password("new")
    visit.form.must_be_filled_in()
    body = ChangePassword(current=SecretStr(current) if current else None, new=SecretStr(new))
    await visit.send("PUT", "accounts", "/people/me/password", body, PersonView)
    return visit.go(PAGE, say=_("Your new password holds. Everywhere else you are signed out."))


@pages.post(f"{PAGE}/sessions/others/end", again=security)
async def end_others(visit: Visit) -> Response:
    """Sign out everywhere but here."""
    await visit.send("POST", "accounts", "/sessions/others/end")
    return visit.go(PAGE, say=_("Everywhere else you are signed out."))


@pages.post(f"{PAGE}/sessions/{{session_id}}/end", again=security)
async def end_session(visit: Visit) -> Response:
    """Sign out on one device."""
    await visit.send("DELETE", "accounts", f"/sessions/{visit.params['session_id']}")
    return visit.go(PAGE, say=_("You are signed out there."))


@pages.post(f"{PAGE}/totp")
async def start_totp(visit: Visit) -> Response:
    """Show the secret for an app. It is kept nowhere here, so the page answers the form itself."""
    totp = await visit.send("POST", "accounts", "/factors/totp", None, TotpView)
    return visit.show("account/totp.html", totp=totp)


@pages.get(f"{PAGE}/totp/code")
async def totp_code(visit: Visit) -> Response:
    """Ask for a code of the app once more, after a wrong one."""
    return visit.show("account/totp.html", totp=None)


@pages.post(f"{PAGE}/totp/code", again=totp_code)
async def confirm_totp(visit: Visit) -> Response:
    """Take a code of the app: it is set up by that."""
    code = "".join(visit.form.text("code").split())
    visit.form.must_be_filled_in()
    body = ConfirmTotp(code=SecretStr(code))
    added = await visit.send(
        "POST", "accounts", "/factors/totp/confirmation", body, FactorAddedView
    )
    await _be_an_operator(visit)
    return _added(visit, added.recovery_codes, _("From now on you sign in with a code as well."))


@pages.post(f"{PAGE}/totp/removal", again=security)
async def remove_totp(visit: Visit) -> Response:
    """Do without the app."""
    await visit.send("DELETE", "accounts", "/factors/totp")
    return visit.go(PAGE, say=_("The app is no longer asked for."))


@pages.post(f"{PAGE}/passkeys/options")
async def passkey_options(visit: Visit) -> Response:
    """Tell the browser what a device needs to make a passkey."""
    view = await visit.send(
        "POST", "accounts", "/factors/passkeys/options", None, PasskeyOptionsView
    )
    return keep_options(visit, view)


@pages.post(f"{PAGE}/passkeys", again=security)
async def add_passkey(visit: Visit) -> Response:
    """Keep the passkey that a device has made."""
    challenge, credential = chosen(visit)
    body = AddPasskey(challenge=challenge, name=visit.form.text("name"), credential=credential)
    added = await visit.send("POST", "accounts", "/factors/passkeys", body, FactorAddedView)
    await _be_an_operator(visit)
    return _added(visit, added.recovery_codes, _("The passkey is set up."))


@pages.post(f"{PAGE}/passkeys/{{passkey_id}}/removal", again=security)
async def remove_passkey(visit: Visit) -> Response:
    """Do without a passkey."""
    await visit.send("DELETE", "accounts", f"/factors/passkeys/{visit.params['passkey_id']}")
    return visit.go(PAGE, say=_("The passkey no longer opens your account."))


@pages.post(f"{PAGE}/recovery-codes", again=security)
async def new_codes(visit: Visit) -> Response:
    """Make new recovery codes."""
    made = await visit.send("POST", "accounts", "/factors/recovery-codes", None, RecoveryCodesView)
    return _added(visit, made.codes, _("The codes of before are worth nothing any more."))


@pages.get(f"{PAGE}/recovery-codes")
async def recovery_codes(visit: Visit) -> Response:
    """Show new recovery codes, once."""
    codes = visit.session.asides.pop(CODES, "").split()
    return visit.show("account/recovery_codes.html", codes=codes) if codes else visit.go(PAGE)


async def _be_an_operator(visit: Visit) -> None:
    """Take the role that waited for a second factor: it is in the next access token."""
    if visit.viewer and not visit.viewer.roles:
        await visit.site.signing.renew(visit.session, visit.asker)


def _added(visit: Visit, codes: tuple[str, ...], say: str) -> Response:
    if not codes:
        return visit.go(PAGE, say=say)
    visit.session.asides[CODES] = " ".join(codes)
    return visit.go(f"{PAGE}/recovery-codes", say=say)
