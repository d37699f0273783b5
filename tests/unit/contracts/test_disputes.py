"""Disputes: answered, settled, decided, or lost by silence, exactly once."""

from datetime import UTC, datetime, timedelta

import pytest

from services.contracts.domain.clocks import dispute_answer_until
from services.contracts.use_cases import clocks, disputes, working
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.contracts import (
    DisputeOpened,
    DisputeResolved,
    DisputeView,
    MilestoneStatus,
    MilestoneView,
    ProposeSettlement,
)
from shared.messages.payments import MilestoneChargedBack
from shared.money import YenPart, yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.contracts.acts import (
    ACTS,
    ANSWER,
    AT_DISPUTE,
    DISPUTE,
    END,
    PART,
    STATEMENT,
    WORK,
    decision,
    dispute_place,
)
from tests.unit.contracts.agreed import Agreed
from tests.unit.contracts.fakes import POLICY
from tests.unit.contracts.payments import handle
from tests.unit.contracts.test_working import fund

S = MilestoneStatus
# 1 April 2026 is a Wednesday: the fifth business day after it is the next Wednesday.
ANSWER_UNTIL = datetime(2026, 4, 8, 15, tzinfo=UTC)


@pytest.fixture
def agreed() -> Agreed:
    """A milestone of 50,000 yen that is delivered."""
    agreed = Agreed()
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    agreed.market.told()
    return agreed


def dispute(agreed: Agreed, by: Person) -> MilestoneView:
    return disputes.open_dispute(agreed.place, DISPUTE, by, agreed.work)


def propose(agreed: Agreed, to_assistant: int, by: Person) -> MilestoneView:
    proposal = ProposeSettlement(to_assistant=YenPart(amount=to_assistant))
    return disputes.settle(dispute_place(agreed), proposal, by, agreed.work)


def resolved(agreed: Agreed) -> DisputeResolved:
    """Return the one event that tells how the dispute ended."""
    [told] = [event for event in agreed.market.told() if isinstance(event, DisputeResolved)]
    return told


def test_a_dispute_stops_the_review_and_waits_for_the_other_party(agreed: Agreed) -> None:
    view = dispute(agreed, agreed.client)
    assert view.status is S.DISPUTED
    assert view.deadlines == ()
    assert view.dispute
    assert view.dispute.answer_until == ANSWER_UNTIL
    assert view.dispute.left == yen(50_000)
    [opened] = agreed.market.told()
    assert isinstance(opened, DisputeOpened)
    assert (opened.opened_by, opened.reason) == (agreed.client.person_id, DISPUTE.reason)
    assert opened.answer_until == ANSWER_UNTIL
    reminder, clock = sorted(agreed.market.deadlines, key=lambda each: each.due_at)
    assert (reminder.due_at, clock.due_at) == (ANSWER_UNTIL - timedelta(days=1), ANSWER_UNTIL)


def test_business_days_leave_out_weekends_and_holidays() -> None:
    # Thursday before Golden Week of 2026: 1 May, then 7, 8, 11 and 12 May.
    opened_at = datetime(2026, 4, 30, 3, tzinfo=UTC)
    assert dispute_answer_until(opened_at, POLICY) == datetime(2026, 5, 12, 15, tzinfo=UTC)
    # At 01:00 of the next day in Japan, the days are counted from that day.
    assert dispute_answer_until(datetime(2026, 4, 1, 16, tzinfo=UTC), POLICY) == datetime(
        2026, 4, 9, 15, tzinfo=UTC
    )


@pytest.mark.parametrize("opener", ["client", "assistant"])
def test_silence_gives_everything_to_the_one_who_spoke(agreed: Agreed, opener: str) -> None:
    dispute(agreed, getattr(agreed, opener))
    agreed.market.clock.time = ANSWER_UNTIL
    # The reminder comes too late, and says nothing.
    assert clocks.fire_deadlines(agreed.market) == 2
    told = resolved(agreed)
    assert told.by == "silence"
    nothing, everything = yen(0), yen(50_000)
    expected = (nothing, everything) if opener == "client" else (everything, nothing)
    assert (told.to_assistant, told.to_client) == expected
    assert agreed.status() is S.RESOLVED
    agreed.market.clock.forward(days=100)
    assert clocks.fire_deadlines(agreed.market) == 0
    assert agreed.market.told() == []


