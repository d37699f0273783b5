"""Which month an entry counts in."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.payments.domain.months import Month, Scope, check_next
from shared.errors import Invalid, Rejected

NOVEMBER = Month.named("2026-11")


def test_a_month_begins_and_ends_at_midnight_in_japan() -> None:
    assert NOVEMBER.begins == datetime(2026, 10, 31, 15, tzinfo=UTC)
    assert NOVEMBER.ends == datetime(2026, 11, 30, 15, tzinfo=UTC)
    assert str(NOVEMBER) == "2026-11"
    assert Month.named("2026-12").after == Month.named("2027-01")


@pytest.mark.parametrize("name", ["2026-13", "2026-00", "2026-1", "26-11", "x", "2026-11-01", ""])
def test_what_is_no_month_is_refused(name: str) -> None:
    with pytest.raises(Invalid, match="month_malformed"):
        Month.named(name)


months = st.integers(0, 11).map(lambda n: Month(date(2026, 1 + n, 1)))


@given(
    st.lists(st.integers(0, 100), max_size=6),
    st.integers(0, 100),
    st.integers(-40, 400),
)
def test_every_entry_counts_in_exactly_one_month(
    growth: list[int], entry_id: int, day: int
) -> None:
    """Whatever was closed, and when: cuts only grow, as months are closed in order."""
    cuts, month, cut = {}, Month.named("2026-03"), 0
    for each in growth:
        cut += each
        cuts[month] = cut
        month = month.after
    occurred_at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=day)
    first = Month.named("2024-01")
    counted = []
    while first < Month.named("2028-01"):
        if Scope.of(first, cuts).has(entry_id, occurred_at):
            counted.append(first)
        first = first.after
    assert len(counted) == 1
    own = Month(occurred_at.astimezone(NOVEMBER.begins.tzinfo).date().replace(day=1))
    (found,) = counted
    assert found >= own
    if found > own:
        assert all(cut < entry_id for month, cut in cuts.items() if own <= month < found)


def refusal(month: Month, last: Month | None, now: datetime) -> str:
    with pytest.raises(Rejected) as refused:
        check_next(month, last, now)
    return refused.value.code


def test_months_are_closed_in_order_when_they_are_over() -> None:
    december = NOVEMBER.after
    assert refusal(NOVEMBER, None, NOVEMBER.ends - timedelta(seconds=1)) == "month_not_over"
    check_next(NOVEMBER, None, NOVEMBER.ends)
    check_next(december, NOVEMBER, december.ends)
    assert refusal(NOVEMBER, NOVEMBER, december.ends) == "month_closed"
    assert refusal(december.after, NOVEMBER, december.after.ends) == "month_not_next"
