"""The languages of the pages.

What is to be translated is written in English where it is used:

    {{ _("Post a job") }}   {% trans name=person.name %}Write to {{ name }}{% endtrans %}
    {{ ngettext("%(num)s proposal", "%(num)s proposals", count) }}

and in Python `_("Saved.")`, with `from services.web.i18n import _`. A sentence with facts in it is
`_("Held for %(name)s", name=…)`, so a per cent sign is always written as two. The Japanese is in
`locales/ja/<area>.po`: `python -m tools.messages` puts new sentences there, and a test finds what
is missing. The language is that of the visit which is being answered.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

LOCALES = Path(__file__).parent / "locales"
AREAS = (
    "public",
    "account",
    "client",
    "assistant",
    "contracts",
    "operator",
    "programs",
    "refusals",
    "ui",
)

Language = Literal["ja", "en"]
LANGUAGES: tuple[Language, ...] = ("ja", "en")  # the first is taken where a reader asks for neither

_language: ContextVar[Language] = ContextVar("language", default="ja")

Key = tuple[str, str]  # context ("" without one), and the English sentence


@dataclass(frozen=True)
class Translations:
    """What sentences are in one language. One that isn't there is shown in English."""

    singular: Mapping[Key, str] = field(default_factory=dict)
    plural: Mapping[Key, tuple[str, ...]] = field(default_factory=dict)

    def one(self, message: str, context: str = "") -> str:
        """Return the sentence."""
        return self.singular.get((context, message)) or message

    def counted(self, one: str, many: str, count: int) -> str:
        """Return the sentence for so many. Japanese has one form for all counts."""
        forms = self.plural.get(("", one))
        if forms:
            return forms[0]
        return one if count == 1 else many


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Answer in this language inside the block."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def language() -> Language:
    """Return the language that is being spoken."""
    return _language.get()


def locale() -> Locale:
    """Return what Babel knows of the language; English writes its dates as people do in Japan."""
    return _locale(language())


def gettext(message: str, /, **facts: object) -> str:
    """Return the sentence in the language of the visit, with the facts in it."""
    return _translations(language()).one(message) % facts


def ngettext(one: str, many: str, count: int, /, **facts: object) -> str:
    """Return the sentence for so many (`%(num)s`)."""
    return _translations(language()).counted(one, many, count) % ({"num": count} | facts)


def pgettext(context: str, message: str, /, **facts: object) -> str:
    """Return the sentence where the context decides what it means."""
    return _translations(language()).one(message, context) % facts


def plain_gettext(message: str) -> str:
    """Return the sentence with its facts still to be put in: what Jinja asks for."""
    return _translations(language()).one(message)


def plain_ngettext(one: str, many: str, count: int) -> str:
    """Return the sentence for so many, its facts still to be put in."""
    return _translations(language()).counted(one, many, count)


def plain_pgettext(context: str, message: str) -> str:
    """Return the sentence in a context, its facts still to be put in."""
    return _translations(language()).one(message, context)


def N_(message: str) -> str:  # noqa: N802  (what gettext's tools look for)
    """Mark a sentence that is translated later, where it is shown."""
    return message


_ = gettext


def read_catalogue(area: str, language: str = "ja") -> Catalog:
    """Return an area's catalogue; an empty one where there is none yet."""
    file = LOCALES / language / f"{area}.po"
    if not file.exists():
        return Catalog(locale=language)
    with file.open("rb") as opened:
        return read_po(opened, locale=language)


@cache
def _translations(language: Language) -> Translations:
    singular: dict[Key, str] = {}
    plural: dict[Key, tuple[str, ...]] = {}
    if language == "en":
        return Translations()
    for area in AREAS:
        for message in read_catalogue(area, language):
            context = str(message.context or "")
            if not message.id:
                continue
            if isinstance(message.id, str):
                singular[context, message.id] = str(message.string)
            else:
                plural[context, message.id[0]] = tuple(str(form) for form in message.string or ())
    return Translations(singular, plural)


@cache
def _locale(language: Language) -> Locale:
    return Locale.parse("ja_JP" if language == "ja" else "en_GB")


def known(tag: str | None) -> Language | None:
    """Return the language of a tag, when we speak it."""
    return next((each for each in LANGUAGES if each == tag), None)


def most_wanted(accept_language: str) -> Language:
    """Return the language that the reader wants most of those that we speak (RFC 9110, 12.5.4)."""
    wanted = [_preference(part) for part in accept_language.split(",")]
    wanted.sort(key=lambda preference: -preference[1])  # stable: the first of equals stays first
    names = (known(name) for name, weight in wanted if weight)
    return next((name for name in names if name), LANGUAGES[0])


def _preference(part: str) -> tuple[str, float]:
    tag, _, weight = part.strip().partition(";q=")
    try:
        return tag.partition("-")[0].lower(), float(weight or 1)
    except ValueError:
        return "", 0.0
