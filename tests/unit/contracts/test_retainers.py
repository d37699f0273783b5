"""Retainers: periods are paid for ahead, settled by their hours, and end with notice."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.contracts.domain.retainer import Log, Retainer
from services.contracts.use_cases import disputes, retaining, working
from services.contracts.use_cases.working import Place
from shared.calendar import end_of_day_in_japan
from shared.errors import Invalid, NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.base import Event
from shared.messages.contracts import (
    ContractCompleted,
    DeadlineNear,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneKind,
    MilestoneStatus,
)
from shared.messages.jobs import Period
from shared.messages.retainers import (
    HoursEntryView,
    LogHours,
    MilestoneSettled,
    PeriodReady,
    RetainerEnding,
    RetainerStopped,
)
from shared.money import yen
from shared.people import Person
from tests.support.fakes import NOW
from tests.unit.contracts.acts import CHANGES, DISPUTE, END, PART, WORK
from tests.unit.contracts.agreed import Agreed
from tests.unit.contracts.retained import (
    HOURLY,
    HOURS,
    LAST_DAY,
    PRICE,
    STARTS_ON,
    Retained,
    noon,
)

S = MilestoneStatus
DAY = timedelta(days=1)
NEXT_START = LAST_DAY[Period.MONTH] + DAY
NEXT_END = date(2026, 6, 9)


@pytest.fixture
def retained() -> Retained:
    return Retained()


@pytest.fixture
def funded(retained: Retained) -> Retained:
    """Return a retainer in the middle of its first period, which is paid for."""
    retained.fund()
    retained.turn(noon(STARTS_ON + 10 * DAY))
    return retained


def only(kind: type[Event], events: list[Event]) -> Any:
    [found] = [each for each in events if isinstance(each, kind)]
    return found


def test_its_contract_has_one_period_and_terms_that_say_what_it_is(retained: Retained) -> None:
    [first] = retained.periods
    assert (first.kind, first.starts_on, first.price) == (MilestoneKind.PERIOD, STARTS_ON, PRICE)
    [terms] = retained.market.agreed[retained.contract_id]
    assert terms.retainer == retained.accepted.retainer
    assert terms.notice_days == 30
    view = retaining.get_retainer(retained.contract_id, retained.client, retained.market.work())
    assert (view.hourly_price, view.hours_limit, view.ends_on) == (HOURLY, HOURS, None)
    assert not view.waits_for_resumption


def test_no_other_contract_is_a_retainer() -> None:
    agreed = Agreed()
    with pytest.raises(NotFound, match="retainer_not_found"):
        retaining.get_retainer(agreed.contract.contract_id, agreed.client, agreed.work)
    with pytest.raises(Rejected, match="not_a_retainer"):
        retaining.give_notice(agreed.contract.contract_id, agreed.client, agreed.work)
    with pytest.raises(Rejected, match="not_a_period"):
        retaining.log_hours(
            agreed.place, LogHours(day=STARTS_ON, minutes=1), agreed.assistant, agreed.work
        )


def test_the_next_period_can_be_paid_for_some_days_before_it_begins(funded: Retained) -> None:
    assert len(funded.periods) == 1
    told = funded.turn_to_end(hours=-7 * 24)
    _, second = funded.periods
    assert (second.starts_on, second.due_on) == (NEXT_START, NEXT_END)
    assert (second.title, second.price) == ("Write a guide 2", PRICE)
    assert only(MilestoneAdded, told).milestone.milestone_id == second.milestone_id
    ready = only(PeriodReady, told)
    assert (ready.starts_on, ready.client_id) == (NEXT_START, funded.client.person_id)
    assert funded.turn_to_end(hours=-6 * 24) == [], "it is made once"


def test_the_next_week_can_be_paid_for_as_one_begins() -> None:
    weekly = Retained(Period.WEEK)
    weekly.fund()
    assert weekly.turn(end_of_day_in_japan(STARTS_ON - DAY) - timedelta(seconds=1)) == []
    only(PeriodReady, weekly.turn(end_of_day_in_japan(STARTS_ON - DAY)))
    assert weekly.periods[1].starts_on == LAST_DAY[Period.WEEK] + DAY


def test_months_follow_one_another_without_a_gap(funded: Retained) -> None:
    for number in range(1, 12):
        funded.turn_to_end(number, hours=-1)
        funded.fund(number + 1)
    spans = [(each.starts_on, each.due_on) for each in funded.periods]
    assert all(after[0] == before[1] + DAY for before, after in pairwise(spans))
    assert spans[10] == (date(2027, 2, 10), date(2027, 3, 9))


def test_a_period_that_begins_without_money_stops_the_work_and_both_are_told(
    retained: Retained,
) -> None:
    stopped = only(RetainerStopped, retained.turn(end_of_day_in_japan(STARTS_ON - DAY)))
    assert stopped.period_starts_on == STARTS_ON
    assert retained.market.happened()[-1] == "work_stopped"
    with pytest.raises(Rejected, match="period_not_logging"):
        retained.log(STARTS_ON, 1)


def test_money_that_comes_late_starts_it_and_earlier_days_are_not_covered(
    retained: Retained,
) -> None:
    paid_on = STARTS_ON + 3 * DAY
    retained.turn(noon(paid_on))
    retained.fund()
    assert retained.log(paid_on, 2).minutes == 120
    with pytest.raises(Invalid, match="day_outside_period") as refusal:
        retained.log(paid_on - DAY, 2)
    assert refusal.value.facts["first"] == paid_on


def test_a_period_that_was_never_paid_for_lapses_and_the_client_may_resume(
    retained: Retained,
) -> None:
    told = retained.turn_to_end()
    assert only(MilestoneEnded, told).lapsed
    assert not [each for each in told if isinstance(each, PeriodReady)]
    assert retained.statuses() == [S.ENDED]
    assert retained.contract_id not in retained.market.completed, "the client may resume"
    work = retained.market.work()
    with pytest.raises(NotAllowed, match="other_party_required"):
        retaining.resume(retained.contract_id, retained.assistant, work)
    retained.turn_to_end(hours=50)
    view = retaining.resume(retained.contract_id, retained.client, work)
    assert not view.waits_for_resumption
    assert retained.periods[1].starts_on == LAST_DAY[Period.MONTH] + 3 * DAY
    with pytest.raises(Rejected, match="retainer_not_waiting"):
        retaining.resume(retained.contract_id, retained.client, work)


def test_hours_are_logged_put_right_and_taken_back_until_the_cutoff(funded: Retained) -> None:
    work, place = funded.market.work(), funded.place()
    view = funded.log(STARTS_ON, 2, note="Roses")
    [entry] = view.entries
    assert (view.minutes, view.worth) == (120, yen(3_000))
    command = LogHours(day=STARTS_ON + DAY, minutes=90)
    changed = retaining.change_entry(place, entry.entry_id, command, funded.assistant, work)
    assert [(each.day, each.minutes) for each in changed.entries] == [(STARTS_ON + DAY, 90)]
    assert retaining.remove_entry(place, entry.entry_id, funded.assistant, work).entries == ()
    with pytest.raises(NotFound, match="entry_not_found"):
        retaining.remove_entry(place, entry.entry_id, funded.assistant, work)
    with pytest.raises(NotAllowed, match="other_party_required"):
        retaining.log_hours(place, command, funded.client, work)
    funded.market.clock.time = end_of_day_in_japan(LAST_DAY[Period.MONTH]) + timedelta(hours=23)
    funded.log(LAST_DAY[Period.MONTH], 1)
    funded.market.clock.forward(hours=1)
    with pytest.raises(Rejected, match="period_not_logging"):
        funded.log(LAST_DAY[Period.MONTH], 1)


@pytest.mark.parametrize("day", [STARTS_ON - DAY, STARTS_ON + 11 * DAY])
def test_days_before_the_period_and_to_come_are_refused(funded: Retained, day: date) -> None:
    with pytest.raises(Invalid, match="day_outside_period"):
        funded.log(day, 1)


def test_hours_stay_within_the_period_the_week_and_the_day() -> None:
    retained = Retained(weekly_hours=12)
    retained.fund()
    # The 13th is a Monday.
    monday = date(2026, 4, 13)
    retained.turn(noon(monday + 20 * DAY))
    retained.log(monday, 8)
    retained.log(monday + 6 * DAY, 4)
    assert over_limit(retained, monday + 3 * DAY, 1) == ("week", 0)
    retained.log(monday + 7 * DAY, 7)
    assert over_limit(retained, monday + 8 * DAY, 2) == ("period", 60)
    unlimited = Retained()
    unlimited.fund()
    unlimited.turn(noon(monday))
    unlimited.log(monday, 15)
    unlimited.market.retainers[unlimited.contract_id] = replace(
        unlimited.market.retainers[unlimited.contract_id], hours_limit=100
    )
    assert over_limit(unlimited, monday, 9.5) == ("day", 9 * 60)


def over_limit(retained: Retained, day: date, hours: float) -> tuple[object, object]:
    """Return of which limit these hours are too many, and how many minutes it leaves."""
    with pytest.raises(Rejected, match="hours_over_limit") as refusal:
        retained.log(day, hours)
    return refusal.value.facts["span"], refusal.value.facts["left_minutes"]


def test_an_entry_that_is_changed_does_not_count_twice(funded: Retained) -> None:
    [entry] = funded.log(STARTS_ON, HOURS).entries
    command = LogHours(day=STARTS_ON, minutes=HOURS * 60 - 30)
    changed = retaining.change_entry(
        funded.place(), entry.entry_id, command, funded.assistant, funded.market.work()
    )
    assert changed.minutes == HOURS * 60 - 30


def test_at_the_cutoff_the_hours_are_delivered_by_themselves(funded: Retained) -> None:
    funded.log(STARTS_ON + DAY, 2.25, note="Roses")
    near = only(DeadlineNear, funded.turn_to_end())
    assert near.person_id == funded.assistant.person_id
    delivered = only(MilestoneDelivered, funded.turn_to_end(hours=24))
    assert delivered.text == "2026-04-11 2:15 Roses\n= 2:15 x 1,500 JPY = 3,375 JPY"
    assert delivered.review_until == funded.market.clock.now() + timedelta(days=7)
    assert funded.statuses()[0] is S.DELIVERED
    assert not funded.periods[0].late


def test_hours_can_be_delivered_once_the_period_is_over(funded: Retained) -> None:
    funded.log(STARTS_ON, 1)
    with pytest.raises(Rejected, match="period_not_over"):
        working.deliver(funded.place(), WORK, funded.assistant, funded.market.work())
    funded.turn_to_end(hours=1)
    working.deliver(funded.place(), WORK, funded.assistant, funded.market.work())
    told = only(MilestoneDelivered, funded.market.told())
    assert told.text.startswith("2026-04-10 1:00\n")
    assert told.text.endswith(WORK.text)


@pytest.mark.parametrize("silent", [False, True])
@pytest.mark.parametrize(("hours", "worth"), [(HOURS, 30_000), (7.5, 11_250), (0, 0)])
def test_what_was_worked_is_the_assistants_and_the_rest_goes_back(
    funded: Retained,
    hours: float,
    worth: int,
    silent: bool,  # noqa: FBT001
) -> None:
    if hours:
        funded.log(STARTS_ON, hours)
    funded.turn_to_end(hours=24)
    if silent:
        told = funded.turn_to_end(hours=24 + 7 * 24)
    else:
        working.accept(funded.place(), funded.client, funded.market.work())
        told = funded.market.told()
    if worth == PRICE.amount:
        assert only(MilestoneAccepted, told).by == ("silence" if silent else "client")
        assert funded.statuses()[0] is S.ACCEPTED
    else:
        settled = only(MilestoneSettled, told)
        assert settled.to_assistant == yen(worth)
        assert settled.to_client == yen(PRICE.amount - worth)
        assert funded.statuses()[0] is S.SETTLED


@given(
    minutes=st.integers(0, HOURS * 60),
    hourly=st.integers(1, 10_000),
    accepted=st.integers(0, 40_000),
    refunded=st.integers(0, 40_000),
)
def test_the_split_adds_up_to_what_is_left(
    minutes: int, hourly: int, accepted: int, refunded: int
) -> None:
    retained = Retained()
    milestone = replace(
        retained.periods[0],
        price=yen(hourly * HOURS),
        accepted_price=yen(accepted),
        refunded_price=yen(refunded),
    )
    entry = HoursEntryView(
        entry_id=new_id(), day=STARTS_ON, minutes=minutes, note="", logged_at=NOW
    )
    terms = replace(retained.market.retainers[retained.contract_id], hourly_price=yen(hourly))
    to_assistant, to_client = Log(milestone, terms, (entry,)).split()
    assert to_assistant + to_client == milestone.left
    assert (to_assistant + yen(accepted)).amount <= max(accepted, hourly * minutes // 60)


def test_changes_open_the_log_again_and_it_is_delivered_once_more(funded: Retained) -> None:
    funded.log(STARTS_ON, 2)
    funded.turn_to_end(hours=24)
    with pytest.raises(Rejected, match="period_not_logging"):
        funded.log(STARTS_ON, 1)
    working.request_changes(funded.place(), CHANGES, funded.client, funded.market.work())
    funded.log(STARTS_ON, 1)
    assert funded.turn_to_end(hours=47) == []
    delivered = only(MilestoneDelivered, funded.turn_to_end(hours=48))
    assert delivered.text.endswith("= 3:00 x 1,500 JPY = 4,500 JPY")


def test_a_part_that_was_accepted_is_not_paid_again(funded: Retained) -> None:
    funded.log(STARTS_ON, 15)
    funded.turn_to_end(hours=24)
    working.accept_part(funded.place(), PART, funded.client, funded.market.work())
    funded.turn_to_end(hours=24 + 24)
    funded.market.told()
    working.accept(funded.place(), funded.client, funded.market.work())
    settled = only(MilestoneSettled, funded.market.told())
    assert (settled.to_assistant, settled.to_client) == (yen(2_500), yen(7_500))


def test_a_dispute_about_hours_leaves_the_next_period_to_come(funded: Retained) -> None:
    funded.market.policy = replace(funded.market.policy, period_ahead_days=1)
    working.ask_to_end(funded.place(), END, funded.client, funded.market.work())
    disputes.open_dispute(funded.place(), DISPUTE, funded.assistant, funded.market.work())
    funded.turn_to_end(hours=-1)
    assert len(funded.periods) == 2


def test_notice_ends_it_with_the_period_in_which_thirty_days_are_over(funded: Retained) -> None:
    work = funded.market.work()
    funded.market.told()
    view = retaining.give_notice(funded.contract_id, funded.assistant, work)
    assert view.ends_on == NEXT_END, "30 days from 20 April are in the second period"
    ending = only(RetainerEnding, funded.market.told())
    assert (ending.given_by, ending.ends_on) == (funded.assistant.person_id, NEXT_END)
    with pytest.raises(Rejected, match="notice_given"):
        retaining.give_notice(funded.contract_id, funded.client, work)
    funded.turn_to_end(hours=-1)
    funded.fund(2)
    funded.turn_to_end(2, hours=24)
    funded.turn_to_end(2, hours=24 + 7 * 24)
    assert funded.statuses() == [S.SETTLED, S.SETTLED], "no third one comes"
    assert funded.contract_id in funded.market.completed


def test_without_agreed_notice_it_ends_with_what_is_paid_for(funded: Retained) -> None:
    [terms] = funded.market.agreed[funded.contract_id]
    funded.market.agreed[funded.contract_id] = [terms.model_copy(update={"notice_days": None})]
    funded.turn_to_end(hours=-1)
    assert len(funded.periods) == 2
    view = retaining.give_notice(funded.contract_id, funded.client, funded.market.work())
    assert view.ends_on == LAST_DAY[Period.MONTH]
    assert only(MilestoneEnded, funded.market.told()).lapsed
    assert funded.statuses() == [S.FUNDED, S.ENDED]
    funded.turn_to_end(hours=24)
    working.accept(funded.place(), funded.client, funded.market.work())
    only(ContractCompleted, funded.market.outbox.events)


def test_notice_while_nothing_goes_on_ends_it_at_once(retained: Retained) -> None:
    retained.turn_to_end(hours=30)
    view = retaining.give_notice(retained.contract_id, retained.assistant, retained.market.work())
    assert view.ends_on == LAST_DAY[Period.MONTH] + 2 * DAY
    assert retained.contract_id in retained.market.completed
    with pytest.raises(Rejected, match="retainer_not_waiting"):
        retaining.resume(retained.contract_id, retained.client, retained.market.work())


@pytest.mark.parametrize("act", ["retainer", "notice", "resume", "hours", "log"])
def test_to_others_there_is_no_retainer(funded: Retained, act: str) -> None:
    stranger, work = Person(new_id(), frozenset({"client", "assistant"})), funded.market.work()
    command = LogHours(day=STARTS_ON, minutes=1)
    acts: dict[str, Callable[[], object]] = {
        "retainer": lambda: retaining.get_retainer(funded.contract_id, stranger, work),
        "notice": lambda: retaining.give_notice(funded.contract_id, stranger, work),
        "resume": lambda: retaining.resume(funded.contract_id, stranger, work),
        "hours": lambda: retaining.get_hours(funded.place(), stranger, work),
        "log": lambda: retaining.log_hours(funded.place(), command, stranger, work),
    }
    with pytest.raises(NotFound, match="contract_not_found"):
        acts[act]()


def test_hours_of_another_contract_are_not_found(funded: Retained) -> None:
    other = Retained()
    mixed = Place(funded.contract_id, other.place().milestone_id)
    funded.market.milestones |= other.market.milestones
    with pytest.raises(NotFound, match="milestone_not_found"):
        retaining.get_hours(mixed, funded.client, funded.market.work())


def test_a_price_by_the_minute_is_rounded_down_once() -> None:
    retainer = Retainer(new_id(), Period.MONTH, yen(1_001), 10, STARTS_ON)
    assert retainer.worth(59) == yen(984)
    assert retainer.period_price == yen(10_010)
