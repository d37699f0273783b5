"""Money that comes in: captured payments, and credit that pays for milestones."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payments.domain.charge import Charge, CreditLot, Funding, check_credit, take_credit
from services.payments.domain.checkout import Checkout, CheckoutStep
from services.payments.domain.escrow import Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import PaymentCaptured, PaymentShort
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.refund import RefundReason
from services.payments.domain.release import sum_of
from services.payments.ports import Work
from services.payments.use_cases import top_ups
from services.payments.use_cases.checkouts import close_checkouts, lock_checkout, lock_payable
from services.payments.use_cases.credit import credit_of, refund_lots, sweep, tell_credit
from services.payments.use_cases.telling import tell
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.payments import (
    CreditView,
    FundingShort,
    MilestoneFunded,
    PayFromCredit,
    PaymentMethod,
)
from shared.money import Money
from shared.people import Person


def capture(captured: PaymentCaptured, work: Work) -> None:
    """Put a captured payment into the escrows that it was made for.

    What isn't awaited (a milestone that was paid already, or has ended) goes back to a card at
    once; of other ways to pay it becomes credit, for they have no way back of their own.
    Raises Rejected (`captured_amount_differs`): nothing is posted, and an operator has to look.
    """
    if top_up := work.wallets.top_up(captured.session_id):
        top_ups.captured(top_up, captured, work)
        return
    checkout, escrows = lock_checkout(captured.session_id, work)
    if captured.amount != checkout.amount:
        raise Rejected(
            "captured_amount_differs",
            "The client paid another amount than was asked for.",
            captured=str(captured.amount),
            expected=str(checkout.amount),
        )
    charge = _charge(captured, checkout)
    if not work.charges.add(charge):
        return
    checkout.move(CheckoutStep.PAY)
    checkout.received = checkout.amount
    work.checkouts.save(checkout)
    awaited = [each for each in escrows if each.can(EscrowStep.CAPTURE)]
    _fund([(each, [(charge.charge_id, each.cost.funded)]) for each in awaited], work)
    surplus = checkout.amount - sum_of(each.cost.funded for each in awaited)
    entries = [_captured(charge, checkout, awaited, surplus)]
    if surplus:
        entries += _keep_surplus(charge, surplus, work)
    work.books.post(entries)
    if checkout.method is PaymentMethod.BANK_TRANSFER:
        # More may have been transferred than was asked for.
        sweep(checkout.client_id, work)


def short(news: PaymentShort, work: Work) -> None:
    """Tell the client how much of a bank transfer is missing."""
    if top_up := work.wallets.top_up(news.session_id):
        top_up.received = max(top_up.received, news.received, key=lambda each: each.amount)
        work.wallets.save_top_up(top_up)
        return
    checkout, escrows = lock_checkout(news.session_id, work)
    if not checkout.standing or news.received.amount <= checkout.received.amount:
        return
    checkout.received = news.received
    work.checkouts.save(checkout)
    missing = checkout.amount - checkout.received
    for escrow in escrows:
        tell(
            FundingShort,
            escrow,
            work,
            attempt=max(1, escrow.funding_attempts),
            received=checkout.received,
            missing=missing,
        )


def pay_from_credit(command: PayFromCredit, by: Person, work: Work) -> CreditView:
    """Pay for milestones from their client's credit: all of them, or none; return what is left.

    Raises Rejected (`credit_insufficient`, saying how much is missing) or what a checkout would.
    """
    escrows = lock_payable(command.milestone_ids, by, work)
    close_checkouts(command.milestone_ids, work)
    client_id = escrows[0].contract.client_id
    work.clients.lock(client_id)
    lots = work.charges.lots(client_id)
    check_credit(lots, (each.cost.funded for each in escrows))
    _fund([(each, take_credit(lots, each.cost.funded)) for each in escrows], work)
    work.charges.save_lots(lots)
    payment_id = new_id()
    work.books.post([_credit_used(each, payment_id, work.clock.now()) for each in escrows])
    return credit_of(client_id, work)


def _fund(funded: Sequence[tuple[Escrow, list[tuple[str, Money]]]], work: Work) -> None:
    work.charges.fund(
        [
            Funding(escrow.milestone_id, charge_id, amount)
            for escrow, taken in funded
            for charge_id, amount in taken
        ]
    )
    for escrow, _ in funded:
        escrow.move(EscrowStep.CAPTURE)
        tell(MilestoneFunded, escrow, work, amount=escrow.cost.funded)
    work.escrows.save([escrow for escrow, _ in funded])


def _credit_used(escrow: Escrow, payment_id: UUID, at: datetime) -> JournalEntry:
    source = f"{payment_id}:{escrow.milestone_id}"
    happening = Happening(escrow.milestone_id, source, at, escrow.owners)
    return journal_entry(Fact.CREDIT_USED, happening, amount=escrow.cost.funded)


def _charge(captured: PaymentCaptured, checkout: Checkout) -> Charge:
    return Charge(
        charge_id=captured.charge_id,
        client_id=checkout.client_id,
        checkout_id=checkout.checkout_id,
        method=checkout.method,
        amount=captured.amount,
        fee=captured.fee,
        captured_at=captured.captured_at,
    )


def _captured(
    charge: Charge, checkout: Checkout, awaited: Sequence[Escrow], surplus: Money
) -> JournalEntry:
    (reference, *others) = checkout.items
    about: UUID = checkout.checkout_id if others else reference
    owners = {Owner.CLIENT: checkout.client_id}
    return journal_entry(
        Fact.CAPTURED,
        Happening(about, charge.charge_id, charge.captured_at, owners),
        escrow={each.milestone_id: each.cost.funded for each in awaited},
        credit=surplus,
        processor_fee=charge.fee,
    )


def _keep_surplus(charge: Charge, surplus: Money, work: Work) -> list[JournalEntry]:
    work.clients.lock(charge.client_id)
    lot = CreditLot(new_id(), charge.client_id, charge.charge_id, surplus, surplus)
    work.charges.add_lots([lot])
    if charge.method is PaymentMethod.CARD:
        return refund_lots(charge.client_id, [lot], surplus, RefundReason.SURPLUS, work)
    tell_credit(charge.client_id, surplus, work)
    return []
