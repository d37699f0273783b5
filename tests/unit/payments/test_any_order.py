"""Any sequence of messages, repeated and reordered: the books stay sound, no money is lost."""

import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.payments.domain.escrow import Escrow
from services.payments.domain.news import EventStatus
from services.payments.domain.operation import OperationKind, OperationStatus
from services.payments.domain.payee import PayeeStep
from services.payments.domain.postings import ACCOUNTS, Account
from services.payments.domain.rates import BorneBy
from services.payments.use_cases import (
    checkouts,
    credit,
    escrow,
    evidence,
    funding,
    handing_over,
    operations,
    paydays,
    payees,
    payouts,
    refunds,
    releases,
    webhooks,
)
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.amendments import PriceReduced
from shared.messages.contracts import (
    AgreedMilestone,
    DisputeResolved,
    MilestoneAccepted,
    MilestoneEnded,
    MilestonePartlyAccepted,
)
from shared.messages.handovers import MilestoneHandedOver
from shared.messages.payments import (
    BecomePayee,
    EscrowStatus,
    PayFromCredit,
    PaymentMethod,
    PayoutStatus,
    RefundCredit,
    RefundMilestone,
    StartCheckout,
)
from shared.money import PositiveMoney, yen
from tests.support.fakes import NOW
from tests.unit.payments.checks import check_nothing_lies_about, check_payouts, check_sums
from tests.unit.payments.processor import PLATFORM
from tests.unit.payments.scene import Scene

MOODS = ("well", "away", "silent", "refuses")
SOME_MOODS = st.lists(st.sampled_from(MOODS), max_size=3)
MILESTONES = st.integers(0, 6)
TOLD_ONCE = {"milestone_funded", "milestone_refunded", "milestone_charged_back"}


def price_held(escrow: Escrow) -> int:
    """Return what of a milestone's price is in escrow and not on its way back."""
    return escrow.left.price.amount if escrow.status is EscrowStatus.FUNDED else 0


