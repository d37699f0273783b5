"""What `tasuki ops status` calls a trouble."""

import pytest

from shared.messages.operations import GaugeView, StandingView
from tasuki.cli.status import age, troubles_of

WELL = {"database_up": 1.0, "outbox_events": 0.0, "dead_letters": 0.0}


def standing(gauges: dict[str, float], *, broker: bool = True) -> StandingView:
    shown = [GaugeView(name=name, labels={}, value=value) for name, value in gauges.items()]
    return StandingView(
        service="payments",
        version="1",
        revision="0012",
        broker=broker,
        drained_since=None,
        drained_why=None,
        gauges=tuple(shown),
    )


def told(view: StandingView) -> list[str]:
    return [each.what for each in troubles_of(view)]


def test_a_service_that_works_is_no_trouble() -> None:
    at_their_limits = {"outbox_age_seconds": 60.0, "seal_age_seconds": 3 * 3_600.0}
    assert told(standing(WELL | at_their_limits)) == []


@pytest.mark.parametrize(
    ("gauge", "value", "said"),
    [
        ("outbox_age_seconds", 61, "the outbox waits for 1 min 1 s"),
        ("dead_letters", 2, "2 dead letters: tasuki ops dead-letters list payments"),
        ("deadline_overdue_seconds", 301, "overdue for 5 min 1 s"),
        ("operation_age_seconds", 90_000, "waits for 1 d 1 h"),
        ("ledger_imbalance_minor_units", -3, "don't balance by -3"),
        ("reconciliation_unmatched", 1, "1 entries or transactions are unmatched"),
        ("reconciliation_age_seconds", 100_000, "1 d 3 h ago"),
        ("seal_age_seconds", 11_000, "3 h 3 min ago"),
    ],
)
def test_what_is_beyond_its_limit_is_told_in_words(gauge: str, value: float, said: str) -> None:
    [trouble] = told(standing(WELL | {gauge: value}))
    assert said in trouble


def test_what_cannot_be_read_is_a_trouble() -> None:
    assert told(standing({"database_up": 0})) == ["the database can't be reached"]
    assert told(standing({"database_up": 1})) == ["the gauges can't be read: has `migrate` run?"]
    assert told(standing(WELL, broker=False)) == ["the broker can't be asked"]


def test_ages_are_said_in_their_two_largest_units() -> None:
    assert [age(each) for each in (0.2, 59, 3_600, 3_661, 90_061)] == [
        "0 s",
        "59 s",
        "1 h",
        "1 h 1 min",
        "1 d 1 h",
    ]
