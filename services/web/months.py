"""Months, each given by its first day."""

from datetime import date

from services.web.formats import today
from shared.calendar import month_of


def this_month() -> date:
    """Return the month that goes on."""
    return month_of(today())


def months_until(last: date, how_many: int) -> list[date]:
    """Return so many months, the oldest first."""
    return [month_of(last, -back) for back in reversed(range(how_many))]
