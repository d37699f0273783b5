"""Days of the market are days in Japan: law, terms and paydays count by its calendar."""

from datetime import date, datetime, timedelta, timezone

# Japan has had no summer time since 1951: a fixed offset needs no database of time zones.
JAPAN = timezone(timedelta(hours=9), "JST")


def day_in_japan(moment: datetime) -> date:
    """Return the date that calendars in Japan show at this moment."""
    return moment.astimezone(JAPAN).date()


def end_of_day_in_japan(day: date) -> datetime:
    """Return the moment at which this day is over in Japan."""
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN) + timedelta(days=1)
