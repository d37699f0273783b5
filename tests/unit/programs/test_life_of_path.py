"""Any life on the path, with what others tell told twice, late and in any order."""

from contextlib import suppress
from dataclasses import replace
from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.programs.domain.participant import ORDER
from services.programs.use_cases import minding, practising, stepping, units
from shared.errors import NotFound, Rejected
from shared.messages.program_path import (
    AnswerCheck,
    DeliverPractice,
    ProtectionChanged,
    ReviewPractice,
    StepReached,
    UnitPassed,
)
from shared.messages.program_people import Step
from tests.unit.programs.path_fakes import Beginner
from tests.unit.programs.work_told import Told, accepted


class Life(RuleBasedStateMachine):
    """`told` are the acceptances that contracts has told of, or is going to."""

    @initialize()
    def begin(self) -> None:
        self.beginner = Beginner()
        self.told: list[Told] = []

    @rule()
    def they_confirm_the_orientation(self) -> None:
        someone = self.beginner
        if someone.participant.takes_part:
            stepping.confirm_orientation(someone.participant_id, someone.person, someone.work)

    @rule(number=st.integers(1, 2), answer=st.integers(0, 1))
    def a_unit_is_tried(self, number: int, answer: int) -> None:
        someone = self.beginner
        of, work = someone.participant_id, someone.work
        with suppress(Rejected):  # not there yet, or left
            if number == 1:
                units.answer_check(of, 1, AnswerCheck(answers=(answer,)), someone.person, work)
            else:
                units.confirm_unit(of, 2, someone.supporter, work)

    @rule(accepting=st.booleans())
    def the_practice_job_goes_on(self, accepting: bool) -> None:  # noqa: FBT001
        someone = self.beginner
        of, work = someone.participant_id, someone.work
        review = ReviewPractice(accepted=accepting, comment="?", criterion=1)
        with suppress(NotFound, Rejected):  # not there yet, over, or left
            practising.deliver(of, DeliverPractice(text="?"), someone.person, work)
            practising.review(of, review, someone.supporter, work)

    @rule()
    def work_is_accepted(self) -> None:
        at = self.beginner.clock.now()
        self.told.append(accepted(self.beginner.person.person_id, at))

    @rule(which=st.integers(0, 9))
    def an_acceptance_is_heard(self, which: int) -> None:
        if self.told:
            self.told[which % len(self.told)].hear(self.beginner.work)

    @rule(hours=st.integers(1, 24 * 20))
    def time_goes_by(self, hours: int) -> None:
        self.beginner.clock.forward(hours=hours)
        minding.fire_clocks(self.beginner)

    @rule()
    def they_leave(self) -> None:
        someone = self.beginner
        if someone.participant.takes_part:
            left = replace(someone.participant, left_at=someone.clock.now())
            someone.path.save(left)
            stepping.protect(left, someone.work)

    @invariant()
    def steps_never_go_back_and_each_is_told_once(self) -> None:
        told = [each.step for each in self.beginner.outbox.events if isinstance(each, StepReached)]
        assert told == list(ORDER[1 : len(told) + 1])
        assert self.beginner.participant.step is ORDER[len(told)]

    @invariant()
    def each_unit_is_told_once(self) -> None:
        told = [each.unit for each in self.beginner.outbox.events if isinstance(each, UnitPassed)]
        assert len(told) == len(set(told))

    @invariant()
    def protection_is_right_and_its_changes_are_counted(self) -> None:
        told = [each for each in self.beginner.outbox.events if isinstance(each, ProtectionChanged)]
        assert [each.change for each in told] == list(range(1, len(told) + 1))
        assert all(one.protected != other.protected for one, other in pairwise(told))
        protected = told[-1].protected if told else False
        at_first_job = self.beginner.participant.step is Step.PROTECTED_JOB
        assert protected == (at_first_job and self.beginner.participant.takes_part)

    @invariant()
    def nobody_is_free_without_work_accepted_at_the_first_job(self) -> None:
        if self.beginner.participant.step is Step.FREE_WORK:
            at = self.beginner.path.reached[self.beginner.participant_id, Step.PROTECTED_JOB]
            assert any(each.event.accepted_at >= at for each in self.told)


TestLifeOfPath = Life.TestCase
TestLifeOfPath.settings = settings(max_examples=25, stateful_step_count=40, deadline=None)
