from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.notify.domain.tellings import told as who_is_told
from services.programs.domain.path import PATH_MOVES, PRACTICE_MOVES, Practice, PracticeStep
from services.programs.use_cases import (
    caring,
    drafts,
    following,
    helping,
    minding,
    noting,
    practising,
    stepping,
    today,
    units,
)
from shared.errors import Invalid, NotFound, Rejected
from shared.ids import new_id
from shared.messages.program_path import (
    AnswerCheck,
    AnswerCheckIn,
    AnswerHelp,
    AskForHelp,
    CheckInAsked,
    CheckInPassedOn,
    CommentDraft,
    DeliverPractice,
    DraftEscalated,
    DraftLookedAt,
    HelpEscalated,
    Mood,
    PracticeDelivered,
    PracticeStatus,
    ProtectionChanged,
    ReviewPractice,
    ShowDraft,
    StepReached,
    UnitPassed,
    Urgency,
)
from shared.messages.program_people import Step, WriteNote
from shared.people import Person
from tests.unit.programs.path_fakes import DESK, HELP_HOURS, SILENCE_DAYS, Beginner
from tests.unit.programs.work_told import accepted, agreed, settled

RIGHT, WRONG = AnswerCheck(answers=(1,)), AnswerCheck(answers=(0,))


@pytest.fixture
def beginner() -> Beginner:
    return Beginner()


def told(beginner: Beginner, *kinds: type) -> list[object]:
    return [each for each in beginner.outbox.events if isinstance(each, kinds)]


def practised(beginner: Beginner) -> None:
    of, work = beginner.participant_id, beginner.work
    stepping.confirm_orientation(of, beginner.person, work)
    units.answer_check(of, 1, RIGHT, beginner.person, work)
    units.confirm_unit(of, 2, beginner.supporter, work)


def asked(beginner: Beginner) -> UUID:
    view = helping.ask(
        beginner.participant_id, AskForHelp(text="How?"), beginner.person, beginner.work
    )
    return view.help_id


def shown(beginner: Beginner) -> UUID:
    agreement = agreed(beginner.person.person_id, beginner.clock.now())
    beginner.known_work.merge_contract(agreement.contract)
    beginner.known_work.merge_milestone(agreement.milestone)
    draft = ShowDraft(milestone_id=agreement.milestone.milestone_id, text="Like this?")
    view = drafts.show(beginner.participant_id, draft, beginner.person, beginner.work)
    return view.draft_id


@pytest.mark.parametrize("status", PracticeStatus)
@pytest.mark.parametrize("step", PracticeStep)
def test_a_practice_job_goes_only_where_its_table_says(
    status: PracticeStatus, step: PracticeStep
) -> None:
    practice = Practice(new_id(), new_id(), "?", "?", ("?",), 1, status)
    to = PRACTICE_MOVES.get((status, step))
    if to:
        assert practice.after(step).status is to
    else:
        with pytest.raises(Rejected, match="can't be done now"):
            practice.after(step)


def test_the_path_is_a_line_through_all_steps() -> None:
    assert [at for at, _ in PATH_MOVES] == list(Step)[:-1]
    assert list(PATH_MOVES.values()) == list(Step)[1:]


def test_the_whole_path_tells_each_step_once_and_protects_the_first_job(beginner: Beginner) -> None:
    of, work = beginner.participant_id, beginner.work
    practised(beginner)
    stepping.confirm_orientation(of, beginner.person, work)
    units.answer_check(of, 1, RIGHT, beginner.person, work)
    practising.deliver(of, DeliverPractice(text="Twenty."), beginner.person, work)
    practising.review(of, ReviewPractice(accepted=True, comment="Good"), beginner.supporter, work)

    steps = [each.step for each in beginner.outbox.events if isinstance(each, StepReached)]
    assert steps == [Step.UNITS, Step.PRACTICE, Step.PROTECTED_JOB]
    assert len(told(beginner, UnitPassed)) == 2
    assert beginner.participant.protected
    (change,) = told(beginner, ProtectionChanged)
    assert isinstance(change, ProtectionChanged)
    assert (change.protected, change.change) == (True, 1)


