"""Months, each given by its first day."""

from datetime import date
from typing import Final

from services.web.formats import today

IN_A_YEAR: Final = 12


def this_month() -> date:
    """Return the month that goes on."""
    return today().replace(day=1)


def moved(month: date, by: int) -> date:
    """Return the month that is so many later, or earlier when `by` is negative."""
    number = month.year * IN_A_YEAR + month.month - 1 + by
    return date(number // IN_A_YEAR, number % IN_A_YEAR + 1, 1)


def months_until(last: date, how_many: int) -> list[date]:
    """Return so many months, the oldest first."""
    return [moved(last, -back) for back in reversed(range(how_many))]
