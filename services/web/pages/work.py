"""What an assistant does in a contract: deliver, log hours, move dates, hand over.

The contract itself is shown by contracts.py, which links to these pages. `…` is a milestone's path,
/contracts/{contract_id}/milestones/{milestone_id}:

    …/deliver                       hand in the work
    …/hours                         the hours of a retainer's period; the client sees them too
    …/hand-over                     propose that somebody else goes on (either party)
    /contracts/{contract_id}/dates  move the dates
    /contracts/{contract_id}/notice end a retainer (either party)
    /contracts/{contract_id}/hand-overs/{hand_over_id}/consent, …/refusal (either party)
    /hand-overs                     what one is asked to go on with, for somebody else
"""

from http import HTTPStatus
from uuid import UUID

from starlette.responses import Response

from services.web.backend import Refused
from services.web.formats import today
from services.web.forms import NO_DATE, NO_ID, id_at_end
from services.web.i18n import _, ngettext
from services.web.pages.programs_shared import unless_barred
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.care import DatesLeftView, MoveDates
from shared.messages.contracts import ContractView, Deliver, MilestoneView
from shared.messages.handovers import (
    ConsentToHandOver,
    HandOverView,
    OfferedHandOver,
    ProposeHandOver,
)
from shared.messages.program_people import MateView
from shared.messages.retainers import HoursView, LogHours, RetainerView
from shared.money import YenPart

pages = Pages()

MILESTONE = "/contracts/{contract_id}/milestones/{milestone_id}"
HAND_OVER = "/contracts/{contract_id}/hand-overs/{hand_over_id}"
OFFERED = "/hand-overs/{hand_over_id}"
MOST_MINUTES = 24 * 60


@pages.get(f"{MILESTONE}/deliver", role="assistant")
async def deliver_page(visit: Visit) -> Response:
    """Ask for a text and files."""
    contract, milestone = await _milestone(visit)
    return visit.show("assistant/deliver.html", contract=contract, milestone=milestone)


@pages.post(f"{MILESTONE}/deliver", role="assistant", again=deliver_page)
async def deliver(visit: Visit) -> Response:
    """Hand in the work: the files first, then what they are part of."""
    text = visit.form.text("text")
    # A period of a retainer says by its hours what was done; it may have files all the same.
    files = await visit.attach("contracts", f"{_contract_path(visit)}/files")
    body = Deliver(text=text, file_ids=files)
    await visit.send(
        "POST", "contracts", f"{_milestone_path(visit)}/deliveries", body, MilestoneView
    )
    return visit.go(
        _page(visit),
        say=_("Delivered. We have told the client, who reviews it now."),
    )


@pages.get(f"{MILESTONE}/hours")
async def hours_page(visit: Visit) -> Response:
    """Show the hours of a period, to be logged by the assistant."""
    path = _contract_path(visit)
    contract, hours, retainer = await together(
        visit.get("contracts", path, ContractView),
        visit.get("contracts", f"{_milestone_path(visit)}/hours", HoursView),
        visit.get("contracts", f"{path}/retainer", RetainerView),
    )
    open_to_change = hours.status in {"funded", "changes_requested"}
    mine = visit.person.person_id == contract.assistant_id
    return visit.show(
        "assistant/hours.html",
        contract=contract,
        hours=hours,
        retainer=retainer,
        may_log=mine and open_to_change and today() >= hours.starts_on,
        mine=mine,
        last_day=min(today(), hours.ends_on),
    )


@pages.post(f"{MILESTONE}/hours", role="assistant", again=hours_page)
async def log_hours(visit: Visit) -> Response:
    """Log time that was worked, or put an entry right."""
    form = visit.form
    minutes = form.integer("hours", needed=False) * 60 + form.integer("minutes", needed=False)
    day = form.date("day")
    if not 1 <= minutes <= MOST_MINUTES:
        form.fault("hours", _("Please say how long it was."))
    form.must_be_filled_in()
    body = LogHours(day=day, minutes=minutes, note=form.text("note", needed=False))
    path = f"{_milestone_path(visit)}/hours"
    entry = form.optional("entry_id")
    if entry:
        await visit.send("PUT", "contracts", f"{path}/{form.uuid('entry_id')}", body, HoursView)
    else:
        await visit.send("POST", "contracts", path, body, HoursView)
    return visit.go(visit.path, say=_("Noted."))


