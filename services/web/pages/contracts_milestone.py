"""A milestone as both parties see it, and what is done to it: reviewing, ending, disputing."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.contracts import contract_of, may, milestone_of, side_of
from services.web.pages.contracts_history import history_of
from services.web.pages.contracts_where import money_of
from services.web.routing import Pages, Visit, together
from shared.messages.contracts import (
    AcceptPart,
    AskToEnd,
    CommentDelivery,
    ContractView,
    MilestoneKind,
    MilestoneView,
    RequestChanges,
)
from shared.messages.retainers import HoursView

pages = Pages()

MILESTONE = "/contracts/{contract_id}/milestones/{milestone_id}"
# From these an end can be proposed; to these a dispute can be opened.
CAN_END = frozenset({"agreed", "funded", "changes_requested"})
CAN_DISPUTE = frozenset({"delivered", "changes_requested", "ending"})


@pages.get(MILESTONE)
async def show_milestone(visit: Visit) -> Response:
    """Show a milestone: what was agreed, what was delivered, what can be done about it now."""
    contract = await contract_of(visit)
    milestone = milestone_of(visit, contract)
    money, hours = await together(
        money_of(visit, [milestone.milestone_id]), _hours(visit, milestone)
    )
    side = side_of(visit, contract)
    return visit.show(
        "contracts/milestone.html",
        contract=contract,
        milestone=milestone,
        side=side,
        may_fund=may(visit, "fund", contract.client_id),
        may_accept=side == "client" and may(visit, "accept", contract.client_id),
        can_end=milestone.status in CAN_END and side != "operator",
        can_dispute=milestone.status in CAN_DISPUTE and side != "operator",
        money=money.get(milestone.milestone_id),
        hours=hours,
        history=history_of(contract, milestone.milestone_id),
        names=names_of(contract),
        # A payment or release of a moment ago may not be told everywhere yet.
        me=contract.assistant_id if side == "assistant" else contract.client_id,
    )


def names_of(contract: ContractView) -> Mapping[UUID, str]:
    """Return the parties' names by their ids."""
    return {
        contract.client_id: contract.terms.client_name,
        contract.assistant_id: contract.terms.assistant_name,
    }


async def _hours(visit: Visit, milestone: MilestoneView) -> HoursView | None:
    if milestone.kind is not MilestoneKind.PERIOD:
        return None
    return await visit.maybe(visit.or_none(visit.get("contracts", f"{at(visit)}/hours", HoursView)))


def at(visit: Visit) -> str:
    """Return where contracts has the milestone that the path names."""
    return f"/{visit.params['contract_id']}/milestones/{visit.params['milestone_id']}"


def done(visit: Visit, said: str) -> Response:
    """Lead back to the milestone, with a word on what was done."""
    return visit.go(f"/contracts{at(visit)}", say=said)


@pages.post(f"{MILESTONE}/acceptance", role="client", again=show_milestone)
async def accept(visit: Visit) -> Response:
    """Accept the work: its pay is released."""
    await visit.send("POST", "contracts", f"{at(visit)}/acceptance")
    return done(visit, _("Accepted. Thank you: the pay is released to the assistant."))


@pages.post(f"{MILESTONE}/part", role="client", again=show_milestone)
async def accept_part(visit: Visit) -> Response:
    """Accept a part of the work, and say what is missing for the rest."""
    form = visit.form
    values: dict[str, Any] = {
        "price": {"amount": form.yen("price")},
        "comment": form.text("comment"),
    }
    if form.many("criterion"):
        values["criterion"] = form.integer("criterion")
    form.must_be_filled_in()
    body = AcceptPart.model_validate(values)
    await visit.send("POST", "contracts", f"{at(visit)}/partial-acceptances", body)
    return done(visit, _("That part is accepted; the assistant goes on with the rest."))


@pages.post(f"{MILESTONE}/changes", role="client", again=show_milestone)
async def request_changes(visit: Visit) -> Response:
    """Say what must change, and by which criterion."""
    form = visit.form
    criterion = form.integer("criterion") if form.many("criterion") else None
    body = RequestChanges(comment=form.text("comment"), criterion=criterion)
    await visit.send("POST", "contracts", f"{at(visit)}/change-requests", body)
    return done(visit, _("The assistant is told what you would like changed."))


@pages.post(f"{MILESTONE}/deliveries/{{delivery_id}}/comments", again=show_milestone)
async def comment(visit: Visit) -> Response:
    """Say something about a delivery, without asking for anything."""
    body = CommentDelivery(text=visit.form.text("text"))
    path = f"{at(visit)}/deliveries/{visit.params['delivery_id']}/comments"
    await visit.send("POST", "contracts", path, body)
    return done(visit, _("Your comment is there."))


@pages.post(f"{MILESTONE}/ending", again=show_milestone)
async def ask_to_end(visit: Visit) -> Response:
    """Propose to end it."""
    body = AskToEnd(reason=visit.form.text("reason"))
    await visit.send("POST", "contracts", f"{at(visit)}/ending", body)
    return done(visit, _("Proposed. The other party has seven days to answer."))


@pages.post(f"{MILESTONE}/ending/agreement", again=show_milestone)
async def agree_to_end(visit: Visit) -> Response:
    """Agree that it ends."""
    await visit.send("POST", "contracts", f"{at(visit)}/ending/agreement")
    return done(visit, _("It is ended, and what was held goes back to the client."))
