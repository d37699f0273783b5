"""What was there before money came in full: it stays what it was, to the yen, and goes on."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from services.payments.domain.checkout import CheckoutStatus
from services.payments.domain.news import PayoutFailed, RefundChanged
from services.payments.domain.operation import OperationKind
from services.payments.domain.refund import RefundReason, RefundStatus
from services.payments.use_cases import payouts, refunds
from shared.ids import new_id
from shared.messages.payments import EscrowStatus, PayoutStatus
from shared.money import yen
from tests.integration.payments.old_money import (
    AGREED,
    AMOUNT,
    CAPTURED,
    ENDED,
    FEE,
    FEE_TAX,
    FUNDED,
    NET,
    PRICE,
    PROCESSOR_FEE,
    RELEASED,
    TAX,
    TRANSFER_FEE,
    OldMoney,
    old_money,
)
from tests.support.servers import TestPostgres

NOW = datetime(2026, 11, 25, 3, tzinfo=UTC)
IN_ESCROW = {EscrowStatus.UNFUNDED, EscrowStatus.FUNDING, EscrowStatus.FUNDED}


@pytest.fixture
def old(postgres: TestPostgres) -> OldMoney:
    return old_money(postgres.empty_service_database("payments"))


def by_account(old: OldMoney) -> Counter[str]:
    """Return the balances by account alone."""
    sums: Counter[str] = Counter()
    for (account, _), balance in old.balances().items():
        sums[account] += balance
    return sums


def test_an_empty_database_has_nothing_to_be_carried_over(old: OldMoney) -> None:
    old.migrate()
    assert old.balances() == {}


def test_all_tables_add_up_to_the_books_afterwards(old: OldMoney) -> None:
    for status in ("unfunded", "closed"):
        old.milestone(status)
    old.page(old.milestone("funding"), "open")
    funded = old.funded()
    for status in ("requested", "transferred", "sent", "paid", "returned"):
        old.payout(old.released(), status)
    old.payout(old.released(), "requested", started=False)
    old.ended("refunding", "asked")
    old.ended("refunding", "failed")
    old.ended("refunded", "confirmed")
    old.capture(funded, "ch_again")
    old.refund(funded, "surplus", "asked", "ch_again")
    before = by_account(old)
    old.migrate()
    assert by_account(old) == before
    held = old.run("""
        SELECT milestone_id, left_funded FROM escrows WHERE status IN ('funded', 'refunding')
            AND left_funded > 0
    """)
    open_ = old.run("SELECT sum(owed) FROM releases WHERE payout_id IS NULL")
    under_way = old.run("""
        SELECT payout_id, gross - transfer_fee FROM payouts
        WHERE status IN ('requested', 'transferred', 'sent')
    """)
    owed_back = old.run("SELECT refund_id, amount FROM refunds WHERE status <> 'confirmed'")
    kept = old.run("SELECT account, owner, balance FROM account_balances WHERE balance > 0")
    assert {(account, owner): balance for account, owner, balance in kept} == {
        **{("liability:escrow", owner): amount for owner, amount in held},
        ("liability:assistant_payable", old.assistant): open_[0][0],
        **{("liability:payout_in_transit", owner): amount for owner, amount in under_way},
        **{("liability:refunds_payable", owner): amount for owner, amount in owed_back},
    }
    returnable = old.run("SELECT sum(amount - returned) FROM fundings")
    assert returnable == [(7 * FUNDED,)]


@pytest.mark.parametrize("status", ["unfunded", "closed", "funded", "released", "refunded"])
def test_a_milestone_keeps_what_it_costs_and_what_is_left(old: OldMoney, status: str) -> None:
    if status == "released":
        milestone_id = old.released()
    elif status == "refunded":
        milestone_id, _ = old.ended("refunded", "confirmed")
    else:
        milestone_id = old.funded() if status == "funded" else old.milestone(status)
    old.migrate()
    with old.begin(NOW) as work:
        escrow = work.escrows.get(milestone_id)
        assert (escrow.status, escrow.agreed_at) == (status, AGREED)
        assert (escrow.cost.price, escrow.cost.tax) == (yen(PRICE), yen(TAX))
        assert escrow.contract.accumulated == yen(3 * (PRICE + TAX))
        left = escrow.cost if escrow.status in IN_ESCROW else escrow.cost - escrow.cost
        assert escrow.left == left


def test_a_payment_keeps_its_fee_and_its_time(old: OldMoney) -> None:
    milestone_id = old.funded()
    charge_id = old.charge_of(milestone_id)
    old.capture(milestone_id, "ch_again")
    refund_id = old.refund(milestone_id, "surplus", "asked", "ch_again")
    old.migrate()
    with old.begin(NOW) as work:
        for name in (charge_id, "ch_again"):
            charge = work.charges.get(name)
            assert charge is not None
            assert (charge.client_id, charge.captured_at) == (old.client, CAPTURED)
            assert (charge.amount, charge.fee) == (yen(FUNDED), yen(PROCESSOR_FEE))
        (funding,) = work.charges.fundings(milestone_id)
        assert (funding.charge_id, funding.returnable) == (charge_id, yen(FUNDED))
        refund = work.refunds.get(refund_id)
        assert (refund.client_id, refund.price, refund.asked_at) == (old.client, yen(0), ENDED)


@pytest.mark.parametrize("status", ["open", "submitted", "expired"])
def test_a_page_is_for_its_one_milestone(old: OldMoney, status: str) -> None:
    milestone_id = old.milestone("unfunded" if status == "expired" else "funding")
    checkout_id = old.page(milestone_id, status)
    old.migrate()
    with old.begin(NOW) as work:
        page = work.checkouts.get(checkout_id)
        assert page is not None
        assert (page.client_id, page.items) == (old.client, {milestone_id: yen(FUNDED)})
        assert page.received == yen(0)
        assert (page.pay_until is not None) == (page.status is CheckoutStatus.SUBMITTED)
        standing = work.checkouts.standing([milestone_id])
        assert list(standing) == ([page] if page.standing else [])


def test_a_page_that_was_paid_has_received_all(old: OldMoney) -> None:
    old.funded()
    old.migrate()
    assert old.run("SELECT received, amount FROM checkouts") == [(FUNDED, FUNDED)]


def test_a_page_that_was_being_made_is_made_anew(old: OldMoney) -> None:
    milestone_id = old.milestone("unfunded")
    old.add(
        "operations",
        operation_id=new_id(),
        kind="create_checkout",
        subject=milestone_id,
        request="{}",
        status="pending",
        attempts=1,
        keys_spent=0,
        next_attempt_at=AGREED,
        answer="{}",
    )
    old.migrate()
    with old.begin(NOW) as work:
        assert work.operations.pending(milestone_id, OperationKind.CREATE_CHECKOUT) is None


def test_what_was_released_is_owed_until_it_is_paid(old: OldMoney) -> None:
    waiting, under_way = old.released(), old.released()
    old.payout(waiting, "requested", started=False)
    payout_id = old.payout(under_way, "sent")
    old.migrate()
    with old.begin(NOW) as work:
        (release,) = work.releases.payable(old.assistant)
        assert (release.milestone_id, release.owed) == (waiting, yen(NET))
        assert release.division.gross == yen(FUNDED)
        assert release.division.platform_fee == yen(FEE)
        assert release.division.platform_fee_tax == yen(FEE_TAX)
        assert (release.released_at, release.payday) == (RELEASED, date(2026, 10, 21))
        (paid,) = work.releases.of_payout(payout_id)
        assert paid.milestone_id == under_way
        assert list(work.releases.due(date(2026, 10, 21), 5, None)) == [old.assistant]
        (payout,) = work.payouts.newest(old.assistant, after=None, limit=5)
        assert (payout.payout_id, payout.status) == (payout_id, PayoutStatus.SENT)
        assert (payout.gross, payout.transfer_fee) == (yen(NET), yen(TRANSFER_FEE))
        assert payout.account_id == "acct_1"
        assert payout.transfer_id == f"payout_transferred_{payout_id}"


def test_ids_of_releases_say_when_they_were_made(old: OldMoney) -> None:
    old.released()
    old.migrate()
    ((release_id,),) = old.run("SELECT release_id FROM releases")
    assert release_id.version == 7
    # Without its payout, the day of the contract is all that is known.
    assert release_id.int >> 80 == int(AGREED.timestamp() * 1_000)
    assert UUID(int=release_id.int).variant == new_id().variant


def test_a_payout_that_was_under_way_can_come_back(old: OldMoney) -> None:
    payout_id = old.payout(old.released(), "sent")
    old.migrate()
    with old.begin(NOW) as work:
        payouts.failed(PayoutFailed(payout_id, "po_1", "account_closed", NOW), work)
        (release,) = work.releases.payable(old.assistant)
        assert release.owed == yen(NET)
        call = work.operations.pending(payout_id, OperationKind.REVERSE_TRANSFER)
        assert call is not None
        assert call.request["transfer_id"] == f"payout_transferred_{payout_id}"
    assert old.balances()["liability:assistant_payable", old.assistant] == NET


def test_what_a_bank_returned_before_is_taken_back_and_waits(old: OldMoney) -> None:
    payout_id = old.payout(old.released(), "returned")
    old.migrate()
    with old.begin(datetime.now(UTC) + timedelta(minutes=1)) as work:
        # The books had kept the transfer fee.
        (release,) = work.releases.payable(old.assistant)
        assert release.owed == yen(AMOUNT)
        payee = work.payees.find(old.assistant)
        assert payee is not None
        assert payee.paused_since is not None
        (call,) = work.operations.due(work.clock.now(), 5)
        assert (call.kind, call.subject) == (OperationKind.REVERSE_TRANSFER, payout_id)
        assert call.request["amount"] == AMOUNT
        assert call.request["transfer_id"] == f"payout_transferred_{payout_id}"
        assert datetime.fromisoformat(call.request["since"]) < work.clock.now()
        call.answer = {"reversal": "trr_1"}
        payouts.reversal_answered(call, work)
    assert ("asset:payee_balance", old.assistant) not in old.balances()


@pytest.mark.parametrize("status", ["asked", "failed"])
def test_a_refund_that_was_under_way_can_be_confirmed(old: OldMoney, status: str) -> None:
    milestone_id, refund_id = old.ended("refunding", status)
    old.migrate()
    with old.begin(NOW) as work:
        refund = work.refunds.lock(refund_id)
        assert (refund.reason, refund.price) == (RefundReason.ENDED, yen(PRICE))
        if refund.status is RefundStatus.FAILED:
            refund.status = RefundStatus.ASKED
            work.refunds.save(refund)
        refunds.changed(RefundChanged(refund_id, "re_1", failed=False, at=NOW), work)
        assert work.escrows.get(milestone_id).status is EscrowStatus.REFUNDED
    assert "liability:refunds_payable" not in {account for account, _ in old.balances()}