class Payments(Scene, RuleBasedStateMachine):
    """Whatever may happen to money."""

    @initialize(
        progress=st.sampled_from([0, 3, *range(4, 9)]),
        payee=st.sampled_from([True, True, False]),
        surplus=st.sampled_from([0, 800, 60_000]),
        moods=SOME_MOODS,
        method=st.sampled_from(PaymentMethod),
        borne_by=st.sampled_from(BorneBy),
    )
    def something_went_well_so_far(
        self,
        *,
        progress: int,
        payee: bool,
        surplus: int,
        moods: list[str],
        method: PaymentMethod,
        borne_by: BorneBy,
    ) -> None:
        """Begin anywhere on the way: what goes wrong late would hardly be reached from nothing."""
        self.transactions.now.rules.borne_by = borne_by
        if payee:
            self.assistant_becomes_a_payee()
            self.account_changes(PayeeStep.ACTIVATE)
        way: list[Callable[[], None]] = [
            self.contracts_are_agreed,
            lambda: self.client_asks_for_a_page([0, 1], method, []),
            lambda: self.client_asks_for_a_page([2], method, []),
            lambda: self.client_pays_all_pages(surplus),
            lambda: self.everything_arrives([]),
            lambda: self.milestones_are_accepted([0, 1]),
            lambda: self.everything_arrives(moods),
            self.money_is_sent,
        ]
        for step in way[:progress]:
            step()

    def contracts_are_agreed(self) -> None:
        for number in range(len(self.agreed)):
            self.contract_is_agreed(number)

    def client_pays_all_pages(self, surplus: int) -> None:
        for session in self.processor.open():
            self.processor.pay(session)
        for session in self.processor.open("submitted"):
            page = self.processor.sessions[session]
            if page.customer:
                self.processor.transfer_in(page.customer, page.amount + surplus)
            else:
                self.processor.pay(session)

    def money_is_sent(self) -> None:
        self.assistant_asks_for_payout()
        self.everything_arrives([])

    @rule(moods=SOME_MOODS)
    def everything_arrives(self, moods: list[str]) -> None:
        """Let the processor tell all that it has to tell, and make the calls that follow."""
        self.processor.moods = moods
        for _ in range(2):
            for name in list(self.processor.told):
                self.receive(name)
            webhooks.handle_events(self.transactions, self.processor)
            operations.run_operations(self.transactions, self.processor)

    @rule(contract=st.integers(0, 1))
    def contract_is_agreed(self, contract: int) -> None:
        agreed = self.agreed[contract]
        assert self.attempt(lambda work: escrow.agree(agreed, work))
        assert self.attempt(lambda work: evidence.note_agreed(agreed, work))

    @rule()
    def bonus_is_added(self) -> None:
        self.attempt(lambda work: escrow.add_milestone(self.bonus, work))

    @rule(
        numbers=st.lists(MILESTONES, min_size=1, max_size=3, unique=True),
        method=st.sampled_from(PaymentMethod),
        moods=st.lists(st.sampled_from(MOODS), max_size=1),
    )
    def client_asks_for_a_page(
        self, numbers: list[int], method: PaymentMethod, moods: list[str]
    ) -> None:
        ids = self.ids(numbers)
        asked = StartCheckout(milestone_ids=ids, method=method)
        self.processor.moods = moods
        prepared = []
        if not self.attempt(
            lambda work: prepared.append(checkouts.prepare_checkout(asked, self.client, work))
        ):
            return
        (call,) = prepared
        with contextlib.suppress(DomainError):
            answer = operations.ask_now(call, self.processor) if call else None
            self.attempt(
                lambda work: operations.record_and_view(
                    call, answer, work, lambda: checkouts.view_page(asked, work)
                )
            )

    @precondition(lambda self: self.processor.open() or self.processor.open("submitted"))
    @rule(data=st.data(), pays=st.booleans())
    def client_pays_or_leaves(self, data: st.DataObject, pays: bool) -> None:  # noqa: FBT001 - drawn
        pages = [*self.processor.open(), *self.processor.open("submitted")]
        session = data.draw(st.sampled_from(pages))
        page = self.processor.sessions[session]
        if not pays:
            self.processor.expire(session)
        elif page.status == "open" or page.method == "konbini":
            self.processor.pay(session)

    @precondition(lambda self: any(each.customer for each in self.processor.sessions.values()))
    @rule(amount=st.sampled_from([1_000, 50_000, 49_895, 140_000, 200_000]))
    def transfer_arrives(self, amount: int) -> None:
        customer = next(e.customer for e in self.processor.sessions.values() if e.customer)
        self.processor.transfer_in(customer, amount)

    @rule(numbers=st.lists(MILESTONES, min_size=1, max_size=3, unique=True))
    def client_pays_from_credit(self, numbers: list[int]) -> None:
        ids = self.ids(numbers)
        asked = PayFromCredit(milestone_ids=ids)
        self.attempt(lambda work: funding.pay_from_credit(asked, self.client, work))

    @rule(amount=st.sampled_from([1, 500, 50_000]))
    def client_wants_credit_back(self, amount: int) -> None:
        asked = RefundCredit(amount=PositiveMoney(amount=amount))
        self.attempt(lambda work: credit.refund_credit(asked, self.client, work))

    @precondition(lambda self: self.processor.told)
    @rule(data=st.data())
    def processor_tells(self, data: st.DataObject) -> None:
        """Any of its events, however often, in any order."""
        name = data.draw(st.sampled_from(sorted(self.processor.told)))
        self.receive(name)

    @rule()
    def events_are_handled(self) -> None:
        webhooks.handle_events(self.transactions, self.processor)

    @rule(moods=SOME_MOODS)
    def calls_are_made(self, moods: list[str]) -> None:
        self.processor.moods = moods
        operations.run_operations(self.transactions, self.processor)

    @rule(numbers=st.lists(MILESTONES, min_size=1, max_size=4, unique=True))
    def milestones_are_accepted(self, numbers: list[int]) -> None:
        chosen = [self.fact(n) for n in numbers if self.told_funded(n) and self.held(n).left.price]
        told = [MilestoneAccepted(**each, by="client", accepted_at=NOW) for each in chosen]
        self.decided |= {each.milestone_id: "accepted" for each in told}
        for _ in range(2 if told else 0):
            assert self.attempt(lambda work: releases.release_escrows(told, work))

    @rule(number=MILESTONES, share=st.integers(1, 99))
    def part_is_accepted(self, number: int, share: int) -> None:
        if not self.told_funded(number):
            return
        price = self.held(number).left.price.amount * share // 100
        if not price:
            return
        told = MilestonePartlyAccepted(
            **self.fact(number), acceptance_id=new_id(), price=yen(price), accepted_at=NOW
        )
        for _ in range(2):
            assert self.attempt(lambda work: releases.release_part(told, work))

    @rule(number=MILESTONES, share=st.integers(0, 100))
    def dispute_is_resolved(self, number: int, share: int) -> None:
        if not self.told_funded(number) or not self.held(number).left.price:
            return
        left = self.held(number).left.price
        to_assistant = yen(left.amount * share // 100)
        told = DisputeResolved(
            **self.fact(number),
            dispute_id=new_id(),
            to_assistant=to_assistant,
            to_client=left - to_assistant,
            by="operator",
            reason="half of it was done",
            resolved_at=NOW,
        )
        self.decided[told.milestone_id] = "resolved"
        for _ in range(2):
            assert self.attempt(lambda work: releases.resolve(told, work))

    @precondition(lambda self: len(self.facts) < 7)
    @rule(number=MILESTONES, share=st.integers(0, 99), gone=st.sampled_from([0, 0, 1, 30_000]))
    def milestone_is_handed_over(self, number: int, share: int, gone: int) -> None:
        """Contracts may not know yet that some of it is gone back."""
        if not self.told_funded(number):
            return
        old, there = self.fact(number), price_held(self.held(number))
        left = there + gone
        if not left:
            return
        contract = self.substitutes_contract(number)
        milestone = AgreedMilestone(
            milestone_id=new_id(),
            title="Part",
            price=yen(left - left * share // 100),
            due_on=NOW.date(),
        )
        told = MilestoneHandedOver(
            **old,
            hand_over_id=new_id(),
            to_assistant=yen(left * share // 100),
            substitute_id=self.substitute.person_id,
            to_contract_id=contract.contract_id,
            to_milestone=milestone,
            handed_over_at=NOW,
        )
        assert not self.attempt(lambda work: handing_over.hand_over(told, work))
        assert self.attempt(lambda work: escrow.agree(contract, work))
        self.decided[old["milestone_id"]] = "handed over"
        self.facts.append(self._fact(contract, milestone.milestone_id))
        before = self.transactions.now.books.sum(Account.ESCROW)
        for _ in range(2):
            assert self.attempt(lambda work: handing_over.hand_over(told, work))
        now = self.transactions.now
        parts = [
            each
            for each in now.releases.of_milestone(told.milestone_id)
            if each.source == str(told.hand_over_id)
        ]
        gross = sum(each.division.gross.amount for each in parts)
        assert now.books.sum(Account.ESCROW) == before - gross
        moved = now.escrows.get(milestone.milestone_id)
        assert sum(each.price.amount for each in parts) + price_held(moved) == there

    @rule(number=MILESTONES, price=st.sampled_from([1, 20_000, 49_999, 70_000]))
    def lower_price_is_agreed(self, number: int, price: int) -> None:
        """What it comes to is told before or after the work is accepted, and more than once."""
        fact = self.fact(number)
        told = PriceReduced(**fact, amendment_id=new_id(), price=yen(price), reduced_at=NOW)
        if not self.attempt(lambda work: refunds.reduce_price(told, work)):
            return
        before = len(self.transactions.now.refunds.of_milestone(told.milestone_id))
        assert self.attempt(lambda work: refunds.reduce_price(told, work))
        assert len(self.transactions.now.refunds.of_milestone(told.milestone_id)) == before
        if self.held(number).agreed_price == told.price:
            releases_ = self.transactions.now.releases.of_milestone(told.milestone_id)
            released = sum(each.price.amount for each in releases_)
            assert released + price_held(self.held(number)) <= price

    @rule(number=MILESTONES)
    def milestone_ends(self, number: int) -> None:
        fact = self.fact(number)
        if self.decided.get(fact["milestone_id"], "ended") != "ended":
            return
        told = MilestoneEnded(**fact, by="agreement", ended_at=NOW)
        if self.attempt(lambda work: escrow.end(told, work)):
            self.decided[fact["milestone_id"]] = "ended"

    @rule(number=MILESTONES, price=st.sampled_from([1, 333, 25_000, 50_000, 90_000]))
    def part_goes_back(self, number: int, price: int) -> None:
        asked = RefundMilestone(price=PositiveMoney(amount=price), reason="less was done")
        milestone_id = self.fact(number)["milestone_id"]
        self.attempt(
            lambda work: refunds.refund_milestone(milestone_id, asked, self.operator, work)
        )

    @precondition(lambda self: self.processor.refunds)
    @rule(data=st.data())
    def refund_bounces(self, data: st.DataObject) -> None:
        self.processor.bounce(data.draw(st.sampled_from(sorted(self.processor.refunds))))

    @rule()
    def failed_refunds_are_tried_again(self) -> None:
        for each in self.transactions.now.refunds.failed(10):
            refund_id = each.refund_id
            self.attempt(lambda work: refunds.retry_refund(refund_id, self.operator, work))  # noqa: B023 - run at once

    @precondition(lambda self: any(not each.dispute for each in self.processor.charges.values()))
    @rule(data=st.data(), share=st.sampled_from([100, 100, 60, 5]))
    def payment_is_disputed(self, data: st.DataObject, share: int) -> None:
        found = [
            name
            for name, each in self.processor.charges.items()
            if not each.dispute and each.refunded < each.amount
        ]
        if found:
            self.processor.dispute(data.draw(st.sampled_from(found)), share)

    @precondition(
        lambda self: any(each.dispute == "open" for each in self.processor.charges.values())
    )
    @rule(data=st.data(), won=st.booleans())
    def bank_decides(self, data: st.DataObject, won: bool) -> None:  # noqa: FBT001 - drawn
        found = [name for name, each in self.processor.charges.items() if each.dispute == "open"]
        self.processor.decide(data.draw(st.sampled_from(found)), won=won)

    @rule()
    def assistant_becomes_a_payee(self) -> None:
        prepared = []
        self.attempt(
            lambda work: prepared.append(payees.prepare_payee(BecomePayee(), self.assistant, work))
        )
        (call,) = prepared
        self.processor.moods = []
        if call:
            answer = operations.ask_now(call, self.processor)
            assert self.attempt(lambda work: operations.record(call, answer, work))

    @rule(step=st.sampled_from(PayeeStep))
    def account_changes(self, step: PayeeStep) -> None:
        payee = self.transactions.now.payees.find(self.assistant.person_id)
        if payee and payee.account_id:
            self.clock.forward(seconds=1)
            self.processor.account(payee.account_id, step)

    @rule()
    def assistant_asks_for_payout(self) -> None:
        before = set(self.transactions.now.payouts.payouts)
        self.attempt(lambda work: payouts.request_payout(self.assistant, work))
        check_payouts(before, self.transactions.now)

    @rule()
    def payday_is_looked_at(self) -> None:
        before = set(self.transactions.now.payouts.payouts)
        paydays.pay_due(self.transactions)
        check_payouts(before, self.transactions.now)

    @precondition(lambda self: self.processor.payouts)
    @rule(data=st.data(), arrives=st.booleans())
    def bank_answers(self, data: st.DataObject, arrives: bool) -> None:  # noqa: FBT001 - drawn
        payout = data.draw(st.sampled_from(sorted(self.processor.payouts)))
        (self.processor.arrive if arrives else self.processor.come_back)(payout)

    @rule(hours=st.sampled_from([1, 24, 24 * 16]))
    def time_passes(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        checkouts.close_overdue(self.transactions)

    @invariant()
    def books_balance_and_nothing_is_overdrawn(self) -> None:
        books = self.transactions.now.books
        assert sum(books.balances.values()) == 0
        for (account, _), balance in books.balances.items():
            assert balance >= 0 or not ACCOUNTS[account].guarded

    @invariant()
    def every_row_says_what_the_books_hold(self) -> None:
        check_sums(self.transactions.now)

    @invariant()
    def nothing_was_given_up(self) -> None:
        events = self.transactions.now.processor_events.events.values()
        assert [each.reason for each in events if each.status is EventStatus.FAILED] == []

    @invariant()
    def money_that_moved_is_told_once(self) -> None:
        told = Counter(
            (each.event_name, each.milestone_id)
            for each in self.transactions.now.outbox.events
            if each.event_name in TOLD_ONCE
        )
        assert [fact for fact, times in told.items() if times > 1] == []

    @invariant()
    def every_release_is_told_in_full(self) -> None:
        told = [
            each
            for each in self.transactions.now.outbox.events
            if each.event_name == "escrow_released"
        ]
        for each in told:
            parts = each.net + each.platform_fee + each.platform_fee_tax + each.withholding
            assert parts == each.gross
        assert len({each.release_id for each in told}) == len(told)

    def teardown(self) -> None:
        """Let everything be told and done: then the books are the processor's, to the yen."""
        self.processor.moods = []
        for _ in range(14):
            for name in list(self.processor.told):
                self.receive(name)
            self.clock.forward(hours=1)
            webhooks.handle_events(self.transactions, self.processor)
            operations.run_operations(self.transactions, self.processor)
        self.nothing_was_given_up()
        self.books_balance_and_nothing_is_overdrawn()
        now = self.transactions.now
        check_sums(now)
        assert -now.books.sum(Account.PROCESSOR_BALANCE) == self.processor.balances[PLATFORM]
        theirs = sum(each for name, each in self.processor.balances.items() if name != PLATFORM)
        assert -now.books.sum(Account.PAYEE_BALANCE) == theirs
        check_nothing_lies_about(now)
        self.check_nothing_waits(now)

    def check_nothing_waits(self, now: Any) -> None:
        """No call is left open, but for what a dispute or an empty balance keeps."""
        waiting = {
            each.kind
            for each in now.operations.operations.values()
            if each.status is OperationStatus.PENDING
        }
        disputed = any(each.dispute in {"open", "lost"} for each in self.processor.charges.values())
        allowed = {OperationKind.CREATE_ACCOUNT, OperationKind.CREATE_TRANSFER}
        assert waiting <= allowed | ({OperationKind.CREATE_REFUND} if disputed else set())
        sent = [each for each in now.payouts.payouts.values() if each.status is PayoutStatus.SENT]
        in_transit = sum(each.amount.amount for each in sent)
        assert -now.books.sum(Account.CASH_IN_TRANSIT) == in_transit
        for customer, amount in self.processor.cash.items():
            waited = [
                each
                for each in self.processor.sessions.values()
                if each.customer == customer and each.status == "submitted"
            ]
            assert amount == 0 or waited


TestPayments = Payments.TestCase
TestPayments.settings = settings(max_examples=100, stateful_step_count=40)
pytestmark = pytest.mark.timeout(900)  # where it fails, finding a short way there takes minutes
