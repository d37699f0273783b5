"""Commands and queries of payments over HTTP, and the processor's webhooks; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Request

from services.payments.ports import PaymentGateway, Webhooks, Work
from services.payments.use_cases import (
    checkouts,
    escrow,
    operations,
    payees,
    payouts,
    webhooks,
)
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, Page, page
from shared.messages.payments import (
    BecomePayee,
    CheckoutView,
    MilestoneMoneyView,
    OnboardingLinkView,
    PayeeView,
    PayoutView,
)

router = APIRouter(prefix="/api/v1/payments", tags=["payments"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _gateway(request: Request) -> PaymentGateway:
    gateway: PaymentGateway = request.app.state.gateway
    return gateway


async def _webhooks(request: Request) -> Webhooks:
    webhooks: Webhooks = request.app.state.webhooks
    return webhooks


async def _raw_body(request: Request) -> bytes:
    return await request.body()


Gateway = Annotated[PaymentGateway, Depends(_gateway)]


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
def get_payee(query: Queries) -> PayeeView:
    """Return the caller as a payee."""
    person = query.person
    return query.run(lambda work: payees.view_payee(person, work))


@router.post("/payees/me/onboarding-links", status_code=201, response_model=OnboardingLinkView)
def make_onboarding_link(command: Commands, gateway: Gateway) -> Answered:
    """Return a page where the caller tells the processor name, address and bank account."""
    person = command.person
    return command.run_around(
        prepare=lambda work: payees.account_to_onboard(person, work),
        call=gateway.onboarding_link,
        record=lambda _work, _account, link: payees.view_link(link),
    )


@router.post("/milestones/{milestone_id}/checkouts", status_code=201, response_model=CheckoutView)
def check_out(milestone_id: UUID, command: Commands, gateway: Gateway) -> Answered:
    """Return the page on which to pay for a milestone (its client); the same while it is open."""
    person = command.person
    return command.run_around(
        prepare=lambda work: checkouts.prepare_checkout(milestone_id, person, work),
        call=lambda call: operations.ask_now(call, gateway) if call else None,
        record=lambda work, call, answer: operations.record_and_view(
            call, answer, work, lambda: checkouts.view_checkout(milestone_id, work)
        ),
    )


@router.get("/milestones/{milestone_id}")
def get_milestone_money(milestone_id: UUID, query: Queries) -> MilestoneMoneyView:
    """Return the money of a milestone, to its two parties."""
    person = query.person
    return query.run(lambda work: escrow.get_money(milestone_id, person, work))


@router.get("/payouts")
def list_payouts(query: Queries, after: After = None, limit: Limit = 20) -> Page[PayoutView]:
    """Return the caller's payouts, newest first."""
    person = query.person
    found = query.run(lambda work: payouts.list_payouts(person, work, after=after, limit=limit + 1))
    return page(found, limit, lambda payout: payout.payout_id)


@router.post("/webhooks/stripe", tags=["webhooks"])
@router.post("/webhooks/stripe/thin", tags=["webhooks"])
def receive_webhook(
    query: Queries,
    body: Annotated[bytes, Depends(_raw_body)],
    webhooks_: Annotated[Webhooks, Depends(_webhooks)],
    stripe_signature: Annotated[str, Header()] = "",
) -> dict[str, bool]:
    """Keep an event of the processor (v1 snapshots, v2 thin events); it is handled after."""
    query.run(lambda work: webhooks.receive(body, stripe_signature, webhooks_, work))
    return {"received": True}
