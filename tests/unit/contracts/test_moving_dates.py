"""An assistant moves dates: nobody is told why, and there is no place to say it."""

from datetime import timedelta
from typing import Any

import pytest

from services.contracts.domain.clocks import OwnClock
from services.contracts.use_cases import caring, clocks, disputes, money, working
from shared.calendar import end_of_day_in_japan
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.care import DatesLeftView, DatesMoved, MoveDates
from shared.messages.contracts import (
    AskToEnd,
    DeadlineKind,
    Deliver,
    MilestoneAccepted,
    MilestoneStatus,
    OpenDispute,
    RequestChanges,
)
from shared.messages.payments import MilestoneFunded
from shared.money import yen
from shared.people import Person
from tests.unit.contracts.agreed import DUE_ON, Agreed

WORK = Deliver(text="Here it is")


class Funded(Agreed):
    """A funded milestone of a contract that allows seven days."""

    def __init__(self) -> None:
        super().__init__()
        funded = self.heard(MilestoneFunded, amount=yen(49_895))
        money.note_funded(funded, self.work)  # type: ignore[arg-type]
        self.market.told()

    def move(self, days: int, by: Person | None = None) -> DatesLeftView:
        command = MoveDates(days=days)
        who = by or self.assistant
        return caring.move_dates(self.contract.contract_id, command, who, self.work)

    def due(self, kind: Any) -> Any:
        [found] = [each.due_at for each in self.market.deadlines if each.kind is kind]
        return found

    def told_moved(self) -> DatesMoved:
        [moved] = [each for each in self.market.told() if isinstance(each, DatesMoved)]
        return moved


@pytest.fixture
def funded() -> Funded:
    return Funded()


def test_due_date_and_clocks_move_together_and_what_is_left_is_told(funded: Funded) -> None:
    assert funded.move(3) == DatesLeftView(agreed_days=7, left_days=4)
    due_on = DUE_ON + timedelta(days=3)
    assert funded.milestone.due_on == due_on
    end = end_of_day_in_japan(due_on)
    assert funded.due(DeadlineKind.DELIVERY) == end
    assert funded.due(DeadlineKind.DELIVERY_REMINDER) == end - timedelta(days=1)
    moved = funded.told_moved()
    assert [each.due_on for each in moved.milestones] == [due_on]
    assert moved.answers == ()


@pytest.mark.parametrize("days", [8, 365])
def test_more_days_than_agreed_are_refused_and_nothing_moves(funded: Funded, days: int) -> None:
    funded.move(7)
    for each in (1, days):
        with pytest.raises(Rejected, match="date_days_used_up"):
            funded.move(each)
    assert funded.milestone.due_on == DUE_ON + timedelta(days=7)


def test_work_is_not_late_that_comes_by_the_new_date(funded: Funded) -> None:
    funded.market.clock.time = end_of_day_in_japan(DUE_ON) + timedelta(hours=1)
    assert clocks.fire_deadlines(funded.market) > 0
    assert funded.milestone.overdue
    funded.move(2)
    assert not funded.milestone.overdue
    assert funded.due(DeadlineKind.DELIVERY) == end_of_day_in_japan(DUE_ON + timedelta(days=2))
    working.deliver(funded.place, WORK, funded.assistant, funded.work)
    working.accept(funded.place, funded.client, funded.work)
    *_, accepted = funded.market.told()
    assert isinstance(accepted, MilestoneAccepted)
    assert not accepted.late


def test_it_stays_overdue_when_the_new_date_has_passed_too(funded: Funded) -> None:
    funded.market.clock.time = end_of_day_in_japan(DUE_ON) + timedelta(days=3)
    clocks.fire_deadlines(funded.market)
    funded.move(1)
    assert funded.milestone.overdue


