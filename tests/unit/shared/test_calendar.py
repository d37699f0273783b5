"""Banking days and paydays in Japan."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.calendar import (
    PayCycle,
    banking_day_on_or_after,
    banking_day_on_or_before,
    is_banking_day,
    month_of,
    pay_by,
    payday,
    payday_of,
)

CYCLE = PayCycle(first_cutoff=15)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 29),  # Showa Day
        date(2026, 5, 3),  # Constitution Day, a Sunday
        date(2026, 5, 4),
        date(2026, 5, 5),
        date(2026, 5, 6),  # the substitute for 3 May: 4 and 5 May are holidays themselves
        date(2026, 9, 22),  # between Respect for the Aged Day and the autumnal equinox
        date(2020, 7, 24),  # Sports Day, moved for the Olympic Games
        date(2021, 8, 9),  # the substitute of Mountain Day, moved for the Olympic Games
        date(2027, 3, 22),  # the substitute for the vernal equinox, a Sunday
        date(2025, 2, 24),  # the substitute for the Emperor's birthday, a Sunday
        date(2026, 8, 15),  # a Saturday
        date(2025, 12, 31),
        date(2026, 1, 1),
        date(2026, 1, 2),
        date(2024, 1, 3),
        date(2040, 11, 23),
    ],
)
def test_banks_are_closed(day: date) -> None:
    assert not is_banking_day(day)


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 4, 30),  # between two holidays, but not a day apart
        date(2026, 5, 7),
        date(2025, 8, 15),  # the days of Obon are no holidays
        date(2025, 12, 30),
        date(2027, 1, 4),
        date(2025, 12, 23),  # the birthday of the Emperor before
    ],
)
def test_banks_are_open(day: date) -> None:
    assert is_banking_day(day)


# Counted by hand: the nation's 15 and 17 that are no weekends, and the banks' own at New Year.
@pytest.mark.parametrize(("year", "holidays_on_weekdays"), [(2025, 15 + 3), (2026, 17 + 2)])
def test_a_year_has_its_public_holidays_and_those_of_banks(
    year: int, holidays_on_weekdays: int
) -> None:
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365))
    assert sum(d.weekday() < 5 and not is_banking_day(d) for d in days) == holidays_on_weekdays


@pytest.mark.parametrize(
    ("released_on", "paid_on"),
    [
        (date(2026, 4, 1), date(2026, 4, 30)),
        (date(2026, 4, 15), date(2026, 4, 30)),
        (date(2026, 4, 16), date(2026, 5, 15)),
        (date(2026, 4, 30), date(2026, 5, 15)),
        (date(2026, 5, 15), date(2026, 6, 1)),  # 31 May is a Sunday
        (date(2026, 7, 20), date(2026, 8, 17)),  # 15 August is a Saturday
        (date(2026, 12, 1), date(2027, 1, 4)),  # 31 December is no banking day
        (date(2026, 12, 31), date(2027, 1, 15)),
        (date(2025, 12, 10), date(2026, 1, 5)),  # 3 and 4 January are a weekend
        (date(2028, 2, 3), date(2028, 2, 29)),  # a leap year
        (date(2027, 2, 3), date(2027, 3, 1)),  # 28 February is a Sunday
    ],
)
def test_the_first_half_is_paid_at_month_end_and_the_rest_in_the_middle_of_the_next(
    released_on: date, paid_on: date
) -> None:
    assert payday_of(released_on, CYCLE) == paid_on


def test_the_day_of_delivery_is_the_first_of_sixty() -> None:
    assert pay_by(date(2026, 5, 1), 60) == date(2026, 6, 29)


def test_the_law_goes_before_the_cycle() -> None:
    # Delivered 60 days before Sunday 31 May; the cycle would pay on Monday 1 June.
    delivered_on = date(2026, 5, 31) - timedelta(days=59)
    assert payday_of(date(2026, 5, 14), CYCLE) == date(2026, 6, 1)
    assert payday(date(2026, 5, 14), delivered_on, CYCLE, 60) == date(2026, 5, 29)


def test_what_is_released_after_the_limit_is_paid_as_soon_as_banks_are_open() -> None:
    saturday = date(2026, 5, 2)
    assert payday(saturday, date(2026, 1, 10), CYCLE, 60) == date(2026, 5, 7)


@given(DAYS)
def test_months_follow_each_other_from_their_first_days(day: date) -> None:
    first, following = month_of(day), month_of(day, 1)
    assert first == day.replace(day=1)
    assert following.day == 1
    assert first < day + timedelta(days=1) <= following <= first + timedelta(days=31)
    assert month_of(following, -1) == first
    assert month_of(day, -12) == first.replace(year=day.year - 1)


@given(DAYS)
def test_moving_to_a_banking_day_takes_the_nearest_one(day: date) -> None:
    after, before = banking_day_on_or_after(day), banking_day_on_or_before(day)
    assert is_banking_day(after)
    assert is_banking_day(before)
    assert before <= day <= after
    between = (before + timedelta(days=n) for n in range(1, (after - before).days))
    assert not any(is_banking_day(each) for each in between)


@given(DAYS, st.integers(1, 27))
def test_a_cycle_pays_within_a_month_and_a_half_on_a_banking_day(
    released_on: date, cutoff: int
) -> None:
    paid_on = payday_of(released_on, PayCycle(cutoff))
    assert is_banking_day(paid_on)
    assert released_on < paid_on <= released_on + timedelta(days=45)


@given(DAYS, DAYS)
def test_who_is_released_first_is_not_paid_later(one: date, other: date) -> None:
    first, last = sorted((one, other))
    assert payday_of(first, CYCLE) <= payday_of(last, CYCLE)


@given(DAYS, st.integers(0, 90), st.integers(1, 90))
def test_a_payday_is_a_banking_day_after_the_release_and_within_the_law(
    delivered_on: date, days_until_release: int, limit_days: int
) -> None:
    released_on = delivered_on + timedelta(days=days_until_release)
    paid_on = payday(released_on, delivered_on, CYCLE, limit_days)
    assert is_banking_day(paid_on)
    assert released_on <= paid_on <= payday_of(released_on, CYCLE)
    possible_on = banking_day_on_or_after(released_on)
    assert paid_on <= max(possible_on, pay_by(delivered_on, limit_days))
