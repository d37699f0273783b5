"""Pages on which a sponsor pays into a wallet, and what came of them."""

from datetime import datetime
from uuid import UUID

from services.payments.domain.charge import Charge
from services.payments.domain.escrow import check_chargeable
from services.payments.domain.ledger import Happening, journal_entry
from services.payments.domain.news import PaymentCaptured
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.wallet import TopUp, Wallet, WalletLot, no_such_wallet
from services.payments.ports import Work
from services.payments.use_cases.rights import must_fund
from shared.calendar import day_in_japan
from shared.errors import Rejected, Transient
from shared.ids import new_id
from shared.messages.payments import CheckoutView, PaymentMethod
from shared.messages.wallets import TopUpWallet, WalletFunded
from shared.money import Money, yen
from shared.people import Person


def prepare(program_id: UUID, command: TopUpWallet, by: Person, work: Work) -> Operation | None:
    """Keep the call that makes a page to pay so much in; None when this page is open already.

    For the sponsor: members who may fund.
    """
    wallet = work.wallets.lock(program_id)
    if wallet is None:
        raise no_such_wallet()
    must_fund(by, wallet.sponsor_id, no_such_wallet())
    now = work.clock.now()
    amount = command.amount.as_money()
    check_chargeable([amount], work.rules.processor(day_in_japan(now)))
    if _standing(program_id, command, work):
        return None
    operation = _creation(wallet, command, now, work)
    operation.lease(now)
    work.operations.add([operation])
    return operation


def view_page(program_id: UUID, command: TopUpWallet, work: Work) -> CheckoutView:
    """Return the page that is open for just this.

    Raises Transient (`checkout_not_known_yet`) when it was closed again meanwhile.
    """
    top_up = _standing(program_id, command, work)
    if top_up is None:
        raise Transient("checkout_not_known_yet", "The page is gone already. Ask again.")
    return CheckoutView(
        checkout_id=top_up.checkout_id,
        milestone_ids=(),
        method=top_up.method,
        status=top_up.status,
        amount=top_up.amount,
        missing=top_up.amount - top_up.received,
        url=top_up.url,
        expires_at=top_up.expires_at,
        pay_until=None,
    )


def page_answered(operation: Operation, work: Work) -> None:
    """Keep a page that was made."""
    if operation.status is OperationStatus.DECLINED:
        return
    request, answer = operation.request, operation.answer
    sponsor_id = UUID(request["client_id"])
    if answer.get("customer_id") and work.clients.lock(sponsor_id) is None:
        work.clients.save(sponsor_id, answer["customer_id"])
    (item,) = request["items"]
    top_up = TopUp(
        checkout_id=operation.subject,
        program_id=UUID(request["program_id"]),
        sponsor_id=sponsor_id,
        method=PaymentMethod(request["method"]),
        amount=yen(item["amount"]),
        session_id=answer["session_id"],
        url=answer["url"],
        expires_at=datetime.fromisoformat(answer["expires_at"]),
    )
    work.wallets.lock(top_up.program_id)
    if _same(top_up.program_id, top_up.amount, top_up.method, work):
        # Somebody asked for the same at the same time: one page is enough.
        top_up.status = "expired"
        work.operations.add([_closing(top_up, work.clock.now())])
    work.wallets.add_top_up(top_up)


def captured(top_up: TopUp, news: PaymentCaptured, work: Work) -> None:
    """Put a captured payment into the wallet.

    Raises Rejected (`captured_amount_differs`): nothing is posted, and an operator has to look.
    """
    if news.amount != top_up.amount:
        raise Rejected(
            "captured_amount_differs",
            "The client paid another amount than was asked for.",
            captured=str(news.amount),
            expected=str(top_up.amount),
        )
    work.wallets.lock(top_up.program_id)
    charge = Charge(
        charge_id=news.charge_id,
        client_id=top_up.sponsor_id,
        checkout_id=top_up.checkout_id,
        method=top_up.method,
        amount=news.amount,
        fee=news.fee,
        captured_at=news.captured_at,
    )
    if not work.charges.add(charge):
        return
    top_up.status, top_up.received = "paid", top_up.amount
    work.wallets.save_top_up(top_up)
    lot = WalletLot(charge.charge_id, top_up.program_id, charge.amount, charge.amount)
    work.wallets.save_lots([lot])
    happening = Happening(
        top_up.program_id, charge.charge_id, charge.captured_at, {Owner.PROGRAM: top_up.program_id}
    )
    entry = journal_entry(
        Fact.WALLET_TOPPED_UP, happening, amount=charge.amount, processor_fee=charge.fee
    )
    work.books.post([entry])
    funded = WalletFunded(
        program_id=top_up.program_id,
        sponsor_id=top_up.sponsor_id,
        amount=charge.amount,
        funded_at=charge.captured_at,
    )
    work.outbox.emit(funded, subject=top_up.program_id)


def expired(top_up: TopUp, work: Work) -> None:
    """Give up a page on which nobody paid."""
    if top_up.status != "paid":
        top_up.status = "expired"
        work.wallets.save_top_up(top_up)


def submitted(top_up: TopUp, work: Work) -> None:
    """Note that a payment is on its way that takes its time."""
    if top_up.status == "open":
        top_up.status = "submitted"
        work.wallets.save_top_up(top_up)


def _standing(program_id: UUID, command: TopUpWallet, work: Work) -> TopUp | None:
    return _same(program_id, command.amount.as_money(), command.method, work)


def _same(program_id: UUID, amount: Money, method: PaymentMethod, work: Work) -> TopUp | None:
    """Return the page on which so much can be paid in now, or is being paid in."""
    now = work.clock.now()
    for each in work.wallets.top_ups(program_id):
        same = each.amount == amount and each.method is method
        if same and (each.status == "submitted" or each.expires_at > now):
            return each
    return None


def _closing(top_up: TopUp, now: datetime) -> Operation:
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.EXPIRE_CHECKOUT,
        subject=top_up.checkout_id,
        request={"session_id": top_up.session_id},
        next_attempt_at=now,
    )


def _creation(wallet: Wallet, command: TopUpWallet, now: datetime, work: Work) -> Operation:
    contact = work.people.contact(wallet.sponsor_id)
    by_transfer = command.method is PaymentMethod.BANK_TRANSFER
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_CHECKOUT,
        subject=new_id(),
        request={
            "method": command.method,
            "currency": command.amount.currency,
            "items": [
                {
                    "milestone_id": str(wallet.program_id),
                    "title": wallet.title,
                    "amount": command.amount.amount,
                }
            ],
            "program_id": str(wallet.program_id),
            "client_id": str(wallet.sponsor_id),
            "customer_id": work.clients.lock(wallet.sponsor_id) if by_transfer else None,
            "email": contact.email if contact else None,
            "name": contact.display_name if contact else None,
            "since": now.isoformat(),
        },
        next_attempt_at=now,
    )
