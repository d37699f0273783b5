"""Any life of a retainer: hours, money, clocks, ends of periods and notice, in any order."""

import contextlib
import itertools
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.contracts.domain.milestone import OVER, Milestone
from services.contracts.use_cases import clocks, disputes, money, retaining, working
from services.contracts.use_cases.steps import facts_of, next_is_due
from services.contracts.use_cases.working import Place
from shared.calendar import day_in_japan
from shared.errors import Invalid, NotAllowed, Rejected, Transient
from shared.ids import new_id
from shared.messages.contracts import (
    DisputeResolved,
    MilestoneAccepted,
    MilestoneEnded,
    MilestoneStatus,
)
from shared.messages.jobs import Period
from shared.messages.payments import MilestoneChargedBack
from shared.messages.retainers import LogHours, MilestoneSettled, RetainerStopped
from shared.money import yen
from tests.unit.contracts.acts import CHANGES, DISPUTE, END, PART
from tests.unit.contracts.retained import HOURS, Retained

S = MilestoneStatus
UNFUNDED = {S.AGREED, S.FUNDING}
WHICH = st.integers(1, 3)


class LifeOfRetainer(RuleBasedStateMachine):
    @initialize(period=st.sampled_from(Period))
    def begin(self, period: Period) -> None:
        self.retained = Retained(period)
        self.market = self.retained.market

    @property
    def periods(self) -> list[Milestone]:
        return self.retained.periods

    def period(self, which: int) -> Milestone:
        """Return one of the newest periods."""
        return self.periods[-min(which, len(self.periods))]

    @rule(hours=st.integers(1, 24 * 12))
    def time_passes(self, hours: int) -> None:
        self.market.clock.forward(hours=hours)
        clocks.fire_deadlines(self.market)

    @rule(which=WHICH)
    def money_arrives(self, which: int) -> None:
        if not self.period(which).funded:
            self.retained.fund(self.periods.index(self.period(which)) + 1)

    @rule(which=WHICH)
    def a_chargeback_takes_it(self, which: int) -> None:
        facts = facts_of(self.period(which))
        taken = MilestoneChargedBack(**facts, chargeback_id=new_id(), amount=yen(33_000))
        with contextlib.suppress(Transient, Rejected):
            money.note_charged_back(taken, self.market.work())

    @rule(which=WHICH, days=st.integers(-3, 1), minutes=st.integers(1, 12 * 60))
    def hours_are_logged(self, which: int, days: int, minutes: int) -> None:
        day = day_in_japan(self.market.clock.now()) + timedelta(days=days)
        place = self.place(which)
        command = LogHours(day=day, minutes=minutes)
        with contextlib.suppress(Rejected, Invalid):
            retaining.log_hours(place, command, self.retained.assistant, self.market.work())

    @rule(
        which=WHICH,
        act=st.sampled_from(["accept", "part", "changes", "end", "agree", "dispute"]),
        client=st.booleans(),
    )
    def somebody_acts(self, which: int, act: str, client: bool) -> None:  # noqa: FBT001
        by = self.retained.client if client else self.retained.assistant
        place, work = self.place(which), self.market.work()
        try:
            match act:
                case "accept":
                    working.accept(place, by, work)
                case "part":
                    working.accept_part(place, PART, by, work)
                case "changes":
                    working.request_changes(place, CHANGES, by, work)
                case "end":
                    working.ask_to_end(place, END, by, work)
                case "agree":
                    working.agree_to_end(place, by, work)
                case _:
                    disputes.open_dispute(place, DISPUTE, by, work)
        except (Rejected, NotAllowed):
            pass

    @rule(notice=st.integers(0, 9), client=st.booleans())
    def it_is_ended_or_resumed(self, notice: int, client: bool) -> None:  # noqa: FBT001
        by = self.retained.client if client else self.retained.assistant
        act = retaining.resume if notice else retaining.give_notice
        with contextlib.suppress(Rejected, NotAllowed):
            act(self.retained.contract_id, by, self.market.work())

    @invariant()
    def periods_that_go_on_dont_overlap_and_one_waits_for_money(self) -> None:
        going_on = [each for each in self.periods if each.status not in OVER]
        for before, after in itertools.pairwise(going_on):
            assert after.starts_on is not None
            assert before.due_on < after.starts_on
        assert sum(each.status in UNFUNDED for each in going_on) <= 1

    @invariant()
    def each_period_comes_to_one_end_and_its_money_adds_up(self) -> None:
        ends = (MilestoneAccepted, MilestoneSettled, MilestoneEnded, DisputeResolved)
        ended = [each.milestone_id for each in self.market.outbox.events if isinstance(each, ends)]
        assert len(ended) == len(set(ended))
        for event in self.market.outbox.events:
            if isinstance(event, MilestoneSettled):
                milestone = self.market.milestones[event.milestone_id]
                assert event.to_assistant + event.to_client == milestone.left

    @invariant()
    def both_are_told_once_of_work_that_stops(self) -> None:
        stopped = [
            each.milestone_id
            for each in self.market.outbox.events
            if isinstance(each, RetainerStopped)
        ]
        assert len(stopped) == len(set(stopped))

    @invariant()
    def hours_stay_within_the_period(self) -> None:
        minutes = self.market.work().hours.minutes(self.retained.contract_id)
        assert all(each <= HOURS * 60 for each in minutes.values())

    @invariant()
    def it_is_complete_just_when_notice_was_given_and_all_is_over(self) -> None:
        retainer = self.market.retainers[self.retained.contract_id]
        over = all(each.status in OVER for each in self.periods)
        last = self.periods[-1]
        comes = (
            retainer.ends_on is not None
            and last.due_on < retainer.ends_on
            and next_is_due(last, self.market.work())
        )
        complete = self.retained.contract_id in self.market.completed
        assert complete == (over and retainer.ends_on is not None and not comes)
        if retainer.ends_on and last.starts_on and last.starts_on > retainer.ends_on:
            assert last.status in OVER

    def place(self, which: int) -> Place:
        return Place(self.retained.contract_id, self.period(which).milestone_id)


TestLifeOfRetainer = LifeOfRetainer.TestCase
TestLifeOfRetainer.settings = settings(max_examples=100, stateful_step_count=40)