def test_an_answer_stops_the_clock_and_an_operator_divides(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    place = dispute_place(agreed)
    with pytest.raises(NotAllowed, match="other_party_required"):
        disputes.answer(place, ANSWER, agreed.client, agreed.work)
    view = disputes.answer(place, ANSWER, agreed.assistant, agreed.work)
    assert view.dispute
    assert (view.dispute.answer, view.dispute.answered_at) == (ANSWER.text, NOW)
    with pytest.raises(Rejected, match="dispute_already_answered"):
        disputes.answer(place, ANSWER, agreed.assistant, agreed.work)
    agreed.market.clock.forward(days=100)
    assert clocks.fire_deadlines(agreed.market) == 0
    assert [each.dispute_id for each in list_open(agreed)] == [place.dispute_id]

    shown = disputes.decide(place, decision(20_000), agreed.operator, agreed.work)
    assert isinstance(shown, DisputeView)
    assert (shown.to_assistant, shown.to_client) == (yen(20_000), yen(30_000))
    assert (shown.resolved_by, shown.resolution) == ("operator", "Two of three are done")
    told = resolved(agreed)
    assert (told.to_assistant, told.to_client, told.by) == (yen(20_000), yen(30_000), "operator")
    assert list_open(agreed) == []
    with pytest.raises(Rejected, match="milestone_step_not_allowed"):
        disputes.decide(place, decision(1), agreed.operator, agreed.work)


def list_open(agreed: Agreed) -> list[DisputeView]:
    return list(disputes.list_open(agreed.operator, agreed.work, limit=10))


@pytest.mark.parametrize("to_assistant", [0, 1, 30_000])
def test_any_split_that_adds_up_to_what_is_left_can_be_decided(to_assistant: int) -> None:
    agreed = Agreed()
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.accept_part(agreed.place, PART, agreed.client, agreed.work)
    dispute(agreed, agreed.assistant)
    with pytest.raises(Rejected, match="split_exceeds_rest") as refusal:
        disputes.decide(dispute_place(agreed), decision(30_001), agreed.operator, agreed.work)
    assert refusal.value.facts["left"] == yen(30_000)
    disputes.decide(dispute_place(agreed), decision(to_assistant), agreed.operator, agreed.work)
    told = resolved(agreed)
    assert told.to_assistant + told.to_client == yen(30_000)
    assert told.to_assistant == yen(to_assistant)


def test_only_operators_decide_and_see_the_list(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    for person in (agreed.client, agreed.assistant):
        with pytest.raises(NotAllowed, match="role_required"):
            disputes.decide(dispute_place(agreed), decision(1), person, agreed.work)
        with pytest.raises(NotAllowed, match="role_required"):
            disputes.list_open(person, agreed.work, limit=10)


def test_the_parties_agree_by_proposing_the_same(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    assert propose(agreed, 10_000, agreed.client).status is S.DISPUTED
    assert propose(agreed, 10_000, agreed.client).status is S.DISPUTED
    assert len(agreed.market.deadlines) == 2, "who opened it has spoken before: the clock runs on"
    view = propose(agreed, 40_000, agreed.assistant)
    assert view.dispute
    assert view.dispute.proposed_to_assistant == yen(40_000)
    assert view.dispute.answered_at
    assert agreed.market.deadlines == [], "a proposal is an answer"
    assert propose(agreed, 10_000, agreed.client).status is S.DISPUTED
    disputes.answer(dispute_place(agreed), ANSWER, agreed.assistant, agreed.work)
    assert propose(agreed, 10_000, agreed.assistant).status is S.RESOLVED
    told = resolved(agreed)
    assert (told.to_assistant, told.to_client, told.by) == (yen(10_000), yen(40_000), "agreement")


def test_a_statement_of_the_other_party_is_an_answer_too(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    place = dispute_place(agreed)
    disputes.make_statement(place, STATEMENT, agreed.client, agreed.work)
    assert len(agreed.market.deadlines) == 2, "who opened it has spoken before: the clock runs on"
    view = disputes.make_statement(place, STATEMENT, agreed.assistant, agreed.work)
    assert (view.answer, view.answered_at) == (None, NOW)
    assert agreed.market.deadlines == []
    disputes.answer(place, ANSWER, agreed.assistant, agreed.work)
    assert agreed.status() is S.DISPUTED


def test_what_is_more_than_the_rest_is_not_proposed(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    with pytest.raises(Rejected, match="split_exceeds_rest"):
        propose(agreed, 50_001, agreed.assistant)
    assert agreed.market.deadlines


def test_a_wish_to_end_can_be_disputed_when_there_is_money(agreed: Agreed) -> None:
    unfunded = Agreed()
    working.ask_to_end(unfunded.place, END, unfunded.client, unfunded.work)
    with pytest.raises(Rejected, match="nothing_to_dispute"):
        dispute(unfunded, unfunded.assistant)
    fund(unfunded)  # it was on its way
    assert unfunded.status() is S.ENDING
    assert dispute(unfunded, unfunded.assistant).status is S.DISPUTED
    working.accept(agreed.place, agreed.client, agreed.work)
    with pytest.raises(Rejected, match="milestone_step_not_allowed"):
        dispute(agreed, agreed.client)


def test_a_chargeback_ends_a_dispute_without_a_decision(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    taken = agreed.heard(MilestoneChargedBack, chargeback_id=new_id(), amount=yen(55_000))
    handle(taken, agreed.work)
    assert (agreed.status(), agreed.market.deadlines) == (S.CHARGED_BACK, [])
    for act in AT_DISPUTE:
        with pytest.raises(Rejected, match="milestone_step_not_allowed"):
            ACTS[act](agreed.place, agreed.assistant, agreed)


def test_a_dispute_is_found_in_its_own_contract_only(agreed: Agreed) -> None:
    dispute(agreed, agreed.client)
    other = Agreed()
    for act in AT_DISPUTE:
        with pytest.raises(NotFound, match="dispute_not_found"):
            ACTS[act](other.place, other.assistant, other)
