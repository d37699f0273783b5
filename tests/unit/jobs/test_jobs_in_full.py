"""Kinds of jobs, drafts, the mark for beginners, questions, invitations, and who sees what."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from services.jobs.use_cases import asking, posting, proposing
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.files import Content
from shared.ids import new_id
from shared.messages.jobs import (
    AnswerQuestion,
    AskQuestion,
    AssistantInvited,
    BeginnerCriterion,
    InviteAssistant,
    JobClosed,
    JobDetails,
    JobPosted,
    JobStatus,
    JobView,
    PostJob,
    QuestionAnswered,
    QuestionAsked,
)
from shared.people import Person, Right
from tests.unit.jobs.fakes import a_client, a_job, an_assistant, an_offer
from tests.unit.jobs.test_use_cases import Market

FOR_BEGINNERS: dict[str, Any] = {
    "description": "Ten pages on gardens, with pictures",
    "criteria": ["No errors"],
    "beginner_friendly": True,
}


@pytest.fixture
def market() -> Market:
    market = Market()
    market.told()
    return market


def post(market: Market, by: Person | None = None, **changes: Any) -> JobView:
    command = PostJob.model_validate(a_job().model_dump() | changes)
    return posting.post_job(command, by or market.client, market.work)


def details(**changes: Any) -> JobDetails:
    said = a_job().model_dump(exclude={"client_id", "draft"})
    return JobDetails.model_validate(said | changes)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def test_a_draft_is_its_clients_alone_until_it_is_published(market: Market) -> None:
    draft = post(market, draft=True)
    assert (draft.status, market.told()) == (JobStatus.DRAFT, [])
    other = an_assistant()
    for act in (
        lambda: posting.get_job(draft.job_id, other, market.work),
        lambda: posting.publish_job(draft.job_id, other, market.work),
        lambda: proposing.make_proposal(draft.job_id, an_offer(), other, market.work),
    ):
        assert refusal(act) == (NotFound, "job_not_found")
    posting.edit_job(draft.job_id, details(title="Two guides"), market.client, market.work)
    posted = posting.publish_job(draft.job_id, market.client, market.work)
    assert (posted.status, posted.title) == (JobStatus.OPEN, "Two guides")
    assert market.told() == [JobPosted]
    assert posting.get_job(draft.job_id, other, market.work) == posted


def test_a_draft_that_is_given_up_is_told_to_nobody(market: Market) -> None:
    draft = post(market, draft=True)
    closed = posting.close_job(draft.job_id, market.client, market.work)
    assert (closed.status, market.told()) == (JobStatus.CLOSED, [])


def test_a_job_says_the_same_once_somebody_has_proposed(market: Market) -> None:
    proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    assert refusal(
        lambda: posting.edit_job(market.job.job_id, details(), market.client, market.work)
    ) == (Rejected, "job_has_proposals")


def test_a_paused_job_takes_no_proposals_but_those_that_came_can_be_accepted(
    market: Market,
) -> None:
    job_id = market.job.job_id
    made = proposing.make_proposal(job_id, an_offer(), an_assistant(), market.work)
    posting.pause_job(job_id, market.client, market.work)
    assert refusal(
        lambda: proposing.make_proposal(job_id, an_offer(), an_assistant(), market.work)
    ) == (Rejected, "job_step_not_allowed")
    posting.resume_job(job_id, market.client, market.work)
    proposing.make_proposal(job_id, an_offer(), an_assistant(), market.work)
    posting.pause_job(job_id, market.client, market.work)
    proposing.accept_proposal(made.proposal_id, market.client, market.work)
    assert market.work.jobs.get(job_id).status is JobStatus.FILLED


def test_nobody_proposes_after_the_deadline(market: Market) -> None:
    job = post(market, deadline=date(2026, 4, 10))
    market.work.clock.forward(days=9)  # type: ignore[attr-defined]  # it is set by hand
    proposing.make_proposal(job.job_id, an_offer(), an_assistant(), market.work)
    market.work.clock.forward(days=1)  # type: ignore[attr-defined]
    assert refusal(
        lambda: proposing.make_proposal(job.job_id, an_offer(), an_assistant(), market.work)
    ) == (Rejected, "deadline_over")


def test_a_deadline_is_still_to_come(market: Market) -> None:
    assert refusal(lambda: post(market, deadline=date(2026, 3, 31))) == (Invalid, "deadline_past")


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "retainer"},
        {"kind": "tasks"},
        {"period": "week"},
        {"tasks": {"slots": 2, "price": {"amount": 500}, "days_to_deliver": 3}},
        {"kind": "retainer", "period": "week", "tasks": None, "beginner_friendly": False}
        | {"kind": "tasks"},
    ],
)
def test_a_kind_needs_its_terms_and_no_others(market: Market, changes: dict[str, Any]) -> None:
    assert refusal(lambda: post(market, **changes)) == (Invalid, "job_kind_incomplete")


def test_the_mark_for_beginners_is_earned(market: Market) -> None:
    job = post(market, **FOR_BEGINNERS)
    assert job.beginner_friendly
    assert set(job.beginner_criteria_met) == set(BeginnerCriterion)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"criteria": []}, BeginnerCriterion.CRITERIA_STATED),
        ({"description": "Ten pages"}, BeginnerCriterion.DESCRIBED_IN_DETAIL),
        ({"max_revisions": 1}, BeginnerCriterion.CHANGES_POSSIBLE),
        ({"deadline": date(2026, 4, 2)}, BeginnerCriterion.TIME_TO_ASK),
        ({"weekly_hours": 21}, BeginnerCriterion.FEW_HOURS),
    ],
)
def test_what_is_missing_for_the_mark_is_named(
    market: Market, changes: dict[str, Any], missing: BeginnerCriterion
) -> None:
    with pytest.raises(Invalid) as refused:
        post(market, **FOR_BEGINNERS | changes)
    assert refused.value.code == "beginner_criteria_missing"
    assert refused.value.facts["missing"] == [missing]
    job = post(market, **FOR_BEGINNERS | changes | {"beginner_friendly": False})
    assert missing not in job.beginner_criteria_met


def test_a_company_posts_by_members_who_may(market: Market) -> None:
    company = new_id()
    member = Person(new_id(), frozenset(), {company: frozenset({Right.POST})})
    job = post(market, member, client_id=company)
    assert job.client_id == company
    reader = Person(new_id(), frozenset({"client"}), {company: frozenset({Right.FUND})})
    assert refusal(lambda: post(market, reader, client_id=company)) == (
        NotAllowed,
        "right_required",
    )
    assert refusal(lambda: posting.close_job(job.job_id, reader, market.work)) == (
        NotAllowed,
        "right_required",
    )
    assert refusal(lambda: post(market, a_client(), client_id=company))[0] is NotAllowed


def test_a_question_is_public_once_it_is_answered(market: Market) -> None:
    job_id, asker, other = market.job.job_id, an_assistant(), an_assistant()
    asked = asking.ask(job_id, AskQuestion(text="Roses too?"), asker, market.work)

    def seen_by(person: Person) -> int:
        return len(asking.list_questions(job_id, person, market.work, limit=5))

    assert [seen_by(each) for each in (market.client, asker, other)] == [1, 1, 0]
    answer = AnswerQuestion(text="Yes")
    asking.answer(job_id, asked.question_id, answer, market.client, market.work)
    assert seen_by(other) == 1
    assert market.told() == [QuestionAsked, QuestionAnswered]
    assert refusal(
        lambda: asking.answer(job_id, asked.question_id, answer, market.client, market.work)
    ) == (Rejected, "question_answered")
    assert refusal(
        lambda: asking.answer(job_id, asked.question_id, answer, other, market.work)
    ) == (NotAllowed, "not_owner_of_job")


def test_questions_are_asked_by_assistants_of_others_jobs(market: Market) -> None:
    job_id, question = market.job.job_id, AskQuestion(text="?")
    both = Person(market.client.person_id, frozenset({"client", "assistant"}))
    assert refusal(lambda: asking.ask(job_id, question, a_client(), market.work)) == (
        NotAllowed,
        "role_required",
    )
    assert refusal(lambda: asking.ask(job_id, question, both, market.work)) == (
        NotAllowed,
        "own_job",
    )
    posting.close_job(job_id, market.client, market.work)
    assert refusal(lambda: asking.ask(job_id, question, an_assistant(), market.work)) == (
        Rejected,
        "job_step_not_allowed",
    )


def test_a_job_for_invited_ones_is_there_for_them_alone(market: Market) -> None:
    job = post(market, visibility="invited")
    market.told()
    invited, other = an_assistant(), an_assistant()
    market.work.people.remember(invited.person_id, "Hanako", assistant=True)
    command = InviteAssistant(assistant_id=invited.person_id)
    for _ in range(2):
        asking.invite(job.job_id, command, market.client, market.work)
    assert market.told() == [AssistantInvited]
    assert posting.get_job(job.job_id, invited, market.work) == job
    assert refusal(lambda: posting.get_job(job.job_id, other, market.work)) == (
        NotFound,
        "job_not_found",
    )

    def listed(person: Person) -> bool:
        found = posting.list_jobs(person, market.work, limit=10)
        return job.job_id in {each.job_id for each in found}

    assert [listed(each) for each in (market.client, invited, other)] == [True, True, False]
    proposing.make_proposal(job.job_id, an_offer(), invited, market.work)
    [invitation] = asking.list_invitations(job.job_id, market.client, market.work)
    assert invitation.assistant_id == invited.person_id
    assert refusal(lambda: asking.list_invitations(job.job_id, invited, market.work)) == (
        NotAllowed,
        "not_owner_of_job",
    )


def test_nobody_invites_themselves(market: Market) -> None:
    command = InviteAssistant(assistant_id=market.client.person_id)
    assert refusal(
        lambda: asking.invite(market.job.job_id, command, market.client, market.work)
    ) == (Invalid, "own_account")


def test_files_are_attached_by_the_client_and_read_by_who_sees_the_job(market: Market) -> None:
    job = post(market, visibility="invited")
    content = Content("a" * 64, 3)

    def attach(by: Person, size: int = 3) -> Any:
        given = Content(content.sha256, size)
        return posting.add_file(
            job.job_id, given, by, market.work, name="plan.pdf", media_type="application/pdf"
        )

    file = attach(market.client)
    assert posting.get_job(job.job_id, market.client, market.work).files == (file,)
    assert refusal(lambda: attach(market.client, 0)) == (Invalid, "file_empty")
    assert refusal(lambda: attach(an_assistant())) == (NotAllowed, "not_owner_of_job")
    assert refusal(
        lambda: posting.get_file(job.job_id, file.file_id, an_assistant(), market.work)
    ) == (NotFound, "job_not_found")
    assert posting.get_file(job.job_id, file.file_id, market.client, market.work) == file


def test_a_closed_job_is_told(market: Market) -> None:
    posting.close_job(market.job.job_id, market.client, market.work)
    assert market.told() == [JobClosed]
