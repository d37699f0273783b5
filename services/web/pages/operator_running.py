"""How the market runs: dead letters, queues, webhooks, and the letters that people get."""

from typing import get_args

from starlette.responses import HTMLResponse, Response

from services.web.i18n import _, language
from services.web.pages.operator_shared import SERVICES, names_of, or_away
from services.web.routing import Pages, Visit, together
from shared.messages.accounts import Locale
from shared.messages.notify import Channel, LetterView, PreviewView
from shared.messages.operations import (
    DeadLetterList,
    DeadLettersMoved,
    DeadLetterView,
    QueuesView,
    ReplayDeadLetters,
)
from shared.messages.webhooks import TrafficView

pages = Pages()

LETTERS = "/operator/dead-letters"
_AS_MAIL = {
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
}


@pages.get(LETTERS, role="operator")
async def dead_letters(visit: Visit) -> Response:
    """Show what the services could not handle, of each the oldest."""
    found = await together(
        *(
            or_away(visit.get(service, "/operations/dead-letters", DeadLetterList))
            for service in SERVICES
        )
    )
    return visit.show("operator/dead_letters.html", found=list(zip(SERVICES, found, strict=True)))


@pages.post(LETTERS + "/{service}/replay", role="operator", again=dead_letters)
async def replay_all(visit: Visit) -> Response:
    """Put all dead letters of a service back into their queues."""
    moved = await visit.send(
        "POST",
        _service(visit),
        "/operations/dead-letters/replay",
        ReplayDeadLetters(queue=visit.form.optional("queue")),
        DeadLettersMoved,
    )
    return visit.go(LETTERS, say=_("%(count)s are handled once more.", count=moved.count))


@pages.get(LETTERS + "/{service}/{letter_id}", role="operator")
async def dead_letter(visit: Visit) -> Response:
    """Show a dead letter with its event."""
    service = _service(visit)
    letter = await visit.get(service, _path(visit), DeadLetterView)
    return visit.show("operator/dead_letter.html", letter=letter, service=service)


@pages.post(LETTERS + "/{service}/{letter_id}/replay", role="operator", again=dead_letter)
async def replay(visit: Visit) -> Response:
    """Put a dead letter back into its queue."""
    await visit.send("POST", _service(visit), f"{_path(visit)}/replay", None, DeadLettersMoved)
    return visit.go(LETTERS, say=_("It is handled once more."))


@pages.post(LETTERS + "/{service}/{letter_id}/discard", role="operator", again=dead_letter)
async def discard(visit: Visit) -> Response:
    """Delete a dead letter for good."""
    await visit.send("POST", _service(visit), f"{_path(visit)}/discard", None, DeadLettersMoved)
    return visit.go(LETTERS, say=_("It is deleted for good."), mood="calm")


@pages.get("/operator/queues", role="operator")
async def queues(visit: Visit) -> Response:
    """Show what each service still has to tell and to hear."""
    found = await together(
        *(or_away(visit.get(each, "/operations/queues", QueuesView)) for each in SERVICES)
    )
    return visit.show("operator/queues.html", found=list(zip(SERVICES, found, strict=True)))


@pages.get("/operator/webhooks", role="operator")
async def webhooks(visit: Visit) -> Response:
    """Show how messages to customers' programs fare."""
    found = await visit.get("notify", "/operations/webhooks", TrafficView)
    names = await names_of(visit, (each.account_id for each in found.items))
    return visit.show("operator/webhooks.html", endpoints=found.items, names=names)


@pages.get("/operator/letters", role="operator")
async def letters(visit: Visit) -> Response:
    """Show a letter as people get it, by language and channel."""
    listed = await visit.get("notify", "/previews", list[LetterView])
    asked = visit.query.get("letter", "")
    fitting = (each for each in listed if f"{each.event}/{each.template}" == asked)
    chosen = next(fitting, listed[0])
    channel = _one_of(visit.query.get("channel", Channel.EMAIL), tuple(Channel))
    return visit.show(
        "operator/letters.html",
        letters=listed,
        chosen=chosen,
        preview=await _preview(visit, f"{chosen.event}/{chosen.template}", channel),
        locales=get_args(Locale),
        channels=tuple(Channel),
    )


@pages.get("/operator/letters/mail", role="operator")
async def mail(visit: Visit) -> Response:
    """Show a letter as a mail program lays it out: its own styles, and nothing that runs."""
    preview = await _preview(visit, visit.query.get("letter", ""), Channel.EMAIL)
    return HTMLResponse(preview.html, headers=_AS_MAIL)


async def _preview(visit: Visit, letter: str, channel: str) -> PreviewView:
    locale = _one_of(visit.query.get("locale", language()), get_args(Locale))
    path = f"/previews/{letter}"
    return await visit.get("notify", path, PreviewView, locale=locale, channel=channel)


def _one_of(asked: str, allowed: tuple[str, ...]) -> str:
    return asked if asked in allowed else str(allowed[0])


def _service(visit: Visit) -> str:
    asked = str(visit.params["service"])
    return asked if asked in SERVICES else SERVICES[0]


def _path(visit: Visit) -> str:
    return f"/operations/dead-letters/{visit.params['letter_id']}"
