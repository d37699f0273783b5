"""Who one is: name, how it is read, language, e-mail address."""

from pydantic import SecretStr
from starlette.responses import Response

from services.web.i18n import LANGUAGES, _, known
from services.web.routing import Pages, Visit
from shared.messages.accounts import ChangeEmail, ChangePerson, PersonView

pages = Pages()

ME = "/people/me"


@pages.get("/settings")
async def settings(visit: Visit) -> Response:
    """Show who one is, to be changed."""
    person = await visit.get("accounts", ME, PersonView)
    return visit.show("account/settings.html", person=person, etag=visit.etag("accounts", ME))


@pages.post("/settings", again=settings)
async def change(visit: Visit) -> Response:
    """Take another name, reading or language."""
    form = visit.form
    body = ChangePerson(
        display_name=form.text("display_name"),
        reading=form.optional("reading"),
        locale=known(form.choice("locale", *LANGUAGES)) or LANGUAGES[0],
    )
    person = await visit.send("PUT", "accounts", ME, body, PersonView, if_match=form.etag)
    visit.session.know(person)
    visit.session.language = person.locale
    return visit.go("/settings", say=_("Saved."))


@pages.post("/settings/email", again=settings)
async def change_email(visit: Visit) -> Response:
    """Ask for another address: it holds once the link in a letter to it is followed."""
    password = visit.form.optional("password")
    body = ChangeEmail(
        email=visit.form.text("email"), password=SecretStr(password) if password else None
    )
    await visit.send("POST", "accounts", "/people/me/email", body, PersonView)
    return visit.go(
        "/settings",
        say=_("We have written to the new address. It holds once you open the link in that mail."),
        mood="calm",
    )
