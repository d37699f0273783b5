"""What the parties say to each other and of each other: messages, ratings, blocks, reports."""

from contextlib import suppress
from typing import Any

from starlette.responses import Response

from services.web.backend import Refused, Unreachable
from services.web.i18n import _
from services.web.pages.contracts import CONTRACT, contract_of, side_of, unread_of
from services.web.pages.contracts_milestone import names_of
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.contracts import ContractView
from shared.messages.talk import (
    BlockList,
    GiveRating,
    MakeReport,
    MarkRead,
    MessageView,
    RatingsView,
    ReplyToRating,
    ReportKind,
    SendMessage,
    UnreadList,
)

pages = Pages()

MESSAGES = f"{CONTRACT}/messages"
RATINGS = f"{CONTRACT}/ratings"
REPORT = f"{CONTRACT}/report"


@pages.get(MESSAGES)
async def show_messages(visit: Visit) -> Response:
    """Show what was written, the newest below, and mark it as read."""
    path = f"/{visit.params['contract_id']}/messages"
    after = visit.query.get("after")
    contract, found = await together(
        contract_of(visit),
        visit.get("contracts", path, Page[MessageView], after=after, limit=30),
    )
    side = side_of(visit, contract)
    me = contract.assistant_id if side == "assistant" else contract.client_id
    unread = [each for each in found.items if each.from_id != me and each.read_at is None]
    if unread and side != "operator" and not after:
        newest = max(unread, key=lambda each: each.message_id)
        await _mark_read(visit, path, newest)
    return visit.show(
        "contracts/messages.html",
        contract=contract,
        messages=found.items[::-1],
        older=found.next,
        later=bool(after),
        side=side,
        me=me,
        new={each.message_id for each in unread},
        names=names_of(contract),
    )


async def _mark_read(visit: Visit, path: str, newest: MessageView) -> None:
    """Say that they were read; if that fails they stay unread, and nothing else is wrong."""
    body = MarkRead(up_to=newest.message_id)
    with suppress(Refused, Unreachable):
        await visit.send("POST", "contracts", f"{path}/read", body)


@pages.post(MESSAGES, again=show_messages)
async def write(visit: Visit) -> Response:
    """Write to the other party, with files."""
    text = visit.form.text("text")
    files = await visit.attach("contracts", f"/{visit.params['contract_id']}/files")
    body = SendMessage(text=text, file_ids=files)
    path = f"/{visit.params['contract_id']}/messages"
    await visit.send("POST", "contracts", path, body)
    return visit.go(f"/contracts{path}#write", say=_("Sent."))


@pages.get(RATINGS)
async def show_ratings(visit: Visit) -> Response:
    """Show what both said of each other, or ask for it."""
    path = f"/{visit.params['contract_id']}"
    contract, ratings, unread = await together(
        contract_of(visit),
        visit.get("contracts", f"{path}/ratings", RatingsView),
        visit.maybe(visit.get("contracts", "/messages/unread", UnreadList)),
    )
    side = side_of(visit, contract)
    whose = _whose(visit, contract)
    blocks = await visit.maybe(visit.get("contracts", "/blocks", BlockList, **whose))
    other = contract.client_id if side == "assistant" else contract.assistant_id
    return visit.show(
        "contracts/ratings.html",
        contract=contract,
        ratings=ratings,
        side=side,
        other_name=names_of(contract)[other],
        blocked=any(each.account_id == other for each in (blocks.items if blocks else ())),
        unread=unread_of(unread, contract.contract_id),
    )


@pages.post(RATINGS, again=show_ratings)
async def rate(visit: Visit) -> Response:
    """Rate the other party, once."""
    form = visit.form
    stars = form.integer("stars") if form.many("stars") else 0
    if not stars:
        form.fault("stars", _("Please choose one of these."))
    comment = form.text("comment")
    form.must_be_filled_in()
    body = GiveRating(stars=stars, comment=comment)
    return await _said(visit, "", body, _("Thank you. It can be read when both have rated."))


@pages.post(f"{RATINGS}/reply", again=show_ratings)
async def reply(visit: Visit) -> Response:
    """Answer what was said of oneself."""
    body = ReplyToRating(text=visit.form.text("text"))
    return await _said(visit, "/reply", body, _("Your answer is there for all to read."))


async def _said(visit: Visit, where: str, body: GiveRating | ReplyToRating, said: str) -> Response:
    path = f"/{visit.params['contract_id']}/ratings"
    await visit.send("POST", "contracts", f"{path}{where}", body)
    return visit.go(f"/contracts{path}", say=said)


@pages.post(f"{CONTRACT}/block", again=show_ratings)
async def block(visit: Visit) -> Response:
    """Want nothing new to begin with the other party; or take that back. It is never told so."""
    contract = await contract_of(visit)
    side = side_of(visit, contract)
    other = contract.client_id if side == "assistant" else contract.assistant_id
    on = visit.form.flag("on")
    method = "PUT" if on else "DELETE"
    await visit.ask(method, "contracts", f"/blocks/{other}", params=_whose(visit, contract))
    said = _("Nothing new begins between you.") if on else _("You can work together again.")
    return visit.go(f"/contracts/{contract.contract_id}/ratings", say=said)


def _whose(visit: Visit, contract: ContractView) -> dict[str, Any]:
    """Return whose blocks they are: a company's, where the visitor stands for one here."""
    if side_of(visit, contract) != "client" or contract.client_id == visit.person.person_id:
        return {}
    return {"client_id": contract.client_id}


@pages.get(REPORT)
async def report_page(visit: Visit) -> Response:
    """Ask what isn't right."""
    return visit.show("contracts/report.html", contract=await contract_of(visit))


@pages.post(REPORT, again=report_page)
async def report(visit: Visit) -> Response:
    """Tell the operators of it; only they read it."""
    contract = await contract_of(visit)
    text = visit.form.text("text")
    body = MakeReport(kind=ReportKind.CONTRACT, subject_id=contract.contract_id, text=text)
    await visit.send("POST", "contracts", "/reports", body)
    return visit.go(
        f"/contracts/{contract.contract_id}",
        say=_("Thank you. An operator looks into it."),
    )
