"""Money on its way back to clients."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.payments.domain.charge import give_back
from services.payments.domain.escrow import Escrow, EscrowStep
from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import RefundChanged
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.postings import Fact, Owner
from services.payments.domain.rates import NOTHING
from services.payments.domain.refund import (
    Refund,
    RefundReason,
    RefundStatus,
    RefundStep,
    spread,
)
from services.payments.domain.release import (
    Release,
    Reversal,
    check_reversible,
    reverse,
    sum_of,
    take_owed,
)
from services.payments.ports import Work
from services.payments.use_cases import taking_back
from services.payments.use_cases.known import lock_known
from services.payments.use_cases.rights import no_such_milestone
from services.payments.use_cases.telling import tell
from services.payments.use_cases.terms import terms_of
from shared.errors import Rejected
from shared.four_eyes import Approval, Wanted, held
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.amendments import PriceReduced
from shared.messages.operations import ApprovalView
from shared.messages.payments import (
    EscrowStatus,
    MilestoneRefunded,
    PaymentMethod,
    RefundMade,
    RefundMilestone,
    RefundView,
)
from shared.money import Money
from shared.people import Person

logger = logging.getLogger(__name__)

MILESTONE_REFUND = "milestone_refund"

# What was handed over had been released in part.
_REFUNDABLE = {EscrowStatus.FUNDED, EscrowStatus.RELEASED, EscrowStatus.HANDED_OVER}
_REDUCIBLE = {EscrowStatus.FUNDED, EscrowStatus.RELEASED}


def refund_milestone(
    milestone_id: UUID, command: RefundMilestone, by: Person, work: Work
) -> list[RefundView] | ApprovalView:
    """Give a part of a milestone's price back: of what is in escrow, then of what was released.

    For operators, and for the assistant whose work it is. What operators give back may come to so
    much that a second one has to approve of it: all that goes back of a milestone counts, so that
    no limit is passed in small steps. Raises Rejected (`chargeback_open`, `price_not_within`,
    `milestone_not_refundable`).
    """
    escrow = work.escrows.lock([milestone_id]).get(milestone_id)
    mine = escrow is not None and by.person_id == escrow.contract.assistant_id
    if escrow is None or not (mine or by.is_a(Role.OPERATOR)):
        raise no_such_milestone()
    _check_refundable(escrow)
    if not mine:
        _check_within(escrow, command.price.as_money(), work)
        before = sum_of(each.price for each in work.refunds.of_milestone(milestone_id))
        order = {"milestone_id": str(milestone_id), "refund": command.model_dump(mode="json")}
        amount = before + command.price.as_money()
        wanted = Wanted(MILESTONE_REFUND, milestone_id, amount, command.reason, order)
        if waits := held(wanted, by, work):
            return waits
    return _refund_price(escrow, command, work)


def carry_out_refund(approval: Approval, work: Work) -> None:
    """Give back what an operator asked for, now that a second one approves of it."""
    order = approval.wanted.order
    escrow = lock_known(UUID(order["milestone_id"]), work)
    _check_refundable(escrow)
    _refund_price(escrow, RefundMilestone.model_validate(order["refund"]), work)


def _refund_price(escrow: Escrow, command: RefundMilestone, work: Work) -> list[RefundView]:
    milestone_id, price = escrow.milestone_id, command.price.as_money()
    from_escrow = min(price, escrow.left.price)
    before = {each.refund_id for each in work.refunds.of_milestone(milestone_id)}
    entries = []
    agreed = _Agreed(command.reason)
    if from_escrow:
        entries += _refund_part(escrow, from_escrow, agreed, work)
    if from_escrow < price:
        entries += _refund_released(escrow, price - from_escrow, agreed, work)
    work.books.post(entries)
    made = work.refunds.of_milestone(milestone_id)
    return [view_refund(each) for each in made if each.refund_id not in before]


def reduce_price(reduced: PriceReduced, work: Work) -> None:
    """Give back by how much less both have agreed on, out of what is in escrow.

    Told twice, or after a later one, it changes nothing: it says the price, not the difference.
    While a chargeback is open it leaves the escrow at once, as both agreed, and its way back waits
    for the bank: what the client has from there doesn't go back twice.
    """
    escrow = lock_known(reduced.milestone_id, work)
    agreed = escrow.agreed_price or escrow.cost.price
    if not reduced.price < agreed or escrow.status not in _REDUCIBLE:
        return
    escrow.agreed_price = reduced.price
    work.escrows.save([escrow])
    less = agreed - reduced.price
    from_escrow = min(less, escrow.left.price)
    released = sum_of(each.price for each in work.releases.of_milestone(escrow.milestone_id))
    too_much = released - min(released, reduced.price)
    by_amendment = _Agreed(amendment_id=reduced.amendment_id)
    entries = []
    if from_escrow:
        entries += _refund_part(escrow, from_escrow, by_amendment, work)
    if from_released := min(less - from_escrow, too_much):
        entries += _refund_released(escrow, from_released, by_amendment, work)
    work.books.post(entries)


def refund_rest(escrow: Escrow, reason: RefundReason, work: Work) -> list[JournalEntry]:
    """Have all that is left in an escrow given back; return the entries to be posted.

    While a chargeback is open it waits: the bank may give the money to the client itself.
    """
    if escrow.frozen:
        escrow.to_refund = escrow.left.price
        work.escrows.save([escrow])
        return []
    escrow.to_refund = NOTHING
    part = escrow.take(escrow.left.price, terms_of(escrow, work))
    work.escrows.save([escrow])
    refunds = _refunds(escrow, part.funded, _Why(reason, part.price), work)
    return [_asked(each) for each in refunds]


def go_on(charge_id: str, work: Work) -> None:
    """Make what waited for the bank's decision on a charge, once no chargeback of it is open."""
    if work.chargebacks.open_on([charge_id]):
        return
    held = [each for each in work.refunds.unmade(charge_id) if is_held(each, work)]
    work.operations.add([call_for(each, work) for each in held])