def test_work_accepted_before_the_protected_step_does_not_end_it(beginner: Beginner) -> None:
    early = accepted(beginner.person.person_id, beginner.clock.now())
    beginner.clock.forward(hours=1)
    beginner.at(Step.PROTECTED_JOB)
    early.hear(beginner.work)
    assert beginner.participant.protected

    beginner.clock.forward(hours=1)
    accepted(beginner.person.person_id, beginner.clock.now()).hear(beginner.work)
    assert beginner.participant.step is Step.FREE_WORK


@pytest.mark.parametrize(("paid", "step"), [(8000, Step.FREE_WORK), (0, Step.PROTECTED_JOB)])
def test_a_retainers_hours_end_the_protected_job_if_any_were_worked(
    beginner: Beginner, paid: int, step: Step
) -> None:
    beginner.at(Step.PROTECTED_JOB)
    beginner.clock.forward(days=30)
    of, at = beginner.person.person_id, beginner.clock.now()
    following.note_hours_settled(settled(of, at, worked=paid), beginner.work)
    assert beginner.participant.step is step


def test_too_few_right_answers_are_a_try_and_the_right_ones_are_not_told(
    beginner: Beginner,
) -> None:
    beginner.at(Step.UNITS)
    view = units.answer_check(beginner.participant_id, 1, WRONG, beginner.person, beginner.work)
    assert (view.right, view.needed, view.passed) == ((False,), 1, False)
    assert beginner.path.units(beginner.participant_id)[1].tries == 1
    assert not told(beginner, UnitPassed)


@pytest.mark.parametrize(
    ("number", "answers", "code"),
    [
        (1, (1, 1), "answers_incomplete"),
        (2, (1,), "unit_without_questions"),
        (3, (1,), "unit_not_found"),
        (0, (1,), "unit_not_found"),
    ],
)
def test_a_check_that_does_not_fit_is_refused(
    beginner: Beginner, number: int, answers: tuple[int, ...], code: str
) -> None:
    beginner.at(Step.UNITS)
    with pytest.raises((Rejected, NotFound)) as refused:
        units.answer_check(
            beginner.participant_id,
            number,
            AnswerCheck(answers=answers),
            beginner.person,
            beginner.work,
        )
    assert refused.value.code == code


def test_a_unit_with_questions_is_not_confirmed(beginner: Beginner) -> None:
    beginner.at(Step.UNITS)
    with pytest.raises(Rejected) as refused:
        units.confirm_unit(beginner.participant_id, 1, beginner.supporter, beginner.work)
    assert refused.value.code == "unit_with_questions"


@pytest.mark.parametrize(
    ("criterion", "code"), [(None, "criterion_required"), (3, "criterion_unknown")]
)
def test_changes_to_a_practice_job_name_a_criterion(
    beginner: Beginner, criterion: int | None, code: str
) -> None:
    of, work = beginner.participant_id, beginner.work
    practised(beginner)
    practising.deliver(of, DeliverPractice(text="Ten."), beginner.person, work)
    wish = ReviewPractice(accepted=False, comment="More", criterion=criterion)
    with pytest.raises(Invalid) as refused:
        practising.review(of, wish, beginner.supporter, work)
    assert refused.value.code == code

    named = ReviewPractice(accepted=False, comment="More", criterion=1)
    view = practising.review(of, named, beginner.supporter, work)
    assert view.status is PracticeStatus.CHANGES_REQUESTED
    assert view.deliveries[0].criterion == 1
    again = practising.deliver(of, DeliverPractice(text="Twenty."), beginner.person, work)
    assert [each.version for each in again.deliveries] == [1, 2]


