"""The pages on which clients pay for milestones."""

from datetime import datetime
from uuid import UUID

from services.payments.domain.checkout import Checkout, CheckoutStatus, CheckoutStep
from services.payments.domain.escrow import ESCROW, Escrow, EscrowStep
from services.payments.domain.news import CheckoutExpired, CheckoutSubmitted
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.ports import Work
from services.payments.use_cases.telling import tell
from shared.calendar import day_in_japan
from shared.errors import NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.payments import CheckoutView, EscrowStatus, FundingAbandoned, FundingStarted
from shared.people import Person


def prepare_checkout(milestone_id: UUID, by: Person, work: Work) -> Operation | None:
    """Keep the call that makes a page to pay for a milestone; None when one is open already.

    For the milestone's client only. Raises Rejected when there is nothing to be paid, or not yet.
    """
    escrow = work.escrows.lock([milestone_id]).get(milestone_id)
    if escrow is None or escrow.contract.client_id != by.person_id:
        raise NotFound("milestone_not_found", "There is no such milestone of yours.")
    now = work.clock.now()
    escrow.check_payable(work.rules.processor(day_in_japan(now)), now)
    standing = work.checkouts.standing(milestone_id)
    if standing and standing.status is CheckoutStatus.SUBMITTED:
        raise Rejected("payment_under_way", "A payment for the milestone is on its way already.")
    if standing and standing.expires_at > now:
        return None
    if standing:
        standing.move(CheckoutStep.EXPIRE)
        work.checkouts.save(standing)
    pending = work.operations.pending(milestone_id, OperationKind.CREATE_CHECKOUT)
    operation = pending or _creation(escrow, now)
    operation.lease(now)
    if pending:
        work.operations.save([operation])
    else:
        work.operations.add([operation])
    return operation


def view_checkout(milestone_id: UUID, work: Work) -> CheckoutView:
    """Return the page that stands for a milestone.

    Raises Rejected (`milestone_ended`) when it ended while the page was being made.
    """
    standing = work.checkouts.standing(milestone_id)
    if standing is None:
        raise Rejected("milestone_ended", "The milestone has ended: nothing is to be paid.")
    return _view(standing, work.escrows.get(milestone_id))


def checkout_answered(operation: Operation, work: Work) -> None:
    """Keep a page that was made; close it again if the milestone ended meanwhile."""
    if operation.status is OperationStatus.DECLINED:
        return
    escrow = work.escrows.lock([operation.subject])[operation.subject]
    checkout = Checkout(
        checkout_id=operation.operation_id,
        milestone_id=escrow.milestone_id,
        session_id=operation.answer["session_id"],
        url=operation.answer["url"],
        expires_at=datetime.fromisoformat(operation.answer["expires_at"]),
    )
    work.checkouts.add(checkout)
    started = escrow.status is EscrowStatus.UNFUNDED
    if (escrow.status, EscrowStep.START_FUNDING) not in ESCROW.moves:
        expire_checkout(escrow, work)
        return
    escrow.move(EscrowStep.START_FUNDING)
    work.escrows.save([escrow])
    if started:
        tell(FundingStarted, escrow, work)


def expire_checkout(escrow: Escrow, work: Work) -> None:
    """Have the processor close the page that stands for a milestone, if there is one."""
    standing = work.checkouts.standing(escrow.milestone_id)
    if standing is None:
        return
    expiry = Operation(
        operation_id=new_id(),
        kind=OperationKind.EXPIRE_CHECKOUT,
        subject=escrow.milestone_id,
        request={"session_id": standing.session_id},
        next_attempt_at=work.clock.now(),
    )
    work.operations.add([expiry])


def expiry_answered(_operation: Operation, _work: Work) -> None:
    """Change nothing: the page's own events tell whether it expired or was paid."""


def submitted(news: CheckoutSubmitted, work: Work) -> None:
    """Note that a payment is on its way that takes its time."""
    checkout, _ = _lock(news.session_id, work)
    if checkout.move(CheckoutStep.SUBMIT):
        work.checkouts.save(checkout)


def expired(news: CheckoutExpired, work: Work) -> None:
    """Give up a page; the client may start again."""
    checkout, escrow = _lock(news.session_id, work)
    if not checkout.move(CheckoutStep.EXPIRE):
        return
    work.checkouts.save(checkout)
    if escrow.move(EscrowStep.ABANDON_FUNDING):
        work.escrows.save([escrow])
        tell(FundingAbandoned, escrow, work)


def _lock(session_id: str, work: Work) -> tuple[Checkout, Escrow]:
    checkout = _known(session_id, work)
    escrow = work.escrows.lock([checkout.milestone_id])[checkout.milestone_id]
    # Read again: another may have changed it while we waited for the lock.
    return _known(session_id, work), escrow


def _known(session_id: str, work: Work) -> Checkout:
    checkout = work.checkouts.find(session_id)
    if checkout is None:
        raise Transient("checkout_not_known_yet", "The page is not recorded.", session=session_id)
    return checkout


def _creation(escrow: Escrow, now: datetime) -> Operation:
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_CHECKOUT,
        subject=escrow.milestone_id,
        request={
            "amount": escrow.cost.funded.amount,
            "currency": escrow.cost.funded.currency,
            "title": escrow.title,
            "since": now.isoformat(),
        },
        next_attempt_at=now,
    )


def _view(checkout: Checkout, escrow: Escrow) -> CheckoutView:
    return CheckoutView(
        milestone_id=checkout.milestone_id,
        amount=escrow.cost.funded,
        url=checkout.url,
        expires_at=checkout.expires_at,
    )
