"""A dispute about a milestone, as its parties lead it: opening, answering, stating, settling."""

from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from services.web.backend import Refused
from services.web.i18n import _
from services.web.pages.contracts import contract_of, milestone_of
from services.web.pages.contracts_milestone import MILESTONE, at, show_milestone
from services.web.routing import Pages, Visit
from shared.messages.contracts import (
    AnswerDispute,
    MakeStatement,
    OpenDispute,
    ProposeSettlement,
)

pages = Pages()

DISPUTE = f"{MILESTONE}/dispute"


@pages.post(DISPUTE, again=show_milestone)
async def open_dispute(visit: Visit) -> Response:
    """Say that one can't agree, and why."""
    form = visit.form
    criterion = form.integer("criterion") if form.many("criterion") else None
    body = OpenDispute(reason=form.text("reason"), criterion=criterion)
    await visit.send("POST", "contracts", f"{at(visit)}/disputes", body)
    return _led_on(visit, _("The dispute is open. The other party has five business days."))


@pages.post(f"{DISPUTE}/answer", again=show_milestone)
async def answer(visit: Visit) -> Response:
    """Say how one sees it oneself."""
    body = AnswerDispute(text=visit.form.text("text"))
    await visit.send("POST", "contracts", f"{await _place(visit)}/answers", body)
    return _led_on(visit, _("Your answer is there. Now you can settle it, or it is decided."))


@pages.post(f"{DISPUTE}/statement", again=show_milestone)
async def state(visit: Visit) -> Response:
    """Say more about it, with files."""
    text = visit.form.text("text")
    files = await visit.attach("contracts", f"/{visit.params['contract_id']}/files")
    body = MakeStatement(text=text, file_ids=files)
    await visit.send("POST", "contracts", f"{await _place(visit)}/statements", body)
    return _led_on(visit, _("Your statement is there."))


@pages.post(f"{DISPUTE}/settlement", again=show_milestone)
async def settle(visit: Visit) -> Response:
    """Propose how to divide what is held; proposing what the other did is agreeing."""
    values: dict[str, Any] = {"to_assistant": {"amount": visit.form.yen("to_assistant")}}
    visit.form.must_be_filled_in()
    body = ProposeSettlement.model_validate(values)
    await visit.send("POST", "contracts", f"{await _place(visit)}/settlement", body)
    return _led_on(visit, _("Your proposal is there. If both propose the same, it is settled."))


async def _place(visit: Visit) -> str:
    """Return where contracts has the dispute of the milestone that the path names."""
    milestone = milestone_of(visit, await contract_of(visit))
    if milestone.dispute is None:
        raise Refused(HTTPStatus.NOT_FOUND, "dispute_not_found")
    return f"/{visit.params['contract_id']}/disputes/{milestone.dispute.dispute_id}"


def _led_on(visit: Visit, said: str) -> Response:
    return visit.go(f"/contracts{at(visit)}#dispute", say=said)