@pages.post(f"{MILESTONE}/hours/removal", role="assistant")
async def remove_hours(visit: Visit) -> Response:
    """Take an entry away."""
    entry = visit.form.uuid("entry_id")
    path = f"{_milestone_path(visit)}/hours/{entry}"
    await visit.send("DELETE", "contracts", path, None, HoursView)
    return visit.go(visit.path.removesuffix("/removal"), say=_("Taken away."))


@pages.get("/contracts/{contract_id}/dates", role="assistant")
async def dates_page(visit: Visit) -> Response:
    """Say by how many days the dates may still move."""
    path = _contract_path(visit)
    contract, left = await together(
        visit.get("contracts", path, ContractView),
        visit.get("contracts", f"{path}/date-moves", DatesLeftView),
    )
    waiting = [
        each
        for each in contract.milestones
        if each.status in {"agreed", "funding", "funded", "changes_requested", "ending"}
    ]
    return visit.show("assistant/dates.html", contract=contract, left=left, waiting=waiting)


@pages.post("/contracts/{contract_id}/dates", role="assistant", again=dates_page)
async def move_dates(visit: Visit) -> Response:
    """Move the dates. Nobody is asked why."""
    body = MoveDates(days=visit.form.integer("days"))
    path = f"{_contract_path(visit)}/date-moves"
    left = await visit.send("POST", "contracts", path, body, DatesLeftView)
    said = ngettext(
        "The dates have moved. %(num)s more day is left.",
        "The dates have moved. %(num)s more days are left.",
        left.left_days,
    )
    return visit.go(_page(visit), say=said)


@pages.get(f"{MILESTONE}/hand-over")
async def hand_over_page(visit: Visit) -> Response:
    """Ask who is to go on, and what is for the work so far."""
    contract, milestone = await _milestone(visit)
    mine = visit.person.person_id == contract.assistant_id
    return visit.show(
        "assistant/hand_over.html",
        contract=contract,
        milestone=milestone,
        mine=mine,
        mates=await _mates(visit) if mine else [],
    )


async def _mates(visit: Visit) -> list[tuple[UUID, str]]:
    """Return the people of one's own cohort who work by now: they come first."""
    asked = visit.get("programs", "/participants/mine/mates", list[MateView])
    found = await visit.maybe(unless_barred(asked))
    return [(each.person_id, each.person_name) for each in found or ()]


@pages.post(f"{MILESTONE}/hand-over", again=hand_over_page)
async def propose_hand_over(visit: Visit) -> Response:
    """Propose that somebody else goes on."""
    form = visit.form
    mate = form.text("mate_id", needed=False)
    substitute = id_at_end(form.text("substitute_id", needed=not mate) or mate)
    if substitute is None:
        form.fault("substitute_id", _("Please paste the address of the person's profile."))
    due_on = form.date("due_on", needed=False)
    price, note = form.yen("to_assistant"), form.text("note")
    form.must_be_filled_in()
    body = ProposeHandOver(
        substitute_id=substitute or NO_ID,
        to_assistant=YenPart(amount=price),
        due_on=None if due_on == NO_DATE else due_on,
        note=note,
        share_deliveries=form.flag("share_deliveries"),
    )
    await visit.send(
        "POST", "contracts", f"{_milestone_path(visit)}/hand-overs", body, HandOverView
    )
    return visit.go(_page(visit), say=_("Proposed. It is handed over once all three agree."))


@pages.post(f"{HAND_OVER}/consent")
async def consent_to_hand_over(visit: Visit) -> Response:
    """Consent as a party of the contract."""
    body = ConsentToHandOver(share_deliveries=visit.form.flag("share_deliveries"))
    path = f"{_contract_path(visit)}/hand-overs/{visit.params['hand_over_id']}/consent"
    view = await visit.send("POST", "contracts", path, body, HandOverView)
    agreed = view.status == "agreed"
    said = _("It is handed over.") if agreed else _("You have agreed to the hand-over.")
    return visit.go(_page(visit), say=said)


