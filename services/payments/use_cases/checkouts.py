"""The pages on which clients pay for milestones."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.payments.domain.checkout import Checkout, CheckoutStatus, CheckoutStep
from services.payments.domain.escrow import Escrow, EscrowStep, check_chargeable
from services.payments.domain.news import CheckoutExpired, CheckoutSubmitted
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.ports import Transactions, Work
from services.payments.use_cases import top_ups
from services.payments.use_cases.credit import sweep
from services.payments.use_cases.rights import (
    must_fund,
    must_see_payments,
    no_such_milestone,
)
from services.payments.use_cases.telling import tell
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.payments import (
    CheckoutView,
    EscrowStatus,
    FundingAbandoned,
    FundingStarted,
    PaymentMethod,
    StartCheckout,
)
from shared.money import Money
from shared.people import Person

AT_ONCE = 50


def prepare_checkout(command: StartCheckout, by: Person, work: Work) -> Operation | None:
    """Keep the call that makes a page to pay for milestones; None when there is this page already.

    For the milestones' client, or members who may fund. A page that stands for some of them, but
    for others too or for another way to pay, is closed. Of two pages that are asked for at once
    the first one stands.
    Raises Rejected when there is nothing to be paid, or not yet.
    """
    escrows = lock_payable(command.milestone_ids, by, work)
    now = work.clock.now()
    check_chargeable(
        (each.cost.funded for each in escrows), work.rules.processor(day_in_japan(now))
    )
    if standing_page(command, work):
        return None
    close_checkouts(command.milestone_ids, work)
    operation = _creation(command, escrows, work)
    operation.lease(now)
    work.operations.add([operation])
    return operation


def standing_page(command: StartCheckout, work: Work) -> Checkout | None:
    """Return the page that is open, or being paid on, for just this."""
    wanted = set(command.milestone_ids)
    for standing in work.checkouts.standing(command.milestone_ids):
        same = standing.items.keys() == wanted and standing.method is command.method
        paying = standing.status is CheckoutStatus.SUBMITTED
        if same and (paying or standing.expires_at > work.clock.now()):
            return standing
    return None


def view_page(command: StartCheckout, work: Work) -> CheckoutView:
    """Return the page that stands.

    Raises Rejected (`milestone_ended`) when one of them ended while the page was being made.
    """
    standing = standing_page(command, work)
    if standing is None:
        raise Rejected("milestone_ended", "A milestone has ended: nothing is to be paid.")
    return _view(standing)


def get_checkout(checkout_id: UUID, by: Person, work: Work) -> CheckoutView:
    """Return a page, to the client whose it is: to members who may fund, or see the money."""
    checkout = _get(checkout_id, work)
    must_see_payments(by, checkout.client_id, _no_such_page())
    return _view(checkout)


def cancel_checkout(checkout_id: UUID, by: Person, work: Work) -> CheckoutView:
    """Give up a page, or a payment that is on its way; what came of it already becomes credit.

    For the client, or members who may fund.
    """
    checkout = _get(checkout_id, work)
    must_fund(by, checkout.client_id, _no_such_page())
    if checkout.standing:
        work.operations.add([_closing(checkout, work.clock.now())])
    return _view(checkout)


def checkout_answered(operation: Operation, work: Work) -> None:
    """Keep a page that was made; close it again if a milestone of it ended meanwhile."""
    if operation.status is OperationStatus.DECLINED:
        return
    request, answer = operation.request, operation.answer
    if "program_id" in request:
        top_ups.page_answered(operation, work)
        return
    items = {
        UUID(each["milestone_id"]): Money(amount=each["amount"], currency=request["currency"])
        for each in request["items"]
    }
    escrows = work.escrows.lock(items)
    client_id = UUID(request["client_id"])
    if answer.get("customer_id") and work.clients.lock(client_id) is None:
        work.clients.save(client_id, answer["customer_id"])
    checkout = Checkout(
        checkout_id=operation.subject,
        client_id=client_id,
        method=PaymentMethod(request["method"]),
        items=items,
        session_id=answer["session_id"],
        url=answer["url"],
        expires_at=datetime.fromisoformat(answer["expires_at"]),
    )
    others = work.checkouts.standing(items)
    if others or not all(each.can(EscrowStep.START_FUNDING) for each in escrows.values()):
        # Nobody is to pay here: what is paid nevertheless goes back.
        checkout.move(CheckoutStep.EXPIRE)
        work.operations.add([_closing(checkout, work.clock.now())])
    work.checkouts.add(checkout)
    if checkout.standing:
        _start_funding(escrows.values(), work)


def close_checkouts(milestone_ids: Iterable[UUID], work: Work) -> None:
    """Have the processor close the pages that stand for these milestones, locked by the caller.

    Raises Rejected (`payment_under_way`) when somebody has begun to pay on one of them.
    """
    for standing in work.checkouts.standing(milestone_ids):
        if standing.status is CheckoutStatus.SUBMITTED and standing.pay_until:
            raise Rejected(
                "payment_under_way",
                "A payment is on its way already. Wait for it, or cancel it first.",
                checkout_id=standing.checkout_id,
            )
        _give_up(standing, work)


def close_for_ended(milestone_id: UUID, work: Work) -> None:
    """See to it that nobody pays for a milestone that has ended.

    A payment that is on its way for others too is let go on: what it has for this one is credit.
    """
    for standing in work.checkouts.standing([milestone_id]):
        if standing.status is CheckoutStatus.OPEN or len(standing.items) == 1:
            work.operations.add([_closing(standing, work.clock.now())])


def closing_answered(_operation: Operation, _work: Work) -> None:
    """Change nothing: the page's own events tell whether it expired or was paid."""