def test_help_that_nobody_gives_in_time_is_escalated_once_to_the_partner(
    beginner: Beginner,
) -> None:
    help_id = asked(beginner)
    with pytest.raises(NotFound):
        helping.get_help(help_id, beginner.member, beginner.work)
    beginner.clock.forward(hours=HELP_HOURS)
    assert minding.fire_clocks(beginner) == 1
    assert minding.fire_clocks(beginner) == 0

    assert len(told(beginner, HelpEscalated)) == 1
    helping.answer(help_id, AnswerHelp(text="So."), beginner.member, beginner.work)
    with pytest.raises(NotFound):
        helping.get_help(help_id, beginner.sponsors_member, beginner.work)


def test_an_answer_stops_the_clock_and_a_word_of_who_asks_does_not(beginner: Beginner) -> None:
    first, second = asked(beginner), asked(beginner)
    helping.answer(first, AnswerHelp(text="So."), beginner.supporter, beginner.work)
    helping.answer(second, AnswerHelp(text="Well?"), beginner.person, beginner.work)
    beginner.clock.forward(hours=HELP_HOURS)
    minding.fire_clocks(beginner)
    (escalated,) = told(beginner, HelpEscalated)
    assert isinstance(escalated, HelpEscalated)
    assert escalated.help_id == second


def test_what_is_settled_takes_no_answer(beginner: Beginner) -> None:
    help_id = asked(beginner)
    helping.settle(help_id, beginner.person, beginner.work)
    with pytest.raises(Rejected):
        helping.answer(help_id, AnswerHelp(text="So."), beginner.supporter, beginner.work)


def test_a_draft_is_looked_at_once_and_not_by_its_author(beginner: Beginner) -> None:
    draft_id, good = shown(beginner), CommentDraft(comment="Good")
    for other in (beginner.person, beginner.member, beginner.sponsors_member):
        with pytest.raises(NotFound):
            drafts.look(draft_id, good, other, beginner.work)
    drafts.look(draft_id, good, beginner.supporter, beginner.work)
    with pytest.raises(Rejected):
        drafts.look(draft_id, good, beginner.supporter, beginner.work)
    assert len(told(beginner, DraftLookedAt)) == 1


def test_a_draft_at_which_nobody_looks_is_escalated_to_the_partner(beginner: Beginner) -> None:
    draft_id = shown(beginner)
    beginner.clock.forward(hours=HELP_HOURS)
    minding.fire_clocks(beginner)
    minding.fire_clocks(beginner)
    assert len(told(beginner, DraftEscalated)) == 1
    drafts.look(draft_id, CommentDraft(comment="Good"), beginner.member, beginner.work)


def test_a_draft_for_anothers_milestone_is_refused(beginner: Beginner) -> None:
    other = agreed(new_id(), beginner.clock.now()).milestone
    beginner.known_work.merge_milestone(other)
    draft = ShowDraft(milestone_id=other.milestone_id, text="Mine?")
    with pytest.raises(NotFound):
        drafts.show(beginner.participant_id, draft, beginner.person, beginner.work)


def test_who_falls_silent_is_asked_once_and_then_passed_on(beginner: Beginner) -> None:
    beginner.clock.forward(days=SILENCE_DAYS)
    minding.fire_clocks(beginner)
    minding.fire_clocks(beginner)
    assert len(told(beginner, CheckInAsked)) == 1
    beginner.clock.forward(hours=2 * HELP_HOURS)
    minding.fire_clocks(beginner)
    minding.fire_clocks(beginner)
    assert len(told(beginner, CheckInPassedOn)) == 1
    (person,) = today.list_today(beginner.supporter, beginner.work)
    assert person.urgency is Urgency.SILENT


