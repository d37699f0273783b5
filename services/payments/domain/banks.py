"""Banks and branches of Japan: their codes, and how they are found by what people type."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from shared.errors import Invalid, NotFound


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank by its code of 4 digits; the name goes without the word for bank (銀行)."""

    code: str
    name: str
    kana: str


@dataclass(frozen=True, slots=True)
class Branch:
    """A branch by its code of 3 digits; the name goes without the word for branch (支店)."""

    code: str
    name: str
    kana: str


class Banks(Protocol):
    """The banks of Japan and their branches."""

    def search(self, text: str, limit: int) -> Sequence[Bank]:
        """Return the banks that fit, best first: by first digits of the code, or by any script."""

    def branches(self, bank_code: str, text: str, limit: int) -> Sequence[Branch]:
        """Return the branches that fit, best first; all in order of their codes for no text.

        Raises NotFound (`bank_not_found`).
        """

    def find(self, bank_code: str, branch_code: str) -> tuple[Bank, Branch]:
        """Return these two; raise NotFound (`bank_not_found`, `branch_not_found`)."""


@dataclass(frozen=True, slots=True)
class Routing:
    """Where an account is held: the routing number that the processor keeps for Japan."""

    bank_code: str
    branch_code: str

    @classmethod
    def of(cls, number: str) -> "Routing":
        """Read 7 digits, 4 for the bank and 3 for the branch; `routing_number_invalid` else."""
        if not re.fullmatch(r"[0-9]{7}", number):
            raise Invalid(
                "routing_number_invalid",
                "Give 7 digits: the bank's code of 4 and the branch's of 3.",
            )
        return cls(number[:4], number[4:])


def no_such_bank() -> NotFound:
    """Return the refusal for a bank's code that isn't in use."""
    return NotFound("bank_not_found", "There is no bank of this code: search for it by name.")


def no_such_branch() -> NotFound:
    """Return the refusal for a branch's code that isn't in use."""
    return NotFound(
        "branch_not_found", "The bank has no branch of this code: search its branches by name."
    )


P = TypeVar("P", Bank, Branch)


@dataclass(frozen=True, slots=True)
class Listed(Generic[P]):
    """A bank or a branch, and the words by which it is found.

    `roma` is as the list spells it; only its beginning counts: "iyo" is within "shiyou".
    """

    place: P
    words: tuple[str, ...]
    roma: str

    @classmethod
    def of(cls, place: P, roma: str) -> "Listed[P]":
        """Return it to be found by name, kana and romaji."""
        name, kana, roma = map(plain_text, (place.name, place.kana, roma))
        return cls(place, tuple(dict.fromkeys((name, kana, _as_heard(roma)))), roma)


def found(text: str, places: Iterable[Listed[P]], kind: type[P], limit: int) -> list[P]:
    """Return at most `limit` that fit: named so, then named beginning so, then containing it.

    Places of one rank keep their order.
    """
    plain = plain_text(text)
    wanted = tuple(dict.fromkeys((plain, _as_heard(plain))))
    ranked = ((_rank(wanted, each, _WORDS[kind]), each.place) for each in places)
    fitting = sorted((pair for pair in ranked if pair[0] < _UNFIT), key=lambda pair: pair[0])
    return [place for _, place in fitting[:limit]]


def plain_text(text: str) -> str:
    """Return what is the same for all ways to write a name; empty when nothing is left.

    One width, one case, katakana for hiragana, and as the banks' own kana have it: large ones for
    small ones, no marks for long vowels; without spaces, points and hyphens; short legal forms.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().translate(_KATAKANA)
    folded = _SILENT.sub("", folded.translate(_LARGE))
    for long, short in _FORMS.items():
        folded = folded.replace(long, short)
    return folded


_FIRST_HIRAGANA, _LAST_HIRAGANA, _TO_KATAKANA = 0x3041, 0x3096, 0x60
_KATAKANA = {code: code + _TO_KATAKANA for code in range(_FIRST_HIRAGANA, _LAST_HIRAGANA + 1)}
_LARGE = str.maketrans("ァィゥェォッャュョヮヵヶ", "アイウエオツヤユヨワカケ")
_SILENT = re.compile(r"[\s\-\u2010-\u2015\u2212ー.,'・、。()]")
# In the banks' own list legal forms are shortened.
_FORMS = {
    "農業協同組合": "農協",
    "漁業協同組合": "漁協",
    "信用金庫": "信金",
    "信用組合": "信組",
    "労働金庫": "労金",
    "シンヨウキンコ": "シンキン",
    "シンヨウクミアイ": "シンクミ",
    "ロウドウキンコ": "ロウキン",
}
# What people add to a name, for the list has names without it.
_WORDS: dict[type, tuple[str, ...]] = {
    Bank: ("銀行", "ギンコウ", "ginkou", "bank"),
    Branch: ("支店", "シテン", "shiten", "branch"),
}
# The list's romaji spell its large kana (toukiyou); people write what they hear (tokyo).
_HEARD = (
    (re.compile(r"tsu(?=[kstcp])"), ""),
    (re.compile(r"([kstcpgdbz])\1"), r"\1"),
    (re.compile(r"(sh|ch|j)iy(?=[auo])"), r"\1"),
    (re.compile(r"([kgnhbpmr])iy(?=[auo])"), r"\1y"),
    (re.compile(r"m(?=[bpm])"), "n"),
    (re.compile(r"o[uo]+"), "o"),
    (re.compile(r"([aiueo])\1+"), r"\1"),
)


def _as_heard(roma: str) -> str:
    if not roma.isascii():
        return roma
    for written, heard in _HEARD:
        roma = written.sub(heard, roma)
    return roma


_SAME, _BEGINS, _CONTAINS, _UNFIT = range(4)


def _rank(wanted: tuple[str, ...], listed: Listed[P], added: tuple[str, ...]) -> int:
    if listed.place.code.startswith(wanted):
        return _SAME
    best = min(_fit(text, word, added) for text in wanted for word in listed.words)
    return min(best, _BEGINS) if listed.roma.startswith(wanted) else best


def _fit(text: str, word: str, added: tuple[str, ...]) -> int:
    if text == word:
        return _SAME
    if word.startswith(text):
        return _BEGINS
    # "みずほ銀行", and "みずほ銀" while it is being typed.
    if text.startswith(word) and any(each.startswith(text[len(word) :]) for each in added):
        return _SAME
    return _CONTAINS if text in word else _UNFIT