def submitted(news: CheckoutSubmitted, work: Work) -> None:
    """Note that a payment is on its way that takes its time."""
    if top_up := work.wallets.top_up(news.session_id):
        top_ups.submitted(top_up, work)
        return
    checkout, _ = lock_checkout(news.session_id, work)
    if checkout.move(CheckoutStep.SUBMIT):
        now = work.clock.now()
        days = work.rules.processor(day_in_japan(now)).pay_within_days
        checkout.pay_until = now + timedelta(days=days)
        work.checkouts.save(checkout)


def expired(news: CheckoutExpired, work: Work) -> None:
    """Give up a page; the client may start again."""
    if top_up := work.wallets.top_up(news.session_id):
        top_ups.expired(top_up, work)
        return
    checkout, escrows = lock_checkout(news.session_id, work)
    moved = checkout.move(CheckoutStep.EXPIRE)
    if moved:
        work.checkouts.save(checkout)
    # We may have given it up before: then its milestones are still as they were.
    for escrow in escrows:
        _abandon(escrow, work)
    if moved and checkout.method is PaymentMethod.BANK_TRANSFER:
        # A part of it may have come.
        sweep(checkout.client_id, work)


def close_overdue(transactions: Transactions) -> int:
    """Stop waiting for payments that have been on their way too long; return how many."""
    with transactions.begin() as work:
        now = work.clock.now()
        overdue = work.checkouts.overdue(now, AT_ONCE)
        for checkout in overdue:
            checkout.pay_until = None
            work.checkouts.save(checkout)
        work.operations.add([_closing(each, now) for each in overdue])
    return len(overdue)


