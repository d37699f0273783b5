"""Money that comes in, is held and goes back, on a real PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services.payments.domain.charge import Funding
from services.payments.domain.chargeback import ChargebackStatus
from services.payments.domain.checkout import CheckoutStatus
from services.payments.domain.refund import RefundStatus
from shared.db import Database
from shared.errors import NotFound
from shared.ids import new_id
from shared.messages.payments import EscrowStatus, PaymentMethod
from shared.money import Money, yen
from tests.integration.payments.rows import (
    AGREED,
    Kept,
    agreed,
    charge_of,
    chargeback_of,
    checkout_of,
    escrow_of,
    lot_of,
    refund_of,
    waits,
)
from tests.unit.payments.fakes import RATES


@pytest.fixture
def kept(database: Database) -> Kept:
    """A new database, one transaction at a time."""
    return Kept(database)


def test_a_contract_is_kept_once_with_its_escrows(kept: Kept) -> None:
    contract, escrows = agreed(50_000, 30_000)
    with kept.begin() as work:
        assert work.escrows.agree(contract, escrows)
        assert not work.escrows.agree(contract, escrows)
    with kept.begin() as work:
        assert work.escrows.contract(contract.contract_id) == contract
        assert work.escrows.contract(new_id()) is None
        assert [work.escrows.get(each.milestone_id) for each in escrows] == escrows


def test_a_contract_in_another_currency_keeps_it(kept: Kept) -> None:
    contract, _ = agreed()
    contract.accumulated = Money(amount=0, currency="EUR")
    with kept.begin() as work:
        assert work.escrows.agree(contract, [])
        assert work.escrows.contract(contract.contract_id) == contract


def test_a_milestone_is_added_once(kept: Kept) -> None:
    [first] = kept.agree(50_000)
    bonus = escrow_of(first.contract, 10_000)
    bonus.agreed_at += timedelta(days=3)
    with kept.begin() as work:
        assert work.escrows.add(bonus)
        assert not work.escrows.add(bonus)
        assert work.escrows.get(bonus.milestone_id) == bonus


def test_an_unknown_milestone_is_not_found(kept: Kept) -> None:
    with kept.begin() as work, pytest.raises(NotFound, match="no such milestone"):
        work.escrows.get(new_id())


def test_locked_escrows_of_a_contract_share_it_and_unknown_ones_are_left_out(kept: Kept) -> None:
    escrows = kept.agree(50_000, 30_000)
    ids = [each.milestone_id for each in escrows]
    with kept.begin() as work:
        assert work.escrows.lock([]) == {}
        locked = work.escrows.lock([*reversed(ids), new_id()])
    assert locked == {each.milestone_id: each for each in escrows}
    assert locked[ids[0]].contract is locked[ids[1]].contract


def test_what_became_of_escrows_is_kept_with_what_accumulated(kept: Kept) -> None:
    first, second = kept.agree(50_000, 30_000)
    with kept.begin() as work:
        locked = work.escrows.lock([first.milestone_id, second.milestone_id])
        changed = locked[first.milestone_id]
        changed.status = EscrowStatus.FUNDED
        changed.take(yen(20_000), RATES)
        changed.delivered_on = date(2026, 11, 19)
        changed.funding_attempts = 2
        changed.to_refund = yen(7_000)
        changed.frozen = 1
        changed.contract.accumulated += yen(22_000)
        work.escrows.save([])
        work.escrows.save([changed])
    with kept.begin() as work:
        assert work.escrows.get(first.milestone_id) == changed
        assert work.escrows.get(second.milestone_id).contract.accumulated == yen(22_000)
        assert work.escrows.get(second.milestone_id).status is EscrowStatus.UNFUNDED
    with kept.begin() as work:
        back = work.escrows.lock([first.milestone_id])[first.milestone_id]
        back.contract.accumulated -= yen(2_000)
        work.escrows.save([back])
    with kept.begin() as work:
        assert work.escrows.get(first.milestone_id).contract.accumulated == yen(20_000)


def test_who_locks_escrows_of_one_contract_waits_for_each_other(kept: Kept) -> None:
    first, second = kept.agree(50_000, 30_000)
    wanted = [[first.milestone_id], [second.milestone_id]]
    assert waits(kept, lambda work: work.escrows.lock(wanted.pop()))


def test_a_page_is_kept_with_what_it_pays_for(kept: Kept) -> None:
    first, second = kept.agree(50_000, 30_000)
    items = {each.milestone_id: each.cost.funded for each in (first, second)}
    page = checkout_of(first.contract.client_id, items, PaymentMethod.KONBINI)
    with kept.begin() as work:
        work.checkouts.add(page)
    with kept.begin() as work:
        assert work.checkouts.get(page.checkout_id) == page
        assert work.checkouts.find(page.session_id) == page
        assert work.checkouts.standing([second.milestone_id]) == [page]
        assert work.checkouts.standing([second.milestone_id, first.milestone_id]) == [page]
        assert work.checkouts.standing([]) == []
        assert work.checkouts.get(new_id()) is None
        assert work.checkouts.find("cs_unknown") is None


def test_a_page_that_expired_stands_no_more_and_makes_room_for_another(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    items = {escrow.milestone_id: escrow.cost.funded}
    page = checkout_of(escrow.contract.client_id, items, PaymentMethod.CARD)
    another = checkout_of(escrow.contract.client_id, items, PaymentMethod.CARD)
    with kept.begin() as work:
        work.checkouts.add(page)
        page.status = CheckoutStatus.EXPIRED
        work.checkouts.save(page)
        work.checkouts.add(another)
    with kept.begin() as work:
        assert work.checkouts.standing([escrow.milestone_id]) == [another]
        assert work.checkouts.get(page.checkout_id) == page


def test_a_milestone_never_has_two_standing_pages(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    items = {escrow.milestone_id: escrow.cost.funded}
    page, another = (checkout_of(new_id(), items, PaymentMethod.CARD) for _ in range(2))
    with kept.begin() as work:
        work.checkouts.add(page)
    with kept.begin() as work, pytest.raises(IntegrityError, match="checkout_items_standing"):
        work.checkouts.add(another)


def test_bank_transfers_are_awaited_until_their_day(kept: Kept) -> None:
    first, second, third = kept.agree(50_000, 30_000, 20_000)
    client = first.contract.client_id

    transfer, konbini, opened = (
        checkout_of(client, {each.milestone_id: each.cost.funded}, method)
        for each, method in (
            (first, PaymentMethod.BANK_TRANSFER),
            (second, PaymentMethod.KONBINI),
            (third, PaymentMethod.BANK_TRANSFER),
        )
    )
    with kept.begin() as work:
        for each in (transfer, konbini, opened):
            work.checkouts.add(each)
        transfer.received = yen(1_000)
        for each in (transfer, konbini):
            each.status = CheckoutStatus.SUBMITTED
            each.pay_until = AGREED + timedelta(days=14)
            work.checkouts.save(each)
    with kept.begin() as work:
        assert work.checkouts.awaited(client) == [transfer]
        assert work.checkouts.awaited(new_id()) == []
        assert work.checkouts.overdue(AGREED + timedelta(days=13), 10) == []
        overdue = work.checkouts.overdue(AGREED + timedelta(days=14), 10)
        assert sorted(overdue, key=lambda each: each.received.amount) == [konbini, transfer]
        assert len(work.checkouts.overdue(AGREED + timedelta(days=14), 1)) == 1


def test_an_overdue_page_in_other_hands_is_skipped(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    items = {escrow.milestone_id: escrow.cost.funded}
    page = checkout_of(escrow.contract.client_id, items, PaymentMethod.KONBINI)
    page.status, page.pay_until = CheckoutStatus.SUBMITTED, AGREED
    with kept.begin() as work:
        work.checkouts.add(page)
    with kept.begin() as work, kept.begin() as other:
        assert work.checkouts.overdue(AGREED, 10) == [page]
        assert other.checkouts.overdue(AGREED, 10) == []


def test_a_payment_is_kept_once(kept: Kept) -> None:
    charge = charge_of(new_id(), 55_000)
    with kept.begin() as work:
        assert work.charges.add(charge)
        assert not work.charges.add(replace(charge, fee=yen(99)))
        assert work.charges.get(charge.charge_id) == charge
        assert work.charges.get("ch_unknown") is None


def test_what_funds_a_milestone_twice_adds_up(kept: Kept) -> None:
    first, second = kept.agree(50_000, 30_000)
    charge = kept.charge(first.contract.client_id)
    with kept.begin() as work:
        work.charges.fund([])
        work.charges.fund(
            [
                Funding(first.milestone_id, charge.charge_id, yen(20_000)),
                Funding(second.milestone_id, charge.charge_id, yen(5_000)),
            ]
        )
        work.charges.fund([Funding(first.milestone_id, charge.charge_id, yen(1_000))])
    whole = Funding(first.milestone_id, charge.charge_id, yen(21_000))
    with kept.begin() as work:
        assert work.charges.fundings(first.milestone_id) == [whole]
        assert len(work.charges.funded_by(charge.charge_id)) == len((first, second))
        whole.returned = yen(4_000)
        work.charges.save([])
        work.charges.save([whole])
    with kept.begin() as work:
        assert work.charges.fundings(first.milestone_id) == [whole]
        assert work.charges.fundings(second.milestone_id)[0].returned == yen(0)


def test_credit_remains_until_it_is_used_oldest_first(kept: Kept) -> None:
    charge = kept.charge(new_id())
    another = kept.charge(charge.client_id)
    older, newer = lot_of(charge, 3_000), lot_of(another, 2_000)
    older.lot_id, newer.lot_id = sorted((older.lot_id, newer.lot_id))
    with kept.begin() as work:
        work.charges.add_lots([])
        work.charges.add_lots([newer, older])
        assert work.charges.lots(charge.client_id) == [older, newer]
        assert work.charges.lots(new_id()) == []
        assert work.charges.lots_of(another.charge_id) == [newer]
        older.remaining, newer.remaining = yen(0), yen(500)
        work.charges.save_lots([])
        work.charges.save_lots([older, newer])
    with kept.begin() as work:
        assert work.charges.lots(charge.client_id) == [newer]
        assert work.charges.lots_of(charge.charge_id) == []


def test_credit_of_a_payment_that_a_bank_took_back_is_not_for_use(kept: Kept) -> None:
    charge = kept.charge(new_id())
    lot, chargeback = lot_of(charge, 3_000), chargeback_of(charge)
    with kept.begin() as work:
        work.charges.add_lots([lot])
        work.chargebacks.add(chargeback)
        assert work.charges.lots(charge.client_id) == [lot]
        chargeback.status = ChargebackStatus.OPEN
        work.chargebacks.save(chargeback)
        assert work.charges.lots(charge.client_id) == []
        assert work.charges.lots_of(charge.charge_id) == [lot]
        chargeback.status = ChargebackStatus.WON
        work.chargebacks.save(chargeback)
        assert work.charges.lots(charge.client_id) == [lot]


def test_a_client_has_one_name_at_the_processor(kept: Kept) -> None:
    client = new_id()
    with kept.begin() as work:
        assert work.clients.lock(client) is None
        work.clients.save(client, "cus_1")
        assert work.clients.lock(client) == "cus_1"
        work.clients.save(new_id(), "cus_2")
    with kept.begin() as work:
        assert work.clients.lock(client) == "cus_1"
        assert work.clients.of_customer("cus_1") == client
        assert work.clients.of_customer("cus_3") is None


@pytest.mark.parametrize("known", [True, False])
def test_who_locks_a_clients_credit_waits_for_each_other(kept: Kept, known: bool) -> None:  # noqa: FBT001
    client = new_id()
    if known:
        with kept.begin() as work:
            work.clients.save(client, "cus_1")
    assert waits(kept, lambda work: work.clients.lock(client))


def test_refunds_are_kept_with_what_they_are_of(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    charge = kept.charge(escrow.contract.client_id)
    part = refund_of(charge, escrow.milestone_id, 4_000)
    credit = refund_of(charge, None, 1_000)
    with kept.begin() as work:
        work.refunds.add([])
        work.refunds.add([part, credit])
    with kept.begin() as work:
        assert work.refunds.get(part.refund_id) == part
        assert work.refunds.lock(credit.refund_id) == credit
        assert work.refunds.of_milestone(escrow.milestone_id) == [part]


def test_refunds_that_are_not_made_yet_are_found(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    charge = kept.charge(escrow.contract.client_id)
    refunds = [refund_of(charge, escrow.milestone_id, 1_000) for _ in range(3)]
    refunds.sort(key=lambda each: each.refund_id)
    asked, failed, confirmed = refunds
    failed.status, failed.failed_ids = RefundStatus.FAILED, ("re_1", "re_2")
    failed.amount = yen(600)  # a chargeback took the rest
    confirmed.status = RefundStatus.CONFIRMED
    with kept.begin() as work:
        work.refunds.add(
            [replace(each, status=RefundStatus.ASKED, amount=yen(1_000)) for each in refunds]
        )
        work.refunds.save(failed)
        work.refunds.save(confirmed)
    with kept.begin() as work:
        assert work.refunds.unmade(charge.charge_id) == [asked, failed]
        assert work.refunds.failed(10) == [failed]
        assert work.refunds.failed(0) == []


def test_an_unknown_refund_is_not_found(kept: Kept) -> None:
    with kept.begin() as work:
        for find in (work.refunds.get, work.refunds.lock):
            with pytest.raises(NotFound, match="no such refund"):
                find(new_id())
