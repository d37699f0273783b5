"""Paying in: several milestones at once, at the processor's page or from what lies with us."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.client import OVER
from services.web.pages.contracts import CONTRACT, contract_of, may
from services.web.pages.contracts_where import money_of
from services.web.routing import Pages, Visit, together
from shared.messages.contracts import ContractView, MilestoneStatus, MilestoneView
from shared.messages.payments import (
    CheckoutView,
    CreditView,
    MilestoneMoneyView,
    PayFromCredit,
    PaymentMethod,
    StartCheckout,
)

pages = Pages()

FUND = f"{CONTRACT}/fund"


@dataclass(frozen=True)
class ToPay:
    """A milestone that can be paid in, and what that costs; None when payments can't say."""

    milestone: MilestoneView
    money: MilestoneMoneyView | None


@pages.get(FUND, role="client")
async def fund_page(visit: Visit) -> Response:
    """Show what can be paid in now, and the ways to do it."""
    contract = await contract_of(visit)
    waiting = [each for each in contract.milestones if each.status is MilestoneStatus.AGREED]
    on_its_way = [each for each in contract.milestones if each.status is MilestoneStatus.FUNDING]
    both = [*waiting, *on_its_way]
    money, credit = await together(
        money_of(visit, [each.milestone_id for each in both]), _credit(visit, contract)
    )
    return visit.show(
        "contracts/fund.html",
        contract=contract,
        waiting=[ToPay(each, money.get(each.milestone_id)) for each in waiting],
        on_its_way=[ToPay(each, money.get(each.milestone_id)) for each in on_its_way],
        chosen=_chosen(visit, waiting),
        credit=credit,
        may_fund=may(visit, "fund", contract.client_id),
        all_over=all(each.status in OVER for each in contract.milestones),
    )


def _chosen(visit: Visit, waiting: Sequence[MilestoneView]) -> list[str]:
    wanted = visit.query.get("milestone", "")
    ids = [str(each.milestone_id) for each in waiting]
    return [wanted] if wanted in ids else ids[:1]


async def _credit(visit: Visit, contract: ContractView) -> CreditView | None:
    if not may(visit, "fund", contract.client_id):
        return None
    own = contract.client_id == visit.person.person_id
    client_id = None if own else contract.client_id
    return await visit.maybe(visit.get("payments", "/credit", CreditView, client_id=client_id))


@pages.post(FUND, role="client", again=fund_page)
async def pay(visit: Visit) -> Response:
    """Lead to the processor's page for the chosen milestones, or pay them from credit."""
    form = visit.form
    milestones = _wanted(visit)
    way = form.choice("method", *PaymentMethod, "credit")
    form.must_be_filled_in()
    if way == "credit":
        body = PayFromCredit(milestone_ids=milestones)
        await visit.send("POST", "payments", "/credit/payments", body, CreditView)
        return visit.go(
            f"/contracts/{visit.params['contract_id']}",
            say=_("Paid in from your credit. The assistant is told to begin."),
        )
    checkout = StartCheckout(milestone_ids=milestones, method=PaymentMethod(way))
    page = await visit.send("POST", "payments", "/checkouts", checkout, CheckoutView)
    return visit.leave(page.url)


def _wanted(visit: Visit) -> tuple[UUID, ...]:
    chosen = visit.form.many("milestone_ids")
    if not chosen:
        visit.form.fault("milestone_ids", _("Please choose what to pay in."))
    try:
        return tuple(UUID(each) for each in chosen)
    except ValueError:
        visit.form.fault("milestone_ids", _("Please choose one of these."))
        return ()
