"""What jobs does, with the outside in memory."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.jobs.ports import Work
from services.jobs.use_cases import posting, proposing
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.jobs import (
    Category,
    JobClosed,
    JobPosted,
    JobStatus,
    JobView,
    MakeProposal,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalStatus,
)
from shared.money import MAX_MINOR, yen
from shared.people import Person
from tests.support.fakes import FakeOutbox, SetClock
from tests.unit.jobs.fakes import (
    a_client,
    a_job,
    an_assistant,
    an_offer,
    make_work,
)


class Market:
    """A client with an open job."""

    def __init__(self) -> None:
        self.work: Work
        self.outbox: FakeOutbox
        self.work, self.outbox = make_work()
        self.client, self.assistant = a_client(), an_assistant()
        self.job: JobView = posting.post_job(a_job(), self.client, self.work)

    def told(self) -> list[type]:
        """Return the kinds of events since the last time somebody asked."""
        kinds = [type(event) for event in self.outbox.events]
        self.outbox.events.clear()
        return kinds


@pytest.fixture
def market() -> Market:
    return Market()


def test_a_posted_job_is_open_and_told(market: Market) -> None:
    assert market.job.status is JobStatus.OPEN
    assert market.job.client_id == market.client.person_id
    assert market.told() == [JobPosted]


def test_only_clients_post_jobs(market: Market) -> None:
    with pytest.raises(NotAllowed, match="role_required"):
        posting.post_job(a_job(), an_assistant(), market.work)


def test_open_jobs_are_listed_newest_first_and_by_category(market: Market) -> None:
    design = posting.post_job(a_job(Category.DESIGN), market.client, market.work)
    closed = posting.post_job(a_job(), market.client, market.work)
    posting.close_job(closed.job_id, market.client, market.work)

    listed = posting.list_jobs(an_assistant(), market.work, limit=10)
    newest_first = sorted([market.job, design], key=lambda job: job.job_id, reverse=True)
    assert listed == newest_first
    of_design = posting.list_jobs(an_assistant(), market.work, category=Category.DESIGN, limit=10)
    assert of_design == [design]
    own = posting.list_jobs(market.client, market.work, mine=True, limit=10)
    assert closed.job_id in {job.job_id for job in own}


def test_a_proposal_adds_up_its_milestones_and_may_exceed_the_budget(market: Market) -> None:
    proposal = proposing.make_proposal(
        market.job.job_id, an_offer(90_000, 60_000), an_assistant(), market.work
    )
    assert proposal.total == yen(150_000)
    assert proposal.status is ProposalStatus.MADE
    assert market.told() == [JobPosted, ProposalMade]


@pytest.mark.parametrize(
    ("offer", "code"),
    [
        (an_offer(due_on=date(2026, 3, 31)), "due_date_out_of_range"),
        (an_offer(due_on=date(9999, 12, 31)), "due_date_out_of_range"),
        (an_offer(*[MAX_MINOR // 2] * 3), "total_too_large"),
    ],
)
def test_a_proposal_that_cannot_become_terms_is_invalid(
    market: Market, offer: MakeProposal, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        proposing.make_proposal(market.job.job_id, offer, an_assistant(), market.work)
    assert not market.work.proposals.standing(market.job.job_id)


def test_due_today_means_today_in_japan() -> None:
    work, _ = make_work()
    assert isinstance(work.clock, SetClock)
    work.clock.time = datetime(2026, 4, 1, 15, 0, tzinfo=UTC)  # midnight in Japan
    job = posting.post_job(a_job(), a_client(), work)
    with pytest.raises(Invalid, match="due_date_out_of_range"):
        proposing.make_proposal(job.job_id, an_offer(due_on=date(2026, 4, 1)), an_assistant(), work)
    assert proposing.make_proposal(
        job.job_id, an_offer(due_on=date(2026, 4, 2)), an_assistant(), work
    )


def test_nobody_proposes_to_a_job_of_their_own(market: Market) -> None:
    both = Person(market.client.person_id, frozenset({"client", "assistant"}))
    with pytest.raises(NotAllowed, match="own_job"):
        proposing.make_proposal(market.job.job_id, an_offer(), both, market.work)


def test_only_assistants_propose(market: Market) -> None:
    with pytest.raises(NotAllowed, match="role_required"):
        proposing.make_proposal(market.job.job_id, an_offer(), a_client(), market.work)


def test_an_assistant_has_one_standing_proposal_at_a_time(market: Market) -> None:
    assistant = an_assistant()
    first = proposing.make_proposal(market.job.job_id, an_offer(), assistant, market.work)
    with pytest.raises(Rejected, match="proposal_already_made"):
        proposing.make_proposal(market.job.job_id, an_offer(), assistant, market.work)
    proposing.withdraw_proposal(first.proposal_id, assistant, market.work)
    again = proposing.make_proposal(market.job.job_id, an_offer(), assistant, market.work)
    assert again.proposal_id != first.proposal_id


def test_accepting_one_proposal_fills_the_job_and_declines_the_others(market: Market) -> None:
    chosen = proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    other = proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    market.told()

    accepted = proposing.accept_proposal(chosen.proposal_id, market.client, market.work)

    assert accepted.status is ProposalStatus.ACCEPTED
    assert posting.get_job(market.job.job_id, market.client, market.work).status is JobStatus.FILLED
    assert market.work.proposals.get(other.proposal_id).status is ProposalStatus.DECLINED
    event = market.outbox.events[0]
    assert isinstance(event, ProposalAccepted)
    assert event.milestones == chosen.milestones
    assert event.review_days == market.job.review_days
    assert market.told() == [ProposalAccepted, ProposalDeclined]


def test_a_second_acceptance_is_refused_with_status_and_step(market: Market) -> None:
    chosen = proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    other = proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    proposing.accept_proposal(chosen.proposal_id, market.client, market.work)
    for proposal_id, status in ((chosen.proposal_id, "accepted"), (other.proposal_id, "declined")):
        with pytest.raises(Rejected, match="proposal_step_not_allowed") as refusal:
            proposing.accept_proposal(proposal_id, market.client, market.work)
        assert refusal.value.facts == {"status": status, "step": "accept"}


def test_closing_declines_what_stands_and_ends_proposing(market: Market) -> None:
    proposal = proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work)
    market.told()
    closed = posting.close_job(market.job.job_id, market.client, market.work)
    assert closed.status is JobStatus.CLOSED
    assert market.told() == [JobClosed, ProposalDeclined]
    for refused in (
        lambda: proposing.make_proposal(market.job.job_id, an_offer(), an_assistant(), market.work),
        lambda: posting.close_job(market.job.job_id, market.client, market.work),
        lambda: proposing.accept_proposal(proposal.proposal_id, market.client, market.work),
    ):
        with pytest.raises(Rejected, match="step_not_allowed"):
            refused()


def test_whose_job_or_proposal_it_is_decides_who_may_do_what(market: Market) -> None:
    assistant, stranger = an_assistant(), a_client()
    proposal = proposing.make_proposal(market.job.job_id, an_offer(), assistant, market.work)

    def refusal_of(proposal_step: str, by: Person) -> tuple[type[DomainError], str]:
        with pytest.raises(DomainError) as refusal:
            getattr(proposing, proposal_step)(proposal.proposal_id, by, market.work)
        return refusal.type, refusal.value.code

    assert refusal_of("accept_proposal", assistant) == (NotAllowed, "not_owner_of_job")
    assert refusal_of("accept_proposal", stranger) == (NotFound, "proposal_not_found")
    assert refusal_of("withdraw_proposal", stranger) == (NotFound, "proposal_not_found")
    assert refusal_of("withdraw_proposal", market.client) == (NotAllowed, "not_owner_of_proposal")
    with pytest.raises(NotAllowed, match="not_owner_of_job"):
        posting.close_job(market.job.job_id, stranger, market.work)


def test_a_client_sees_all_proposals_and_others_only_their_own(market: Market) -> None:
    first, second = an_assistant(), an_assistant()
    job_id = market.job.job_id
    mine = proposing.make_proposal(job_id, an_offer(), first, market.work)
    theirs = proposing.make_proposal(job_id, an_offer(), second, market.work)

    def seen_by(person: Person) -> set[UUID]:
        listed = proposing.list_proposals(job_id, person, market.work, limit=10)
        return {proposal.proposal_id for proposal in listed}

    assert seen_by(market.client) == {theirs.proposal_id, mine.proposal_id}
    assert seen_by(first) == {mine.proposal_id}
    assert seen_by(a_client()) == set()


def test_unknown_jobs_and_proposals_are_not_found(market: Market) -> None:
    with pytest.raises(NotFound, match="job_not_found"):
        posting.get_job(new_id(), market.client, market.work)
    with pytest.raises(NotFound, match="proposal_not_found"):
        proposing.accept_proposal(new_id(), market.client, market.work)
