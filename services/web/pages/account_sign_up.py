"""Opening an account, and the letters with links: to confirm an address, to set a new password."""

from typing import cast

from pydantic import SecretStr
from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit
from shared.messages.accounts import (
    AskConfirmationLetter,
    AskPasswordReset,
    ConfirmEmail,
    ConfirmPerson,
    RegisterPerson,
    ResetPassword,
)

pages = Pages()

WRITTEN_TO = "written_to"


@pages.get("/sign-up", public=True)
async def sign_up_page(visit: Visit) -> Response:
    """Ask who it is."""
    wanted = visit.query.get("as", "")
    return visit.show("account/sign_up.html", wanted=wanted)


@pages.post("/sign-up", public=True, again=sign_up_page)
async def sign_up(visit: Visit) -> Response:
    """Open an account: it is one once the letter's link is followed."""
    form = visit.form
    if not form.many("roles"):
        form.fault("roles", _("Please choose at least one."))
    body = RegisterPerson(
        email=form.text("email"),
        password=SecretStr(form.password("password")),
        display_name=form.text("display_name"),
        reading=form.optional("reading"),
        roles=cast("frozenset[object]", frozenset(form.many("roles"))),
        locale=visit.lang,
    )
    await visit.send("POST", "accounts", "/people", body)
    visit.session.asides = {WRITTEN_TO: body.email}
    return visit.go("/sign-up/sent")


@pages.get("/sign-up/sent", public=True)
async def sign_up_sent(visit: Visit) -> Response:
    """Say that a letter is under way; the same whether or not there was an account before."""
    return visit.show(
        "account/letter_sent.html",
        title=_("We have written to you"),
        lead=_("Please open the link in our e-mail to finish opening your account."),
        email=visit.session.asides.get(WRITTEN_TO, ""),
        again="/confirm/again",
    )


@pages.get("/confirm/again", public=True)
async def confirm_again_page(visit: Visit) -> Response:
    """Ask which address to write to once more."""
    return visit.show(
        "account/ask_letter.html",
        title=_("Have the e-mail sent again"),
        lead=_("If your account isn't confirmed yet, we send you a new link."),
        action="/confirm/again",
        email=visit.session.asides.get(WRITTEN_TO, ""),
    )


@pages.post("/confirm/again", public=True, again=confirm_again_page)
async def confirm_again(visit: Visit) -> Response:
    """Have the letter sent again."""
    body = AskConfirmationLetter(email=visit.form.text("email"))
    await visit.send("POST", "accounts", "/people/confirmation-letters", body)
    visit.session.asides = {WRITTEN_TO: body.email}
    return visit.go("/sign-up/sent")


@pages.get("/confirm", public=True)
async def confirm_page(visit: Visit) -> Response:
    """Show the button that uses the link: programs that look into mails only open pages."""
    return visit.show(
        "account/use_link.html",
        title=_("Confirm your e-mail address"),
        lead=_("One more step, and your account is open."),
        label=_("Confirm and open the account"),
        action="/confirm",
        secret=visit.query.get("secret", "") or visit.form.text("secret", needed=False),
        instead="/confirm/again",
    )


@pages.post("/confirm", public=True, again=confirm_page)
async def confirm(visit: Visit) -> Response:
    """Use the link: the account is open."""
    body = ConfirmPerson(secret=SecretStr(visit.form.password("secret")))
    await visit.send("POST", "accounts", "/people/confirmation", body)
    return visit.go("/sign-in", say=_("Your account is open. Please sign in."))


@pages.get("/confirm/email", public=True)
async def confirm_email_page(visit: Visit) -> Response:
    """Show the button that uses the link to a new address."""
    return visit.show(
        "account/use_link.html",
        title=_("Confirm your new e-mail address"),
        lead=_("From then on you sign in with it, and we write to you there."),
        label=_("Use this address"),
        action="/confirm/email",
        secret=visit.query.get("secret", "") or visit.form.text("secret", needed=False),
        instead="/settings",
    )


@pages.post("/confirm/email", public=True, again=confirm_email_page)
async def confirm_email(visit: Visit) -> Response:
    """Use the link: the new address holds."""
    body = ConfirmEmail(secret=SecretStr(visit.form.password("secret")))
    await visit.send("POST", "accounts", "/people/email-confirmation", body)
    if not visit.viewer:
        return visit.go("/sign-in", say=_("Your new e-mail address holds. Please sign in."))
    await visit.site.signing.know_again(visit.session, visit.asker)
    return visit.go("/settings", say=_("Your new e-mail address holds."))


@pages.get("/reset", public=True)
async def reset_page(visit: Visit) -> Response:
    """Ask which account's password is to be set anew."""
    return visit.show(
        "account/ask_letter.html",
        title=_("Set a new password"),
        lead=_("We send you a link by which you choose a new one."),
        action="/reset",
        email="",
    )


@pages.post("/reset", public=True, again=reset_page)
async def reset(visit: Visit) -> Response:
    """Have the letter sent."""
    body = AskPasswordReset(email=visit.form.text("email"))
    await visit.send("POST", "accounts", "/password-resets", body)
    visit.session.asides = {WRITTEN_TO: body.email}
    return visit.go("/reset/sent")


@pages.get("/reset/sent", public=True)
async def reset_sent(visit: Visit) -> Response:
    """Say that a letter is under way, if there is such an account."""
    return visit.show(
        "account/letter_sent.html",
        title=_("We have written to you"),
        lead=_("If there is an account with this address, our e-mail has the link in it."),
        email=visit.session.asides.get(WRITTEN_TO, ""),
        again="/reset",
    )


@pages.get("/reset/new", public=True)
async def new_password_page(visit: Visit) -> Response:
    """Ask for the new password."""
    secret = visit.query.get("secret", "") or visit.form.text("secret", needed=False)
    return visit.show("account/new_password.html", secret=secret)


@pages.post("/reset/new", public=True, again=new_password_page)
async def new_password(visit: Visit) -> Response:
    """Set the new password: every session has ended."""
    body = ResetPassword(
        secret=SecretStr(visit.form.password("secret")),
        new=SecretStr(visit.form.password("new")),
    )
    await visit.send("POST", "accounts", "/password-resets/redemption", body)
    visit.session.forget()
    return visit.go("/sign-in", say=_("Your new password holds. Please sign in with it."))
