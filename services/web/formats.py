"""Numbers, dates and times as people read them: the filters of the templates.

Times are those of Japan. `ago` goes by the clock of the stack, which a demo may turn.
"""

from base64 import b64encode
from collections.abc import Callable
from contextvars import ContextVar
from datetime import UTC, date, datetime, timedelta
from typing import Any

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal

from services.web.forms import JAPAN
from services.web.i18n import language, locale
from shared.money import Money

now: ContextVar[datetime | None] = ContextVar("now", default=None)

HOUR = 60
JUST_NOW = timedelta(minutes=1)
# Patterns of CLDR (UTS 35), with the day of the week: dates are what people agree on here.
_DAY = {"ja": "y年M月d日(E)", "en": "E d MMM y"}
_SHORT_DAY = {"ja": "M月d日(E)", "en": "E d MMM"}
_MONTH = {"ja": "y年M月", "en": "MMMM y"}
_TIME = "HH:mm"


def yen(value: Money | int) -> str:
    """Return an amount: `12,000円`, or `¥12,000`."""
    amount = value.amount if isinstance(value, Money) else value
    digits = format_decimal(amount, locale=locale())
    if language() == "ja":
        return f"{digits}円"
    return f"-¥{digits[1:]}" if digits.startswith("-") else f"¥{digits}"


def number(value: float) -> str:
    """Return a number with its thousands marked."""
    return format_decimal(value, locale=locale())


def percent(basis_points: int) -> str:
    """Return a rate that counts in hundredths of a per cent: 1000 is 10%."""
    return f"{basis_points / 100:g}%"


def day(value: date | datetime) -> str:
    """Return a day with its year and day of the week."""
    return format_date(_in_japan(value), _DAY[language()], locale=locale())


def short_day(value: date | datetime) -> str:
    """Return a day without its year."""
    return format_date(_in_japan(value), _SHORT_DAY[language()], locale=locale())


def month(value: date) -> str:
    """Return a month."""
    return format_date(value, _MONTH[language()], locale=locale())


def moment(value: datetime) -> str:
    """Return a day and a time in Japan."""
    pattern = f"{_DAY[language()]} {_TIME}"
    return format_datetime(value.astimezone(JAPAN), pattern, locale=locale())


def clock_time(value: datetime) -> str:
    """Return a time of the day in Japan."""
    return format_datetime(value.astimezone(JAPAN), _TIME, locale=locale())


def ago(value: datetime) -> str:
    """Return how long ago something was, or how soon it will be."""
    distance = value - current()
    if abs(distance) < JUST_NOW:
        return "たった今" if language() == "ja" else "just now"
    return format_timedelta(distance, add_direction=True, locale=locale())


def hours(minutes: int) -> str:
    """Return minutes as hours and minutes."""
    whole, rest = divmod(minutes, HOUR)
    units = ("時間", "分") if language() == "ja" else (" h", " min")
    parts = [f"{count}{unit}" for count, unit in zip((whole, rest), units, strict=True) if count]
    return " ".join(parts) if parts else f"0{units[1]}"


def iso(value: date | datetime) -> str:
    """Return a day or a time for machines: what `<time datetime>` and date fields take."""
    return value.isoformat()


def current() -> datetime:
    """Return the time of the visit."""
    return now.get() or datetime.now(UTC)


def today() -> date:
    """Return the day of the visit in Japan."""
    return current().astimezone(JAPAN).date()


def filesize(size: int) -> str:
    """Return a size in bytes as people read it."""
    for unit in ("B", "KB", "MB"):
        if size < 1024:  # noqa: PLR2004
            return f"{size:.0f} {unit}"
        size //= 1024
    return f"{size} GB"


def as_image(svg: str) -> str:
    """Return a drawing as the address of an image: nothing in it is part of the page."""
    if "xmlns=" not in svg:
        svg = svg.replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return "data:image/svg+xml;base64," + b64encode(svg.encode()).decode("ascii")


def _in_japan(value: date | datetime) -> date:
    return value.astimezone(JAPAN).date() if isinstance(value, datetime) else value


FILTERS: dict[str, Callable[..., Any]] = {
    "yen": yen,
    "number": number,
    "percent": percent,
    "day": day,
    "short_day": short_day,
    "month": month,
    "moment": moment,
    "clock_time": clock_time,
    "ago": ago,
    "hours": hours,
    "iso": iso,
    "size": filesize,
    "as_image": as_image,
}
