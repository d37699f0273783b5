"""Money on its way back to clients."""

import logging
from datetime import datetime
from uuid import UUID

from services.payments.domain.escrow import Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import RefundChanged
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import Fact
from services.payments.domain.refund import Refund, RefundReason, RefundStep
from services.payments.ports import Work
from services.payments.use_cases.telling import tell
from shared.ids import new_id
from shared.messages.payments import MilestoneRefunded

logger = logging.getLogger(__name__)


def ask_refund(escrow: Escrow, charge_id: str, reason: RefundReason, work: Work) -> JournalEntry:
    """Have the processor give back a charge of a milestone; return the entry to be posted."""
    refund = Refund(
        refund_id=new_id(),
        milestone_id=escrow.milestone_id,
        charge_id=charge_id,
        amount=escrow.cost.funded,
        reason=reason,
    )
    work.refunds.add(refund)
    call = Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_REFUND,
        subject=refund.refund_id,
        request={
            "charge_id": charge_id,
            "amount": refund.amount.amount,
            "milestone_id": str(refund.milestone_id),
        },
        next_attempt_at=work.clock.now(),
    )
    work.operations.add([call])
    return _entry(Fact.REFUND_ASKED, refund, str(refund.refund_id), work.clock.now())


def refund_answered(operation: Operation, work: Work) -> None:
    """Record that the processor took a refund on, or declined it."""
    if operation.status is OperationStatus.DONE:
        _confirm(operation.subject, operation.answer["refund"], work.clock.now(), work)
        return
    refund = work.refunds.lock(operation.subject)
    if refund.move(RefundStep.DECLINE):
        work.refunds.save(refund)
        logger.error("refund declined: still owed", extra={"refund_id": refund.refund_id})


def changed(news: RefundChanged, work: Work) -> None:
    """Follow the processor: it took a refund on, or the client's bank sent it back."""
    if not news.failed:
        _confirm(news.refund_id, news.processor_id, news.at, work)
        return
    refund = work.refunds.lock(news.refund_id)
    if refund.move(RefundStep.FAIL):
        work.refunds.save(refund)
        work.books.post([_entry(Fact.REFUND_FAILED, refund, news.processor_id, news.at)])
        logger.error("refund failed: still owed", extra={"refund_id": refund.refund_id})


def _confirm(refund_id: UUID, processor_id: str, at: datetime, work: Work) -> None:
    milestone_id = work.refunds.get(refund_id).milestone_id
    escrow = work.escrows.lock([milestone_id])[milestone_id]
    refund = work.refunds.lock(refund_id)
    if not refund.move(RefundStep.CONFIRM):
        return
    work.refunds.save(refund)
    work.books.post([_entry(Fact.REFUND_CONFIRMED, refund, processor_id, at)])
    if refund.reason is RefundReason.ENDED and escrow.move(EscrowStep.CONFIRM_REFUND):
        work.escrows.save([escrow])
        tell(MilestoneRefunded, escrow, work, amount=refund.amount)


def _entry(fact: Fact, refund: Refund, source: str, at: datetime) -> JournalEntry:
    happening = Happening(refund.milestone_id, source, at, refund.owners)
    return journal_entry(fact, happening, amount=refund.amount)
