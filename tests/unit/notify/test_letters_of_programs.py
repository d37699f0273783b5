from typing import Any

import pytest

from services.notify.adapters.letters import FILTERS, TemplateLetters
from services.notify.domain import examples_programs as examples
from services.notify.domain.companies import Membership, concerned
from services.notify.domain.examples import ASSISTANT, MOMENT, OTHER
from services.notify.domain.examples_programs import PARTNER, PROGRAMS, STEPS, SUPPORTER
from services.notify.domain.kinds import link_of, nature_of
from services.notify.domain.letters import Addressee
from services.notify.domain.preferences import Plan, Preferences, Reach, plan
from services.notify.domain.tellings import told
from services.notify.domain.webhooks import EVENT_TYPES
from shared.messages.base import Event
from shared.messages.notify import Kind
from shared.messages.program_people import ApplicationStatus, Step
from shared.people import Right


def written(happened: Event, locale: Any) -> str:
    to = Addressee(ASSISTANT, "hanako@example.jp", "花子", locale)
    [*_, (_, template)] = told(happened)
    letter = TemplateLetters("https://tasuki.example").write(template, to, happened)
    return f"{letter.subject}\n{letter.body}"


def test_what_happens_in_programs_goes_to_no_endpoint_of_a_customer() -> None:
    assert not {type(event) for event in PROGRAMS} & set(EVENT_TYPES.values())
    assert not any(name.startswith("programs.") for name in EVENT_TYPES)


def test_all_of_it_is_of_one_kind_that_people_choose_about_and_nothing_must_be_mailed() -> None:
    natures = [nature_of(template) for event in PROGRAMS for _, template in told(event)]
    assert {each.kind for each in natures} == {Kind.PROGRAMS}
    assert not any(each.must for each in natures)


@pytest.mark.parametrize("field", ["person_id", "supporter_id"])
def test_both_are_told_who_stands_by_whom(field: str) -> None:
    assert getattr(examples.supporter_assigned, field) in {
        who for who, _ in told(examples.supporter_assigned)
    }


@pytest.mark.parametrize(
    "happened",
    [
        examples.practice_delivered,
        examples.draft_shown,
        examples.help_asked,
        examples.silence_passed_on,
    ],
    ids=lambda event: event.event_name,
)
def test_what_waits_for_a_supporter_is_told_to_nobody_where_there_is_none(happened: Event) -> None:
    assert [who for who, _ in told(happened)] == [SUPPORTER]
    assert list(told(happened.model_copy(update={"supporter_id": None}))) == []


@pytest.mark.parametrize(
    "happened",
    [examples.practice_of_who_is_alone, examples.passed_on_of_who_is_alone],
    ids=lambda event: event.event_name,
)
def test_the_partner_is_told_that_somebody_needs_a_supporter(happened: Event) -> None:
    assert list(told(happened)) == [(PARTNER, "supporter_missing")]


@pytest.mark.parametrize(
    "happened", [examples.draft_escalated, examples.help_escalated], ids=lambda e: e.event_name
)
def test_what_is_escalated_is_told_to_the_partner_whoever_the_supporter_is(happened: Event) -> None:
    for supporter in (SUPPORTER, None):
        told_to = [who for who, _ in told(happened.model_copy(update={"supporter_id": supporter}))]
        assert told_to == [PARTNER]


