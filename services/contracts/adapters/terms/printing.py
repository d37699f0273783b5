"""Terms in writing as PDF."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

from shared.calendar import JAPAN
from shared.documents.typesetting import Typesetter
from shared.messages.accounts import Locale
from shared.messages.contracts import MilestoneTerms, TermsView
from shared.messages.jobs import RetainerTerms
from shared.money import Money

_HERE: Final = Path(__file__).parent
TEMPLATE: Final = _HERE / "terms.typ"

Lines = list[tuple[str, str]]


@cache
def texts_of(lang: Locale) -> Mapping[str, Any]:
    """Return all that the document says in a language."""
    with (_HERE / f"{lang}.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class TypstTermsPrinter:
    """Implements the port TermsPrinter."""

    typesetter: Typesetter = field(default_factory=Typesetter)

    def print(self, terms: TermsView, lang: Locale) -> bytes:
        """Return the PDF, in this language but for what the parties wrote themselves."""
        return self.typesetter.set(TEMPLATE, _Layout(lang, self.typesetter).of(terms))


@dataclass(frozen=True)
class _Layout:
    """The terms as texts in their places."""

    lang: Locale
    typesetter: Typesetter

    @property
    def _texts(self) -> Mapping[str, Any]:
        return texts_of(self.lang)

    def of(self, terms: TermsView) -> Mapping[str, Any]:
        texts = self._texts
        return {
            "lang": self.lang,
            "title": texts["title"],
            "subtitle": texts["subtitle"],
            "job": self._text(terms.job_title),
            "version": texts["version"].format(version=terms.version),
            "date": [terms.ordered_on.year, terms.ordered_on.month, terms.ordered_on.day],
            "items": self._items(terms),
            "milestones_heading": texts["milestones"],
            "criteria_heading": texts["criteria"],
            "milestones": [self._milestone(each) for each in terms.milestones],
            "consents_heading": texts["consents"],
            "consents": [
                (texts["parties"][each.party], self._moment(each.at)) for each in terms.consents
            ],
            "hash_label": texts["sha256"],
            "sha256": terms.sha256,
        }

    def _items(self, terms: TermsView) -> Lines:
        said = self._texts["items"]
        lines = [
            (said["client"], self._text(terms.client_name)),
            (said["assistant"], self._text(terms.assistant_name)),
            (said["mode"], self._texts["modes"][terms.mode]),
            (said["ordered_on"], self._day(terms.ordered_on)),
            (said["work"], self._text(terms.job_title)),
            (said["place"], self._text(terms.place)),
            (said["inspection"], said["days"].format(days=terms.review_days)),
            (said["payment_method"], self._text(terms.payment_method)),
        ]
        if terms.max_revisions is not None:
            lines.append((said["revisions"], said["times"].format(times=terms.max_revisions)))
        if terms.care_days:
            lines.append((said["dates"], said["may_move"].format(days=terms.care_days)))
        if terms.weekly_hours:
            lines.append((said["hours"], said["a_week"].format(hours=terms.weekly_hours)))
        if terms.retainer:
            lines.append((said["retainer"], self._retainer(terms.retainer)))
        if terms.notice_days is not None:
            lines.append((said["notice"], said["days"].format(days=terms.notice_days)))
        return lines

    def _milestone(self, terms: MilestoneTerms) -> Mapping[str, Any]:
        said, items = self._texts["milestone"], self._texts["items"]
        lines = [
            (said["price"], self._money(terms.price)),
            (said["due_on"], self._day(terms.due_on)),
            (said["inspection_ends_on"], self._day(terms.inspection_ends_on)),
            (said["payday"], self._day(terms.payday)),
        ]
        if terms.review_days is not None:
            lines.insert(2, (items["inspection"], items["days"].format(days=terms.review_days)))
        return {
            "title": self._text(terms.title),
            "description": self._text(terms.description),
            "lines": lines,
            "criteria": [self._text(each) for each in terms.criteria],
        }

    def _retainer(self, terms: RetainerTerms) -> str:
        said: str = self._texts["items"]["retainer_of"]
        return said.format(
            period=self._texts["periods"][terms.period],
            price=self._money(terms.hourly_price),
            hours=terms.hours_limit,
            start=self._day(terms.starts_on),
        )

    def _text(self, text: str) -> str:
        return self.typesetter.printable(text)

    def _day(self, day: date) -> str:
        said: str = self._texts["day"]
        return said.format(year=day.year, month=day.month, day=day.day, name=f"{day:%d %B %Y}")

    def _moment(self, moment: datetime) -> str:
        local = moment.astimezone(JAPAN)
        return f"{self._day(local.date())} {local:%H:%M:%S} JST"

    def _money(self, money: Money) -> str:
        said: str = self._texts["yen"]
        return said.format(amount=f"{money.amount:,}") if money.currency == "JPY" else str(money)
