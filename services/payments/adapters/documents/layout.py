"""A document in one language, as texts in their places: what the template prints."""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from services.payments.domain.documents import (
    FORMS,
    Column,
    Document,
    Form,
    Party,
    Sum,
    Table,
    Value,
)
from shared.messages.accounts import Locale

_TEXTS: Final = Path(__file__).parent / "texts"
_OTHER: Final[Mapping[Locale, Locale]] = {"ja": "en", "en": "ja"}
# A word of that many letters has no place to break a line at, and may leave its column.
_LONG_WORD: Final = re.compile(r"[!-~]{16}(?=[!-~])")
_ZERO_WIDTH_SPACE: Final = "\u200b"
_STRONG_SUMS: Final = frozenset(
    {"total", "still_to_pay", "to_bank", "refunded", "client_closing", "assistant_closing", "due"}
)
_WIDE: Final = frozenset({Column.TITLE, Column.PERSON, Column.PAYER})
_NUMERIC: Final = frozenset({Form.AMOUNT, Form.SHARE})


@cache
def texts_of(lang: Locale) -> Mapping[str, Any]:
    """Return all that documents say in a language."""
    with (_TEXTS / f"{lang}.toml").open("rb") as file:
        return tomllib.load(file)


@dataclass(frozen=True)
class Layout:
    """Lays documents out in a language; `printable` replaces what the fonts don't have."""

    lang: Locale
    printable: Callable[[str], str]

    def lay_out(self, document: Document) -> Mapping[str, Any]:
        """Return the texts of a document, in their places."""
        texts = self._texts
        return {
            "lang": self.lang,
            "title": title_of(document, self.lang),
            "other_title": title_of(document, _OTHER[self.lang]),
            "other_lang": _OTHER[self.lang],
            "subtitle": texts["subtitles"][document.kind],
            "market": self._text(document.market),
            "author": self._text(document.issuer.name),
            "number": document.number,
            "number_label": texts["number"],
            "page_label": texts["page"],
            "issued_on": self._day(document.issued_on),
            "issued_label": texts["issued_on"],
            "date": [document.issued_on.year, document.issued_on.month, document.issued_on.day],
            "recipient_label": texts["to"],
            "recipient": self._party(document.recipient, honorific=texts["honorific"]),
            "issuer_label": texts["from"],
            "issuer": self._party(document.issuer, registration=_is_invoice(document)),
            "agent_label": texts["agent"],
            "agent": self._party(document.agent) if document.agent else None,
            "total_label": texts["totals"][document.kind],
            "total": self._yen(document.total),
            "unit": texts["unit"],
            "details": [
                [texts["columns"][each.name], self._value(each.name, each.value)]
                for each in document.details
            ],
            "tables": [self._table(each) for each in document.tables],
            "taxes": self._taxes(document),
            "sums": [self._sum(each) for each in document.sums],
            "notes": [texts["notes"][each] for each in document.notes],
            "none": texts["none"],
        }

    @property
    def _texts(self) -> Mapping[str, Any]:
        return texts_of(self.lang)

    def _text(self, text: str) -> str:
        composed = unicodedata.normalize("NFC", text)
        broken = _LONG_WORD.sub(lambda found: found[0] + _ZERO_WIDTH_SPACE, composed)
        return self.printable(broken)

    def _party(
        self, party: Party, *, honorific: str = "", registration: bool = False
    ) -> Mapping[str, Any]:
        lines = [line for line in party.address.splitlines() if line]
        if party.registration_number:
            lines.append(f"{self._texts['registration_number']} {party.registration_number}")
        elif registration:
            lines.append(self._texts["no_registration_number"])
        return {
            "name": self._text(party.name),
            "honorific": honorific,
            "lines": [self._text(line) for line in lines],
        }

    def _table(self, table: Table) -> Mapping[str, Any]:
        texts = self._texts
        totals: Sequence[str] = ()
        if len(table.rows) > 1 and table.totals:
            first = next(iter(table.columns))
            totals = [
                texts["total"]
                if column is first
                else self._amount(table.totals[column])
                if column in table.totals
                else ""
                for column in table.columns
            ]
        return {
            "title": texts["tables"][table.name],
            "columns": [
                {
                    "label": texts["columns"][column],
                    "numeric": FORMS[column] in _NUMERIC,
                    "wide": column in _WIDE,
                }
                for column in table.columns
            ],
            "rows": [
                [self._value(column, row[column], "short_day") for column in table.columns]
                for row in table.rows
            ],
            "totals": totals,
        }

    def _taxes(self, document: Document) -> Mapping[str, Any] | None:
        if not document.taxes:
            return None
        texts = self._texts["taxes"]
        return {
            "title": texts["title"],
            "head": ["", texts["taxable"], texts["tax"]],
            "rows": [
                [
                    texts["rate"].format(rate=_share(each.basis_points)),
                    self._amount(each.taxable),
                    self._amount(each.tax),
                ]
                for each in document.taxes
            ],
        }

    def _sum(self, line: Sum) -> Mapping[str, Any]:
        return {
            "label": self._texts["sums"][line.name],
            "amount": self._amount(line.amount),
            "strong": line.name in _STRONG_SUMS,
        }

    def _value(self, column: Column, value: Value, day: str = "day") -> str:
        match FORMS[column], value:
            case Form.DAY, date():
                return self._day(value, day)
            case Form.MONTH, str():
                year, month = map(int, value.split("-"))
                return self._day(date(year, month, 1), "month")
            case Form.WORD, str():
                words: Mapping[str, str] = self._texts["words"]
                return words[value]
            case Form.SHARE, int():
                return _share(value)
            case Form.AMOUNT, int():
                return self._amount(value)
            case _:
                return self._text(str(value))

    def _day(self, day: date, form: str = "day") -> str:
        pattern: str = self._texts[form]
        months = self._texts.get("months")
        name = months[day.month - 1] if months else ""
        return pattern.format(year=day.year, month=day.month, day=day.day, month_name=name)

    def _amount(self, amount: int) -> str:
        sign = self._texts["minus"] if amount < 0 else ""
        return f"{sign}{abs(amount):,}"

    def _yen(self, amount: int) -> str:
        sign = self._texts["minus"] if amount < 0 else ""
        return f"{sign}¥{abs(amount):,}"


def title_of(document: Document, lang: Locale) -> str:
    """Return a document's title; an invoice without a registration number isn't called qualified.

    The texts have a second title, `<kind>_plain`, for the kinds that can be qualified.
    """
    titles: Mapping[str, str] = texts_of(lang)["titles"]
    plain = titles.get(f"{document.kind}_plain")
    return plain if plain and not document.qualified else titles[document.kind]


def _is_invoice(document: Document) -> bool:
    return bool(document.taxes)


def _share(basis_points: int) -> str:
    return f"{basis_points / 100:g}%"