@pytest.mark.parametrize(
    ("happened", "link"),
    [
        (examples.application_made, "/programs/cohorts/cohort"),
        (examples.practice_of_who_is_alone, "/programs/cohorts/cohort"),
        (examples.passed_on_of_who_is_alone, "/programs/cohorts/cohort"),
        (examples.draft_escalated, "/supporting/participant#i-item"),
        (examples.help_escalated, "/supporting/participant#i-item"),
        (examples.draft_shown, "/supporting/participant#i-item"),
        (examples.help_asked, "/supporting/participant#i-item"),
        (examples.practice_delivered, "/supporting/participant#i-item"),
        (examples.silence_passed_on, "/supporting/participant"),
        (examples.supporter_assigned, "/supporting/participant"),
        (examples.application_waiting, "/programs/open"),
        (examples.application_declined, "/programs/open"),
        (examples.application_accepted, "/path"),
        (examples.sponsor_confirmed, "/programs"),
        (examples.sponsor_refused, "/programs"),
    ],
    ids=lambda value: getattr(value, "event_name", None),
)
def test_everybody_is_led_to_where_they_can_act(happened: Event, link: str) -> None:
    items = ("draft_id", "help_id", "practice_id")
    ids = {"cohort_id": "cohort", "participant_id": "participant"} | dict.fromkeys(items, "item")
    [*_, (_, template)] = told(happened)
    assert link_of(template, happened.model_copy(update=ids)) == link


def test_of_the_partner_an_application_is_told_to_who_decides_on_it() -> None:
    may = {Right.ACCEPT: OTHER, Right.POST: SUPPORTER}
    members = [
        Membership(PARTNER, person, member=True, rights=frozenset({right}), change=1)
        for right, person in may.items()
    ]
    assert concerned(examples.application_made, PARTNER, members) == [OTHER]
    assert concerned(examples.help_escalated, PARTNER, members) == [SUPPORTER]


@pytest.mark.parametrize(
    ("declined", "english", "japanese"),
    [
        (examples.application_declined, "今回は区内の方を", "今回は区内の方を"),
        (examples.application_closed, "takes nobody any more", "受け付けを終えました"),
        (examples.application_passed_over, "in a program already", "すでに別のプログラムに"),
    ],
    ids=["partner", "closed", "elsewhere"],
)
def test_who_is_declined_reads_why_in_their_own_language(
    declined: Event, english: str, japanese: str
) -> None:
    whys = (english, japanese)
    for locale, why in zip(("en", "ja"), whys, strict=True):
        letter = written(declined, locale)
        assert why in letter
        assert not any(other in letter for other in whys if other != why)


@pytest.mark.parametrize(
    ("status", "letters"),
    [
        (ApplicationStatus.ACCEPTED, ["application_accepted"]),
        (ApplicationStatus.WAITING, ["application_waiting"]),
        (ApplicationStatus.DECLINED, ["application_declined"]),
        (ApplicationStatus.WITHDRAWN, []),
    ],
    ids=str,
)
def test_an_application_is_answered_by_what_was_decided(
    status: ApplicationStatus, letters: list[str]
) -> None:
    decided = examples.application_accepted.model_copy(update={"status": status})
    assert [template for _, template in told(decided)] == letters


def test_the_first_step_is_told_by_the_welcome_and_each_later_one_by_one_letter() -> None:
    assert list(told(examples.reached(Step.ORIENTATION))) == []
    for step in STEPS:
        assert [who for who, _ in told(examples.reached(step))] == [ASSISTANT]
    for locale in FILTERS:
        assert len({written(examples.reached(step), locale) for step in STEPS}) == len(STEPS)


def test_a_step_on_the_way_is_in_the_inbox_and_disturbs_nobody() -> None:
    reach = Reach(Preferences(ASSISTANT), by_mail=True, on_line=True)
    assert plan(nature_of("step_reached"), reach, MOMENT) == Plan()
    assert plan(nature_of("free_work_reached"), reach, MOMENT) == Plan(MOMENT, MOMENT)


@pytest.mark.parametrize("locale", FILTERS)
def test_what_somebody_asked_and_was_answered_is_in_no_letter(locale: str) -> None:
    canary = {"text": "canary"}
    for happened in (examples.help_asked, examples.help_answered, examples.help_escalated):
        assert "canary" not in written(happened.model_copy(update=canary), locale)


@pytest.mark.parametrize("locale", FILTERS)
def test_who_wants_help_is_told_of_otherwise_than_who_is_silent(locale: str) -> None:
    assert written(examples.wish_passed_on, locale) != written(examples.silence_passed_on, locale)
