"""Money on its way to assistants: to their account at the processor, then to their bank."""

import logging
from collections.abc import Sequence
from uuid import UUID

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import PayoutFailed, PayoutPaid
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout, PayoutStep
from services.payments.domain.postings import Fact
from services.payments.domain.rates import PayoutRules
from services.payments.domain.release import Release, sum_of
from services.payments.ports import Account, Work
from services.payments.use_cases.setting_off import set_off
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages import payments as messages
from shared.messages.accounts import Role
from shared.messages.payments import (
    PaidMilestone,
    PayableView,
    PayeeStatus,
    PayoutStatus,
    PayoutView,
)
from shared.money import Money
from shared.people import Person

logger = logging.getLogger(__name__)


def request_payout(by: Person, work: Work) -> PayoutView:
    """Pay out now what is owed to the caller, whatever its payday (role assistant).

    Raises Rejected (`nothing_payable`, `payout_below_minimum`, `payee_not_active`).
    """
    by.must_be(Role.ASSISTANT)
    work.assistants.lock([by.person_id])
    payable = payable_now(by.person_id, work)
    payee = work.payees.lock([by.person_id]).get(by.person_id)
    if payee is None or payee.account_id is None or payee.status is not PayeeStatus.ACTIVE:
        raise Rejected(
            "payee_not_active",
            "The processor has to know who you are first. Open its page and answer what it asks.",
            requirements=list(payee.requirements) if payee else [],
        )
    rules = work.rules.payouts(day_in_japan(work.clock.now()))
    owed = sum_of(each.owed for each in payable)
    if not owed:
        raise Rejected("nothing_payable", "Nothing is owed to you that could be paid out now.")
    if not rules.is_enough(owed, rules.transfer_fee(payee.bank_code)):
        raise Rejected(
            "payout_below_minimum",
            f"Payouts start at {rules.minimum.amount:,} yen. What you earn is added up until then.",
            payable=owed.amount,
            minimum=rules.minimum.amount,
        )
    payee.paused_since = None
    work.payees.save(payee)
    payout = start_payout(payee, payable, rules, work, on_demand=True)
    return _view(payout)


def payable_now(assistant_id: UUID, work: Work) -> list[Release]:
    """Return what is owed to an assistant and not frozen by a chargeback."""
    payable = work.releases.payable(assistant_id)
    frozen = work.releases.frozen(payable)
    return [each for each in payable if each.release_id not in frozen]


def start_payout(
    payee: Payee, payable: Sequence[Release], rules: PayoutRules, work: Work, *, on_demand: bool
) -> Payout:
    """Pay these releases of one assistant out together; assistant and payee are locked."""
    now = work.clock.now()
    assert payee.account_id  # noqa: S101  (only active payees are paid)
    payout = Payout(
        payout_id=new_id(),
        assistant_id=payee.person_id,
        account_id=payee.account_id,
        gross=sum_of(each.owed for each in payable),
        transfer_fee=rules.transfer_fee(payee.bank_code),
        requested_at=now,
        payday=day_in_japan(now),
        on_demand=on_demand,
    )
    work.payouts.add(payout)
    for release in payable:
        release.payout_id = payout.payout_id
    work.releases.save(payable)
    call = _call(OperationKind.CREATE_TRANSFER, payout, work)
    if not on_demand:
        # A clock has no trace of its own: who accepted first sees the money go to the bank.
        call.traceparent = next((each.traceparent for each in payable if each.traceparent), None)
    work.operations.add([call])
    work.books.post([_entry(Fact.PAYOUT_REQUESTED, payout, str(payout.payout_id), work)])
    return payout


def transfer_answered(operation: Operation, work: Work) -> None:
    """Record a transfer to the assistant's account, and have it paid out from there."""
    if operation.status is OperationStatus.DECLINED:
        _decline(operation, work)
        return
    payout = work.payouts.lock(operation.subject)
    if not payout.move(PayoutStep.TRANSFER):
        return
    payout.transfer_id = operation.answer["transfer"]
    work.payouts.save(payout)
    work.books.post([_entry(Fact.PAYOUT_TRANSFERRED, payout, payout.transfer_id, work)])
    work.operations.add([_call(OperationKind.CREATE_PAYOUT, payout, work)])


def payout_answered(operation: Operation, work: Work) -> None:
    """Record that the processor has taken a payout on."""
    if operation.status is OperationStatus.DECLINED:
        _decline(operation, work)
        return
    payout = work.payouts.lock(operation.subject)
    if payout.move(PayoutStep.SEND):
        work.payouts.save(payout)
        work.books.post([_entry(Fact.PAYOUT_SENT, payout, operation.answer["payout"], work)])


def paid(news: PayoutPaid, work: Work) -> None:
    """Record that the bank has a payout."""
    payout = work.payouts.lock(news.payout_id)
    if not payout.move(PayoutStep.CONFIRM):
        return
    payout.paid_at = news.at
    work.payouts.save(payout)
    work.books.post([_entry(Fact.PAYOUT_PAID, payout, news.processor_id, work)])
    told = messages.PayoutPaid(
        payout_id=payout.payout_id,
        assistant_id=payout.assistant_id,
        amount=payout.amount,
        transfer_fee=payout.transfer_fee,
        milestones=_milestones(work.releases.of_payout(payout.payout_id), work),
    )
    work.outbox.emit(told, subject=payout.payout_id)


def failed(news: PayoutFailed, work: Work) -> None:
    """Record that a payout came back: all of it is payable again, and taken back to our balance."""
    account = _lock_assistant(news.payout_id, work)
    payout = work.payouts.lock(news.payout_id)
    was_paid = payout.status is PayoutStatus.PAID
    if not payout.move(PayoutStep.FAIL):
        return
    payout.failure = news.failure
    fact = Fact.PAYOUT_RETURNED if was_paid else Fact.PAYOUT_FAILED
    _reopen(fact, payout, news.processor_id, account, work)
    work.operations.add([_call(OperationKind.REVERSE_TRANSFER, payout, work)])


