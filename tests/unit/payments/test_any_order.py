"""Any sequence of messages, repeated and reordered: the books stay sound, no money is lost."""

import contextlib
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from services.payments.domain.news import EventStatus, ProcessorEvent
from services.payments.domain.operation import OperationKind, OperationStatus
from services.payments.domain.payee import PayeeStep
from services.payments.domain.postings import ACCOUNTS, Account
from services.payments.ports import Work
from services.payments.use_cases import checkouts, escrow, operations, payees, webhooks
from shared.errors import DomainError
from shared.ids import new_id
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAccepted,
    MilestoneEnded,
)
from shared.messages.jobs import Category, Mode
from shared.messages.payments import BecomePayee, EscrowStatus, PayoutStatus
from shared.money import yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.payments.fakes import FakeTransactions
from tests.unit.payments.processor import PLATFORM, FakeProcessor

MOODS = ("well", "away", "silent")
SOME_MOODS = st.lists(st.sampled_from(MOODS), max_size=3)
TOLD_ONCE = {
    "milestone_funded",
    "escrow_released",
    "milestone_refunded",
    "payout_paid",
    "payout_returned",
}
FINAL = {EscrowStatus.RELEASED, EscrowStatus.REFUNDED, EscrowStatus.CLOSED}


class Payments(RuleBasedStateMachine):
    """Two contracts of one client and one assistant, and whatever may happen to their money."""

    def __init__(self) -> None:
        super().__init__()
        self.transactions = FakeTransactions()
        self.clock = self.transactions.clock
        self.processor = FakeProcessor(self.clock)
        self.client = Person(new_id(), frozenset({"client"}))
        self.assistant = Person(new_id(), frozenset({"assistant"}))
        self.agreed = [self._contract(mode) for mode in Mode]
        milestones = [(each, m) for each in self.agreed for m in each.milestones]
        self.facts: list[dict[str, Any]] = [
            {
                "contract_id": contract.contract_id,
                "milestone_id": milestone.milestone_id,
                "title": milestone.title,
                "client_id": contract.client_id,
                "assistant_id": contract.assistant_id,
            }
            for contract, milestone in milestones
        ]
        # What contracts has said so far: it never says that a milestone was accepted and ended.
        self.decided: dict[Any, str] = {}

    def _contract(self, mode: Mode) -> ContractAgreed:
        return ContractAgreed(
            contract_id=new_id(),
            job_id=new_id(),
            title="Guides",
            category=Category.WRITING,
            mode=mode,
            review_days=7,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=tuple(
                AgreedMilestone(
                    milestone_id=new_id(), title="Part", price=yen(price), due_on=NOW.date()
                )
                for price in (50_000, 90_000)
            ),
            agreed_at=NOW,
        )

    @initialize(progress=st.integers(0, 7), payee=st.booleans(), moods=SOME_MOODS)
    def something_went_well_so_far(self, progress: int, payee: bool, moods: list[str]) -> None:  # noqa: FBT001 - drawn
        """Begin anywhere on the way: what goes wrong late would hardly be reached from nothing."""
        if payee:
            self.assistant_becomes_a_payee()
            self.account_changes(PayeeStep.ACTIVATE)
        way: list[Callable[[], None]] = [
            self.contracts_are_agreed,
            self.client_asks_for_pages,
            self.client_pays_all_pages,
            lambda: self.everything_arrives([]),
            lambda: self.milestones_are_accepted([0, 1]),
            lambda: self.everything_arrives(moods),
            self.bank_pays_everything,
        ]
        for step in way[:progress]:
            step()

    def contracts_are_agreed(self) -> None:
        for number in range(len(self.agreed)):
            self.contract_is_agreed(number)

    def client_asks_for_pages(self) -> None:
        for number in range(3):
            self.client_asks_for_a_page(number, [])

    def client_pays_all_pages(self) -> None:
        for session in sorted(self.processor.open):
            self.processor.pay(session)

    def bank_pays_everything(self) -> None:
        for payout in sorted(self.processor.payouts):
            self.processor.arrive(payout)

    @rule(moods=SOME_MOODS)
    def everything_arrives(self, moods: list[str]) -> None:
        """Let the processor tell all that it has to tell, and make the calls that follow."""
        self.processor.moods = moods
        for _ in range(2):
            for name in list(self.processor.told):
                self.receive(name)
            webhooks.handle_events(self.transactions, self.processor)
            operations.run_operations(self.transactions, self.processor)

    def attempt(self, use_case: Callable[[Work], object]) -> bool:
        """Run a use case in a transaction; a refusal leaves no trace."""
        with contextlib.suppress(DomainError), self.transactions.begin() as work:
            use_case(work)
            return True
        return False

    @rule(contract=st.integers(0, 1))
    def contract_is_agreed(self, contract: int) -> None:
        assert self.attempt(lambda work: escrow.agree(self.agreed[contract], work))

    @rule(number=st.integers(0, 3), moods=st.lists(st.sampled_from(MOODS), max_size=1))
    def client_asks_for_a_page(self, number: int, moods: list[str]) -> None:
        milestone = self.facts[number]["milestone_id"]
        self.processor.moods = moods
        prepared = []
        if not self.attempt(
            lambda work: prepared.append(checkouts.prepare_checkout(milestone, self.client, work))
        ):
            return
        (call,) = prepared
        with contextlib.suppress(DomainError):
            answer = operations.ask_now(call, self.processor) if call else None
            self.attempt(
                lambda work: operations.record_and_view(
                    call, answer, work, lambda: checkouts.view_checkout(milestone, work)
                )
            )

    @precondition(lambda self: self.processor.open)
    @rule(data=st.data(), pays=st.booleans())
    def client_pays_or_leaves(self, data: st.DataObject, pays: bool) -> None:  # noqa: FBT001 - drawn
        session = data.draw(st.sampled_from(sorted(self.processor.open)))
        (self.processor.pay if pays else self.processor.expire)(session)

    @precondition(lambda self: self.processor.told)
    @rule(data=st.data())
    def processor_tells(self, data: st.DataObject) -> None:
        """Any of its events, however often, in any order."""
        name = data.draw(st.sampled_from(sorted(self.processor.told)))
        self.receive(name)

    def receive(self, name: str) -> None:
        now = self.clock.now()
        event = ProcessorEvent(name, "any", b"{}", received_at=now, next_attempt_at=now)
        assert self.attempt(lambda work: work.processor_events.receive(event))

    @rule()
    def events_are_handled(self) -> None:
        webhooks.handle_events(self.transactions, self.processor)

    @rule(moods=SOME_MOODS)
    def calls_are_made(self, moods: list[str]) -> None:
        self.processor.moods = moods
        operations.run_operations(self.transactions, self.processor)

    @rule(numbers=st.lists(st.integers(0, 3), min_size=1, max_size=4))
    def milestones_are_accepted(self, numbers: list[int]) -> None:
        chosen = [self.facts[number] for number in numbers]
        chosen = [e for e in chosen if self.decided.get(e["milestone_id"]) != "ended"]
        told = [MilestoneAccepted(**each, by="client", accepted_at=NOW) for each in chosen]
        # Only what contracts knows to be funded is accepted.
        funded = {
            each.milestone_id
            for each in self.transactions.now.outbox.events
            if each.event_name == "milestone_funded"
        }
        told = [each for each in told if each.milestone_id in funded]
        self.decided |= {each.milestone_id: "accepted" for each in told}
        if told:
            assert self.attempt(lambda work: escrow.release_escrows(told, work))

    @rule(number=st.integers(0, 3))
    def milestone_ends(self, number: int) -> None:
        fact = self.facts[number]
        if self.decided.get(fact["milestone_id"]) == "accepted":
            return
        told = MilestoneEnded(**fact, by="agreement", ended_at=NOW)
        if self.attempt(lambda work: escrow.end(told, work)):
            self.decided[fact["milestone_id"]] = "ended"

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

    @precondition(lambda self: self.processor.payouts)
    @rule(data=st.data(), arrives=st.booleans())
    def bank_answers(self, data: st.DataObject, arrives: bool) -> None:  # noqa: FBT001 - drawn
        payout = data.draw(st.sampled_from(sorted(self.processor.payouts)))
        (self.processor.arrive if arrives else self.processor.come_back)(payout)

    @rule(minutes=st.sampled_from([1, 60, 60 * 24 * 7]))
    def time_passes(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)

    @invariant()
    def books_balance_and_nothing_is_overdrawn(self) -> None:
        books = self.transactions.now.books
        assert sum(books.balances.values()) == 0
        for (account, _), balance in books.balances.items():
            assert balance >= 0 or not ACCOUNTS[account].guarded

    @invariant()
    def nothing_was_given_up(self) -> None:
        events = self.transactions.now.processor_events.events.values()
        assert [each.reason for each in events if each.status is EventStatus.FAILED] == []

    @invariant()
    def money_that_moved_is_told_once(self) -> None:
        told = Counter(
            (each.event_name, getattr(each, "payout_id", each.milestone_id))
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

    def teardown(self) -> None:
        """Let everything be told and done: then the books are the processor's, to the yen."""
        self.processor.moods = []
        for _ in range(12):
            for name in list(self.processor.told):
                self.receive(name)
            self.clock.forward(hours=1)
            webhooks.handle_events(self.transactions, self.processor)
            operations.run_operations(self.transactions, self.processor)
        self.nothing_was_given_up()
        self.books_balance_and_nothing_is_overdrawn()
        now = self.transactions.now
        assert -now.books.sum(Account.PROCESSOR_BALANCE) == self.processor.balances[PLATFORM]
        theirs = sum(each for name, each in self.processor.balances.items() if name != PLATFORM)
        assert -now.books.sum(Account.PAYEE_BALANCE) == theirs
        self.check_statuses(now)

    def check_statuses(self, now: Any) -> None:
        """What each row says is what the books hold for it."""
        assert not any(
            each.status is OperationStatus.PENDING
            for each in now.operations.operations.values()
            if each.kind is not OperationKind.CREATE_ACCOUNT
        )
        for each in now.escrows.escrows.values():
            held = now.books.balances[Account.ESCROW, each.milestone_id]
            assert held == (each.cost.funded.amount if each.status is EscrowStatus.FUNDED else 0)
            assert now.books.balances[Account.REFUNDS_PAYABLE, each.milestone_id] == 0
            if each.milestone_id in self.decided:
                assert each.status in FINAL
        owed = sum(
            each.net.amount
            for each in now.payouts.payouts.values()
            if each.started_at is None or each.status is PayoutStatus.RETURNED
        )
        assert now.books.sum(Account.ASSISTANT_PAYABLE) == owed
        sent = [each for each in now.payouts.payouts.values() if each.status is PayoutStatus.SENT]
        in_transit = sum(each.amount.amount for each in sent)
        assert now.books.sum(Account.PAYOUT_IN_TRANSIT) == in_transit
        assert -now.books.sum(Account.CASH_IN_TRANSIT) == in_transit


TestPayments = Payments.TestCase
TestPayments.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)
pytestmark = pytest.mark.timeout(900)  # where it fails, finding a short way there takes minutes