def is_held(refund: Refund, work: Work) -> bool:
    """Tell whether a refund was asked for while a chargeback was open, and not made since."""
    asked = refund.status is RefundStatus.ASKED
    return asked and not work.operations.pending(refund.refund_id, OperationKind.CREATE_REFUND)


def retry_refund(refund_id: UUID, by: Person, work: Work) -> RefundView:
    """Try a refund again that failed (role operator)."""
    by.must_be(Role.OPERATOR)
    refund = work.refunds.lock(refund_id)
    if refund.move(RefundStep.RETRY):
        work.refunds.save(refund)
        work.operations.add([call_for(refund, work)])
    return view_refund(refund)


def list_failed(by: Person, work: Work, limit: int) -> Sequence[RefundView]:
    """Return refunds that failed and are still owed, oldest first (role operator)."""
    by.must_be(Role.OPERATOR)
    return [view_refund(each) for each in work.refunds.failed(limit)]


def refund_answered(operation: Operation, work: Work) -> None:
    """Record that the processor took a refund on, or declined it."""
    if operation.status is OperationStatus.DONE:
        _confirm(operation.subject, operation.answer["refund"], work.clock.now(), work)
        return
    refund = work.refunds.lock(operation.subject)
    if refund.status is RefundStatus.ASKED and refund.move(RefundStep.DECLINE):
        work.refunds.save(refund)
        logger.error("refund declined: still owed", extra={"refund_id": refund.refund_id})


def changed(news: RefundChanged, work: Work) -> None:
    """Follow the processor: it took a refund on, or the client's bank sent it back."""
    if not news.failed:
        _confirm(news.refund_id, news.processor_id, news.at, work)
        return
    refund = work.refunds.lock(news.refund_id)
    if news.processor_id in refund.failed_ids:
        return
    if refund.move(RefundStep.FAIL):
        refund.failed_ids += (news.processor_id,)
        work.refunds.save(refund)
        work.books.post([_entry(Fact.REFUND_FAILED, refund, news.processor_id, news.at)])
        logger.error("refund failed: still owed", extra={"refund_id": refund.refund_id})


def call_for(refund: Refund, work: Work) -> Operation:
    """Return the call that makes a refund.

    What came by transfer or over the counter goes back to a bank account that the processor asks
    the client for, by e-mail.
    """
    charge = work.charges.get(refund.charge_id)
    by_card = charge is None or charge.method is PaymentMethod.CARD
    contact = None if by_card else work.people.contact(refund.client_id)
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_REFUND,
        subject=refund.refund_id,
        request={
            "charge_id": refund.charge_id,
            "amount": refund.amount.amount,
            "email": contact.email if contact else None,
        },
        next_attempt_at=work.clock.now(),
    )


def view_refund(refund: Refund) -> RefundView:
    """Return a refund as it is shown."""
    return RefundView(
        refund_id=refund.refund_id,
        milestone_id=refund.milestone_id,
        amount=refund.amount,
        reason=refund.reason,
        status=refund.status,
        asked_at=refund.asked_at,
    )


