"""The clocks of a milestone: when they go off, what they do, and what stops them."""

from datetime import UTC, datetime, timedelta

import pytest

import shared.clocks
from services.contracts.domain.clocks import Kind, OwnClock
from services.contracts.use_cases import clocks, working
from shared.errors import Transient
from shared.messages.contracts import (
    DeadlineKind,
    DeadlineNear,
    MilestoneAccepted,
    MilestoneEnded,
    MilestoneOverdue,
    MilestoneStatus,
)
from tests.support.fakes import NOW
from tests.unit.contracts.acts import CHANGES, END, WORK
from tests.unit.contracts.agreed import Agreed
from tests.unit.contracts.test_working import fund

K = DeadlineKind


def running(agreed: Agreed) -> list[tuple[Kind, datetime]]:
    return sorted(
        ((each.kind, each.due_at) for each in agreed.market.deadlines), key=lambda pair: pair[1]
    )


def turn(agreed: Agreed, **lengths: float) -> list[object]:
    """Turn the clock on, fire what is due, and return what was told."""
    agreed.market.told()
    agreed.market.clock.forward(**lengths)
    clocks.fire_deadlines(agreed.market)
    return list(agreed.market.told())


def test_silence_accepts_a_delivery_once_the_review_is_over() -> None:
    agreed = Agreed(review_days=7)
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    assert running(agreed) == [
        (K.REVIEW_REMINDER, NOW + timedelta(days=3.5)),
        (K.REVIEW_REMINDER, NOW + timedelta(days=6)),
        (K.REVIEW, NOW + timedelta(days=7)),
    ]

    for days in (3.5, 2.5):  # at half of the time, and one day before its end
        [near] = turn(agreed, days=days)
        assert isinstance(near, DeadlineNear)
        assert (near.kind, near.person_id) == (K.REVIEW, agreed.client.person_id)
        assert near.due_at == NOW + timedelta(days=7)
    assert turn(agreed, days=1, seconds=-1) == []
    [accepted] = turn(agreed, seconds=1)
    assert isinstance(accepted, MilestoneAccepted)
    assert accepted.by == "silence"
    assert agreed.status() is MilestoneStatus.ACCEPTED
    assert turn(agreed, days=100) == []


@pytest.mark.parametrize(("days", "reminders"), [(1, 1), (2, 1), (14, 2)])
def test_reminders_that_would_be_the_same_or_too_soon_are_one(days: int, reminders: int) -> None:
    agreed = Agreed(review_days=days)
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    assert [kind for kind, _ in running(agreed)].count(K.REVIEW_REMINDER) == reminders


def test_after_an_outage_the_end_is_told_but_no_reminder_of_it() -> None:
    agreed = Agreed()
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    assert [type(event) for event in turn(agreed, days=8)] == [MilestoneAccepted]


def test_asking_for_changes_stops_the_review_and_goes_on_with_the_delivery_clock() -> None:
    agreed = Agreed()
    fund(agreed)
    before = running(agreed)
    assert before == [
        (K.DELIVERY_REMINDER, datetime(2026, 4, 30, 15, 0, tzinfo=UTC)),
        (K.DELIVERY, datetime(2026, 5, 1, 15, 0, tzinfo=UTC)),  # 1 May is over in Japan
    ]
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.request_changes(agreed.place, CHANGES, agreed.client, agreed.work)
    assert running(agreed) == before


def test_a_milestone_that_is_late_is_marked_and_never_cancelled() -> None:
    agreed = Agreed()
    fund(agreed)
    [near] = turn(agreed, days=29.5)
    assert isinstance(near, DeadlineNear)
    assert (near.kind, near.person_id) == (K.DELIVERY, agreed.assistant.person_id)
    [overdue] = turn(agreed, days=1)
    assert isinstance(overdue, MilestoneOverdue)
    assert agreed.milestone.overdue
    assert agreed.status() is MilestoneStatus.FUNDED
    assert turn(agreed, days=100) == []
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    working.request_changes(agreed.place, CHANGES, agreed.client, agreed.work)
    assert running(agreed) == []


def test_silence_agrees_to_end() -> None:
    agreed = Agreed()
    fund(agreed)
    working.ask_to_end(agreed.place, END, agreed.client, agreed.work)
    assert running(agreed) == [
        (OwnClock.ENDING_REMINDER, NOW + timedelta(days=6)),
        (K.ENDING, NOW + timedelta(days=7)),
    ]
    [near] = turn(agreed, days=6.9)
    assert isinstance(near, DeadlineNear)
    assert (near.kind, near.person_id) == (K.ENDING, agreed.assistant.person_id)
    [ended] = turn(agreed, days=0.1)
    assert isinstance(ended, MilestoneEnded)
    assert ended.by == "silence"


def test_a_deadline_that_fails_does_not_hold_up_the_others(
    caplog: pytest.LogCaptureFixture,
) -> None:
    agreed = Agreed()
    fund(agreed)
    working.ask_to_end(agreed.place, END, agreed.client, agreed.work)
    [broken] = [each for each in agreed.market.deadlines if each.kind is K.ENDING]
    agreed.market.deadlines = [broken]
    other = Agreed()
    fund(other)
    working.ask_to_end(other.place, END, other.client, other.work)
    agreed.market.contracts |= other.market.contracts
    agreed.market.milestones |= other.market.milestones
    agreed.market.deadlines += other.market.deadlines
    del agreed.market.milestones[agreed.milestone_id]

    ended = turn(agreed, days=7)
    assert [type(event) for event in ended] == [MilestoneEnded]
    assert broken in agreed.market.deadlines
    assert "a clock failed" in caplog.text


def test_a_long_backlog_is_worked_off_in_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared.clocks, "AT_ONCE", 2)
    agreed = Agreed()
    fund(agreed)
    working.deliver(agreed.place, WORK, agreed.assistant, agreed.work)
    agreed.market.clock.forward(days=7)
    assert [clocks.fire_deadlines(agreed.market) for _ in range(3)] == [2, 1, 0]


def test_a_database_that_is_away_ends_the_round() -> None:
    agreed = Agreed()

    def away() -> None:
        raise Transient("database_unavailable")

    agreed.market.clock.now = away  # type: ignore[method-assign, assignment]
    with pytest.raises(Transient):
        clocks.fire_deadlines(agreed.market)
