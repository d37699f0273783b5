"""Whose next job is protected takes only jobs whose client took the beginner promise."""

from collections.abc import Callable

import pytest

from services.jobs.use_cases import asking, profiles, proposing
from shared import protection
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.jobs import InviteAssistant, ProposalAccepted, TakeTask
from shared.messages.program_path import ProtectionChanged
from tests.unit.jobs.fakes import an_offer
from tests.unit.jobs.test_jobs_in_full import FOR_BEGINNERS, post
from tests.unit.jobs.test_profiles import keep
from tests.unit.jobs.test_proposing import TASKS
from tests.unit.jobs.test_use_cases import Market


@pytest.fixture
def market() -> Market:
    market = Market()
    keep(market)
    market.work.people.remember(market.assistant.person_id, "花子", assistant=True)
    return market


def protect(market: Market, change: int = 1, *, protected: bool = True) -> None:
    changed = ProtectionChanged(
        person_id=market.assistant.person_id,
        participant_id=new_id(),
        protected=protected,
        change=change,
    )
    protection.follow(changed, market.work.protected_people)


def refused(act: Callable[[], object]) -> str:
    with pytest.raises(Rejected) as refusal:
        act()
    return refusal.value.code


def test_only_the_promise_is_open_to_whoever_is_protected(market: Market) -> None:
    job, tasks = post(market), post(market, kind="tasks", tasks=TASKS)
    protect(market)
    by, work = market.assistant, market.work
    invitation = InviteAssistant(assistant_id=by.person_id)
    for act in (
        lambda: proposing.make_proposal(job.job_id, an_offer(), by, work),
        lambda: proposing.take_task(tasks.job_id, TakeTask(), by, work),
        lambda: asking.invite(job.job_id, invitation, market.client, work),
    ):
        assert refused(act) == "beginner_promise_needed"


def test_a_job_with_the_promise_is_taken_and_its_acceptance_says_so(market: Market) -> None:
    job = post(market, **FOR_BEGINNERS)
    protect(market)
    invitation = InviteAssistant(assistant_id=market.assistant.person_id)
    asking.invite(job.job_id, invitation, market.client, market.work)
    made = proposing.make_proposal(job.job_id, an_offer(), market.assistant, market.work)
    proposing.accept_proposal(made.proposal_id, market.client, market.work)
    [accepted] = [each for each in market.outbox.events if isinstance(each, ProposalAccepted)]
    assert accepted.protected


def test_what_was_proposed_before_is_not_accepted_either(market: Market) -> None:
    job = post(market)
    made = proposing.make_proposal(job.job_id, an_offer(), market.assistant, market.work)
    protect(market)
    for act in (
        lambda: proposing.accept_proposal(made.proposal_id, market.client, market.work),
        lambda: proposing.revise_proposal(
            made.proposal_id, an_offer(), market.assistant, market.work
        ),
    ):
        assert refused(act) == "beginner_promise_needed"
    proposing.withdraw_proposal(made.proposal_id, market.assistant, market.work)


def test_matches_are_only_those_with_the_promise(market: Market) -> None:
    marked, other = post(market, **FOR_BEGINNERS), post(market)
    protect(market)
    found = profiles.jobs_for(market.assistant, market.work, limit=10)
    assert ([each.job.job_id for each in found.items], found.protected) == ([marked.job_id], True)
    for job, many in ((marked, 1), (other, 0)):
        matches = profiles.assistants_for(job.job_id, market.client, market.work, limit=10)
        assert len(matches.items) == many


@pytest.mark.parametrize(
    "told", [((1, True), (2, False)), ((2, False), (1, True)), ((2, False), (1, True), (2, False))]
)
def test_the_last_change_counts_in_any_order(
    market: Market, told: tuple[tuple[int, bool], ...]
) -> None:
    job = post(market)
    for change, protected in told:
        protect(market, change, protected=protected)
    proposing.make_proposal(job.job_id, an_offer(), market.assistant, market.work)
