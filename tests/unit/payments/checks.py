"""What must hold between the rows of payments and its books, at every moment."""

from collections import Counter
from typing import Any

from services.payments.domain.chargeback import ChargebackStatus
from services.payments.domain.operation import OperationKind
from services.payments.domain.postings import Account
from services.payments.domain.refund import RefundStatus
from shared.messages.payments import EscrowStatus, PayoutStatus

UNMADE = {RefundStatus.ASKED, RefundStatus.FAILED}
UNDER_WAY = {PayoutStatus.REQUESTED, PayoutStatus.TRANSFERRED}


def check_sums(now: Any) -> None:
    """Assert that every row says what the books hold; `now` is a Work of the fakes."""
    books = now.books
    for each in now.escrows.escrows.values():
        assert books.balances[Account.ESCROW, each.milestone_id] == each.held.amount
        _check_parts(each, now)
    owed = sum(e.owed.amount for e in now.releases.releases.values() if e.payout_id is None)
    assert books.sum(Account.ASSISTANT_PAYABLE) == owed
    for assistant_id, account in now.assistants.accounts.items():
        receivable = account.receivable.amount
        assert -books.balances[Account.ASSISTANT_RECEIVABLE, assistant_id] == receivable
        # Whoever owes is owed nothing: it would have been set off.
        assert not receivable or not books.balances[Account.ASSISTANT_PAYABLE, assistant_id]
    credit = sum(each.remaining.amount for each in now.charges.credit.values())
    assert books.sum(Account.CLIENT_CREDIT) == credit
    for refund in now.refunds.refunds.values():
        still = refund.amount.amount if refund.status in UNMADE else 0
        assert books.balances[Account.REFUNDS_PAYABLE, refund.refund_id] == still
    disputed = sum(
        each.amount.amount
        for each in now.chargebacks.chargebacks.values()
        if each.status is ChargebackStatus.OPEN
    )
    assert -books.sum(Account.DISPUTE_RECEIVABLE) == disputed
    _check_frozen(now)
    for payout in now.payouts.payouts.values():
        in_transit = books.balances[Account.PAYOUT_IN_TRANSIT, payout.payout_id]
        assert in_transit in {0, payout.amount.amount}


def _check_parts(escrow: Any, now: Any) -> None:
    """What a milestone costs is held, released, or on its way back."""
    releases = now.releases.of_milestone(escrow.milestone_id)
    released = sum(each.price.amount for each in releases)
    assert released + escrow.left.price.amount <= escrow.cost.price.amount
    fundings = now.charges.fundings(escrow.milestone_id)
    returnable = sum(each.returnable.amount for each in fundings)
    gross = sum(each.division.gross.amount for each in releases)
    assert returnable <= escrow.held.amount + gross


def _check_frozen(now: Any) -> None:
    """What a chargeback freezes is not paid out, and what it holds back waits no longer than it."""
    open_charges = Counter(
        each.charge_id
        for each in now.chargebacks.chargebacks.values()
        if each.status is ChargebackStatus.OPEN
    )
    for escrow in now.escrows.escrows.values():
        fundings = now.charges.fundings(escrow.milestone_id)
        assert escrow.frozen == sum(open_charges[each.charge_id] for each in fundings)
        assert not escrow.to_refund or escrow.frozen
    for refund in now.refunds.refunds.values():
        # Only what waits for a bank's decision is asked for without a call.
        called = now.operations.pending(refund.refund_id, OperationKind.CREATE_REFUND)
        if refund.status is RefundStatus.ASKED and not called:
            assert open_charges[refund.charge_id]


def check_payouts(before: set[Any], now: Any) -> None:
    """Assert that payouts that were started just now pay nothing that is frozen."""
    started = now.payouts.payouts.keys() - before
    for payout_id in started:
        assert not now.releases.frozen(now.releases.of_payout(payout_id))


def check_nothing_lies_about(now: Any) -> None:
    """Assert that what was begun has come to something, once everything was told and done."""
    for escrow in now.escrows.escrows.values():
        if escrow.status is EscrowStatus.FUNDING:
            assert now.checkouts.standing([escrow.milestone_id])
    moving = [each for each in now.payouts.payouts.values() if each.status in UNDER_WAY]
    assert books_of(now, Account.PAYEE_BALANCE) == 0 or moving


def books_of(now: Any, account: Account) -> int:
    """Return an account's balance, on its debit side."""
    balance: int = -now.books.sum(account)
    return balance
