"""The money of milestones: agreed, captured, released, or sent back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payments.domain.checkout import CheckoutStatus, CheckoutStep
from services.payments.domain.escrow import ESCROW, Contract, Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import PaymentCaptured
from services.payments.domain.payout import Payout
from services.payments.domain.postings import Fact
from services.payments.domain.rates import NOTHING, amounts, release
from services.payments.domain.refund import RefundReason
from services.payments.ports import Work
from services.payments.use_cases.checkouts import expire_checkout
from services.payments.use_cases.payouts import start_payouts
from services.payments.use_cases.refunds import ask_refund
from services.payments.use_cases.telling import tell
from shared.calendar import day_in_japan
from shared.errors import NotFound, Rejected, Transient
from shared.ids import new_id
from shared.messages.contracts import ContractAgreed, MilestoneAccepted, MilestoneEnded
from shared.messages.payments import (
    EscrowReleased,
    EscrowStatus,
    MilestoneFunded,
    MilestoneMoneyView,
)
from shared.people import Person


def agree(agreed: ContractAgreed, work: Work) -> None:
    """Compute what each milestone costs, by the rates of the day."""
    contract = Contract(
        contract_id=agreed.contract_id,
        client_id=agreed.client_id,
        assistant_id=agreed.assistant_id,
        category=agreed.category,
        mode=agreed.mode,
        review_days=agreed.review_days,
        agreed_at=agreed.agreed_at,
    )
    rates = work.rules.rates(day_in_japan(agreed.agreed_at), agreed.category)
    escrows = [
        Escrow(
            milestone_id=each.milestone_id,
            contract=contract,
            title=each.title,
            due_on=each.due_on,
            cost=amounts(each.price, agreed.mode, rates),
        )
        for each in agreed.milestones
    ]
    work.escrows.agree(contract, escrows)


def get_money(milestone_id: UUID, by: Person, work: Work) -> MilestoneMoneyView:
    """Return the money of a milestone, to its two parties."""
    escrow = work.escrows.get(milestone_id)
    if by.person_id not in {escrow.contract.client_id, escrow.contract.assistant_id}:
        raise NotFound("milestone_not_found", "There is no such milestone of yours.")
    parts = escrow.release
    return MilestoneMoneyView(
        milestone_id=escrow.milestone_id,
        contract_id=escrow.contract.contract_id,
        status=escrow.status,
        price=escrow.cost.price,
        tax=escrow.cost.tax,
        withholding=escrow.cost.withholding,
        funded=escrow.cost.funded,
        in_escrow=escrow.cost.funded if escrow.status is EscrowStatus.FUNDED else NOTHING,
        platform_fee=parts.platform_fee if parts else None,
        platform_fee_tax=parts.platform_fee_tax if parts else None,
        net=parts.net if parts else None,
    )


def capture(captured: PaymentCaptured, work: Work) -> None:
    """Put a captured payment into escrow; what isn't awaited goes back to the client at once.

    Raises Rejected (`captured_amount_differs`): nothing is posted, and an operator has to look.
    """
    escrow = _lock(captured.milestone_id, work)
    if escrow.charge_id == captured.charge_id or work.refunds.of_charge(captured.charge_id):
        return
    if captured.amount != escrow.cost.funded:
        raise Rejected(
            "captured_amount_differs",
            "The client paid another amount than was asked for.",
            captured=str(captured.amount),
            expected=str(escrow.cost.funded),
        )
    _note_paid(captured.session_id, work)
    entries = [_captured(escrow, captured)]
    if (escrow.status, EscrowStep.CAPTURE) in ESCROW.moves:
        escrow.move(EscrowStep.CAPTURE)
        escrow.charge_id = captured.charge_id
        work.escrows.save([escrow])
        tell(MilestoneFunded, escrow, work, amount=captured.amount)
    else:
        entries.append(ask_refund(escrow, captured.charge_id, RefundReason.SURPLUS, work))
    work.books.post(entries)


def release_escrows(accepted: Sequence[MilestoneAccepted], work: Work) -> None:
    """Divide the escrow of accepted milestones, and start to pay out what that leaves.

    Raises Transient for one that isn't funded yet, as far as we know; the others then wait too.
    """
    escrows = work.escrows.lock(each.milestone_id for each in accepted)
    released = [
        escrow
        for each in accepted
        if (escrow := _known(each.milestone_id, escrows)).move(EscrowStep.RELEASE)
    ]
    entries = [_release(escrow, work) for escrow in released]
    work.escrows.save(released)
    payouts = [
        Payout(
            payout_id=new_id(),
            milestone_id=escrow.milestone_id,
            assistant_id=escrow.contract.assistant_id,
            net=escrow.release.net,
            requested_at=work.clock.now(),
        )
        for escrow in released
        if escrow.release and escrow.release.net
    ]
    work.payouts.add(payouts)
    entries += start_payouts({each.assistant_id for each in payouts}, work)
    work.books.post(entries)


def end(ended: MilestoneEnded, work: Work) -> None:
    """Give the client back what is in escrow; without any, see to it that nobody pays any more."""
    escrow = _lock(ended.milestone_id, work)
    if not escrow.move(EscrowStep.END):
        return
    work.escrows.save([escrow])
    if escrow.status is EscrowStatus.CLOSED:
        expire_checkout(escrow, work)
        return
    assert escrow.charge_id  # noqa: S101  (funded, by a charge)
    work.books.post([ask_refund(escrow, escrow.charge_id, RefundReason.ENDED, work)])


def _lock(milestone_id: UUID, work: Work) -> Escrow:
    return _known(milestone_id, work.escrows.lock([milestone_id]))


def _known(milestone_id: UUID, escrows: dict[UUID, Escrow]) -> Escrow:
    if milestone_id not in escrows:
        raise Transient(
            "milestone_not_known_yet",
            "Its contract has not been heard of.",
            milestone_id=str(milestone_id),
        )
    return escrows[milestone_id]


def _note_paid(session_id: str, work: Work) -> None:
    checkout = work.checkouts.find(session_id)
    if checkout and checkout.status is not CheckoutStatus.PAID:
        checkout.move(CheckoutStep.PAY)
        work.checkouts.save(checkout)


def _captured(escrow: Escrow, captured: PaymentCaptured) -> JournalEntry:
    happening = _happening(escrow, captured.charge_id, captured.captured_at)
    return journal_entry(
        Fact.CAPTURED, happening, gross=captured.amount, processor_fee=captured.fee
    )


def _release(escrow: Escrow, work: Work) -> JournalEntry:
    contract = escrow.contract
    rates = work.rules.rates(day_in_japan(contract.agreed_at), contract.category)
    parts = release(escrow.cost, contract.mode, rates, contract.accumulated)
    contract.accumulated += escrow.cost.price + escrow.cost.tax
    escrow.release = parts
    tell(
        EscrowReleased,
        escrow,
        work,
        gross=escrow.cost.funded,
        platform_fee=parts.platform_fee,
        platform_fee_tax=parts.platform_fee_tax,
        withholding=parts.withholding,
        net=parts.net,
    )
    return journal_entry(
        Fact.RELEASED,
        _happening(escrow, str(escrow.milestone_id), work.clock.now()),
        net=parts.net,
        platform_fee=parts.platform_fee,
        platform_fee_tax=parts.platform_fee_tax,
        withholding=parts.withholding,
    )


def _happening(escrow: Escrow, source: str, at: datetime) -> Happening:
    return Happening(escrow.milestone_id, source, at, escrow.owners)
