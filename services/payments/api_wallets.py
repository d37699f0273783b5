"""Sponsors' wallets over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.payments.ports import PaymentGateway, Work
from services.payments.use_cases import operations, top_ups, wallets
from shared.http.approvals import MAY_WAIT
from shared.http.edge import Answered, Command, Query, command, query
from shared.messages.documents import Month
from shared.messages.payments import CheckoutView
from shared.messages.wallets import PayPartner, TopUpWallet, WalletStatementView, WalletView

router = APIRouter(prefix="/api/v1/payments/wallets", tags=["wallets"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


async def _gateway(request: Request) -> PaymentGateway:
    gateway: PaymentGateway = request.app.state.gateway
    return gateway


Gateway = Annotated[PaymentGateway, Depends(_gateway)]


@router.get("/{program_id}")
def get_wallet(program_id: UUID, query: Queries) -> WalletView:
    """Return a wallet (the sponsor's or the partner's members who may see money, operators)."""
    person = query.person
    return query.run(lambda work: wallets.get_wallet(program_id, person, work))


@router.post("/{program_id}/top-ups", status_code=201, response_model=CheckoutView)
def top_up(program_id: UUID, body: TopUpWallet, command: Commands, gateway: Gateway) -> Answered:
    """Return the page on which to pay in (the sponsor: who may fund); the same while it is open."""
    person = command.person
    return command.run_around(
        prepare=lambda work: top_ups.prepare(program_id, body, person, work),
        call=lambda call: operations.ask_now(call, gateway) if call else None,
        record=lambda work, call, answer: operations.record_and_view(
            call, answer, work, lambda: top_ups.view_page(program_id, body, work)
        ),
    )


@router.get("/{program_id}/statement")
def get_statement(program_id: UUID, month: Month, query: Queries) -> WalletStatementView:
    """Return what moved in a month (the sponsor's members who may see money, operators)."""
    person = query.person
    return query.run(lambda work: wallets.get_statement(program_id, month, person, work))


@router.get("/{program_id}/statement.csv", response_class=Response)
def get_statement_csv(program_id: UUID, month: Month, query: Queries) -> Response:
    """Return the lines of a month's statement as CSV."""
    person = query.person
    statement = query.run(lambda work: wallets.get_statement(program_id, month, person, work))
    return Response(wallets.as_csv(statement), media_type="text/csv; charset=utf-8")


@router.post("/{program_id}/refund", response_model=WalletView)
def refund_wallet(program_id: UUID, command: Commands) -> Answered:
    """Give back what is free, the way it came (the sponsor: who may fund)."""
    person = command.person
    return command.run(lambda work: wallets.refund(program_id, person, work))


@router.post(
    "/{program_id}/partner-payments", status_code=201, response_model=WalletView, responses=MAY_WAIT
)
def pay_partner(program_id: UUID, body: PayPartner, command: Commands) -> Answered:
    """Record that tuition was paid to the partner (operator; a second one, from a limit on)."""
    person = command.person
    return command.run(lambda work: wallets.pay_partner(program_id, body, person, work))
