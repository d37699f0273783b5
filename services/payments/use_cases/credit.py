"""Clients' credit: money that came and that nothing awaited."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, check_credit, take_credit
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import CreditArrived
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import NOTHING
from services.payments.domain.refund import Refund, RefundReason
from services.payments.domain.release import sum_of
from services.payments.ports import Work
from services.payments.use_cases.refunds import call_for
from services.payments.use_cases.rights import must_fund, must_see_payments, no_such_client
from shared.errors import Transient
from shared.four_eyes import Approval, Wanted, held
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.operations import ApprovalView
from shared.messages.payments import CreditGranted, CreditView, PaymentMethod, RefundCredit
from shared.money import Money
from shared.people import Person

CREDIT_REFUND = "credit_refund"


def view_credit(by: Person, work: Work, *, of: UUID | None = None) -> CreditView:
    """Return the caller's credit, or a company's (members who may fund, or see the money).

    An operator sees anybody's. Raises NotFound (`client_not_found`), NotAllowed (`right_required`).
    """
    client_id = of or by.person_id
    if not by.is_a(Role.OPERATOR):
        must_see_payments(by, client_id, no_such_client())
    return credit_of(client_id, work)


def refund_credit(command: RefundCredit, by: Person, work: Work) -> CreditView | ApprovalView:
    """Pay credit back, the way it came (the client, members who may fund, or an operator).

    An operator may need a second one to approve of it. Raises Rejected (`credit_insufficient`),
    NotFound (`client_not_found`), NotAllowed.
    """
    client_id = command.client_id or by.person_id
    amount = command.amount.as_money()
    if by.is_a(Role.OPERATOR) and not by.stands_for(client_id):
        _check_credit(client_id, amount, work)
        order = {"client_id": str(client_id), "amount": amount.model_dump()}
        wanted = Wanted(CREDIT_REFUND, client_id, amount, command.reason, order)
        if waits := held(wanted, by, work):
            return waits
    else:
        must_fund(by, client_id, no_such_client())
    return _pay_back(client_id, amount, work)


def carry_out_refund(approval: Approval, work: Work) -> None:
    """Pay credit back as an operator asked, now that a second one approves of it."""
    order = approval.wanted.order
    _pay_back(UUID(order["client_id"]), Money.model_validate(order["amount"]), work)


def _check_credit(client_id: UUID, amount: Money, work: Work) -> None:
    """Raise Rejected (`credit_insufficient`): nothing waits for approval that can't be done."""
    work.clients.lock(client_id)
    check_credit(work.charges.lots(client_id), [amount])


def _pay_back(client_id: UUID, amount: Money, work: Work) -> CreditView:
    work.clients.lock(client_id)
    lots = work.charges.lots(client_id)
    work.books.post(refund_lots(client_id, lots, amount, RefundReason.CREDIT, work))
    return credit_of(client_id, work)


def credit_of(client_id: UUID, work: Work) -> CreditView:
    """Return a client's credit."""
    return CreditView(balance=_balance(client_id, work))


def refund_lots(
    client_id: UUID, lots: Sequence[CreditLot], amount: Money, reason: RefundReason, work: Work
) -> list[JournalEntry]:
    """Have so much of these lots paid back, their client locked; return the entries to be posted.

    Raises Rejected (`credit_insufficient`).
    """
    now = work.clock.now()
    refunds = [
        Refund(new_id(), client_id, None, charge_id, part, reason, now)
        for charge_id, part in take_credit(lots, amount)
    ]
    work.charges.save_lots(lots)
    work.refunds.add(refunds)
    work.operations.add([call_for(each, work) for each in refunds])
    return [
        journal_entry(
            Fact.CREDIT_REFUND_ASKED,
            Happening(each.reference, str(each.refund_id), now, each.owners),
            amount=each.amount,
        )
        for each in refunds
    ]


def arrived(news: CreditArrived, work: Work) -> None:
    """Take what lies on a client's account number, unless a payment awaits it there."""
    client_id = work.clients.of_customer(news.customer_id)
    if client_id is None:
        raise Transient("client_not_known_yet", "Nobody's account number, as far as we know.")
    if not work.checkouts.awaited(client_id) and not work.wallets.awaits_transfer(client_id):
        sweep(client_id, work)


def sweep(client_id: UUID, work: Work) -> None:
    """Have the processor turn what lies on a client's account number into a payment."""
    customer_id = work.clients.lock(client_id)
    pending = work.operations.pending(client_id, OperationKind.SWEEP_CREDIT)
    # One that was begun may have looked before this money came.
    if customer_id is None or (pending and not pending.attempts):
        return
    now = work.clock.now()
    call = Operation(
        operation_id=new_id(),
        kind=OperationKind.SWEEP_CREDIT,
        subject=client_id,
        request={"customer_id": customer_id, "since": now.isoformat()},
        next_attempt_at=now,
    )
    work.operations.add([call])


def sweep_answered(operation: Operation, work: Work) -> None:
    """Put what was swept into the client's credit."""
    if operation.status is OperationStatus.DECLINED or not operation.answer["amount"]:
        return
    client_id, answer = operation.subject, operation.answer
    charge = Charge(
        charge_id=answer["charge_id"],
        client_id=client_id,
        checkout_id=None,
        method=PaymentMethod.BANK_TRANSFER,
        amount=Money(amount=answer["amount"], currency=answer["currency"]),
        fee=Money(amount=answer["fee"], currency=answer["currency"]),
        captured_at=datetime.fromisoformat(answer["captured_at"]),
    )
    work.clients.lock(client_id)
    if not work.charges.add(charge):
        return
    lot = CreditLot(new_id(), client_id, charge.charge_id, charge.amount, charge.amount)
    work.charges.add_lots([lot])
    happening = Happening(
        client_id, charge.charge_id, charge.captured_at, {Owner.CLIENT: client_id}
    )
    entry = journal_entry(
        Fact.CAPTURED, happening, escrow=NOTHING, credit=charge.amount, processor_fee=charge.fee
    )
    work.books.post([entry])
    tell_credit(client_id, charge.amount, work)


def tell_credit(client_id: UUID, amount: Money, work: Work) -> None:
    """Tell a client that money of theirs lies with us."""
    balance = _balance(client_id, work)
    granted = CreditGranted(client_id=client_id, amount=amount, balance=balance)
    work.outbox.emit(granted, subject=client_id)


def _balance(client_id: UUID, work: Work) -> Money:
    return sum_of(each.remaining for each in work.charges.lots(client_id))
