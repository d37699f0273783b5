"""Contracts as both parties see them: where each milestone stands, and where the money is.

What is done to a milestone is in contracts_milestone.py and contracts_disputes.py; paying in
contracts_fund.py; terms, messages and ratings in modules of their names; what only an assistant
does in work.py.
"""

from collections.abc import Sequence
from http import HTTPStatus
from typing import Literal
from uuid import UUID

from starlette.responses import Response

from services.web.backend import Refused
from services.web.i18n import _
from services.web.pages.client import OVER, Progress
from services.web.pages.contracts_history import history_of
from services.web.pages.contracts_where import money_of, where_it_is
from services.web.routing import Pages, Visit, together
from shared.messages.amendments import AmendmentStatus, AmendmentView
from shared.messages.base import Page
from shared.messages.contracts import (
    ContractSummary,
    ContractView,
    GiveBonus,
    MilestoneKind,
    MilestoneView,
)
from shared.messages.handovers import HandOverStatus, HandOverView
from shared.messages.retainers import RetainerView
from shared.messages.talk import UnreadList

pages = Pages()

CONTRACT = "/contracts/{contract_id}"
MOST = 100
# Of a retainer that goes on for years the periods before these are in its history.
MOST_PERIODS = 8

Side = Literal["client", "assistant", "operator"]


@pages.get("/contracts")
async def list_contracts(visit: Visit) -> Response:
    """Show the contracts of the part that one acts in: what goes on first."""
    everything = visit.query.get("all") == "yes"
    after = visit.query.get("after")
    found = await visit.get(
        "contracts",
        "",
        Page[ContractSummary],
        running=None if everything else True,
        after=after,
        limit=50,
    )
    mine = [each for each in found.items if _is_mine(visit, each)]
    return visit.show(
        "contracts/list.html",
        rows=[Progress.of(each) for each in mine],
        everything=everything,
        next=found.next,
        later=bool(after),
    )


def _is_mine(visit: Visit, contract: ContractSummary) -> bool:
    person = visit.person
    if person.part == "assistant":
        return contract.assistant_id == person.person_id
    return contract.client_id == person.acting_for


def side_of(visit: Visit, contract: ContractView) -> Side:
    """Return which party the visitor is, or stands for."""
    person = visit.person
    if contract.assistant_id == person.person_id:
        return "assistant"
    companies = {each.company_id for each in person.companies}
    if contract.client_id in {person.person_id, *companies}:
        return "client"
    return "operator"


def may(visit: Visit, right: str, account_id: UUID) -> bool:
    """Tell whether the visitor may do this in the account's name: in one's own, everything."""
    rights = {each.company_id: each.rights for each in visit.person.companies}
    return account_id == visit.person.person_id or right in rights.get(account_id, ())


@pages.get(CONTRACT)
async def show_contract(visit: Visit) -> Response:
    """Show a contract, what is to be done next in it, and where its money is."""
    path = f"/{visit.params['contract_id']}"
    contract, amendments, hand_overs, unread = await together(
        visit.get("contracts", path, ContractView),
        visit.maybe(visit.get("contracts", f"{path}/amendments", Page[AmendmentView], limit=20)),
        visit.maybe(visit.get("contracts", f"{path}/hand-overs", Page[HandOverView], limit=20)),
        visit.maybe(visit.get("contracts", "/messages/unread", UnreadList)),
    )
    shown = _shown(contract)
    money, retainer = await together(
        money_of(visit, [each.milestone_id for each in shown]),
        _retainer(visit, contract),
    )
    side = side_of(visit, contract)
    return visit.show(
        "contracts/contract.html",
        contract=contract,
        side=side,
        may_fund=may(visit, "fund", contract.client_id),
        shown=shown,
        money=money,
        where=where_it_is(shown, money),
        retainer=retainer,
        now=next((each for each in shown if each.status not in OVER), None),
        over=OVER,
        amendments=[
            each
            for each in (amendments.items if amendments else ())
            if each.status is AmendmentStatus.OFFERED
        ],
        hand_overs=[
            each
            for each in (hand_overs.items if hand_overs else ())
            if each.status is HandOverStatus.PROPOSED
        ],
        history=history_of(contract),
        unread=unread_of(unread, contract.contract_id),
    )


def _shown(contract: ContractView) -> Sequence[MilestoneView]:
    periods = [each for each in contract.milestones if each.kind is MilestoneKind.PERIOD]
    dropped = {each.milestone_id for each in periods[:-MOST_PERIODS]}
    return [each for each in contract.milestones if each.milestone_id not in dropped]


async def _retainer(visit: Visit, contract: ContractView) -> RetainerView | None:
    if contract.terms.retainer is None:
        return None
    return await visit.maybe(
        visit.get("contracts", f"/{contract.contract_id}/retainer", RetainerView)
    )


def unread_of(unread: UnreadList | None, contract_id: UUID) -> int:
    """Return how many messages of this contract are to be read."""
    found = [
        each.unread for each in (unread.items if unread else ()) if each.contract_id == contract_id
    ]
    return sum(found)


async def contract_of(visit: Visit) -> ContractView:
    """Return the contract that the path names."""
    return await visit.get("contracts", f"/{visit.params['contract_id']}", ContractView)


def milestone_of(visit: Visit, contract: ContractView) -> MilestoneView:
    """Return the milestone that the path names; raise Refused when there is none."""
    wanted = str(visit.params["milestone_id"])
    for milestone in contract.milestones:
        if str(milestone.milestone_id) == wanted:
            return milestone
    raise Refused(HTTPStatus.NOT_FOUND, "milestone_not_found")


@pages.get(f"{CONTRACT}/files/{{file_id}}")
async def download(visit: Visit) -> Response:
    """Give a file of the contract to a party."""
    contract_id, file_id = visit.params["contract_id"], visit.params["file_id"]
    return await visit.download("contracts", f"/{contract_id}/files/{file_id}")


@pages.get(f"{CONTRACT}/bonus", role="client")
async def bonus_page(visit: Visit) -> Response:
    """Ask for a bonus: how much, and what for."""
    return visit.show("contracts/bonus.html", contract=await contract_of(visit))


@pages.post(f"{CONTRACT}/bonus", role="client", again=bonus_page)
async def give_bonus(visit: Visit) -> Response:
    """Add a bonus; it is the assistant's as soon as it is paid for."""
    form = visit.form
    values = {
        "title": form.text("title"),
        "price": {"amount": form.yen("price")},
        "note": form.text("note"),
    }
    form.must_be_filled_in()
    path = f"/{visit.params['contract_id']}"
    body = GiveBonus.model_validate(values)
    bonus = await visit.send("POST", "contracts", f"{path}/bonuses", body, MilestoneView)
    return visit.go(
        f"/contracts{path}/fund?milestone={bonus.milestone_id}",
        say=_("The bonus is added. Pay it in, and it is theirs."),
    )


@pages.post(f"{CONTRACT}/retainer/resumption", role="client", again=show_contract)
async def resume_retainer(visit: Visit) -> Response:
    """Have a retainer go on from today."""
    path = f"/{visit.params['contract_id']}"
    await visit.send("POST", "contracts", f"{path}/retainer/resumption")
    return visit.go(f"/contracts{path}", say=_("The next period is there, to be paid in."))
