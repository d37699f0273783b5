"""What must hold between the rows of payments and its books, at every moment."""

from typing import Any

from services.payments.domain.chargeback import ChargebackStatus
from services.payments.domain.postings import Account
from services.payments.domain.refund import RefundStatus

UNMADE = {RefundStatus.ASKED, RefundStatus.FAILED}


def check_sums(now: Any) -> None:
    """Assert that every row says what the books hold; `now` is a Work of the fakes."""
    books = now.books
    for each in now.escrows.escrows.values():
        assert books.balances[Account.ESCROW, each.milestone_id] == each.held.amount
        _check_parts(each, now)
    owed = sum(e.owed.amount for e in now.releases.releases.values() if e.payout_id is None)
    assert books.sum(Account.ASSISTANT_PAYABLE) == owed
    receivable = sum(each.receivable.amount for each in now.assistants.accounts.values())
    assert -books.sum(Account.ASSISTANT_RECEIVABLE) == receivable
    # Whoever owes is owed nothing: it would have been set off.
    assert not owed or not receivable
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
