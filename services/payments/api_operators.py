"""What operators see and do of other people's money, over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.payments.ports import Work
from services.payments.use_cases import approving, chargebacks, paydays, refunds
from shared.http.approvals import approvals_router
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.payments import (
    ChargebackView,
    FraudWarningView,
    LatePayableView,
    RefundView,
)

router = APIRouter(prefix="/api/v1/payments", tags=["operators"])
approvals = approvals_router("payments", approving.carry_out)

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.get("/chargebacks")
def list_chargebacks(
    query: Queries, after: After = None, limit: Limit = 20
) -> Page[ChargebackView]:
    """Return payments that clients' banks took back, newest first (role operator)."""
    person = query.person
    found = query.run(
        lambda work: chargebacks.list_chargebacks(person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda each: each.chargeback_id)


@router.get("/fraud-warnings")
def list_fraud_warnings(query: Queries, limit: Limit = 20) -> list[FraudWarningView]:
    """Return the newest early warnings of fraud (role operator)."""
    person = query.person
    return list(query.run(lambda work: chargebacks.list_warnings(person, work, limit)))


@router.get("/late-payables")
def list_late_payables(query: Queries, limit: Limit = 20) -> list[LatePayableView]:
    """Return what the law wants paid soon and isn't paid yet (role operator)."""
    person = query.person
    return list(query.run(lambda work: paydays.list_late(person, work, limit)))


@router.get("/failed-refunds")
def list_failed_refunds(query: Queries, limit: Limit = 20) -> list[RefundView]:
    """Return refunds that failed and are still owed (role operator)."""
    person = query.person
    return list(query.run(lambda work: refunds.list_failed(person, work, limit)))


@router.post("/refunds/{refund_id}/retry", response_model=RefundView)
def retry_refund(refund_id: UUID, command: Commands) -> Answered:
    """Try a refund again that failed (role operator)."""
    person = command.person
    return command.run(lambda work: refunds.retry_refund(refund_id, person, work))
