"""Money that goes out, who takes it back, and what drives it all, on a real PostgreSQL."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.payments.domain.chargeback import ChargebackStatus, FraudWarning
from services.payments.domain.evidence import ContractFact
from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import Operation, OperationKind, OperationStatus
from services.payments.domain.payee import BankAccount, Payee
from services.payments.domain.rates import BorneBy, Division
from services.payments.ports import Account, Contact
from shared.calendar import PayCycle
from shared.db import Database
from shared.errors import NotFound
from shared.ids import new_id
from shared.messages.payments import PayeeStatus, PayoutStatus
from shared.money import yen
from tests.integration.payments.rows import (
    AGREED,
    PAYDAY,
    Kept,
    chargeback_of,
    payout_of,
    waits,
)

SOON = timedelta(minutes=5)


@pytest.fixture
def kept(database: Database) -> Kept:
    """A new database, one transaction at a time."""
    return Kept(database)


def call(kind: OperationKind, account_id: str = "acct_1") -> Operation:
    """Return a call that was not made yet."""
    return Operation(new_id(), kind, new_id(), {"account_id": account_id}, AGREED)


def test_releases_are_kept_and_changed(kept: Kept) -> None:
    [escrow] = kept.agree(50_000)
    release = kept.release(escrow, 10_000)
    payout_id = new_id()
    with kept.begin() as work:
        work.releases.add([])
        work.releases.save([])
        assert work.releases.of_milestone(escrow.milestone_id) == [release]
        release.price, release.tax = yen(5_000), yen(500)
        release.division = Division(yen(4_000), yen(100), yen(10), yen(2))
        release.owed, release.payout_id = yen(4_000), payout_id
        work.releases.save([release])
    with kept.begin() as work:
        assert work.releases.of_milestone(escrow.milestone_id) == [release]
        assert work.releases.of_payout(payout_id) == [release]
        assert work.releases.of_payout(new_id()) == []


def test_what_is_owed_and_in_no_payout_is_payable_frozen_or_not(kept: Kept) -> None:
    escrow, frozen = kept.agree(50_000, 30_000)
    kept.freeze(frozen)
    first, second, paid, nothing = (
        kept.release(each, 10_000) for each in (escrow, frozen, escrow, escrow)
    )
    paid.payout_id, nothing.owed = new_id(), yen(0)
    with kept.begin() as work:
        work.releases.save([paid, nothing])
        payable = work.releases.payable(escrow.contract.assistant_id)
        assert [each.release_id for each in payable] == sorted(
            (first.release_id, second.release_id)
        )
        assert work.releases.payable(new_id()) == []
        assert work.releases.frozen(payable) == {second.release_id}
        assert work.releases.frozen([first]) == set()
        assert work.releases.frozen([]) == set()


def test_assistants_whose_payday_has_come_are_due_page_by_page(kept: Kept) -> None:
    due = []
    for _ in range(3):
        [escrow] = kept.agree(50_000)
        kept.release(escrow, 10_000)
        kept.release(escrow, 5_000)
        due.append(escrow.contract.assistant_id)
    [later] = kept.agree(50_000)
    kept.release(later, 10_000, PAYDAY + timedelta(days=1))
    [frozen] = kept.agree(50_000)
    kept.release(frozen, 10_000)
    kept.freeze(frozen)
    first, second, third = sorted(due)
    with kept.begin() as work:
        assert work.releases.due(PAYDAY, 2, None) == [first, second]
        assert work.releases.due(PAYDAY, 2, second) == [third]
        assert work.releases.due(PAYDAY - timedelta(days=1), 10, None) == []


def test_what_is_not_paid_by_its_last_day_is_late(kept: Kept) -> None:
    [escrow] = kept.agree(90_000)
    assistant = escrow.contract.assistant_id
    waiting = kept.release(escrow, 1_000, PAYDAY)
    under_way = kept.release(escrow, 2_000, PAYDAY - timedelta(days=1))
    paid = kept.release(escrow, 3_000, PAYDAY - timedelta(days=2))
    kept.release(escrow, 4_000, PAYDAY + timedelta(days=1))
    free = kept.release(escrow, 5_000, PAYDAY)
    free.owed = yen(0)
    sent, done = payout_of(assistant, 2_000), payout_of(assistant, 3_000)
    sent.status, done.status = PayoutStatus.SENT, PayoutStatus.PAID
    under_way.payout_id, paid.payout_id = sent.payout_id, done.payout_id
    with kept.begin() as work:
        for payout in (sent, done):
            work.payouts.add(payout)
        work.releases.save([under_way, paid, free])
        assert work.releases.late(PAYDAY, 10) == [under_way, waiting]
        assert work.releases.late(PAYDAY, 1) == [under_way]


def test_an_assistant_is_known_from_the_first_lock_on(kept: Kept) -> None:
    first, second = new_id(), new_id()
    with kept.begin() as work:
        assert work.assistants.lock([]) == {}
        assert work.assistants.find(first) is None
        accounts = work.assistants.lock([second, first, second])
        assert accounts == {each: Account(each, yen(0)) for each in (first, second)}
        accounts[first].receivable = yen(700)
        accounts[first].told_on = date(2026, 11, 30)
        work.assistants.save(accounts.values())
    with kept.begin() as work:
        assert work.assistants.find(first) == accounts[first]
        assert work.assistants.lock([first, second]) == accounts
        accounts[first].receivable = yen(0)
        work.assistants.save([accounts[first]])
        assert work.assistants.lock([first]) == {first: accounts[first]}


@pytest.mark.parametrize("known", [True, False])
def test_who_locks_an_assistant_waits_for_each_other(kept: Kept, known: bool) -> None:  # noqa: FBT001
    first, second = new_id(), new_id()
    if known:
        with kept.begin() as work:
            work.assistants.lock([first, second])
    orders = [[first, second], [second, first]]
    assert waits(kept, lambda work: work.assistants.lock(orders.pop()))


def test_a_person_is_reached_by_what_was_told_last(kept: Kept) -> None:
    person = new_id()
    with kept.begin() as work:
        assert work.people.contact(person) is None
        work.people.remember(person, Contact("old@example.jp", "Sato"))
        assert work.people.rename(person, "佐藤", "new@example.jp", 2)
        assert work.people.contact(person) == Contact("new@example.jp", "佐藤")


def test_a_payee_is_opened_once_and_keeps_what_the_processor_says(kept: Kept) -> None:
    payee = Payee(new_id())
    with kept.begin() as work:
        assert work.payees.open(payee.person_id)
        assert not work.payees.open(payee.person_id)
        assert work.payees.find(payee.person_id) == payee
        assert work.payees.find(new_id()) is None
        assert work.payees.with_accounts() == []
        payee.account_id, payee.status = "acct_1", PayeeStatus.ACTIVE
        payee.requirements = ("person.address", "bank_account")
        payee.asked_at, payee.paused_since = AGREED, AGREED + SOON
        payee.bank = BankAccount("0036", "001", "1234")
        work.payees.save(payee)
    with kept.begin() as work:
        assert work.payees.with_accounts() == [payee]
        assert work.payees.of_account("acct_1") == payee.person_id
        assert work.payees.of_account("acct_2") is None
        assert work.payees.lock([payee.person_id, new_id()]) == {payee.person_id: payee}
        assert work.payees.lock([]) == {}


def test_payouts_are_kept_and_listed_newest_first(kept: Kept) -> None:
    assistant = new_id()
    payouts = [payout_of(assistant, gross) for gross in (10_000, 20_000, 30_000)]
    payouts.sort(key=lambda each: each.payout_id)
    old, middle, new = payouts
    old.on_demand = True
    with kept.begin() as work:
        for each in payouts:
            work.payouts.add(each)
        new.status, new.transfer_id = PayoutStatus.RETURNED, "tr_1"
        new.paid_at, new.failure = AGREED, "account_closed"
        work.payouts.save(new)
    with kept.begin() as work:
        assert work.payouts.get(new.payout_id) == new
        assert work.payouts.lock(old.payout_id) == old
        assert work.payouts.newest(assistant, after=None, limit=2) == [new, middle]
        assert work.payouts.newest(assistant, after=middle.payout_id, limit=2) == [old]
        assert work.payouts.newest(new_id(), after=None, limit=2) == []
        for find in (work.payouts.get, work.payouts.lock):
            with pytest.raises(NotFound, match="no such payout"):
                find(new_id())


def test_chargebacks_are_kept_with_what_the_bank_was_told(kept: Kept) -> None:
    charge = kept.charge(new_id())
    chargebacks = sorted(
        (chargeback_of(charge), chargeback_of(charge)), key=lambda each: each.chargeback_id
    )
    older, newer = chargebacks
    with kept.begin() as work:
        for each in chargebacks:
            work.chargebacks.add(each)
        newer.status, newer.closed_at = ChargebackStatus.LOST, AGREED + SOON
        newer.evidence, newer.fee = {"customer_name": "佐藤"}, yen(0)
        newer.answer_until = None
        work.chargebacks.save(newer)
    with kept.begin() as work:
        assert work.chargebacks.find(older.dispute_id) == older
        assert work.chargebacks.get(newer.chargeback_id) == newer
        assert work.chargebacks.find("dp_unknown") is None
        assert work.chargebacks.get(new_id()) is None
        assert work.chargebacks.newest(None, 10) == [newer, older]
        assert work.chargebacks.newest(newer.chargeback_id, 10) == [older]
        assert work.chargebacks.newest(None, 1) == [newer]


def test_who_changes_a_chargeback_waits_for_each_other(kept: Kept) -> None:
    chargeback = chargeback_of(kept.charge(new_id()))
    with kept.begin() as work:
        work.chargebacks.add(chargeback)
    assert waits(kept, lambda work: work.chargebacks.find(chargeback.dispute_id))


def test_a_warning_is_kept_once_even_of_a_payment_that_is_not_known(kept: Kept) -> None:
    older = FraudWarning(
        "issfr_1", "ch_1", "made_with_stolen_card", actionable=True, warned_at=AGREED
    )
    newer = replace(older, warning_id="issfr_2", warned_at=AGREED + SOON, actionable=False)
    with kept.begin() as work:
        assert work.chargebacks.warn(older)
        assert not work.chargebacks.warn(older)
        assert work.chargebacks.warn(newer)
        assert work.chargebacks.warnings(10) == [newer, older]
        assert work.chargebacks.warnings(1) == [newer]


def test_what_the_parties_did_is_noted_once_however_long_it_is(kept: Kept) -> None:
    contract, milestone = new_id(), new_id()
    agreed = ContractFact(contract, None, "agreed", AGREED, "記事を書く " + new_id().hex * 500)
    # Two milestones of one title, accepted by the clock in one go.
    accepted = [
        ContractFact(contract, each, "accepted", AGREED + SOON, "記事")
        for each in (milestone, new_id())
    ]
    with kept.begin() as work:
        work.chargebacks.note([])
        work.chargebacks.note([*accepted, agreed])
        work.chargebacks.note([agreed, *accepted])
    with kept.begin() as work:
        found = work.chargebacks.facts([contract, new_id()])
        assert found[0] == agreed
        assert set(found[1:]) == set(accepted)
        assert len(found) == len([agreed, *accepted])
        assert work.chargebacks.facts([]) == []


def test_calls_are_found_while_they_are_open(kept: Kept) -> None:
    operation = call(OperationKind.CREATE_PAYOUT)
    with kept.begin() as work:
        work.operations.add([])
        work.operations.add([operation])
        assert work.operations.pending(operation.subject, operation.kind) == operation
        assert work.operations.pending(operation.subject, OperationKind.CREATE_REFUND) is None
        operation.lease(AGREED)
        operation.keys_spent = 1
        work.operations.save([operation])
        assert work.operations.due(AGREED, 10) == []
        assert work.operations.due(AGREED + SOON, 10) == [operation]
        operation.status, operation.answer = OperationStatus.DONE, {"payout": "po_1"}
        work.operations.save([])
        work.operations.save([operation])
    with kept.begin() as work:
        assert work.operations.pending(operation.subject, operation.kind) is None
        assert work.operations.due(AGREED + SOON, 10) == []
        assert work.operations.lock(operation.operation_id) == operation
        with pytest.raises(NotFound, match="no such call"):
            work.operations.lock(new_id())


def test_of_two_open_calls_of_a_kind_the_newest_is_found(kept: Kept) -> None:
    older, newer = sorted(
        (call(OperationKind.CREATE_CHECKOUT) for _ in range(2)), key=lambda each: each.operation_id
    )
    newer.subject = older.subject
    with kept.begin() as work:
        work.operations.add([newer, older])
        assert work.operations.pending(older.subject, older.kind) == newer


def test_a_call_in_other_hands_is_skipped(kept: Kept) -> None:
    operation = call(OperationKind.CREATE_PAYOUT)
    with kept.begin() as work:
        work.operations.add([operation])
    with kept.begin() as work, kept.begin() as other:
        assert work.operations.due(AGREED, 10) == [operation]
        assert other.operations.due(AGREED, 10) == []


def test_calls_on_an_account_or_all_of_a_kind_are_hastened(kept: Kept) -> None:
    first = call(OperationKind.CREATE_TRANSFER)
    second = call(OperationKind.CREATE_TRANSFER, "acct_2")
    other = call(OperationKind.CREATE_PAYOUT)
    done = replace(first, operation_id=new_id(), status=OperationStatus.DONE)
    for each in (first, second, other, done):
        each.next_attempt_at = AGREED + SOON
    with kept.begin() as work:
        work.operations.add([first, second, other, done])
        work.operations.hasten(OperationKind.CREATE_TRANSFER, "acct_1", AGREED)
        assert [each.operation_id for each in work.operations.due(AGREED, 10)] == [
            first.operation_id
        ]
        work.operations.hasten(OperationKind.CREATE_TRANSFER, None, AGREED)
        assert {each.operation_id for each in work.operations.due(AGREED, 10)} == {
            first.operation_id,
            second.operation_id,
        }


def test_events_of_the_processor_are_received_once_and_handled_oldest_first(kept: Kept) -> None:
    older = ProcessorEvent("evt_1", "charge.refunded", b"{}", AGREED, AGREED)
    newer = ProcessorEvent("evt_2", "payout.paid", b"{ }", AGREED, AGREED + SOON)
    with kept.begin() as work:
        assert work.processor_events.receive(newer)
        assert work.processor_events.receive(older)
        assert not work.processor_events.receive(older)
        assert work.processor_events.due(AGREED, 10) == [older]
        assert work.processor_events.due(AGREED + SOON, 10) == [older, newer]
        assert work.processor_events.due(AGREED + SOON, 1) == [older]
        older.status, older.attempts, older.reason = EventStatus.FAILED, 3, "bug"
        work.processor_events.save([])
        work.processor_events.save([older])
        assert work.processor_events.due(AGREED + SOON, 10) == [newer]


def test_rules_of_payouts_are_those_of_the_day(kept: Kept) -> None:
    with kept.begin() as work:
        rules = work.rules.payouts(PAYDAY)
        assert rules.transfer_fees == {"": yen(500), "0036": yen(100)}
        assert rules.transfer_fee("0036") == yen(100)
        assert rules.transfer_fee("0001") == rules.transfer_fee(None) == yen(500)
        assert rules.minimum == yen(1_000)
        assert rules.cycle == PayCycle(first_cutoff=15)
        assert (rules.limit_days, rules.reminder_days) == (60, 30)


def test_the_newest_valid_set_of_transfer_fees_counts(kept: Kept) -> None:
    with kept.database.transaction() as connection:
        connection.exec_driver_sql(
            "INSERT INTO transfer_fees VALUES ('2026-12-01', '', 400), ('2027-12-01', '', 300)"
        )
        connection.exec_driver_sql(
            "INSERT INTO chargeback_policies VALUES ('2026-12-01', 'assistant')"
        )
    with kept.begin() as work:
        assert work.rules.payouts(date(2026, 11, 30)).transfer_fee("0036") == yen(100)
        assert work.rules.payouts(date(2026, 12, 1)).transfer_fee("0036") == yen(400)
        assert work.rules.chargeback_loss(date(2026, 11, 30)) is BorneBy.PLATFORM
        assert work.rules.chargeback_loss(date(2026, 12, 1)) is BorneBy.ASSISTANT


def test_what_the_processor_allows_is_known(kept: Kept) -> None:
    with kept.begin() as work:
        rules = work.rules.processor(PAYDAY)
        assert (rules.minimum_charge, rules.maximum_charge) == (yen(50), yen(99_999_999))
        assert (rules.hold_days, rules.pay_within_days) == (90, 14)
        with pytest.raises(LookupError, match="says nothing"):
            work.rules.processor(date(2000, 1, 1))
