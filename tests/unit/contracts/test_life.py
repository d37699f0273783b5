"""Any life of a milestone: people, payments and clocks at once, messages doubled and reordered."""

from collections.abc import Callable

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.contracts.domain.clocks import RUNNING
from services.contracts.domain.milestone import MOVES
from services.contracts.ports import Work
from services.contracts.use_cases import clocks, money
from shared.errors import NotAllowed, Rejected, Transient
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import MilestoneAccepted, MilestoneEnded, MilestoneStatus
from shared.messages.payments import (
    EscrowReleased,
    FundingAbandoned,
    FundingStarted,
    MilestoneFunded,
    MilestoneRefunded,
    PayoutPaid,
)
from shared.money import yen
from tests.unit.contracts.fakes import Agreed
from tests.unit.contracts.test_working import ACTS

S = MilestoneStatus

HANDLERS: dict[type[Event], Callable[..., None]] = {
    FundingStarted: money.note_funding_started,
    FundingAbandoned: money.note_funding_abandoned,
    MilestoneFunded: money.note_funded,
    EscrowReleased: money.note_released,
    MilestoneRefunded: money.note_refunded,
    PayoutPaid: money.note_payout_paid,
}


class Payments:
    """What payments does, as far as contracts can see: one escrow, in a few lines."""

    def __init__(self, agreed: Agreed) -> None:
        self._agreed = agreed
        self._heard = 0
        self.attempts = 0
        self.paying = self.captured = self.released = self.closed = self.refunded = False
        self.said: list[Event] = []
        self.payout_id = new_id()

    def start(self) -> None:
        self.attempts += 1
        self.paying = True
        self.say(FundingStarted, attempt=self.attempts)

    def abandon(self) -> None:
        self.paying = False
        self.say(FundingAbandoned, attempt=self.attempts)

    def capture(self) -> None:
        self.paying, self.captured = False, True
        self.say(MilestoneFunded, amount=yen(55_000))
        if self.closed:
            self.refund()

    def refund(self) -> None:
        self.refunded = True
        self.say(MilestoneRefunded, amount=yen(55_000))

    def listen(self) -> None:
        """Hear everything that contracts has said by now."""
        told = self._agreed.market.outbox.events
        for event in told[self._heard :]:
            if isinstance(event, MilestoneAccepted):
                assert self.captured, "accepted without money"
                self.released = True
                one = yen(1)
                self.say(
                    EscrowReleased,
                    gross=one,
                    platform_fee=one,
                    platform_fee_tax=one,
                    withholding=one,
                    net=one,
                )
                self.say(PayoutPaid, payout_id=self.payout_id, amount=one)
            if isinstance(event, MilestoneEnded):
                self.closed, self.paying = True, False
                if self.captured:
                    self.refund()
        self._heard = len(told)

    def say(self, kind: type[Event], **more: object) -> None:
        self.said.append(self._agreed.heard(kind, **more))


class Life(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.agreed = Agreed()
        self.payments = Payments(self.agreed)
        self.handled: list[int] = []
        self.last = self.agreed.status()

    @property
    def work(self) -> Work:
        return self.agreed.work

    @precondition(lambda self: not (self.payments.paying or self.payments.captured))
    @precondition(lambda self: not self.payments.closed)
    @rule()
    def the_client_goes_to_pay(self) -> None:
        self.payments.start()

    @precondition(lambda self: self.payments.paying)
    @rule()
    def paying_comes_to_nothing(self) -> None:
        self.payments.abandon()

    @precondition(lambda self: self.payments.attempts and not self.payments.captured)
    @rule()
    def the_money_arrives(self) -> None:
        self.payments.capture()

    @rule()
    def payments_hears_contracts(self) -> None:
        self.payments.listen()

    @rule(which=st.integers(0, 30))
    def a_message_arrives(self, which: int) -> None:
        """Any message that payments has said, in any order, again and again."""
        if self.payments.said:
            self.handle(which % len(self.payments.said))

    @rule(act=st.sampled_from(sorted(ACTS)), client=st.booleans())
    def somebody_acts(self, act: str, client: bool) -> None:  # noqa: FBT001  (Hypothesis names it)
        by = self.agreed.client if client else self.agreed.assistant
        try:
            ACTS[act](self.agreed.place, by, self.agreed)
        except (Rejected, NotAllowed):
            assert self.agreed.status() is self.last

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.agreed.market.clock.forward(hours=hours)
        clocks.fire_deadlines(self.agreed.market)

    @invariant()
    def it_moves_only_as_the_table_says(self) -> None:
        now = self.agreed.status()
        legal = {to for (at, _), to in MOVES.items() if at is self.last}
        assert now is self.last or now in legal
        self.last = now

    @invariant()
    def it_is_accepted_or_ended_at_most_once(self) -> None:
        told = [type(event) for event in self.agreed.market.outbox.events]
        assert told.count(MilestoneAccepted) + told.count(MilestoneEnded) <= 1

    @invariant()
    def clocks_run_only_where_somebody_has_to_act(self) -> None:
        assert not self.agreed.market.deadlines or self.agreed.status() in RUNNING

    def handle(self, index: int) -> bool:
        """Handle a message; False when it is too early. A message that was handled never is."""
        event = self.payments.said[index]
        try:
            HANDLERS[type(event)](event, self.work)
        except Transient:
            assert index not in self.handled
            return False
        self.it_moves_only_as_the_table_says()
        self.handled.append(index)
        return True

    def teardown(self) -> None:
        """Let every message arrive at last: contracts and payments then agree on the money."""
        self.payments.listen()
        left = [at for at in range(len(self.payments.said)) if at not in self.handled]
        while left:
            still = [at for at in left if not self.handle(at)]
            assert len(still) < len(left), "messages that never become possible"
            left = still
        assert self.agreed.status() in self._expected()
        happened = self.agreed.market.happened()
        assert happened.count("paid_out") == self.payments.released

    def _expected(self) -> set[MilestoneStatus]:
        payments = self.payments
        if payments.released:
            return {S.RELEASED}
        if payments.refunded:
            return {S.REFUNDED}
        if payments.closed:
            return {S.ENDED}
        if payments.captured:
            return {S.FUNDED, S.DELIVERED, S.CHANGES_REQUESTED, S.ENDING}
        return {S.FUNDING if payments.paying else S.AGREED, S.ENDING}


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
