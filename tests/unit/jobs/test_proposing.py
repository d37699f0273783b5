"""Proposals in versions, counter-offers, retainers and small tasks."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest

from services.jobs.domain.proposal import LAST_DAY
from services.jobs.use_cases import posting, proposing
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.messages.jobs import (
    AcceptProposal,
    CounterOffer,
    DeclineProposal,
    JobKind,
    JobStatus,
    JobView,
    MakeProposal,
    Period,
    ProposalAccepted,
    ProposalCountered,
    ProposalDeclined,
    ProposalMade,
    ProposalStatus,
    ProposalView,
    TakeTask,
)
from shared.money import yen
from tests.support.fakes import NOW
from tests.unit.jobs.fakes import a_client, an_assistant, an_offer
from tests.unit.jobs.test_jobs_in_full import post
from tests.unit.jobs.test_use_cases import Market

TASKS = {"slots": 2, "price": {"amount": 500}, "days_to_deliver": 3}
TAKE = TakeTask()
RETAINER: dict[str, Any] = {
    "cover": "Every week",
    "retainer": {
        "hourly_price": {"amount": 1_500},
        "hours_limit": 20,
        "starts_on": date(2026, 4, 6),
    },
}


@pytest.fixture
def market() -> Market:
    market = Market()
    market.told()
    return market


def propose(market: Market, *prices: int) -> ProposalView:
    made = proposing.make_proposal(
        market.job.job_id, an_offer(*prices), market.assistant, market.work
    )
    market.told()
    return made


def counter(market: Market, made: ProposalView, *prices: int) -> ProposalView:
    offer = CounterOffer(milestones=an_offer(*prices).milestones, note="In one part")
    return proposing.counter_proposal(made.proposal_id, offer, market.client, market.work)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def accepted(market: Market) -> ProposalAccepted:
    [event] = [each for each in market.outbox.events if isinstance(each, ProposalAccepted)]
    return event


def test_a_counter_offer_is_accepted_by_the_assistant(market: Market) -> None:
    made = propose(market, 50_000)
    countered = counter(market, made, 40_000)
    assert (countered.status, countered.version) == (ProposalStatus.COUNTERED, 2)
    assert market.told() == [ProposalCountered]
    assert refusal(
        lambda: proposing.accept_proposal(made.proposal_id, market.client, market.work)
    ) == (NotAllowed, "not_owner_of_proposal")
    proposing.accept_proposal(made.proposal_id, market.assistant, market.work)
    told = accepted(market)
    assert [each.price for each in told.milestones] == [yen(40_000)]
    assert (told.accepted_by, told.assistant_consented_at) == (market.client.person_id, NOW)
    assert market.work.jobs.get(made.job_id).status is JobStatus.FILLED


def test_a_counter_offer_is_answered_with_another_version(market: Market) -> None:
    made = propose(market, 50_000)
    counter(market, made, 30_000)
    revised = proposing.revise_proposal(
        made.proposal_id, an_offer(45_000), market.assistant, market.work
    )
    assert (revised.status, revised.version) == (ProposalStatus.MADE, 3)
    assert market.told() == [ProposalCountered, ProposalMade]
    proposing.accept_proposal(made.proposal_id, market.client, market.work)
    assert [each.price for each in accepted(market).milestones] == [yen(45_000)]


def test_a_version_that_came_meanwhile_is_not_accepted_by_mistake(market: Market) -> None:
    made = propose(market, 50_000)
    proposing.revise_proposal(made.proposal_id, an_offer(90_000), market.assistant, market.work)
    meant = AcceptProposal(version=made.version)
    assert refusal(
        lambda: proposing.accept_proposal(made.proposal_id, market.client, market.work, meant)
    ) == (Rejected, "proposal_changed")


def test_a_shortlist_is_the_clients_secret(market: Market) -> None:
    made = propose(market)
    shown = proposing.shortlist_proposal(
        made.proposal_id, market.client, market.work, shortlisted=True
    )
    assert shown.shortlisted
    [own] = proposing.list_proposals(made.job_id, market.assistant, market.work, limit=5)
    [seen] = proposing.list_proposals(made.job_id, market.client, market.work, limit=5)
    assert (own.shortlisted, seen.shortlisted) == (False, True)
    assert market.told() == []


def test_a_proposal_is_declined_with_a_reason_and_the_job_stays_open(market: Market) -> None:
    made = propose(market)
    command = DeclineProposal(reason="We look for somebody with a camera")
    declined = proposing.decline_proposal(made.proposal_id, command, market.client, market.work)
    assert (declined.status, declined.reason) == (ProposalStatus.DECLINED, command.reason)
    [told] = market.outbox.events
    assert isinstance(told, ProposalDeclined)
    assert told.reason == command.reason
    assert market.work.jobs.get(made.job_id).status is JobStatus.OPEN
    propose(market)


def test_a_counter_offer_is_no_way_around_a_withdrawal(market: Market) -> None:
    made = propose(market)
    counter(market, made, 1_000)
    proposing.withdraw_proposal(made.proposal_id, market.assistant, market.work)
    assert refusal(lambda: counter(market, made, 1_000)) == (
        Rejected,
        "proposal_step_not_allowed",
    )


def test_others_than_the_two_sides_find_no_proposal(market: Market) -> None:
    made = propose(market)
    stranger = a_client()
    for act in (
        lambda: proposing.shortlist_proposal(
            made.proposal_id, stranger, market.work, shortlisted=True
        ),
        lambda: proposing.decline_proposal(
            made.proposal_id, DeclineProposal(), stranger, market.work
        ),
        lambda: proposing.revise_proposal(made.proposal_id, an_offer(), stranger, market.work),
    ):
        assert refusal(act) == (NotFound, "proposal_not_found")


def test_criteria_of_the_job_hold_where_the_proposal_names_none(market: Market) -> None:
    job = post(market, criteria=["No errors"])
    made = proposing.make_proposal(job.job_id, an_offer(1, 2), market.assistant, market.work)
    assert {each.criteria for each in made.milestones} == {("No errors",)}


def a_retainer(market: Market, period: str = "week") -> JobView:
    return post(market, kind="retainer", period=period, weekly_hours=20)


def test_a_retainer_is_offered_by_the_hour_and_begins_with_its_first_period(
    market: Market,
) -> None:
    job = a_retainer(market)
    command = MakeProposal.model_validate(RETAINER)
    made = proposing.make_proposal(job.job_id, command, market.assistant, market.work)
    [first] = made.milestones
    assert (first.price, first.due_on) == (yen(30_000), date(2026, 4, 12))
    assert made.weekly_hours == 20
    proposing.accept_proposal(made.proposal_id, market.client, market.work)
    told = accepted(market)
    assert told.kind is JobKind.RETAINER
    assert told.retainer
    assert (told.retainer.period, told.retainer.hours_limit) == (Period.WEEK, 20)
    assert told.weekly_hours == 20


@pytest.mark.parametrize(
    ("starts_on", "ends_on"),
    [
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 4, 15), date(2026, 5, 14)),
        (date(2026, 1, 31), date(2026, 2, 28)),
        (date(2026, 12, 1), date(2026, 12, 31)),
    ],
)
def test_a_month_ends_on_the_day_before_its_first_comes_again(
    starts_on: date, ends_on: date
) -> None:
    assert LAST_DAY[Period.MONTH](starts_on) == ends_on


def test_an_offer_fits_the_kind_of_the_job(market: Market) -> None:
    retainer = MakeProposal.model_validate(RETAINER)
    late = {**RETAINER["retainer"], "starts_on": date(2026, 3, 1)}
    for job, command, code in (
        (market.job, retainer, "offer_not_for_kind"),
        (a_retainer(market), an_offer(), "offer_not_for_kind"),
        (market.job, MakeProposal(cover="Hello"), "offer_not_for_kind"),
        (
            a_retainer(market, "month"),
            MakeProposal.model_validate(RETAINER | {"retainer": late}),
            "start_past",
        ),
    ):
        propose_it = partial(
            proposing.make_proposal, job.job_id, command, market.assistant, market.work
        )
        assert refusal(propose_it) == (Invalid, code)


def test_small_tasks_go_to_who_comes_first_until_none_is_left(market: Market) -> None:
    job = post(market, kind="tasks", tasks=TASKS, criteria=["No errors"])
    market.told()
    first, second, third = (an_assistant() for _ in range(3))
    taken = proposing.take_task(job.job_id, TAKE, first, market.work)
    assert taken.status is ProposalStatus.ACCEPTED
    [task] = taken.milestones
    assert (task.price, task.due_on, task.criteria) == (
        yen(500),
        date(2026, 4, 4),
        ("No errors",),
    )
    assert market.told() == [ProposalAccepted]
    assert refusal(lambda: proposing.take_task(job.job_id, TAKE, first, market.work)) == (
        Rejected,
        "task_already_taken",
    )
    proposing.take_task(job.job_id, TAKE, second, market.work)
    assert market.work.jobs.get(job.job_id).status is JobStatus.FILLED
    assert refusal(lambda: proposing.take_task(job.job_id, TAKE, third, market.work)) == (
        Rejected,
        "job_step_not_allowed",
    )


def test_the_last_task_waits_too_while_its_job_is_paused(market: Market) -> None:
    job = post(market, kind="tasks", tasks=TASKS | {"slots": 1})
    posting.pause_job(job.job_id, market.client, market.work)
    take = partial(proposing.take_task, job.job_id, TAKE, market.assistant, market.work)
    assert refusal(take) == (Rejected, "job_step_not_allowed")
    posting.resume_job(job.job_id, market.client, market.work)
    assert take().status is ProposalStatus.ACCEPTED


def test_no_task_is_taken_after_the_deadline(market: Market) -> None:
    job = post(market, kind="tasks", tasks=TASKS, deadline=date(2026, 4, 10))
    take = partial(proposing.take_task, job.job_id, TAKE, work=market.work)
    market.work.clock.forward(days=9)  # type: ignore[attr-defined]  # it is set by hand
    take(by=an_assistant())
    market.work.clock.forward(days=1)  # type: ignore[attr-defined]
    assert refusal(lambda: take(by=an_assistant())) == (Rejected, "deadline_over")


def test_tasks_are_taken_and_other_jobs_proposed_to(market: Market) -> None:
    tasks = post(market, kind="tasks", tasks=TASKS)
    assistant, work = market.assistant, market.work
    assert refusal(lambda: proposing.make_proposal(tasks.job_id, an_offer(), assistant, work)) == (
        Rejected,
        "job_has_tasks",
    )
    assert refusal(lambda: proposing.take_task(market.job.job_id, TAKE, assistant, work)) == (
        Rejected,
        "job_has_no_tasks",
    )
    assert refusal(lambda: proposing.take_task(tasks.job_id, TAKE, a_client(), work)) == (
        NotAllowed,
        "role_required",
    )
