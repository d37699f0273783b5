"""Paydays: what is due is paid, and who can't be paid is told why, and what to do."""

import logging
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal
from uuid import UUID

from services.payments.domain.payee import Payee
from services.payments.domain.rates import PayoutRules
from services.payments.domain.release import Release, sum_of
from services.payments.ports import Account, Transactions, Work
from services.payments.use_cases.payouts import payable_now, start_payout
from shared.calendar import day_in_japan
from shared.messages.accounts import Role
from shared.messages.payments import (
    LatePayableView,
    PayableReminder,
    PayeeStatus,
    PayoutDelayed,
)
from shared.people import Person

logger = logging.getLogger(__name__)

AT_ONCE = 100
# Operators see what has to be paid within so many days.
WATCH_DAYS = 14

Reason = Literal["no_payee_account", "payee_not_active", "bank_returned", "below_minimum"]


def pay_due(transactions: Transactions) -> int:
    """Pay out what is due, assistant by assistant; return how many payouts were started.

    Each is a transaction of its own: what is wrong with one keeps nobody else from their money.
    Several processes may do this at once: who comes second finds nothing due any more.
    """
    started = 0
    after: UUID | None = None
    while True:
        with transactions.begin() as work:
            today = day_in_japan(work.clock.now())
            due = work.releases.due(today, AT_ONCE, after)
        for assistant_id in due:
            try:
                with transactions.begin() as work:
                    started += _pay(assistant_id, today, work)
            except Exception:
                logger.exception("not paid", extra={"assistant_id": assistant_id})
        if len(due) < AT_ONCE:
            return started
        after = due[-1]


def list_late(by: Person, work: Work, limit: int) -> Sequence[LatePayableView]:
    """Return what isn't paid yet and soon has to be, or should have been (role operator)."""
    by.must_be(Role.OPERATOR)
    today = day_in_japan(work.clock.now())
    late = work.releases.late(today + timedelta(days=WATCH_DAYS), limit)
    return [
        LatePayableView(
            release_id=each.release_id,
            milestone_id=each.milestone_id,
            assistant_id=each.assistant_id,
            owed=each.owed,
            payday=each.payday,
            pay_by=each.pay_by,
            days_left=(each.pay_by - today).days,
        )
        for each in late
        if each.pay_by and each.milestone_id
    ]


def _pay(assistant_id: UUID, today: date, work: Work) -> bool:
    account = work.assistants.lock([assistant_id])[assistant_id]
    payable = [each for each in payable_now(assistant_id, work) if each.payday <= today]
    if not payable:
        return False
    payee = work.payees.lock([assistant_id]).get(assistant_id)
    rules = work.rules.payouts(today)
    reason = _obstacle(payee, payable, rules)
    if payee and reason is None:
        start_payout(payee, payable, rules, work, on_demand=False)
        return True
    told = _told(account, payable, rules, today)
    if reason and told:
        news = _delayed(reason, payee, payable) if told is PayoutDelayed else _reminder(payable)
        work.outbox.emit(news, subject=assistant_id)
        account.told_on = today
        work.assistants.save([account])
    return False


def _obstacle(payee: Payee | None, payable: Sequence[Release], rules: PayoutRules) -> Reason | None:
    if payee is None or payee.account_id is None:
        return "no_payee_account"
    if payee.status is not PayeeStatus.ACTIVE:
        return "payee_not_active"
    if payee.paused_since:
        return "bank_returned"
    owed = sum_of(each.owed for each in payable)
    fee = rules.transfer_fee(payee.bank_code)
    return None if rules.is_enough(owed, fee) else "below_minimum"


def _told(
    account: Account, payable: Sequence[Release], rules: PayoutRules, today: date
) -> type[PayoutDelayed | PayableReminder] | None:
    """Return of what the assistant hears today: on each payday, and again every so many days."""
    if account.told_on is None or account.told_on < max(each.payday for each in payable):
        return PayoutDelayed
    again_on = account.told_on + timedelta(days=rules.reminder_days)
    return PayableReminder if again_on <= today else None


def _delayed(reason: Reason, payee: Payee | None, payable: Sequence[Release]) -> PayoutDelayed:
    return PayoutDelayed(
        person_id=payable[0].assistant_id,
        payable=sum_of(each.owed for each in payable),
        reason=reason,
        requirements=payee.requirements if payee else (),
    )


def _reminder(payable: Sequence[Release]) -> PayableReminder:
    return PayableReminder(
        person_id=payable[0].assistant_id,
        payable=sum_of(each.owed for each in payable),
        waiting_since=min(each.payday for each in payable),
    )