def test_the_review_of_what_is_delivered_goes_on_as_it_was(funded: Funded) -> None:
    working.deliver(funded.place, WORK, funded.assistant, funded.work)
    before = funded.market.deadlines
    funded.move(2)
    assert funded.market.deadlines == before
    working.request_changes(
        funded.place, RequestChanges(comment="More"), funded.client, funded.work
    )
    assert funded.due(DeadlineKind.DELIVERY) == end_of_day_in_japan(DUE_ON + timedelta(days=2))


def test_a_clients_wish_to_end_is_answered_later(funded: Funded) -> None:
    working.ask_to_end(funded.place, AskToEnd(reason="Over"), funded.client, funded.work)
    until = funded.due(DeadlineKind.ENDING)
    warned = sorted(e.due_at for e in funded.market.deadlines if e.kind is OwnClock.HOLD_WARNING)
    funded.move(2)
    assert funded.due(DeadlineKind.ENDING) == until + timedelta(days=2)
    assert funded.due(OwnClock.ENDING_REMINDER) == until + timedelta(days=1)
    assert warned == sorted(
        e.due_at for e in funded.market.deadlines if e.kind is OwnClock.HOLD_WARNING
    )
    moved = funded.told_moved()
    assert moved.milestones == ()
    assert [each.answer_until for each in moved.answers] == [until + timedelta(days=2)]
    assert funded.milestone.due_on == DUE_ON


def test_a_clients_dispute_is_answered_later_until_it_is_answered(funded: Funded) -> None:
    working.deliver(funded.place, WORK, funded.assistant, funded.work)
    disputes.open_dispute(funded.place, OpenDispute(reason="No"), funded.client, funded.work)
    until = funded.work.disputes.of_milestone(funded.milestone_id).answer_until
    funded.move(2)
    dispute = funded.work.disputes.of_milestone(funded.milestone_id)
    assert dispute.answer_until == until + timedelta(days=2)
    assert funded.due(OwnClock.DISPUTE_ANSWER) == dispute.answer_until
    funded.market.clock.time = until + timedelta(hours=1)
    clocks.fire_deadlines(funded.market)
    assert funded.status() is MilestoneStatus.DISPUTED


def test_what_waits_for_the_client_is_not_put_off(funded: Funded) -> None:
    working.ask_to_end(funded.place, AskToEnd(reason="Over"), funded.assistant, funded.work)
    with pytest.raises(Rejected, match="nothing_to_move"):
        funded.move(2)


def test_the_processors_hold_is_not_passed_and_the_last_day_is_named(funded: Funded) -> None:
    policy = funded.market.policy
    long = policy.hold_days - 7 - (DUE_ON - funded.market.clock.now().date()).days
    contract = funded.contract
    object.__setattr__(contract, "care_days", long + 10)
    funded.move(long)
    with pytest.raises(Rejected, match="hold_exceeded") as refused:
        funded.move(1)
    assert refused.value.facts["latest"] == funded.milestone.due_on


def test_it_is_the_assistants_to_do_and_to_see(funded: Funded) -> None:
    stranger = Person(new_id(), frozenset({"assistant"}))
    for by, refusal in ((funded.client, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            funded.move(1, by)
        with pytest.raises(refusal):
            caring.get_left(funded.contract.contract_id, by, funded.work)


def test_others_see_new_dates_and_nothing_else(funded: Funded) -> None:
    before = funded.work.views.contract(funded.contract.contract_id).model_dump_json()
    funded.move(3)
    after = funded.work.views.contract(funded.contract.contract_id)
    event = funded.told_moved()
    told = after.model_dump_json() + event.model_dump_json() + event.event_type()
    told += "".join(str(each) for each in after.timeline)
    # The terms say how many days are allowed in any case.
    told = told.replace('"care_days":7', "")
    for word in ("care", "pause", "reason", "health", "family", "left_days"):
        assert before.count(f'"{word}') >= told.count(f'"{word}')
        assert word not in event.model_dump_json()
    assert [each.what for each in after.timeline][-1] == "dates_moved"
