"""What is previewed before a contract is agreed is what it comes to in the end, to the yen."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from services.payments.domain.checkout import Checkout
from services.payments.domain.news import PaymentCaptured, ProcessorEvent
from services.payments.domain.payee import AccountState, BankAccount, Payee, PayeeStep
from services.payments.domain.release import Release
from services.payments.use_cases import (
    escrow,
    funding,
    operations,
    paydays,
    previews,
    releases,
    webhooks,
)
from shared.calendar import JAPAN
from shared.ids import new_id
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    MilestoneAccepted,
    MilestoneDelivered,
)
from shared.messages.jobs import Category, Mode
from shared.messages.netpay import NetPayView, PlannedMilestone, PreviewNetPay
from shared.messages.payments import PaymentMethod, PayoutStatus
from shared.money import Money, PositiveMoney
from shared.people import Person
from tests.unit.payments.checks import check_sums
from tests.unit.payments.fakes import FakeTransactions
from tests.unit.payments.processor import PLATFORM, FakeProcessor

PRICES = st.one_of(
    st.integers(1, 2_000),
    st.integers(1, 300_000),
    st.integers(1, 3_000_000),
    st.integers(1, 10**12),
)
DUE_IN_DAYS = st.integers(0, 120)
# A bank with a fee of its own, another one, and an account that isn't known yet.
BANKS = st.sampled_from(["0036", "0001", ""])


def moment(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=JAPAN).astimezone(UTC)


def sum_of(amounts: Any) -> int:
    return sum(each.amount for each in amounts)


@dataclass
class Life:
    """One contract, from its preview to the last payday."""

    asked: PreviewNetPay
    transactions: FakeTransactions = field(default_factory=FakeTransactions)
    client: Person = field(default_factory=lambda: Person(new_id(), frozenset({"client"})))
    assistant: Person = field(default_factory=lambda: Person(new_id(), frozenset({"assistant"})))

    def __post_init__(self) -> None:
        self.processor = FakeProcessor(self.transactions.clock)
        self.contract_id = new_id()

    def turn_to(self, day: date) -> None:
        self.transactions.clock.time = moment(day)

    def become_payee(self, bank_code: str) -> None:
        """Have an account that may be paid, at this bank."""
        bank = BankAccount(bank_code, "001", "1234") if bank_code else None
        payee = Payee(self.assistant.person_id, "acct_1")
        now = self.transactions.clock.now()
        payee.take(AccountState("acct_1", PayeeStep.ACTIVATE, (), now, bank))
        with self.transactions.begin() as work:
            work.payees.save(payee)

    def preview(self) -> NetPayView:
        with self.transactions.begin() as work:
            return previews.preview_net_pay(self.asked, self.assistant, work)

    def agree(self) -> list[AgreedMilestone]:
        """Agree on what was previewed; return its milestones in the order of their due dates."""
        milestones = [
            AgreedMilestone(
                milestone_id=new_id(),
                title="Part",
                price=each.price.as_money(),
                due_on=each.due_on,
            )
            for each in self.asked.milestones
        ]
        agreed = ContractAgreed(
            contract_id=self.contract_id,
            job_id=new_id(),
            title="Guides",
            category=self.asked.category,
            mode=self.asked.mode,
            review_days=self.asked.review_days,
            client_id=self.client.person_id,
            assistant_id=self.assistant.person_id,
            milestones=tuple(milestones),
            agreed_at=self.transactions.clock.now(),
        )
        with self.transactions.begin() as work:
            escrow.agree(agreed, work)
        return sorted(milestones, key=lambda each: each.due_on)

    def pay(self, milestones: Sequence[AgreedMilestone]) -> None:
        """Have the client pay for all of them in one payment."""
        now = self.transactions.clock.now()
        with self.transactions.begin() as work:
            items = {
                each.milestone_id: work.escrows.get(each.milestone_id).cost.funded
                for each in milestones
            }
            page = Checkout(
                checkout_id=new_id(),
                client_id=self.client.person_id,
                method=PaymentMethod.CARD,
                items=items,
                session_id="cs_1",
                url="https://pay.example",
                expires_at=now,
            )
            work.checkouts.add(page)
            nothing = Money(amount=0)
            funding.capture(PaymentCaptured("cs_1", "ch_1", page.amount, nothing, now), work)
        self.processor.balances[PLATFORM] += page.amount.amount

    def deliver(self, milestone: AgreedMilestone) -> None:
        """Have it delivered on its due date."""
        at = moment(milestone.due_on)
        told = MilestoneDelivered(
            **self.about(milestone),
            review_until=at + timedelta(days=self.asked.review_days),
            delivered_at=at,
        )
        with self.transactions.begin() as work:
            escrow.note_delivered(told, work)

    def accept(self, milestones: Sequence[AgreedMilestone]) -> None:
        """Have them accepted now, in this order."""
        now = self.transactions.clock.now()
        told = [
            MilestoneAccepted(**self.about(each), by="silence", accepted_at=now)
            for each in milestones
        ]
        with self.transactions.begin() as work:
            releases.release_escrows(told, work)

    def look_at_paydays(self) -> None:
        """Pay what is due, and send it."""
        if paydays.pay_due(self.transactions):
            for _ in range(2):
                operations.run_operations(self.transactions, self.processor)

    def arrive(self) -> None:
        """Let the bank have all payouts, and hear of it."""
        for payout in sorted(self.processor.payouts):
            self.processor.arrive(payout)
        now = self.transactions.clock.now()
        with self.transactions.begin() as work:
            for name in self.processor.told:
                event = ProcessorEvent(name, "any", b"{}", received_at=now, next_attempt_at=now)
                work.processor_events.receive(event)
        webhooks.handle_events(self.transactions, self.processor)

    def live(self, milestones: Sequence[AgreedMilestone]) -> None:
        """Let the days pass until everything that can be paid is paid."""
        review = timedelta(days=self.asked.review_days)
        self.pay(milestones)
        for each in milestones:
            self.deliver(each)
        accepted_on = sorted({each.due_on + review for each in milestones})
        coming = set(accepted_on)
        while coming:
            day = min(coming)
            self.turn_to(day)
            self.accept([each for each in milestones if each.due_on + review == day])
            self.look_at_paydays()
            known = {each.payday for each in self.transactions.now.releases.releases.values()}
            later = {*known, *(payday + timedelta(days=1) for payday in known), *accepted_on}
            coming = {each for each in later if each > day}
        self.arrive()

    def about(self, milestone: AgreedMilestone) -> dict[str, Any]:
        return {
            "contract_id": self.contract_id,
            "milestone_id": milestone.milestone_id,
            "title": milestone.title,
            "client_id": self.client.person_id,
            "assistant_id": self.assistant.person_id,
        }

    def release_of(self, milestone_id: UUID) -> Release:
        (release,) = self.transactions.now.releases.of_milestone(milestone_id)
        found: Release = release
        return found


@st.composite
def contracts(draw: st.DrawFn) -> tuple[PreviewNetPay, date]:
    """Draw what is asked about a contract, and the day on which it is agreed."""
    today = draw(st.dates(date(2026, 1, 1), date(2030, 12, 31)))
    planned = st.builds(
        PlannedMilestone,
        price=st.builds(PositiveMoney, amount=PRICES),
        due_on=DUE_IN_DAYS.map(lambda days: today + timedelta(days=days)),
    )
    asked = PreviewNetPay(
        category=draw(st.sampled_from(Category)),
        mode=draw(st.sampled_from(Mode)),
        review_days=draw(st.integers(1, 14)),
        milestones=tuple(draw(st.lists(planned, min_size=1, max_size=6))),
        hours=draw(st.none() | st.integers(1, 10_000)),
    )
    return asked, today


@given(contract=contracts(), bank=BANKS)
@settings(max_examples=500)
def test_the_preview_of_a_contract_is_its_final_statement(
    contract: tuple[PreviewNetPay, date], bank: str
) -> None:
    asked, today = contract
    life = Life(asked)
    life.turn_to(today)
    life.become_payee(bank)
    promised = life.preview()
    milestones = life.agree()
    life.live(milestones)
    assert_milestones_are_as_promised(promised, milestones, life)
    assert_payouts_are_as_promised(promised, life)
    check_sums(life.transactions.now)


def assert_milestones_are_as_promised(
    promised: NetPayView, milestones: Sequence[AgreedMilestone], life: Life
) -> None:
    for said, milestone in zip(promised.milestones, milestones, strict=True):
        cost = life.transactions.now.escrows.get(milestone.milestone_id).cost
        release = life.release_of(milestone.milestone_id)
        parts = release.division
        assert (said.price, said.tax, said.withholding, said.funded) == (
            cost.price,
            cost.tax,
            cost.withholding,
            cost.funded,
        )
        assert (said.platform_fee, said.platform_fee_tax, said.net) == (
            parts.platform_fee,
            parts.platform_fee_tax,
            parts.net,
        )
        assert (said.due_on, said.payday) == (milestone.due_on, release.payday)


def assert_payouts_are_as_promised(promised: NetPayView, life: Life) -> None:
    now = life.transactions.now
    paid = sorted(now.payouts.payouts.values(), key=lambda each: each.payday)
    assert {each.status for each in paid} <= {PayoutStatus.PAID}
    gathering = sum_of(each.owed for each in now.releases.payable(life.assistant.person_id))
    said = [
        (each.payday, each.gross.amount, each.transfer_fee.amount, each.amount.amount)
        for each in promised.payouts
    ]
    happened = [
        (each.payday, each.gross.amount, each.transfer_fee.amount, each.amount.amount)
        for each in paid
    ]
    if gathering:
        happened.append((None, gathering, 0, gathering))
    assert said == happened
    net = sum(amount for *_, amount in happened)
    assert promised.net.amount == net
    assert promised.transfer_fees.amount == sum_of(each.transfer_fee for each in paid)
    hours = life.asked.hours
    assert promised.per_hour == (Money(amount=net // hours) if hours else None)
    divisions = [each.division for each in now.releases.releases.values()]
    fees = sum_of(each.platform_fee + each.platform_fee_tax for each in divisions)
    assert promised.platform_fee.amount == fees
    costs = [each.cost for each in now.escrows.escrows.values()]
    assert promised.withholding.amount == sum_of(each.withholding for each in costs)
