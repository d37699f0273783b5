"""Days of the market are days in Japan: law, terms and paydays count by its calendar."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache

# Japan has had no summer time since 1951: a fixed offset needs no database of time zones.
JAPAN = timezone(timedelta(hours=9), "JST")

_DAY = timedelta(days=1)
_SATURDAY = 5
_MONTHS = 12


def day_in_japan(moment: datetime) -> date:
    """Return the date that calendars in Japan show at this moment."""
    return moment.astimezone(JAPAN).date()


def end_of_day_in_japan(day: date) -> datetime:
    """Return the moment at which this day is over in Japan."""
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN) + timedelta(days=1)


def month_of(day: date, later: int = 0) -> date:
    """Return the first day of a day's month, or of the month so many later; below 0: earlier."""
    number = day.year * _MONTHS + day.month - 1 + later
    return date(number // _MONTHS, number % _MONTHS + 1, 1)


@dataclass(frozen=True, slots=True)
class PayCycle:
    """When what is released is paid, twice a month; dated configuration of who uses it.

    What is released by day `first_cutoff` of a month is paid at that month's end, what is released
    later on day `first_cutoff` of the next month.
    """

    first_cutoff: int
    """A day that every month has: 1 to 27, so that some days come after it."""


def week_from(day: date) -> date:
    """Return the last day of the week that starts on this day."""
    return day + 6 * _DAY


def month_from(day: date) -> date:
    """Return the last day of the month that starts on this day.

    It is the day before the same day of the next month, or that month's last when it has no such
    day.
    """
    last = month_of(day, 2) - _DAY
    return last if day.day > last.day else last.replace(day=day.day) - _DAY


def is_banking_day(day: date) -> bool:
    """Return whether banks in Japan are open.

    They are closed on Saturdays, Sundays, national holidays (with their substitutes) and from
    31 December to 3 January. Source: Order for Enforcement of the Banking Act, article 5.

    The holidays of coming years are those of the law as it stands; the government publishes the
    two days of equinox only in February of the year before, so these are astronomy until then.
    """
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def banking_day_on_or_after(day: date) -> date:
    """Return the day itself if banks are open, or the next on which they are."""
    while not is_banking_day(day):
        day += _DAY
    return day


def banking_day_on_or_before(day: date) -> date:
    """Return the day itself if banks are open, or the last before on which they were."""
    while not is_banking_day(day):
        day -= _DAY
    return day


def payday_of(released_on: date, cycle: PayCycle) -> date:
    """Return the day on which the cycle pays what is released on this day: a banking day."""
    next_month = month_of(released_on, 1)
    if released_on.day <= cycle.first_cutoff:
        return banking_day_on_or_after(next_month - _DAY)
    return banking_day_on_or_after(next_month.replace(day=cycle.first_cutoff))


def pay_by(delivered_on: date, limit_days: int) -> date:
    """Return the last day on which the law lets work be paid, whether banks are open or not.

    The day on which work is received is the first of the days, inspected or not. Source: Act on
    Ensuring Proper Transactions Involving Specified Entrusted Business Operators (Act No. 25 of
    2023), article 4, which says 60 days.
    """
    return delivered_on + timedelta(days=limit_days - 1)


def payday(released_on: date, delivered_on: date, cycle: PayCycle, limit_days: int) -> date:
    """Return the day on which work is paid that was delivered and released on these days.

    That is the cycle's day, but the last banking day within the limit when the cycle's is later.
    When no banking day is left between the release and the limit (a dispute took long), it is the
    first on which payment is possible; only then is it later than `pay_by`.
    """
    latest = banking_day_on_or_before(pay_by(delivered_on, limit_days))
    earliest = banking_day_on_or_after(released_on)
    return max(earliest, min(latest, payday_of(released_on, cycle)))


@lru_cache(maxsize=16)
def _holidays(year: int) -> frozenset[date]:
    # It takes 12 MiB to load: only processes that count banking days pay for that.
    from holidays import country_holidays  # noqa: PLC0415

    return frozenset(country_holidays("JP", years=year, categories=("public", "bank")))