def reversal_answered(operation: Operation, work: Work) -> None:
    """Record that what came back from a bank is on our balance again."""
    payout = work.payouts.get(operation.subject)
    if operation.status is OperationStatus.DECLINED:
        logger.error("transfer not taken back", extra={"payout_id": payout.payout_id})
        return
    work.books.post([_entry(Fact.PAYOUT_TAKEN_BACK, payout, operation.answer["reversal"], work)])


def list_payouts(by: Person, work: Work, *, after: UUID | None, limit: int) -> Sequence[PayoutView]:
    """Return the caller's payouts, newest first."""
    found = work.payouts.newest(by.person_id, after=after, limit=limit)
    return [_view(each) for each in found]


def view_payable(by: Person, work: Work) -> PayableView:
    """Return what is owed to the caller, and when it is paid (role assistant)."""
    by.must_be(Role.ASSISTANT)
    payable = work.releases.payable(by.person_id)
    frozen = work.releases.frozen(payable)
    account = work.assistants.find(by.person_id)
    payee = work.payees.find(by.person_id)
    rules = work.rules.payouts(day_in_japan(work.clock.now()))
    return PayableView(
        payable=sum_of(each.owed for each in payable),
        frozen=sum_of(each.owed for each in payable if each.release_id in frozen),
        receivable=account.receivable if account else sum_of(()),
        minimum=rules.minimum,
        transfer_fee=rules.transfer_fee(payee.bank_code if payee else None),
        next_payday=min((each.payday for each in payable), default=None),
        paused=bool(payee and payee.paused_since),
    )


def _lock_assistant(payout_id: UUID, work: Work) -> Account:
    assistant_id = work.payouts.get(payout_id).assistant_id
    return work.assistants.lock([assistant_id])[assistant_id]


def _decline(operation: Operation, work: Work) -> None:
    """Reopen what the processor refused to pay; what it had transferred is taken back."""
    account = _lock_assistant(operation.subject, work)
    payout = work.payouts.lock(operation.subject)
    if not payout.move(PayoutStep.DECLINE):
        return
    payout.failure = operation.answer["detail"]
    source = f"{payout.payout_id}:declined"
    _reopen(Fact.PAYOUT_DECLINED, payout, source, account, work)
    if payout.transfer_id:
        work.operations.add([_call(OperationKind.REVERSE_TRANSFER, payout, work)])


def _reopen(fact: Fact, payout: Payout, source: str, account: Account, work: Work) -> None:
    work.payouts.save(payout)
    releases = work.releases.of_payout(payout.payout_id)
    milestones = _milestones(releases, work)
    for release in releases:
        release.payout_id = None
    entries = [_entry(fact, payout, source, work)]
    entries += set_off(account, releases, source, work)
    work.releases.save(releases)
    work.assistants.save([account])
    work.books.post(entries)
    payee = work.payees.lock([payout.assistant_id])[payout.assistant_id]
    payee.paused_since = work.clock.now()
    work.payees.save(payee)
    told = messages.PayoutReturned(
        payout_id=payout.payout_id,
        assistant_id=payout.assistant_id,
        amount=payout.amount,
        failure=payout.failure or "",
        milestones=milestones,
    )
    work.outbox.emit(told, subject=payout.payout_id)


def _milestones(releases: Sequence[Release], work: Work) -> tuple[PaidMilestone, ...]:
    """Return what a payout has for milestones; what a sponsor pays is of none."""
    return tuple(_paid(each, each.milestone_id, work) for each in releases if each.milestone_id)


def _paid(release: Release, milestone_id: UUID, work: Work) -> PaidMilestone:
    escrow = work.escrows.get(milestone_id)
    return PaidMilestone(
        contract_id=escrow.contract.contract_id,
        milestone_id=escrow.milestone_id,
        title=escrow.title,
        client_id=escrow.contract.client_id,
        net=release.owed,
    )


def _call(kind: OperationKind, payout: Payout, work: Work) -> Operation:
    now = work.clock.now()
    request: dict[str, object] = {
        "amount": payout.amount.amount,
        "currency": payout.amount.currency,
        "account_id": payout.account_id,
        "since": now.isoformat(),
    }
    if kind is OperationKind.REVERSE_TRANSFER:
        request["transfer_id"] = payout.transfer_id
    return Operation(
        operation_id=new_id(),
        kind=kind,
        subject=payout.payout_id,
        request=request,
        next_attempt_at=now,
    )


# Facts that move the transfer fee as well.
_WITH_FEE = frozenset(
    {
        Fact.PAYOUT_REQUESTED,
        Fact.PAYOUT_FAILED,
        Fact.PAYOUT_RETURNED,
        Fact.PAYOUT_DECLINED,
    }
)


def _entry(fact: Fact, payout: Payout, source: str, work: Work) -> JournalEntry:
    happening = Happening(payout.payout_id, source, work.clock.now(), payout.owners)
    parts: dict[str, Money] = {"amount": payout.amount}
    if fact in _WITH_FEE:
        parts["transfer_fee"] = payout.transfer_fee
    return journal_entry(fact, happening, **parts)


def _view(payout: Payout) -> PayoutView:
    return PayoutView(
        payout_id=payout.payout_id,
        gross=payout.gross,
        transfer_fee=payout.transfer_fee,
        amount=payout.amount,
        status=payout.status,
        payday=payout.payday,
        on_demand=payout.on_demand,
        requested_at=payout.requested_at,
        paid_at=payout.paid_at,
        failure=payout.failure,
    )