def _check_refundable(escrow: Escrow) -> None:
    if escrow.frozen:
        raise Rejected(
            "chargeback_open",
            "The client's bank has taken the payment back. Wait until it has decided.",
        )
    if escrow.status not in _REFUNDABLE:
        raise Rejected(
            "milestone_not_refundable",
            "There is no money in escrow, and none was released.",
            status=escrow.status,
        )


def _check_within(escrow: Escrow, price: Money, work: Work) -> None:
    """Raise Rejected (`price_not_within`): nothing waits for approval that can't be done."""
    if escrow.left.price < price:
        releases = work.releases.of_milestone(escrow.milestone_id)
        check_reversible(releases, price - escrow.left.price)


@dataclass(frozen=True)
class _Agreed:
    """In what the parties agreed to it: in words, or in an amendment of their terms."""

    note: str = ""
    amendment_id: UUID | None = None


@dataclass(frozen=True)
class _Why:
    """Why money goes back, and what part of the milestone's price it is."""

    reason: RefundReason
    price: Money
    agreed: _Agreed = _Agreed()


@dataclass(frozen=True)
class _Given:
    """What the assistant gives: of the price, and of fees to sponsors; `owed` was paid out."""

    net: Money
    fees: Money
    owed: Money


_NOTHING_GIVEN = _Given(NOTHING, NOTHING, NOTHING)


def _refund_part(escrow: Escrow, price: Money, agreed: _Agreed, work: Work) -> list[JournalEntry]:
    """Give back what is still in escrow; all of it ends the milestone."""
    whole = price == escrow.left.price
    released = bool(work.releases.of_milestone(escrow.milestone_id))
    escrow.move(_step_for(whole=whole, released=released))
    part = escrow.take(price, terms_of(escrow, work))
    work.escrows.save([escrow])
    reason = RefundReason.ENDED if whole and not released else RefundReason.PART
    why = _Why(reason, price, agreed)
    refunds = _refunds(escrow, part.funded, why, work)
    _tell_made(escrow, refunds, why, work)
    return [_asked(each) for each in refunds]


def _step_for(*, whole: bool, released: bool) -> EscrowStep:
    if not whole:
        return EscrowStep.REFUND_PART
    return EscrowStep.RELEASE if released else EscrowStep.END


def _refund_released(
    escrow: Escrow, price: Money, agreed: _Agreed, work: Work
) -> list[JournalEntry]:
    """Take released money back: the net from what is owed, the missing part as a receivable.

    What a sponsor paid of the fee goes back into the wallet in the same way.
    """
    releases = work.releases.of_milestone(escrow.milestone_id)
    reversals = reverse(releases, price, terms_of(escrow, work))
    net = sum_of(each.division.net for each in reversals)
    sponsored = taking_back.take_back([each.release for each in reversals], work)
    fees = sum_of(each.owed for each in sponsored)
    owed = _take_owed(escrow, releases, net + fees, work)
    taken = min(owed, net)
    escrow.contract.accumulated -= sum_of(each.price + each.tax for each in reversals)
    work.escrows.save([escrow])
    why = _Why(RefundReason.AFTER_RELEASE, price, agreed)
    amount = sum_of(each.division.gross for each in reversals)
    fundings = work.charges.fundings(escrow.milestone_id)
    if sum_of(each.returnable for each in fundings) < amount:
        raise Rejected(
            "milestone_not_refundable",
            "The client's bank has taken that back already.",
            status=escrow.status,
        )
    refunds = _refunds(escrow, amount, why, work)
    _tell_made(escrow, refunds, why, work, _Given(net, fees, net + fees - owed))
    if refunds:
        first = refunds[0]
        work.releases.keep_reversals(first.refund_id, reversals, first.asked_at)
    entries = _taken_back(refunds, reversals, taken)
    return [*entries, *taking_back.entries_of(sponsored, owed - taken, work)]


def _take_owed(escrow: Escrow, releases: Sequence[Release], amount: Money, work: Work) -> Money:
    """Take so much of what is owed to the assistant, first of this milestone; return how much.

    What was paid out already they owe us.
    """
    assistant_id = escrow.contract.assistant_id
    account = work.assistants.lock([assistant_id])[assistant_id]
    own = [each for each in releases if each.payout_id is None]
    others = [
        each
        for each in work.releases.payable(assistant_id)
        if each.milestone_id != escrow.milestone_id
    ]
    taken = take_owed([*reversed(own), *reversed(others)], amount)
    account.receivable += amount - taken
    work.assistants.save([account])
    work.releases.save([*releases, *others])
    return taken


