"""Letters from templates (Jinja2): templates/<locale>/<name>.txt, the subject on the first line.

A letter is written once, as text. Its HTML is laid out from the text (templates/letter.html), and
what the inbox and LINE show is the same without greeting and signature.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup, escape

from services.notify.domain.blocks import blocks
from services.notify.domain.kinds import link_of
from services.notify.domain.letters import Addressee, Letter
from services.notify.ports import Gathered
from shared.calendar import JAPAN
from shared.messages.accounts import Locale
from shared.messages.base import Event
from shared.money import Money

# LINE takes 5,000 characters; nobody reads as many there.
PUSHED_CHARACTERS = 600
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


# What every letter's HTML says beside the letter.
WORDS: Mapping[Locale, Mapping[str, str]] = {
    "ja": {
        "open": "ページを開く",
        "settings": "お知らせの設定",
        "stop": "この種類のメールを止める",
    },
    "en": {"open": "Open the page", "settings": "How you are told", "stop": "No more such mail"},
}


class TemplateLetters:
    """Writes letters in the language of whom they are for."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url
        self._environments = {locale: _environment(locale) for locale in FILTERS}
        self._layout = _layout(public_url)

    def write(
        self, template: str, addressee: Addressee, happened: Event, company: str = ""
    ) -> Letter:
        """Return the letter; `company`: for which the addressee is told it.

        Raises jinja2.UndefinedError when a template asks for what isn't there.
        """
        path = link_of(template, happened)
        link = f"{self._public_url}{path}" if path else ""
        known = {"event": happened, "company": company, "link": link}
        return self._written(template, addressee, known)

    def digest(self, addressee: Addressee, gathered: Sequence[Gathered]) -> Letter:
        """Return one letter that tells of all of these."""
        items = [{"subject": e.subject, "link": f"{self._public_url}{e.link}"} for e in gathered]
        link = f"{self._public_url}/inbox"
        return self._written("digest", addressee, {"items": items, "company": "", "link": link})

    def html(self, letter: Letter, locale: Locale, stop: str = "") -> str:
        """Return the letter laid out; `stop`: the address of the link that ends such mail."""
        return self._layout.render(
            locale=locale,
            subject=letter.subject,
            blocks=blocks(letter.body, letter.link),
            link=letter.link,
            public_url=self._public_url,
            words=WORDS[locale],
            settings=bool(stop),
            stop=stop,
        )

    def push(self, letter: Letter) -> str:
        """Return what is pushed of it: short, with the link."""
        text = letter.text
        if len(text) > PUSHED_CHARACTERS:
            text = f"{text[:PUSHED_CHARACTERS].rstrip()}…"
        path = letter.link.startswith("/")
        link = f"{self._public_url}{letter.link}" if path else letter.link
        return "\n\n".join(part for part in (letter.subject, text, link) if part)

    def _written(self, template: str, addressee: Addressee, known: Mapping[str, object]) -> Letter:
        environment = self._environments[addressee.locale]
        subject, body = _parts(environment, f"{addressee.locale}/{template}.txt")
        known = {
            **known,
            "name": addressee.display_name,
            "public_url": self._public_url,
            "bare": False,
        }
        # A title that people typed may have line breaks: they must not end the subject.
        one_line = " ".join(subject.render(known).split())
        whole = body.render(known).strip() + "\n"
        _, _, text = body.render({**known, "bare": True}).strip().partition("\n\n")
        return Letter(one_line, whole, text.strip(), str(known["link"]))


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


def _layout(public_url: str) -> Template:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def ours(line: str) -> Markup:
        """Make a link of an address of ours. Those that people typed stay text: nobody is lured."""
        before, address, _ = line.partition(public_url)
        if not address or before.strip():
            return escape(line)
        return Markup('<a href="{0}">{0}</a>').format(line.strip())

    environment.filters["ours"] = ours
    return environment.get_template("letter.html")