@pytest.mark.parametrize("supported", [True, False])
def test_what_nobody_stands_by_for_reaches_the_partner(
    beginner: Beginner, *, supported: bool
) -> None:
    practised(beginner)
    if not supported:
        beginner.path.save(replace(beginner.participant, supporter_id=None))
    delivery = DeliverPractice(text="Twenty.")
    practising.deliver(beginner.participant_id, delivery, beginner.person, beginner.work)
    beginner.clock.forward(days=SILENCE_DAYS)
    minding.fire_clocks(beginner)
    beginner.clock.forward(hours=2 * HELP_HOURS)
    minding.fire_clocks(beginner)

    happened = beginner.outbox.events
    waiting = [each for each in happened if isinstance(each, PracticeDelivered | CheckInPassedOn)]
    assert [each.event_name for each in waiting] == ["practice_delivered", "check_in_passed_on"]
    partner_id = beginner.path.program.partner_id
    assert {each.partner_id for each in waiting} == {partner_id}
    reached = [who for each in waiting for who, _ in who_is_told(each)]
    assert reached == [beginner.supporter.person_id if supported else partner_id] * 2


@pytest.mark.parametrize(("mood", "times"), [(Mood.PAUSING, 0), (Mood.NEED_HELP, 1)])
def test_only_who_needs_help_is_passed_on_with_the_answer(
    beginner: Beginner, mood: Mood, times: int
) -> None:
    beginner.clock.forward(days=SILENCE_DAYS)
    minding.fire_clocks(beginner)
    (check_in,) = caring.list_check_ins(beginner.participant_id, beginner.person, beginner.work)
    said = AnswerCheckIn(mood=mood)
    caring.answer_check_in(check_in.check_in_id, said, beginner.person, beginner.work)
    beginner.clock.forward(hours=2 * HELP_HOURS)
    minding.fire_clocks(beginner)
    assert len(told(beginner, CheckInPassedOn)) == times
    with pytest.raises(Rejected):
        caring.answer_check_in(check_in.check_in_id, said, beginner.person, beginner.work)


def test_another_sign_answers_a_quiet_question(beginner: Beginner) -> None:
    beginner.clock.forward(days=SILENCE_DAYS)
    minding.fire_clocks(beginner)
    beginner.clock.forward(hours=1)
    asked(beginner)
    beginner.clock.forward(hours=2 * HELP_HOURS)
    minding.fire_clocks(beginner)
    assert not told(beginner, CheckInPassedOn)


def test_notes_are_for_supporters_of_that_person_only(beginner: Beginner) -> None:
    note = WriteNote(text="Likes lists.")
    noting.write(beginner.participant_id, note, beginner.supporter, beginner.work)
    assert noting.list_notes(beginner.participant_id, beginner.supporter, beginner.work)
    others = (
        beginner.person,
        beginner.member,
        beginner.sponsors_member,
        Person(new_id(), frozenset({"operator"})),
    )
    for other in others:
        with pytest.raises(NotFound):
            noting.list_notes(beginner.participant_id, other, beginner.work)


def test_the_most_urgent_is_on_top_of_a_supporters_day() -> None:
    beginner = Beginner(DESK).at(Step.UNITS)
    (person,) = today.list_today(beginner.supporter, beginner.work)
    assert person.urgency is Urgency.UNIT_TO_CONFIRM
    asked(beginner)
    shown(beginner)
    (person,) = today.list_today(beginner.supporter, beginner.work)
    assert [each.urgency for each in person.waiting] == [
        Urgency.DRAFT_WAITS,
        Urgency.HELP_ASKED,
        Urgency.UNIT_TO_CONFIRM,
    ]
    assert today.list_today(beginner.member, beginner.work) == []


def test_hours_of_a_week_are_those_of_contracts_under_way_and_of_units(beginner: Beginner) -> None:
    practised(beginner)  # on a Friday in Japan
    beginner.clock.time = datetime(2026, 5, 3, 15, tzinfo=UTC)  # Monday, 0:00 in Japan
    agreement = agreed(beginner.person.person_id, beginner.clock.now(), weekly_hours=14)
    beginner.known_work.merge_contract(agreement.contract)
    beginner.clock.forward(days=3.5)
    weeks = caring.list_weeks(beginner.participant_id, beginner.person, beginner.work)
    assert [(str(each.starts_on), each.declared, each.worked) for each in weeks] == [
        ("2026-05-04", 10, 7.0),
        ("2026-04-27", 10, 5.0),
    ]
