"""Carries out the calls to the processor, and records what came of them."""

import logging
from collections.abc import Callable, Mapping
from typing import TypeVar

from services.payments.domain.operation import (
    Answer,
    Operation,
    OperationKind,
    OperationStatus,
    Outcome,
)
from services.payments.ports import PaymentGateway, Transactions, Work
from services.payments.use_cases import (
    chargebacks,
    checkouts,
    credit,
    payees,
    payouts,
    refunds,
)
from shared.errors import DomainError, Rejected, Transient
from shared.observability import traces

logger = logging.getLogger(__name__)

AT_ONCE = 20

V = TypeVar("V")
Effect = Callable[[Operation, Work], None]

# What a finished or declined call means.
EFFECTS: Mapping[OperationKind, Effect] = {
    OperationKind.CREATE_ACCOUNT: payees.account_answered,
    OperationKind.CREATE_CHECKOUT: checkouts.checkout_answered,
    OperationKind.EXPIRE_CHECKOUT: checkouts.closing_answered,
    OperationKind.CREATE_REFUND: refunds.refund_answered,
    OperationKind.CREATE_TRANSFER: payouts.transfer_answered,
    OperationKind.CREATE_PAYOUT: payouts.payout_answered,
    OperationKind.REVERSE_TRANSFER: payouts.reversal_answered,
    OperationKind.SWEEP_CREDIT: credit.sweep_answered,
    OperationKind.SUBMIT_EVIDENCE: chargebacks.evidence_answered,
}


def run_operations(transactions: Transactions, gateway: PaymentGateway) -> int:
    """Carry out the calls that are due; return how many.

    They are taken in hand and committed first; no transaction is open while the processor is
    called. Another process may do the same: no call is in two hands.
    """
    with transactions.begin() as work:
        now = work.clock.now()
        due = work.operations.due(now, AT_ONCE)
        for operation in due:
            operation.lease(now)
        work.operations.save(due)
    for operation in due:
        with traces.continued(operation.traceparent, f"operation {operation.kind}"):
            _see_through(operation, transactions, gateway)
    return len(due)


def _see_through(operation: Operation, transactions: Transactions, gateway: PaymentGateway) -> None:
    answer = ask(operation, gateway)
    try:
        with transactions.begin() as work:
            record(operation, answer, work)
    except Transient as error:
        logger.warning("answer not recorded yet", extra=_facts(operation, error.code))
    except DomainError as error:
        logger.error("answer can't be recorded", extra=_facts(operation, str(error)))  # noqa: TRY400  (a refusal, no bug)


def ask(operation: Operation, gateway: PaymentGateway) -> Answer:
    """Make the call, unless an earlier attempt turns out to have had its effect."""
    try:
        if operation.attempts > 1 and (found := gateway.find(operation)):
            return found
    except Transient as error:
        return Answer.not_done(Outcome.UNCLEAR, error.code, error.detail)
    return gateway.carry_out(operation)


def ask_now(operation: Operation, gateway: PaymentGateway) -> Answer:
    """Make the call that a person waits for.

    Raises Transient or Rejected (`processor_declined`) unless it is done; the row stays open then,
    and the events process sees it through.
    """
    answer = ask(operation, gateway)
    if answer.outcome is Outcome.DECLINED:
        raise Rejected("processor_declined", str(answer.facts.get("detail", "")))
    if answer.outcome is not Outcome.DONE:
        raise Transient("processor_unavailable", "The payment processor is away. Try again soon.")
    return answer


def record(operation: Operation, answer: Answer, work: Work) -> None:
    """Record what an attempt came to, and what that means; once, whoever is first."""
    known = work.operations.lock(operation.operation_id)
    ended = known.record(answer, work.clock.now())
    work.operations.save([known])
    if ended:
        EFFECTS[known.kind](known, work)
    if known.status is OperationStatus.DECLINED:
        logger.error("processor declined", extra=_facts(known, known.answer.get("code", "")))
    elif not ended:
        logger.info("call still open", extra=_facts(known, known.answer.get("code", "")))


def record_and_view(
    operation: Operation | None, answer: Answer | None, work: Work, view: Callable[[], V]
) -> V:
    """Record what a call came to that a person waited for, if there was one; return the view."""
    if operation and answer:
        record(operation, answer, work)
    return view()


def _facts(operation: Operation, answer: str) -> dict[str, object]:
    return {
        "operation_id": operation.operation_id,
        "kind": operation.kind,
        "subject": operation.subject,
        "attempts": operation.attempts,
        "answer": answer,
    }
