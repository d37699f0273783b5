"""Money on its way to assistants: to their account at the processor, then to their bank."""

import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.payments.domain.ledger import Happening, JournalEntry, journal_entry
from services.payments.domain.news import PayoutFailed, PayoutPaid
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import Payee
from services.payments.domain.payout import Payout, PayoutStep
from services.payments.domain.postings import Fact
from services.payments.domain.rates import PayoutRules
from services.payments.ports import Waiting, Work
from services.payments.use_cases.telling import tell
from shared.calendar import day_in_japan
from shared.ids import new_id
from shared.messages import payments as messages
from shared.messages.payments import PayeeStatus, PayoutStatus, PayoutView
from shared.people import Person

logger = logging.getLogger(__name__)


def start_payouts(person_ids: set[UUID], work: Work) -> list[JournalEntry]:
    """Start the payouts of these people that wait, and return the entries to be posted.

    They go on waiting while their payee isn't active, or until together they reach the minimum.
    """
    active = {
        person_id: payee
        for person_id, payee in work.payees.lock(person_ids).items()
        if payee.status is PayeeStatus.ACTIVE
    }
    if not active:
        return []
    now = work.clock.now()
    rules = work.rules.payouts(day_in_japan(now))
    by_person: dict[UUID, list[Waiting]] = defaultdict(list)
    for waiting in work.payouts.waiting(active):
        if waiting.payout.net.amount > rules.transfer_fee.amount:
            by_person[waiting.payout.assistant_id].append(waiting)
    started = [
        (active[person_id], waiting)
        for person_id, queue in by_person.items()
        if sum(each.payout.net.amount for each in queue) >= rules.minimum.amount
        for waiting in queue
    ]
    entries = [_start(waiting.payout, rules, now) for _, waiting in started]
    work.payouts.save([waiting.payout for _, waiting in started])
    work.operations.add([_transfer(payee, waiting, now) for payee, waiting in started])
    return entries


def transfer_answered(operation: Operation, work: Work) -> None:
    """Record a transfer to the assistant's account, and have it paid out from there."""
    payout = work.payouts.lock(operation.subject)
    if operation.status is OperationStatus.DECLINED:
        _note_decline(payout, operation, work)
        return
    if not payout.move(PayoutStep.TRANSFER):
        return
    now = work.clock.now()
    work.payouts.save([payout])
    work.books.post([_entry(Fact.PAYOUT_TRANSFERRED, payout, operation.answer["transfer"], now)])
    call = Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_PAYOUT,
        subject=payout.payout_id,
        request={
            "amount": payout.amount.amount,
            "currency": payout.amount.currency,
            "account_id": operation.request["account_id"],
            "since": now.isoformat(),
        },
        next_attempt_at=now,
    )
    work.operations.add([call])


def payout_answered(operation: Operation, work: Work) -> None:
    """Record that the processor has taken a payout on."""
    payout = work.payouts.lock(operation.subject)
    if operation.status is OperationStatus.DECLINED:
        _note_decline(payout, operation, work)
        return
    if payout.move(PayoutStep.SEND):
        work.payouts.save([payout])
        source = operation.answer["payout"]
        work.books.post([_entry(Fact.PAYOUT_SENT, payout, source, work.clock.now())])


def paid(news: PayoutPaid, work: Work) -> None:
    """Record that the bank has a payout."""
    payout = work.payouts.lock(news.payout_id)
    if not payout.move(PayoutStep.CONFIRM):
        return
    payout.paid_at = news.at
    work.payouts.save([payout])
    work.books.post([_entry(Fact.PAYOUT_PAID, payout, news.processor_id, news.at)])
    tell(
        messages.PayoutPaid,
        work.escrows.get(payout.milestone_id),
        work,
        payout_id=payout.payout_id,
        amount=payout.amount,
    )


def failed(news: PayoutFailed, work: Work) -> None:
    """Record that a payout came back: it is payable again."""
    payout = work.payouts.lock(news.payout_id)
    was_paid = payout.status is PayoutStatus.PAID
    if not payout.move(PayoutStep.FAIL):
        return
    payout.failure = news.failure
    work.payouts.save([payout])
    fact = Fact.PAYOUT_RETURNED if was_paid else Fact.PAYOUT_FAILED
    work.books.post([_entry(fact, payout, news.processor_id, news.at)])
    tell(
        messages.PayoutReturned,
        work.escrows.get(payout.milestone_id),
        work,
        payout_id=payout.payout_id,
        amount=payout.amount,
        failure=news.failure,
    )


def list_payouts(by: Person, work: Work, *, after: UUID | None, limit: int) -> Sequence[PayoutView]:
    """Return the caller's payouts, newest first."""
    found = work.payouts.newest(by.person_id, after=after, limit=limit)
    return [
        PayoutView(
            payout_id=each.payout_id,
            milestone_id=each.milestone_id,
            amount=each.amount,
            status=each.status,
            requested_at=each.requested_at,
            paid_at=each.paid_at,
            failure=each.failure,
        )
        for each in found
    ]


def _start(payout: Payout, rules: PayoutRules, now: datetime) -> JournalEntry:
    payout.started_at = now
    payout.transfer_fee = rules.transfer_fee
    happening = Happening(payout.milestone_id, str(payout.payout_id), now, payout.owners)
    return journal_entry(
        Fact.PAYOUT_REQUESTED, happening, amount=payout.amount, transfer_fee=payout.transfer_fee
    )


def _transfer(payee: Payee, waiting: Waiting, now: datetime) -> Operation:
    payout = waiting.payout
    return Operation(
        operation_id=new_id(),
        kind=OperationKind.CREATE_TRANSFER,
        subject=payout.payout_id,
        request={
            "amount": payout.amount.amount,
            "currency": payout.amount.currency,
            "account_id": payee.account_id,
            "charge_id": waiting.charge_id,
            "milestone_id": str(payout.milestone_id),
        },
        next_attempt_at=now,
    )


def _note_decline(payout: Payout, operation: Operation, work: Work) -> None:
    payout.failure = operation.answer["detail"]
    work.payouts.save([payout])


def _entry(fact: Fact, payout: Payout, source: str, at: datetime) -> JournalEntry:
    happening = Happening(payout.milestone_id, source, at, payout.owners)
    return journal_entry(fact, happening, amount=payout.amount)