def _taken_back(
    refunds: Sequence[Refund], reversals: Sequence[Reversal], payable: Money
) -> list[JournalEntry]:
    parts = [each.division for each in reversals]
    shares = spread(
        {
            "payable": payable,
            "receivable": sum_of(each.net for each in parts) - payable,
            "platform_fee": sum_of(each.platform_fee for each in parts),
            "platform_fee_tax": sum_of(each.platform_fee_tax for each in parts),
            "withholding": sum_of(each.withholding for each in parts),
        },
        [each.amount for each in refunds],
    )
    assistant = {Owner.ASSISTANT: reversals[0].release.assistant_id}
    return [
        journal_entry(
            Fact.REFUND_AFTER_RELEASE,
            Happening(
                refund.reference, str(refund.refund_id), refund.asked_at, refund.owners | assistant
            ),
            **share,
        )
        for refund, share in zip(refunds, shares, strict=True)
    ]


def _refunds(escrow: Escrow, amount: Money, why: _Why, work: Work) -> list[Refund]:
    """Keep refunds of the charges that funded a milestone, and the calls that make them.

    There is no call yet for one whose charge the bank still has to decide on.
    """
    if not amount:
        return []
    now = work.clock.now()
    fundings = work.charges.fundings(escrow.milestone_id)
    refunds = [
        Refund(
            refund_id=new_id(),
            client_id=escrow.contract.client_id,
            milestone_id=escrow.milestone_id,
            charge_id=charge_id,
            amount=part,
            reason=why.reason,
            asked_at=now,
            price=why.price if number == 0 else NOTHING,
            note=why.agreed.note,
        )
        for number, (charge_id, part) in enumerate(give_back(fundings, amount))
    ]
    work.charges.save(fundings)
    work.refunds.add(refunds)
    free = [each for each in refunds if not _must_wait(each, escrow, work)]
    work.operations.add([call_for(each, work) for each in free])
    return refunds


def _must_wait(refund: Refund, escrow: Escrow, work: Work) -> bool:
    return bool(escrow.frozen and work.chargebacks.open_on([refund.charge_id]))


def _tell_made(
    escrow: Escrow,
    refunds: Sequence[Refund],
    why: _Why,
    work: Work,
    given: _Given = _NOTHING_GIVEN,
) -> None:
    tell(
        RefundMade,
        escrow,
        work,
        refund_id=refunds[0].refund_id if refunds else new_id(),
        price=why.price,
        amount=sum_of(each.amount for each in refunds),
        after_release=why.reason is RefundReason.AFTER_RELEASE,
        from_assistant=given.net,
        to_sponsor=given.fees,
        owed=given.owed,
        left=escrow.left.price,
        reason=why.agreed.note,
        amendment_id=why.agreed.amendment_id,
    )


def _confirm(refund_id: UUID, processor_id: str, at: datetime, work: Work) -> None:
    milestone_id = work.refunds.get(refund_id).milestone_id
    escrow = work.escrows.lock([milestone_id])[milestone_id] if milestone_id else None
    refund = work.refunds.lock(refund_id)
    if processor_id in refund.failed_ids or not refund.move(RefundStep.CONFIRM):
        return
    work.refunds.save(refund)
    work.books.post([_entry(Fact.REFUND_CONFIRMED, refund, processor_id, at)])
    if escrow and refund.reason is RefundReason.ENDED:
        _note_refunded(escrow, work)


def _note_refunded(escrow: Escrow, work: Work) -> None:
    """Once all that was left is on its way back, the milestone is refunded."""
    ended = [
        each
        for each in work.refunds.of_milestone(escrow.milestone_id)
        if each.reason is RefundReason.ENDED
    ]
    if any(each.status is RefundStatus.ASKED for each in ended):
        return
    if escrow.move(EscrowStep.CONFIRM_REFUND):
        work.escrows.save([escrow])
        tell(MilestoneRefunded, escrow, work, amount=sum_of(each.amount for each in ended))


def _asked(refund: Refund) -> JournalEntry:
    return _entry(Fact.REFUND_ASKED, refund, str(refund.refund_id), refund.asked_at)


def _entry(fact: Fact, refund: Refund, source: str, at: datetime) -> JournalEntry:
    happening = Happening(refund.reference, source, at, refund.owners)
    return journal_entry(fact, happening, amount=refund.amount)
