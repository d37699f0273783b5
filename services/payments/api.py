"""Commands and queries of payments over HTTP, and the processor's webhooks; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request
from fastapi import Query as QueryParameter

from services.payments.domain.banks import Banks
from services.payments.ports import PaymentGateway, Webhooks, Work
from services.payments.use_cases import (
    banks,
    checkouts,
    credit,
    escrow,
    funding,
    operations,
    payees,
    payouts,
    previews,
    refunds,
    webhooks,
)
from shared.http.approvals import MAY_WAIT
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.netpay import NetPayView, PreviewNetPay
from shared.messages.payments import (
    BecomePayee,
    CheckoutView,
    CreditView,
    MilestoneMoneyView,
    OnboardingLinkView,
    PayableView,
    PayeeView,
    PayFromCredit,
    PayoutView,
    RefundCredit,
    RefundMilestone,
    RefundView,
    StartCheckout,
)

router = APIRouter(prefix="/api/v1/payments", tags=["payments"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _gateway(request: Request) -> PaymentGateway:
    gateway: PaymentGateway = request.app.state.gateway
    return gateway


async def _banks(request: Request) -> Banks:
    banks: Banks = request.app.state.banks
    return banks


async def _webhooks(request: Request) -> Webhooks:
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


async def _raw_body(request: Request) -> bytes:
    return await request.body()


Gateway = Annotated[PaymentGateway, Depends(_gateway)]
BankList = Annotated[Banks, Depends(_banks)]
Client = Annotated[UUID | None, QueryParameter(description="A company of the caller's")]


@router.post("/payees", status_code=201, response_model=PayeeView)
def become_payee(body: BecomePayee, command: Commands, gateway: Gateway) -> Answered:
    """Open an account with the payment processor (role assistant); once, however often asked."""
    person = command.person
    return command.run_around(
        prepare=lambda work: payees.prepare_payee(body, person, work),
        call=lambda call: operations.ask_now(call, gateway) if call else None,
        record=lambda work, call, answer: operations.record_and_view(
            call, answer, work, lambda: payees.view_payee(person, work)
        ),
    )


@router.get("/payees/me")
def get_payee(query: Queries, list_: BankList) -> PayeeView:
    """Return the caller as a payee."""
    person = query.person
    return banks.name_bank(query.run(lambda work: payees.view_payee(person, work)), list_)


@router.post("/payees/me/onboarding-links", status_code=201, response_model=OnboardingLinkView)
def make_onboarding_link(command: Commands, gateway: Gateway) -> Answered:
    """Return a page where the caller tells the processor name, address and bank account."""
    person = command.person
    return command.run_around(
        prepare=lambda work: payees.account_to_onboard(person, work),
        call=gateway.onboarding_link,
        record=lambda _work, _account, link: payees.view_link(link),
    )


@router.post("/checkouts", status_code=201, response_model=CheckoutView)
def check_out(body: StartCheckout, command: Commands, gateway: Gateway) -> Answered:
    """Return the page on which to pay for milestones (their client); the same while it is open.

    For a company: members who may fund.
    """
    person = command.person
    return command.run_around(
        prepare=lambda work: checkouts.prepare_checkout(body, person, work),
        call=lambda call: operations.ask_now(call, gateway) if call else None,
        record=lambda work, call, answer: operations.record_and_view(
            call, answer, work, lambda: checkouts.view_page(body, work)
        ),
    )


@router.get("/checkouts/{checkout_id}")
def get_checkout(checkout_id: UUID, query: Queries) -> CheckoutView:
    """Return a page and what is still to be paid, to its client."""
    person = query.person
    return query.run(lambda work: checkouts.get_checkout(checkout_id, person, work))


@router.post("/checkouts/{checkout_id}/cancellation", response_model=CheckoutView)
def cancel_checkout(checkout_id: UUID, command: Commands) -> Answered:
    """Give up a page, or a transfer that is on its way: what came of it becomes credit."""
    person = command.person
    return command.run(lambda work: checkouts.cancel_checkout(checkout_id, person, work))


@router.get("/credit")
def get_credit(query: Queries, client_id: Client = None) -> CreditView:
    """Return the caller's credit, a company's (members who may), or anybody's (operator)."""
    person = query.person
    return query.run(lambda work: credit.view_credit(person, work, of=client_id))


@router.post("/credit/payments", response_model=CreditView)
def pay_from_credit(body: PayFromCredit, command: Commands) -> Answered:
    """Pay for milestones from credit: all of them, or none (their client)."""
    person = command.person
    return command.run(lambda work: funding.pay_from_credit(body, person, work))


@router.post("/credit/refunds", response_model=CreditView, responses=MAY_WAIT)
def refund_credit(body: RefundCredit, command: Commands) -> Answered:
    """Have credit paid back the way it came (the client, members who may fund, an operator).

    An operator needs a second one, from a limit on.
    """
    person = command.person
    return command.run(lambda work: credit.refund_credit(body, person, work))


@router.get("/milestones/{milestone_id}")
def get_milestone_money(milestone_id: UUID, query: Queries) -> MilestoneMoneyView:
    """Return the money of a milestone, to its two parties and members who may see the money."""
    person = query.person
    return query.run(lambda work: escrow.get_money(milestone_id, person, work))


@router.post(
    "/milestones/{milestone_id}/refunds",
    status_code=201,
    response_model=list[RefundView],
    responses=MAY_WAIT,
)
def refund_milestone(milestone_id: UUID, body: RefundMilestone, command: Commands) -> Answered:
    """Give a part of the price back, before or after the release (operator, or the assistant).

    An operator needs a second one, from a limit on.
    """
    person = command.person
    return command.run(lambda work: refunds.refund_milestone(milestone_id, body, person, work))


@router.get("/payables/me")
def get_payable(query: Queries) -> PayableView:
    """Return what is owed to the caller, and when it is paid (role assistant)."""
    person = query.person
    return query.run(lambda work: payouts.view_payable(person, work))


@router.post("/payouts", status_code=201, response_model=PayoutView)
def request_payout(command: Commands) -> Answered:
    """Pay out now what is owed to the caller, whatever the payday (role assistant)."""
    person = command.person
    return command.run(lambda work: payouts.request_payout(person, work))


@router.get("/payouts")
def list_payouts(query: Queries, after: After = None, limit: Limit = 20) -> Page[PayoutView]:
    """Return the caller's payouts, newest first."""
    person = query.person
    found = query.run(lambda work: payouts.list_payouts(person, work, after=after, limit=limit + 1))
    return page(found, limit, lambda payout: payout.payout_id)


@router.post("/previews", response_model=NetPayView)
def preview_net_pay(body: PreviewNetPay, command: Commands) -> Answered:
    """Return what a contract comes to before it is agreed: fee, taxes, transfers, yen per hour."""
    person = command.person
    return command.run(lambda work: previews.preview_net_pay(body, person, work))


@router.post("/webhooks/stripe", tags=["webhooks"])
@router.post("/webhooks/stripe/thin", tags=["webhooks"], name="receive_thin_webhook")
def receive_webhook(
    query: Queries,
    body: Annotated[bytes, Depends(_raw_body)],
    webhooks_: Annotated[Webhooks, Depends(_webhooks)],
    stripe_signature: Annotated[str, Header()] = "",
) -> dict[str, bool]:
    """Keep an event of the processor (v1 snapshots, v2 thin events); it is handled after."""
    query.run(lambda work: webhooks.receive(body, stripe_signature, webhooks_, work))
    return {"received": True}
