"""What is kept of one: all of it in one file, and leaving for good."""

import asyncio
import io
import zipfile
from collections.abc import Mapping

from pydantic import SecretStr
from starlette.responses import Response

from services.web.backend import Answer
from services.web.formats import today
from services.web.i18n import N_, _
from services.web.routing import Pages, Visit, together
from shared.messages.accounts import PersonView
from shared.messages.deletion import AskDeletion, DeletionView

pages = Pages()

PAGE = "/settings/data"
DELETION = "/people/me/deletion"
SERVICES = ("accounts", "jobs", "contracts", "payments", "programs", "notify")
REASONS: Mapping[str, str] = {
    "open_contracts": N_("Contracts of yours are still open."),
    "open_jobs": N_("Jobs of yours are still open."),
    "open_proposals": N_("Proposals of yours wait for an answer."),
    "open_disputes": N_("A dispute isn't decided yet."),
    "money_held": N_("Money is held for milestones of yours."),
    "money_owed": N_("Money is owed to you, or by you."),
    "payout_on_its_way": N_("A payout to you is on its way."),
}


@pages.get(PAGE)
async def data(visit: Visit) -> Response:
    """Show what one may do with what is kept."""
    person, deletion = await together(
        visit.get("accounts", "/people/me", PersonView),
        visit.or_none(visit.get("accounts", DELETION, DeletionView)),
    )
    return visit.show("account/data.html", person=person, deletion=deletion, reasons=REASONS)


@pages.get(f"{PAGE}/export")
async def export(visit: Visit) -> Response:
    """Give all that every service keeps of the person, as one ZIP of JSON files."""
    asked = (visit.ask("GET", service, "/people/me/export") for service in SERVICES)
    answers = await together(*asked)
    packed = await asyncio.to_thread(_pack, dict(zip(SERVICES, answers, strict=True)))
    name = f"tasuki-{today():%Y-%m-%d}.zip"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "private, no-store",
    }
    return Response(packed, media_type="application/zip", headers=headers)


@pages.post(f"{PAGE}/deletion", again=data)
async def ask_deletion(visit: Visit) -> Response:
    """Ask for the account to be deleted."""
    if not visit.form.flag("sure"):
        visit.form.fault("sure", _("Please check this if you are sure."))
    password = visit.form.optional("password")
    body = AskDeletion(password=SecretStr(password) if password else None)
    await visit.send("POST", "accounts", DELETION, body)
    return visit.go(PAGE, say=_("We look whether anything of yours is open."), mood="calm")


@pages.post(f"{PAGE}/deletion/withdrawal", again=data)
async def stay(visit: Visit) -> Response:
    """Take it back."""
    await visit.send("POST", "accounts", f"{DELETION}/withdrawal")
    return visit.go(PAGE, say=_("Good that you stay. Everything is as it was."))


def _pack(answers: Mapping[str, Answer]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for service, answer in answers.items():
            archive.writestr(f"{service}.json", answer.content)
    return output.getvalue()
