"""Any life of a milestone: people, payments and clocks at once, messages doubled and reordered."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from services.contracts.domain.clocks import RUNNING
from services.contracts.domain.milestone import MOVES, OVER
from services.contracts.use_cases import clocks
from shared.errors import NotAllowed, NotFound, Rejected, Transient
from shared.messages.base import Event
from shared.messages.contracts import (
    ChangesRequested,
    ContractCompleted,
    DisputeOpened,
    DisputeResolved,
    MilestoneAccepted,
    MilestoneEnded,
    MilestonePartlyAccepted,
    MilestoneStatus,
)
from tests.unit.contracts.acts import ACTS
from tests.unit.contracts.agreed import Agreed
from tests.unit.contracts.fakes import POLICY
from tests.unit.contracts.payments import Payments, handle

S = MilestoneStatus
# By paying for a bonus it is accepted: two steps at once.
OF_BONUS = {(S.AGREED, S.ACCEPTED), (S.FUNDING, S.ACCEPTED)}


class Life(RuleBasedStateMachine):
    payments_of: type[Payments] = Payments

    @initialize(bonus=st.sampled_from([False, False, True]))
    def begin(self, bonus: bool) -> None:  # noqa: FBT001  (Hypothesis names it)
        self.bonus = bonus
        self.agreed = Agreed(bonus=bonus)
        self.payments = self.payments_of(self.agreed)
        self.handled: list[int] = []
        self.last = self.agreed.status()

    @precondition(lambda self: not (self.payments.paying or self.payments.captured))
    @precondition(lambda self: not self.payments.closed)
    @rule()
    def the_client_goes_to_pay(self) -> None:
        self.payments.start()

    @precondition(lambda self: self.payments.paying)
    @rule(short=st.booleans())
    def paying_comes_to_nothing(self, short: bool) -> None:  # noqa: FBT001
        if short:
            self.payments.fall_short()
        self.payments.abandon()

    @precondition(lambda self: self.payments.attempts and not self.payments.captured)
    @rule()
    def the_money_arrives(self) -> None:
        self.payments.capture()

    @precondition(lambda self: self.payments.left)
    @rule(price=st.sampled_from([1, 10_000, 30_000, 50_000]))
    def a_part_is_given_back(self, price: int) -> None:
        self.payments.give_back(price)

    @precondition(lambda self: self.payments.left)
    @rule()
    def a_chargeback_takes_the_money(self) -> None:
        self.payments.lose()

    @rule()
    def payments_hears_contracts(self) -> None:
        self.payments.listen()

    @rule(which=st.integers(0, 30))
    def a_message_arrives(self, which: int) -> None:
        """Any message that payments has said, in any order, again and again."""
        if self.payments.said:
            self.handle(which % len(self.payments.said))

    @rule(act=st.sampled_from(sorted(ACTS)), client=st.booleans())
    def somebody_acts(self, act: str, client: bool) -> None:  # noqa: FBT001
        by = self.agreed.client if client else self.agreed.assistant
        try:
            ACTS[act](self.agreed.place, by, self.agreed)
        except (Rejected, NotAllowed, NotFound):
            assert self.agreed.status() is self.last

    @rule(hours=st.integers(1, 24 * 20))
    def time_passes(self, hours: int) -> None:
        self.agreed.market.clock.forward(hours=hours)
        clocks.fire_deadlines(self.agreed.market)

    @invariant()
    def it_moves_only_as_the_table_says(self) -> None:
        now = self.agreed.status()
        legal = {to for (at, _), to in MOVES.items() if at is self.last}
        given = self.bonus and (self.last, now) in OF_BONUS
        assert now is self.last or now in legal or given
        self.last = now

    @invariant()
    def it_is_accepted_ended_or_divided_at_most_once(self) -> None:
        assert len(self.told(MilestoneAccepted, MilestoneEnded, DisputeResolved)) <= 1
        assert len(self.told(DisputeOpened)) <= 1

    @invariant()
    def parts_and_splits_add_up_to_the_price(self) -> None:
        milestone, parts = self.agreed.milestone, self.parts()
        assert milestone.accepted_price.amount == parts < milestone.price.amount
        for event in self.told(DisputeResolved):
            assert isinstance(event, DisputeResolved)
            split = (event.to_assistant + event.to_client).amount
            assert parts + split <= milestone.price.amount
            # What payments gave back since then it has cut from what was divided.
            assert parts + split + milestone.refunded_price.amount >= milestone.price.amount

    @invariant()
    def clocks_run_only_where_somebody_has_to_act(self) -> None:
        running = self.agreed.market.deadlines
        assert not running or self.agreed.status() in RUNNING
        assert not (self.bonus and running) or self.agreed.status() in {S.ENDING, S.DISPUTED}

    @invariant()
    def changes_are_asked_for_as_often_as_agreed(self) -> None:
        milestone = self.agreed.milestone
        assert milestone.revisions == len(self.told(ChangesRequested)) <= POLICY.max_revisions

    @invariant()
    def the_contract_is_complete_once_nothing_is_to_be_done(self) -> None:
        # Besides a bonus there is the milestone in the terms, which nobody has paid for.
        over = self.agreed.status() in OVER and not self.bonus
        assert len(self.told(ContractCompleted)) == over

    def parts(self) -> int:
        """Return what of the price was accepted before the whole was."""
        return sum(
            event.price.amount
            for event in self.told(MilestonePartlyAccepted)
            if isinstance(event, MilestonePartlyAccepted)
        )

    def knows_what_was_given_back(self) -> bool:
        """Tell whether contracts has counted what payments gave back."""
        return self.agreed.milestone.refunded_price.amount == self.payments.given_back

    def told(self, *kinds: type[Event]) -> list[Event]:
        return [event for event in self.agreed.market.outbox.events if isinstance(event, kinds)]

    def handle(self, index: int) -> bool:
        """Handle a message; False when it is too early. A message that was handled never is."""
        try:
            handle(self.payments.said[index], self.agreed.work)
        except Transient:
            assert index not in self.handled
            return False
        self.it_moves_only_as_the_table_says()
        self.handled.append(index)
        return True

    def teardown(self) -> None:
        """Let every message arrive at last: contracts and payments then agree on the money."""
        while True:
            self.payments.listen()  # a bonus is accepted by a message: payments hears that too
            left = [at for at in range(len(self.payments.said)) if at not in self.handled]
            if not left:
                break
            still = [at for at in left if not self.handle(at)]
            assert len(still) < len(left), "messages that never become possible"
        assert self.agreed.status() in self._expected()
        milestone = self.agreed.milestone
        assert milestone.funded == self.payments.captured
        assert self.knows_what_was_given_back()
        happened = self.agreed.market.happened()
        assert happened.count("paid_out") == len({id(event) for event in self._payouts()})

    def _payouts(self) -> list[Event]:
        return [event for event in self.payments.said if event.event_name == "payout_paid"]

    def _expected(self) -> set[MilestoneStatus]:
        payments = self.payments
        if payments.captured and not payments.left:
            return self._over()
        if payments.closed:
            return {S.ENDED}
        if payments.captured:
            return {S.FUNDED, S.DELIVERED, S.CHANGES_REQUESTED, S.ENDING, S.DISPUTED}
        return {S.FUNDING if payments.paying else S.AGREED, S.ENDING}

    def _over(self) -> set[MilestoneStatus]:
        """Return where it may stand once the escrow is empty, by what contracts has decided."""
        if self.told(DisputeResolved):
            return {S.RESOLVED}
        if self.payments.charged_back:
            # Or a part that was accepted and one that was given back took all, on their own ways.
            return {S.CHARGED_BACK, S.RESOLVED}
        if self.told(MilestoneAccepted):
            return {S.RELEASED, S.RESOLVED, S.REFUNDED}
        return {S.REFUNDED, S.RESOLVED} - ({S.RESOLVED} if self.told(MilestoneEnded) else set())


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=100, stateful_step_count=50)
