"""Letters from templates (Jinja2): templates/<locale>/<name>.txt, the subject on the first line."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

from services.notify.domain.letters import Addressee, Letter
from shared.calendar import JAPAN
from shared.messages.accounts import Locale
from shared.messages.base import Event
from shared.money import Money

TEMPLATES = Path(__file__).parent.parent / "templates"
# Japan has had no summer time since 1951, so that no table of time zones is needed.

_WEEKDAYS = "月火水木金土日"


def _yen_ja(money: Money) -> str:
    return f"{money.amount:,}円" if money.currency == "JPY" else str(money)


def _yen_en(money: Money) -> str:
    return f"¥{money.amount:,}" if money.currency == "JPY" else str(money)


def _day_ja(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def _day_en(day: date) -> str:
    return f"{day:%A}, {day.day} {day:%B %Y}"


def _time_ja(moment: datetime) -> str:
    local = moment.astimezone(JAPAN)
    return f"{_day_ja(local)} {local:%H:%M}"


def _time_en(moment: datetime) -> str:
    local = moment.astimezone(JAPAN)
    return f"{_day_en(local)}, {local:%H:%M} (Japan time)"


# How each language writes amounts, days and moments: filters of its templates.
FILTERS: Mapping[Locale, Mapping[str, Callable[[Any], str]]] = {
    "ja": {"yen": _yen_ja, "day": _day_ja, "time": _time_ja},
    "en": {"yen": _yen_en, "day": _day_en, "time": _time_en},
}


class TemplateLetters:
    """Writes letters in the language of whom they are for."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._environments = {locale: _environment(locale) for locale in FILTERS}

    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        """Return the letter; `company`: for which the addressee is told it.

        Raises jinja2.UndefinedError when a template asks for what isn't there.
        """
        environment = self._environments[addressee.locale]
        subject, body = _parts(environment, f"{addressee.locale}/{template}.txt")
        known = {
            "event": happened,
            "name": addressee.display_name,
            "company": company,
            "public_url": self._public_url,
        }
        # A title that people typed may have line breaks: they must not end the subject.
        one_line = " ".join(subject.render(known).split())
        return Letter(one_line, body.render(known).strip() + "\n")


@cache
def _parts(environment: Environment, path: str) -> tuple[Template, Template]:
    """Return the template's first line, and the rest of it."""
    assert environment.loader  # noqa: S101  (it was made with one)
    source, _, _ = environment.loader.get_source(environment, path)
    subject, _, body = source.partition("\n")
    return environment.from_string(subject), environment.from_string(body)


def _environment(locale: Locale) -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  (plain text: there is nothing to escape)
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= FILTERS[locale]
    return environment
