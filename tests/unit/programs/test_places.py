"""Who gets a place, who waits, and who is next: the use cases of applying and leaving."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.programs.domain.known_work import KnownContract
from services.programs.domain.program import Cohort
from services.programs.use_cases import applying, attending, cohorts, programs, supporting
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.deletion import PersonDeleted
from shared.messages.program_people import (
    AddSupporter,
    ApplicationDecided,
    ApplicationStatus,
    Apply,
    AssignSupporter,
    DeclineApplication,
    DeclineCause,
    ParticipantJoined,
    ParticipantLeft,
)
from shared.messages.programs import AnnounceCohort, Eligibility, ProgramStatus
from shared.people import Person
from tests.unit.programs.fakes import TOWN, a_cohort, a_program, fake_work

APPLY = Apply(lives_in=TOWN, adult=True, weekly_hours=10, motivation="To work from home.")


class Course:
    """A cohort, and what people and the partner do with it."""

    def __init__(self, capacity: int = 2, **program: Any) -> None:
        self.work = fake_work()
        self.program = a_program(self.work, **program)
        self.cohort_id = a_cohort(self.work, self.program, capacity).cohort_id
        self.partner = Person(self.program.partner_id, frozenset({"client"}))
        self.sponsor = Person(self.program.sponsor_id, frozenset({"client"}))

    @property
    def cohort(self) -> Cohort:
        cohort: Cohort = self.work.programs.cohort(self.cohort_id)
        return cohort

    def applied(self, asked: Apply = APPLY) -> tuple[Person, UUID]:
        person = Person(new_id(), frozenset({"assistant"}))
        return person, applying.apply(self.cohort_id, asked, person, self.work).application_id

    def accept(self, application_id: UUID) -> ApplicationStatus:
        return applying.accept(application_id, self.partner, self.work).status

    def status(self, application_id: UUID) -> ApplicationStatus:
        status: ApplicationStatus = self.work.applications.get(application_id).status
        return status

    def raise_capacity(self, capacity: int) -> None:
        named = {each: getattr(self.cohort, each) for each in AnnounceCohort.model_fields}
        asked = AnnounceCohort(**named | {"capacity": capacity})
        cohorts.change_cohort(self.cohort_id, asked, self.partner, self.work)

    def told(self, kind: type) -> list[Any]:
        return [each for each in self.work.outbox.events if isinstance(each, kind)]

    def told_why(self, application_id: UUID) -> tuple[str | None, DeclineCause | None]:
        """Return why an application was declined, as it was told last."""
        decided = [
            each for each in self.told(ApplicationDecided) if each.application_id == application_id
        ]
        return decided[-1].reason, decided[-1].cause

    def participant(self, person: Person) -> UUID:
        participant_id: UUID = self.work.participants.current(person.person_id).participant_id
        return participant_id


def test_who_comes_when_all_places_are_taken_waits_and_gets_the_first_that_is_free() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    _, second_id = course.applied()
    _, third_id = course.applied()
    statuses = [course.accept(each) for each in (first_id, second_id, third_id)]
    assert statuses == ["accepted", "waiting", "waiting"]

    attending.leave(course.participant(first), first, course.work)

    assert course.status(first_id) is ApplicationStatus.WITHDRAWN
    assert course.status(second_id) is ApplicationStatus.ACCEPTED
    assert course.status(third_id) is ApplicationStatus.WAITING
    assert len(course.told(ParticipantJoined)) == 2
    assert len(course.told(ParticipantLeft)) == 1


def test_more_places_are_given_to_who_waits_and_fewer_than_are_taken_are_refused() -> None:
    course = Course(capacity=1)
    ids = [course.applied()[1] for _ in range(3)]
    for each in ids:
        course.accept(each)
    course.raise_capacity(2)
    assert [course.status(each).value for each in ids] == ["accepted", "accepted", "waiting"]
    with pytest.raises(Rejected, match="capacity_below_taken"):
        course.raise_capacity(1)


def test_who_was_accepted_and_withdraws_makes_room() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    _, second_id = course.applied()
    course.accept(first_id)
    course.accept(second_id)
    applying.withdraw(first_id, first, course.work)
    assert course.status(second_id) is ApplicationStatus.ACCEPTED
    with pytest.raises(Rejected, match="application_step_not_allowed"):
        applying.withdraw(first_id, first, course.work)


def test_who_takes_part_elsewhere_by_now_is_passed_over() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    second, second_id = course.applied()
    _, third_id = course.applied()
    for each in (first_id, second_id, third_id):
        course.accept(each)
    elsewhere = replace(
        course.work.participants.current(first.person_id),
        participant_id=new_id(),
        person_id=second.person_id,
        cohort_id=new_id(),
    )
    course.work.participants.save(elsewhere)
    attending.leave(course.participant(first), first, course.work)
    assert course.status(second_id) is ApplicationStatus.DECLINED
    assert course.status(third_id) is ApplicationStatus.ACCEPTED
    assert course.told_why(second_id) == (None, DeclineCause.TAKES_PART_ELSEWHERE)


def test_a_refusal_names_all_that_is_not_met() -> None:
    wanted = Eligibility(min_weekly_hours=5)
    course = Course(eligibility=wanted)
    asked = APPLY.model_copy(update={"adult": False, "lives_in": "011002", "weekly_hours": 4})
    with pytest.raises(Rejected) as refused:
        course.applied(asked)
    assert refused.value.code == "not_eligible"
    assert refused.value.facts == {"unmet": ("adult", "resident", "weekly_hours")}


def test_who_had_a_contract_is_no_newcomer() -> None:
    course = Course()
    person = Person(new_id(), frozenset({"assistant"}))
    course.work.known_work.contracts.append(
        KnownContract(new_id(), person.person_id, new_id(), "?")
    )
    with pytest.raises(Rejected) as refused:
        applying.apply(course.cohort_id, APPLY, person, course.work)
    assert refused.value.facts == {"unmet": ("newcomer",)}


def test_one_applies_in_time_once_and_as_an_assistant() -> None:
    course = Course()
    person, _ = course.applied()
    with pytest.raises(Rejected, match="already_applied"):
        applying.apply(course.cohort_id, APPLY, person, course.work)
    with pytest.raises(NotAllowed, match="role_required"):
        applying.apply(course.cohort_id, APPLY, course.sponsor, course.work)
    course.work.clock.forward(days=8)
    with pytest.raises(Rejected, match="applications_over"):
        course.applied()


def test_a_program_that_closes_declines_what_stands_and_lets_who_takes_part_go_on() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    _, second_id = course.applied()
    _, third_id = course.applied()
    course.accept(first_id)
    course.accept(second_id)
    programs.close_program(course.program.program_id, course.sponsor, course.work)
    assert course.work.programs.get(course.program.program_id).status is ProgramStatus.CLOSED
    assert course.status(second_id) is course.status(third_id) is ApplicationStatus.DECLINED
    assert course.told_why(second_id) == (None, DeclineCause.PROGRAM_CLOSED)
    assert course.told_why(third_id) == (None, DeclineCause.PROGRAM_CLOSED)
    assert course.participant(first)


def test_what_the_partner_declines_is_told_in_the_partners_words() -> None:
    course = Course()
    _, application_id = course.applied()
    asked = DeclineApplication(reason="Next time.")
    applying.decline(application_id, asked, course.partner, course.work)
    assert course.told_why(application_id) == ("Next time.", None)


def test_whose_account_is_gone_leaves_and_the_next_one_comes() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    second, second_id = course.applied()
    _, third_id = course.applied()
    for each in (first_id, second_id, third_id):
        course.accept(each)
    for gone in (second, first):
        deleted = PersonDeleted.model_construct(person_id=gone.person_id, companies=())
        attending.forget(deleted, course.work)
    assert course.status(second_id) is ApplicationStatus.WITHDRAWN
    assert course.status(third_id) is ApplicationStatus.ACCEPTED


def test_a_supporter_stands_by_as_many_as_agreed_and_never_by_themselves() -> None:
    course = Course(capacity=3)
    supporter_id = new_id()
    course.work.people.addresses["s@example.org"] = supporter_id
    asked = AddSupporter(email="s@example.org", limit=1)
    supporting.add_supporter(course.program.program_id, asked, course.partner, course.work)
    people = []
    for _ in range(2):
        person, application_id = course.applied()
        course.accept(application_id)
        people.append(course.participant(person))
    assign = AssignSupporter(supporter_id=supporter_id)
    for _ in range(2):  # said again, it changes nothing
        supporting.assign_supporter(people[0], assign, course.partner, course.work)
    with pytest.raises(Rejected, match="supporter_limit_reached"):
        supporting.assign_supporter(people[1], assign, course.partner, course.work)
    unknown = AssignSupporter(supporter_id=new_id())
    with pytest.raises(NotFound, match="supporter_not_found"):
        supporting.assign_supporter(people[1], unknown, course.partner, course.work)


class AnyCourse(RuleBasedStateMachine):
    """Whatever is done, no more places are taken than there are, and the line keeps its order."""

    def __init__(self) -> None:
        super().__init__()
        self.course = Course(capacity=1)
        self.made: list[tuple[Person, UUID]] = []
        self.line: list[UUID] = []

    @rule()
    def somebody_applies(self) -> None:
        self.made.append(self.course.applied())

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def the_partner_accepts(self, data: st.DataObject) -> None:
        _, application_id = data.draw(st.sampled_from(self.made))
        try:
            status = self.course.accept(application_id)
        except Rejected:
            return
        if status is ApplicationStatus.WAITING:
            self.line.append(application_id)

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def the_partner_declines(self, data: st.DataObject) -> None:
        _, application_id = data.draw(st.sampled_from(self.made))
        asked = DeclineApplication(reason="?")
        try:
            applying.decline(application_id, asked, self.course.partner, self.course.work)
        except Rejected:
            assert self.course.status(application_id) not in {"made", "waiting"}

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def somebody_withdraws(self, data: st.DataObject) -> None:
        person, application_id = data.draw(st.sampled_from(self.made))
        try:
            applying.withdraw(application_id, person, self.course.work)
        except Rejected:
            assert self.course.status(application_id) in {"withdrawn", "declined"}

    @precondition(lambda self: self.made)
    @rule(data=st.data())
    def somebody_leaves(self, data: st.DataObject) -> None:
        person, _ = data.draw(st.sampled_from(self.made))
        current = self.course.work.participants.current(person.person_id)
        if current:
            attending.leave(current.participant_id, person, self.course.work)

    @rule(more=st.integers(0, 2))
    def there_are_more_places(self, more: int) -> None:
        self.course.raise_capacity(self.course.cohort.capacity + more)

    @invariant()
    def no_more_are_taken_than_there_are(self) -> None:
        assert self._taken() <= self.course.cohort.capacity

    @invariant()
    def nobody_waits_while_a_place_is_free(self) -> None:
        line = self.course.work.applications.line(self.course.cohort_id)
        assert not line or self._taken() == self.course.cohort.capacity

    @invariant()
    def the_line_keeps_its_order(self) -> None:
        line = self.course.work.applications.line(self.course.cohort_id)
        self.line = [each for each in self.line if self.course.status(each) == "waiting"]
        assert [each.application_id for each in line] == self.line

    @invariant()
    def who_was_accepted_is_who_takes_part(self) -> None:
        for person, application_id in self.made:
            takes_part = self.course.work.participants.current(person.person_id) is not None
            assert takes_part == (self.course.status(application_id) == "accepted")

    def _taken(self) -> int:
        taken = self.course.work.participants.taken([self.course.cohort_id])
        return int(taken.get(self.course.cohort_id, 0))


AnyCourse.TestCase.settings = settings(max_examples=40, stateful_step_count=30, deadline=None)
TestAnyCourse = AnyCourse.TestCase


def test_nobody_is_taken_into_a_cohort_that_is_over() -> None:
    course = Course(capacity=1)
    first, first_id = course.applied()
    _, second_id = course.applied()
    course.accept(first_id)
    course.accept(second_id)
    course.work.clock.time += timedelta(days=200)
    attending.leave(course.participant(first), first, course.work)
    assert course.status(second_id) is ApplicationStatus.WAITING