def lock_payable(milestone_ids: Sequence[UUID], by: Person, work: Work) -> list[Escrow]:
    """Return the escrows of one client's milestones that somebody can pay for now, locked.

    Raises Invalid (`milestones_repeated`, `one_client_at_a_time`), NotFound
    (`milestone_not_found`), NotAllowed (`right_required`) or Rejected.
    """
    if len(set(milestone_ids)) != len(milestone_ids):
        raise Invalid("milestones_repeated", "Name each milestone once.")
    found = work.escrows.lock(milestone_ids)
    now = work.clock.now()
    rules = work.rules.processor(day_in_japan(now))
    for milestone_id in milestone_ids:
        escrow = found.get(milestone_id)
        if escrow is None:
            raise no_such_milestone()
        must_fund(by, escrow.contract.client_id, no_such_milestone())
        escrow.check_payable(rules, now)
    if len({each.contract.client_id for each in found.values()}) > 1:
        raise Invalid("one_client_at_a_time", "Pay for each company's milestones by themselves.")
    return list(found.values())


def lock_checkout(session_id: str, work: Work) -> tuple[Checkout, list[Escrow]]:
    """Return a page and the escrows that it pays for, locked. Raises Transient."""
    checkout = _known(session_id, work)
    escrows = work.escrows.lock(checkout.items)
    # Read again: another may have changed it while we waited for the lock.
    return _known(session_id, work), list(escrows.values())


def _known(session_id: str, work: Work) -> Checkout:
    checkout = work.checkouts.find(session_id)
    if checkout is None:
        raise Transient("checkout_not_known_yet", "The page is not recorded.", session=session_id)
    return checkout


def _get(checkout_id: UUID, work: Work) -> Checkout:
    checkout = work.checkouts.get(checkout_id)
    if checkout is None:
        raise _no_such_page()
    return checkout


def _no_such_page() -> NotFound:
    return NotFound("checkout_not_found", "There is no such page of yours.")


def _start_funding(escrows: Iterable[Escrow], work: Work) -> None:
    for escrow in escrows:
        started = escrow.status is EscrowStatus.UNFUNDED
        escrow.move(EscrowStep.START_FUNDING)
        if started:
            escrow.funding_attempts += 1
            tell(FundingStarted, escrow, work, attempt=escrow.funding_attempts)
    work.escrows.save(list(escrows))


def _abandon(escrow: Escrow, work: Work) -> None:
    if work.checkouts.standing([escrow.milestone_id]):
        return
    if escrow.move(EscrowStep.ABANDON_FUNDING):
        work.escrows.save([escrow])
        tell(FundingAbandoned, escrow, work, attempt=escrow.funding_attempts)


def _give_up(checkout: Checkout, work: Work) -> None:
    checkout.move(CheckoutStep.EXPIRE)
    work.checkouts.save(checkout)
    work.operations.add([_closing(checkout, work.clock.now())])


def _closing(checkout: Checkout, now: datetime) -> Operation:
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.EXPIRE_CHECKOUT,
        subject=checkout.checkout_id,
        request={"session_id": checkout.session_id},
        next_attempt_at=now,
    )


def _creation(command: StartCheckout, escrows: Sequence[Escrow], work: Work) -> Operation:
    now = work.clock.now()
    client_id = escrows[0].contract.client_id
    contact = work.people.contact(client_id)
    by_transfer = command.method is PaymentMethod.BANK_TRANSFER
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_CHECKOUT,
        subject=new_id(),
        request={
            "method": command.method,
            "currency": escrows[0].cost.funded.currency,
            "items": [
                {
                    "milestone_id": str(each.milestone_id),
                    "title": each.title,
                    "amount": each.cost.funded.amount,
                }
                for each in escrows
            ],
            "client_id": str(client_id),
            "customer_id": work.clients.lock(client_id) if by_transfer else None,
            "email": contact.email if contact else None,
            "name": contact.display_name if contact else None,
            "since": now.isoformat(),
        },
        next_attempt_at=now,
    )


def _view(checkout: Checkout) -> CheckoutView:
    return CheckoutView(
        checkout_id=checkout.checkout_id,
        milestone_ids=tuple(checkout.items),
        method=checkout.method,
        status=checkout.status,
        amount=checkout.amount,
        missing=checkout.amount - checkout.received,
        url=checkout.url,
        expires_at=checkout.expires_at,
        pay_until=checkout.pay_until,
    )
