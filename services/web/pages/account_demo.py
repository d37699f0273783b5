"""The sample market: sign in as somebody of it by one button.

Only where there is such a market, and under an address that only this machine reaches: the
passwords of these people lie in a file.
"""

import asyncio
import json
from http import HTTPStatus
from pathlib import Path

from pydantic import BaseModel, SecretStr, TypeAdapter
from starlette.responses import Response

from services.web.backend import Refused
from services.web.i18n import _
from services.web.pages.account_sign_in import take
from services.web.routing import Pages, Visit
from shared.messages.accounts import SignIn

pages = Pages()


class SamplePerson(BaseModel):
    """Somebody of the sample market."""

    name: str
    role: str
    about: str = ""
    email: str
    password: SecretStr


_people = TypeAdapter(list[SamplePerson])


@pages.get("/demo", public=True)
async def demo(visit: Visit) -> Response:
    """Show the people of the sample market."""
    people = await _read(visit)
    roles = ("client", "assistant", "program", "operator")
    by_role = {role: [each for each in people if each.role == role] for role in roles}
    return visit.show("account/demo.html", by_role=by_role)


@pages.post("/demo", public=True, again=demo)
async def be_somebody(visit: Visit) -> Response:
    """Sign in as one of them."""
    email = visit.form.text("email")
    found = next((each for each in await _read(visit) if each.email == email), None)
    if found is None:
        raise Refused(HTTPStatus.NOT_FOUND, "not_found")
    return await take(visit, SignIn(email=found.email, password=found.password), "/home")


async def _read(visit: Visit) -> list[SamplePerson]:
    file = visit.site.demo_people
    if file is None:
        raise Refused(HTTPStatus.NOT_FOUND, "not_found")
    try:
        return _people.validate_python(await asyncio.to_thread(_load, file))
    except FileNotFoundError:
        raise Refused(
            HTTPStatus.NOT_FOUND, "no_sample_market", _("There is no sample market here.")
        ) from None


def _load(file: Path) -> object:
    return json.loads(file.read_text(encoding="utf-8"))