@pages.post(f"{HAND_OVER}/refusal")
async def refuse_hand_over(visit: Visit) -> Response:
    """Refuse, or take one's own proposal back."""
    path = f"{_contract_path(visit)}/hand-overs/{visit.params['hand_over_id']}/refusal"
    await visit.send("POST", "contracts", path, None, HandOverView)
    return visit.go(_page(visit), say=_("Everything stays as it was."), mood="calm")


@pages.get("/hand-overs", role="assistant")
async def offered_page(visit: Visit) -> Response:
    """Show what one is asked to go on with."""
    after = visit.query.get("after")
    found = await visit.get("contracts", "/hand-overs", Page[OfferedHandOver], after=after)
    return visit.show("assistant/hand_overs.html", found=found)


@pages.get(OFFERED, role="assistant")
async def offered_one_page(visit: Visit) -> Response:
    """Show what is offered, with the terms that one would have."""
    path = f"/hand-overs/{visit.params['hand_over_id']}"
    offered = await visit.get("contracts", path, OfferedHandOver)
    return visit.show("assistant/offered_hand_over.html", offered=offered)


@pages.get(f"{OFFERED}/files/{{file_id}}", role="assistant")
async def offered_file(visit: Visit) -> Response:
    """Pass on a file that was delivered before, if it is shared."""
    hand_over_id, file_id = visit.params["hand_over_id"], visit.params["file_id"]
    return await visit.download("contracts", f"/hand-overs/{hand_over_id}/files/{file_id}")


@pages.post(f"{OFFERED}/consent", role="assistant", again=offered_one_page)
async def go_on(visit: Visit) -> Response:
    """Go on with it."""
    path = f"/hand-overs/{visit.params['hand_over_id']}"
    view = await visit.send("POST", "contracts", f"{path}/consent", None, OfferedHandOver)
    if view.contract_id:
        return visit.go(f"/contracts/{view.contract_id}", say=_("The work is yours now."))
    return visit.go(path, say=_("You have agreed. It is yours once the others have agreed too."))


@pages.post(f"{OFFERED}/refusal", role="assistant", again=offered_one_page)
async def decline_to_go_on(visit: Visit) -> Response:
    """Don't go on with it."""
    path = f"/hand-overs/{visit.params['hand_over_id']}/refusal"
    await visit.send("POST", "contracts", path, None, OfferedHandOver)
    return visit.go(
        "/hand-overs", say=_("You have declined. Thank you for saying so."), mood="calm"
    )


@pages.get("/contracts/{contract_id}/notice")
async def notice_page(visit: Visit) -> Response:
    """Say when a retainer would end."""
    path = _contract_path(visit)
    contract, retainer = await together(
        visit.get("contracts", path, ContractView),
        visit.get("contracts", f"{path}/retainer", RetainerView),
    )
    return visit.show("assistant/notice.html", contract=contract, retainer=retainer)


@pages.post("/contracts/{contract_id}/notice", again=notice_page)
async def give_notice(visit: Visit) -> Response:
    """End the retainer, with the notice that its terms ask for."""
    path = f"{_contract_path(visit)}/retainer/notice"
    await visit.send("POST", "contracts", path, None, RetainerView)
    return visit.go(_page(visit), say=_("Notice is given. We have told the other side."))


async def _milestone(visit: Visit) -> tuple[ContractView, MilestoneView]:
    contract = await visit.get("contracts", _contract_path(visit), ContractView)
    wanted = visit.params["milestone_id"]
    found = [each for each in contract.milestones if str(each.milestone_id) == wanted]
    if not found:
        raise Refused(HTTPStatus.NOT_FOUND, "milestone_not_found")
    return contract, found[0]


def _page(visit: Visit) -> str:
    """Return the page of the contract."""
    return f"/contracts/{visit.params['contract_id']}"


def _contract_path(visit: Visit) -> str:
    """Return its path at the service."""
    return f"/{visit.params['contract_id']}"


def _milestone_path(visit: Visit) -> str:
    return f"{_contract_path(visit)}/milestones/{visit.params['milestone_id']}"
