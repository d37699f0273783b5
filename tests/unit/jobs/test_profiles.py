"""Profiles, the guard of the week, matches with reasons, and blocks."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from services.jobs.use_cases import asking, hearing, posting, profiles, proposing
from services.jobs.use_cases.cursors import cursor_of
from shared.calendar import day_in_japan
from shared.errors import DomainError, Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import PersonRegistered, Role
from shared.messages.contracts import ContractAgreed, ContractCompleted, MilestoneAccepted
from shared.messages.jobs import (
    AcceptProposal,
    Category,
    CounterOffer,
    DeclineProposal,
    InviteAssistant,
    Mode,
    TakeTask,
)
from shared.messages.payments import PayeeActivated, PayeeRestricted
from shared.messages.profiles import KeepProfile, Reason, ReasonKind
from shared.messages.talk import PersonBlocked, PersonUnblocked, RatingsRevealed
from tests.support.fakes import NOW, SetClock
from tests.unit.jobs.fakes import a_client, an_assistant, an_offer
from tests.unit.jobs.test_jobs_in_full import FOR_BEGINNERS, post
from tests.unit.jobs.test_proposing import TASKS
from tests.unit.jobs.test_use_cases import Market

TEN_HOURS: dict[str, Any] = {
    "headline": "Writes about gardens",
    "about": "Ten years of it",
    "skills": [{"name": "Excel"}, {"name": "writing", "level": "expert"}],
    "hours": [
        {"day": "mon", "part": "morning", "minutes": 300},
        {"day": "tue", "part": "morning", "minutes": 300},
    ],
    "never": [{"day": "wed", "part": "night"}],
    "private_note": "The little one is often ill",
}


@pytest.fixture
def market() -> Market:
    market = Market()
    keep(market)
    market.told()
    return market


def keep(market: Market, **changes: Any) -> None:
    command = KeepProfile.model_validate(TEN_HOURS | changes)
    profiles.keep_profile(command, market.assistant, market.work)


def refusal(act: Callable[[], object]) -> tuple[type[DomainError], str]:
    with pytest.raises(DomainError) as refused:
        act()
    return refused.type, refused.value.code


def propose(market: Market, hours: int) -> Any:
    job = post(market, weekly_hours=hours)
    return proposing.make_proposal(job.job_id, an_offer(), market.assistant, market.work)


def accept(market: Market, hours: int, *, knowingly: bool = False) -> Any:
    made = propose(market, hours)
    command = AcceptProposal(over_capacity=knowingly)
    return proposing.accept_proposal(made.proposal_id, market.client, market.work, command)


def test_a_profile_shows_everything_but_what_is_private(market: Market) -> None:
    person_id = market.assistant.person_id
    seen = profiles.get_profile(person_id, market.client, market.work)
    assert (seen.weekly_minutes, seen.minutes_left) == (600, 600)
    assert [each.name for each in seen.skills] == ["excel", "writing"]
    assert TEN_HOURS["private_note"] not in seen.model_dump_json()
    own = profiles.own_profile(market.assistant, market.work)
    assert own.private_note == TEN_HOURS["private_note"]
    assert refusal(
        lambda: profiles.keep_profile(
            KeepProfile.model_validate(TEN_HOURS), market.client, market.work
        )
    ) == (NotAllowed, "role_required")
    assert refusal(lambda: profiles.own_profile(market.client, market.work)) == (
        NotFound,
        "profile_not_found",
    )


def test_a_part_of_a_day_is_for_work_or_never() -> None:
    with pytest.raises(ValidationError, match="each part of each day once"):
        KeepProfile.model_validate(TEN_HOURS | {"never": [{"day": "mon", "part": "morning"}]})


def test_more_than_the_declared_hours_is_refused_unless_it_is_known(market: Market) -> None:
    accept(market, 8)
    made = propose(market, 3)
    with pytest.raises(Rejected) as refused:
        proposing.accept_proposal(made.proposal_id, market.client, market.work)
    assert refused.value.code == "over_capacity"
    facts = ("declared_hours", "taken_hours", "needed_hours")
    assert [refused.value.facts[name] for name in facts] == [10, 8, 3]
    accept(market, 2)
    accept(market, 3, knowingly=True)
    seen = profiles.get_profile(market.assistant.person_id, market.client, market.work)
    assert seen.minutes_left == 0


def test_a_task_is_guarded_like_any_other_work(market: Market) -> None:
    accept(market, 10)
    job = post(market, kind="tasks", tasks=TASKS, weekly_hours=1)
    take = TakeTask()
    assert refusal(
        lambda: proposing.take_task(job.job_id, take, market.assistant, market.work)
    ) == (Rejected, "over_capacity")
    known = TakeTask(over_capacity=True)
    proposing.take_task(job.job_id, known, market.assistant, market.work)


def test_who_declared_no_hours_is_not_guarded(market: Market) -> None:
    keep(market, hours=[])
    accept(market, 80)
    accept(market, 80)


def agreed(
    market: Market, job_id: UUID, hours: int, proposal_id: UUID | None = None
) -> ContractAgreed:
    return ContractAgreed(
        contract_id=new_id(),
        job_id=job_id,
        title="Guide",
        category=Category.WRITING,
        mode=Mode.BROKERED,
        review_days=7,
        client_id=market.client.person_id,
        assistant_id=market.assistant.person_id,
        milestones=(),
        agreed_at=NOW,
        weekly_hours=hours,
        proposal_id=proposal_id,
    )


def completed(market: Market, contract: ContractAgreed) -> ContractCompleted:
    return ContractCompleted(
        contract_id=contract.contract_id,
        job_id=contract.job_id,
        title="Guide",
        client_id=market.client.person_id,
        assistant_id=market.assistant.person_id,
        completed_at=NOW,
    )


def tell(market: Market, *told: ContractAgreed | ContractCompleted) -> tuple[int, int]:
    """Tell all of it; return the hours that are taken then, and the contracts completed."""
    for each in told:
        if isinstance(each, ContractAgreed):
            hearing.note_agreed(each, market.work)
        else:
            hearing.note_completed(each, market.work)
    person_id = market.assistant.person_id
    done = profiles.own_profile(market.assistant, market.work).statistics.contracts_completed
    return market.work.commitments.hours(person_id), done


def test_hours_come_back_when_the_contract_is_completed_however_often_it_is_told(
    market: Market,
) -> None:
    done = accept(market, 8)
    contract = agreed(market, done.job_id, 8, done.proposal_id)
    assert tell(market, contract, contract) == (8, 0)
    end = completed(market, contract)
    assert tell(market, end, end) == (0, 1)
    assert tell(market, contract) == (0, 1)


def test_a_completion_that_is_told_of_first_leaves_no_hours_taken(market: Market) -> None:
    done = accept(market, 8)
    contract = agreed(market, done.job_id, 8, done.proposal_id)
    tell(market, completed(market, contract))
    assert tell(market, contract) == (0, 1)
    substituted = agreed(market, new_id(), 4)
    tell(market, completed(market, substituted))
    assert tell(market, substituted) == (0, 2)


def test_each_contract_of_a_job_takes_and_frees_hours_of_its_own(market: Market) -> None:
    done = accept(market, 3)
    first = agreed(market, done.job_id, 3, done.proposal_id)
    back, again = agreed(market, done.job_id, 3), agreed(market, done.job_id, 2)
    assert tell(market, first) == (3, 0)
    assert tell(market, completed(market, first), back) == (3, 1)  # handed over, and back
    assert tell(market, again) == (5, 1)
    assert tell(market, completed(market, back)) == (2, 2)
    assert tell(market, completed(market, again), first, back) == (0, 3)


def test_a_hand_over_back_that_is_told_of_first_keeps_the_hours_of_the_proposal(
    market: Market,
) -> None:
    done = accept(market, 3)
    first = agreed(market, done.job_id, 3, done.proposal_id)
    back = agreed(market, done.job_id, 2)
    assert tell(market, back) == (5, 0)
    tell(market, completed(market, back))
    assert tell(market, first) == (3, 1)


def test_a_substitute_takes_hours_beyond_the_week_without_a_refusal(market: Market) -> None:
    assert tell(market, agreed(market, new_id(), 40)) == (40, 0)
    made = propose(market, 1)
    assert refusal(
        lambda: proposing.accept_proposal(made.proposal_id, market.client, market.work)
    ) == (Rejected, "over_capacity")


def test_statistics_count_each_thing_once(market: Market) -> None:
    facts = {
        "contract_id": new_id(),
        "title": "Guide",
        "client_id": market.client.person_id,
        "assistant_id": market.assistant.person_id,
    }
    for late in (False, False, True):
        accepted = MilestoneAccepted(
            **facts, milestone_id=new_id(), by="client", accepted_at=NOW, late=late
        )
        for _ in range(2):
            hearing.note_accepted(accepted, market.work)
    for by_client in (5, None):
        revealed = RatingsRevealed(
            **facts | {"contract_id": new_id()},
            by_client=by_client,
            by_assistant=1,
            revealed_at=NOW,
        )
        for _ in range(2):
            hearing.note_ratings(revealed, market.work)
    statistics = profiles.own_profile(market.assistant, market.work).statistics
    assert (statistics.milestones_accepted, statistics.on_time_percent) == (3, 66)
    assert (statistics.rating, statistics.ratings) == (5, 1)


def test_the_processor_vouches_for_who_somebody_is(market: Market) -> None:
    person_id = market.assistant.person_id
    hearing.note_payee(PayeeActivated(person_id=person_id), market.work)
    assert profiles.get_profile(person_id, market.client, market.work).verified
    hearing.note_payee(PayeeRestricted(person_id=person_id, requirements=()), market.work)
    assert not profiles.get_profile(person_id, market.client, market.work).verified


def test_of_what_is_told_of_a_payee_the_latest_holds_in_any_order(market: Market) -> None:
    person_id = market.assistant.person_id
    of_before = PayeeActivated(person_id=person_id)
    restricted = PayeeRestricted(person_id=person_id, requirements=(), changed_at=NOW)
    activated = PayeeActivated(person_id=person_id, changed_at=NOW + timedelta(hours=1))

    def verified(*told: PayeeActivated | PayeeRestricted) -> bool:
        for each in told:
            hearing.note_payee(each, market.work)
        return profiles.get_profile(person_id, market.client, market.work).verified

    assert not verified(restricted, of_before)
    assert verified(activated, restricted)


def reasons_of(found: tuple[Reason, ...]) -> dict[ReasonKind, tuple[int, int]]:
    return {each.kind: (each.points, each.of) for each in found}


def test_a_match_says_what_it_comes_from(market: Market) -> None:
    keep(market, beginner=True, hourly_rate={"amount": 2_000})
    job = post(
        market,
        **FOR_BEGINNERS,
        kind="retainer",
        period="week",
        skills=["Excel", "Photos"],
        weekly_hours=20,
        budget={"amount": 30_000},
    )
    [match] = profiles.assistants_for(job.job_id, market.client, market.work, limit=5).items
    assert match.profile.person_id == market.assistant.person_id
    assert reasons_of(match.reasons) == {
        ReasonKind.SKILLS: (20, 40),
        ReasonKind.HOURS: (12, 25),  # ten of twenty hours
        ReasonKind.RATE: (11, 15),  # 1,500 of 2,000 yen
        ReasonKind.BEGINNER: (10, 10),
    }
    assert (match.score, match.of) == (53, 90)
    [skills] = [each for each in match.reasons if each.kind is ReasonKind.SKILLS]
    assert (skills.matched, skills.missing) == (("excel",), ("photos",))
    assert TEN_HOURS["private_note"] not in match.model_dump_json()
    [same] = [
        each
        for each in profiles.jobs_for(market.assistant, market.work, limit=5).items
        if each.job.job_id == job.job_id
    ]
    assert (same.score, same.reasons) == (match.score, match.reasons)


def test_the_best_matches_come_first_and_only_the_client_asks(market: Market) -> None:
    good = post(market, skills=["excel", "writing"])
    fair = post(market, skills=["excel", "photos"])
    bad = post(market, skills=["photos"])
    found = profiles.jobs_for(market.assistant, market.work, limit=2).items
    assert [each.job.job_id for each in found] == [good.job_id, fair.job_id]
    everything = profiles.jobs_for(market.assistant, market.work, limit=10).items
    assert bad.job_id not in {each.job.job_id for each in everything}
    assert refusal(
        lambda: profiles.assistants_for(good.job_id, market.assistant, market.work, limit=5)
    ) == (NotAllowed, "not_owner_of_job")
    keep(market, open_to_work=False)
    assert profiles.assistants_for(good.job_id, market.client, market.work, limit=5).items == ()


def test_matches_go_on_where_the_page_before_has_ended_though_its_last_one_is_gone(
    market: Market,
) -> None:
    made = [
        post(market, skills=wanted)
        for wanted in (["excel"], ["excel", "photos"], ["excel"], ["excel", "cad", "photos"])
    ]
    whole = profiles.jobs_for(market.assistant, market.work, limit=100)
    best = [each.job.job_id for each in whole.items]
    assert (whole.next, {each.job_id for each in made} - set(best)) == (None, set())
    seen: list[UUID] = []
    after = None
    while len(seen) < len(best):
        page = profiles.jobs_for(market.assistant, market.work, after=after, limit=2)
        seen += [each.job.job_id for each in page.items]
        after = page.next
    assert (seen, after) == (best, None)
    first = profiles.jobs_for(market.assistant, market.work, limit=2)
    posting.close_job(best[1], market.client, market.work)
    second = profiles.jobs_for(market.assistant, market.work, after=first.next, limit=2)
    assert [each.job.job_id for each in second.items] == best[2:4]


@pytest.mark.parametrize(
    "cursor",
    [
        "?",
        "bm8",
        cursor_of(1, 2),
        cursor_of("x", 2, UUID(int=7)),
        cursor_of(None, 2, UUID(int=7)),
        cursor_of(1, 2, "x"),
        cursor_of(10**400, 1, UUID(int=7)),
    ],
)
def test_what_is_no_cursor_of_matches_is_refused(market: Market, cursor: str) -> None:
    assert refusal(
        lambda: profiles.jobs_for(market.assistant, market.work, after=cursor, limit=2)
    ) == (Invalid, "cursor_invalid")


def test_nothing_new_begins_between_two_of_whom_one_has_blocked_the_other(
    market: Market,
) -> None:
    client_id, person_id = market.client.person_id, market.assistant.person_id
    hearing.remember_person(
        PersonRegistered(
            person_id=person_id,
            email="hanako@example.jp",
            display_name="花子",
            roles=frozenset({Role.ASSISTANT}),
            locale="ja",
        ),
        market.work,
    )
    blocked = PersonBlocked(blocked_by=person_id, account_id=client_id, blocked_at=NOW)
    hearing.note_block(blocked, market.work)
    job_id, work = market.job.job_id, market.work
    invite = InviteAssistant(assistant_id=person_id)
    for act, code in (
        (lambda: posting.get_job(job_id, market.assistant, work), "job_not_found"),
        (
            lambda: proposing.make_proposal(job_id, an_offer(), market.assistant, work),
            "job_not_found",
        ),
        (lambda: asking.invite(job_id, invite, market.client, work), "assistant_not_found"),
        (lambda: profiles.get_profile(person_id, market.client, work), "profile_not_found"),
    ):
        assert refusal(act) == (NotFound, code)
    assert posting.list_jobs(market.assistant, work, limit=5) == []
    assert profiles.jobs_for(market.assistant, work, limit=5).items == ()
    assert profiles.assistants_for(job_id, market.client, work, limit=5).items == ()
    later = NOW + timedelta(days=1)
    undone = PersonUnblocked(blocked_by=person_id, account_id=client_id, unblocked_at=later)
    hearing.note_unblock(undone, work)
    hearing.note_block(blocked, work)  # an old message that arrives late
    asking.invite(job_id, invite, market.client, work)


@pytest.mark.parametrize("by_client", [True, False])
def test_what_was_proposed_before_a_block_can_only_be_taken_back_or_declined(
    market: Market, *, by_client: bool
) -> None:
    work, offer = market.work, an_offer()
    first, second = (propose(market, 1).proposal_id for _ in range(2))
    counter = CounterOffer(milestones=offer.milestones)
    proposing.counter_proposal(second, counter, market.client, work)
    pair = [market.client.person_id, market.assistant.person_id]
    blocked_by, account_id = pair if by_client else reversed(pair)
    hearing.note_block(
        PersonBlocked(blocked_by=blocked_by, account_id=account_id, blocked_at=NOW), work
    )
    for act in (
        lambda: proposing.accept_proposal(first, market.client, work),
        lambda: proposing.counter_proposal(first, counter, market.client, work),
        lambda: proposing.revise_proposal(first, offer, market.assistant, work),
        lambda: proposing.accept_proposal(second, market.assistant, work),
    ):
        assert refusal(act) == (NotFound, "proposal_not_found")
    proposing.decline_proposal(first, DeclineProposal(), market.client, work)
    proposing.withdraw_proposal(second, market.assistant, work)


def test_a_job_whose_last_day_to_propose_is_over_fits_nobody(market: Market) -> None:
    keep(market, skills=[{"name": "cad"}])
    clock = market.work.clock
    assert isinstance(clock, SetClock)
    wanted = post(market, skills=["cad"], deadline=day_in_japan(clock.now()))

    def fitting() -> set[UUID]:
        found = profiles.jobs_for(market.assistant, market.work, limit=5).items
        return {each.job.job_id for each in found}

    assert wanted.job_id in fitting()
    clock.forward(days=1)
    assert wanted.job_id not in fitting()


def test_only_assistants_are_invited(market: Market) -> None:
    command = InviteAssistant(assistant_id=a_client().person_id)
    assert refusal(
        lambda: asking.invite(market.job.job_id, command, market.client, market.work)
    ) == (NotFound, "assistant_not_found")


def test_somebody_elses_hours_are_their_own(market: Market) -> None:
    accept(market, 10)
    job = post(market, weekly_hours=10)
    made = proposing.make_proposal(job.job_id, an_offer(), an_assistant(), market.work)
    proposing.accept_proposal(made.proposal_id, market.client, market.work)
