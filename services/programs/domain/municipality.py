"""The national list of local governments: data/README.md says where it is from."""

import csv
import unicodedata
from functools import cache
from pathlib import Path
from typing import NamedTuple

from shared.errors import Invalid
from shared.messages.programs import MunicipalityView

WEIGHTS = (6, 5, 4, 3, 2)
SEARCH_LIMIT = 20
LIST = Path(__file__).parent.parent / "data" / "municipalities.csv"


class _Entry(NamedTuple):
    """A local government, and the text in which a search looks."""

    view: MunicipalityView
    haystack: str


def check_digit(digits: str) -> str:
    """The sixth digit that belongs to the first five: modulus 11, its last digit."""
    total = sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True))
    return str((11 - total % 11) % 10)


def municipality(code: str) -> MunicipalityView:
    """The local government of this code (a prefecture is its own `name`).

    Raises:
        Invalid: `municipality_unknown`; `meant` is the code it would be with its right check
            digit, where there is one.
    """
    entry = _entries().get(code)
    if entry is not None:
        return entry.view
    meant = _meant(code)
    if meant is None:
        raise Invalid(
            "municipality_unknown", "the national list has no such code", municipality_code=code
        )
    raise Invalid(
        "municipality_unknown",
        f"the check digit is wrong: {meant.prefecture} {meant.name} has {meant.code}",
        municipality_code=code,
        meant=meant.code,
    )


def search(text: str, limit: int = SEARCH_LIMIT) -> list[MunicipalityView]:
    """Local governments whose code, name or reading has every word of `text`, in the list's order.

    Those whose name or code begins with the text come first. Katakana finds what is listed in
    hiragana, and characters of full width find those of half width. No text finds nothing.
    """
    words = _folded(text).split()
    if not words:
        return []
    found = [
        entry for entry in _entries().values() if all(word in entry.haystack for word in words)
    ]
    found.sort(key=lambda entry: not f"{entry.view.name} {entry.view.code}".startswith(words[0]))
    return [entry.view for entry in found[:limit]]


def _meant(code: str) -> MunicipalityView | None:
    """The one whose first five digits are these."""
    if len(code) != len(WEIGHTS) + 1 or not (code.isascii() and code.isdigit()):
        return None
    entry = _entries().get(code[:-1] + check_digit(code[:-1]))
    return entry.view if entry else None


def _folded(text: str) -> str:
    """Characters as the list has them: half width digits, hiragana."""
    width = unicodedata.normalize("NFKC", text).lower()
    return "".join(chr(ord(c) - 0x60) if "ァ" <= c <= "ヶ" else c for c in width)


@cache
def _entries() -> dict[str, _Entry]:
    """The list by code, read when it is first asked for (some milliseconds)."""
    with LIST.open(encoding="utf-8", newline="") as file:
        return {row["code"]: _entry(row) for row in csv.DictReader(file)}


def _entry(row: dict[str, str]) -> _Entry:
    """A line of the list. Its names are folded as what is sought: both lose their katakana."""
    view = MunicipalityView(code=row["code"], prefecture=row["prefecture"], name=row["name"])
    return _Entry(view, _folded(" ".join((view.code, view.prefecture, view.name, row["kana"]))))
