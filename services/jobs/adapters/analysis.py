"""What a text is about, as words that can be compared: Japanese and English.

SudachiPy divides Japanese and gives each word its usual spelling, coarse and fine: a word of many
characters stands for itself and for its parts. English words lose their endings (Snowball). What
only holds a sentence together is left out. Words that mean the same here (synonyms.toml) are one.
"""

import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

# Kinds of words that say what a text is about, by Sudachi's first part of speech.
CONTENT: Final = frozenset({"名詞", "動詞", "形容詞", "形状詞", "副詞", "接尾辞"})
# Words that nearly every text has.
_STOP: Final = """
    為る 有る 居る 成る 出来る 下さる 致す 頂く 願う 御 方 事 こと 物 もの 為 ため
    a an and are as at be but by can for from has have i if in into is it its of on or our so that
    the their them then there these they this to was we were what when who will with you your
"""
STOP: Final = frozenset(_STOP.split())
# Sudachi takes texts of at most 49,149 bytes.
PIECE: Final = 10_000
_SYNONYMS: Final = Path(__file__).with_name("synonyms.toml")
# Neither Sudachi's tokenizer nor the stemmer may be used by two threads at once.
_ONE_AT_A_TIME: Final = Lock()


@dataclass(frozen=True)
class Term:
    """A word of a text: its usual spelling, and the parts of which it is made, if there are any."""

    whole: str
    parts: tuple[str, ...] = ()


def terms(text: str) -> Sequence[Term]:
    """Return the words of a text that say what it is about, in their order."""
    plain = unicodedata.normalize("NFKC", text)
    pieces = [plain[at : at + PIECE] for at in range(0, len(plain), PIECE)]
    with _ONE_AT_A_TIME:
        return [term for piece in pieces for term in _terms(piece)]


def _terms(text: str) -> Iterator[Term]:
    tokenizer, fine = _sudachi()
    for word in tokenizer.tokenize(text):
        if word.part_of_speech()[0] not in CONTENT:
            continue
        whole = _spelling(word)
        if not whole or whole in STOP:
            continue
        parts = tuple(map(_spelling, word.split(fine)))
        several = tuple(part for part in parts if part and part != whole)
        yield Term(whole, several)


def _spelling(morpheme: Any) -> str:
    """Return how a word is compared."""
    surface = morpheme.surface().strip().casefold()
    if surface.isascii():
        # As it is written: Sudachi would spell an English word in katakana.
        word = _stemmer().stemWord(surface) if surface.isalpha() else surface
    else:
        word = morpheme.normalized_form().strip().casefold()
    return _same().get(word, word)


@cache
def _sudachi() -> tuple[Any, Any]:
    """Load the dictionary with the first text: only processes that need it pay for it."""
    from sudachipy import Dictionary, SplitMode  # noqa: PLC0415

    return Dictionary(dict="core").tokenizer(mode=SplitMode.C), SplitMode.A


@cache
def _stemmer() -> Any:
    import snowballstemmer  # noqa: PLC0415

    return snowballstemmer.stemmer("english")


@cache
def _same() -> Mapping[str, str]:
    """Return words that mean the same as another, by that other."""
    groups = tomllib.loads(_SYNONYMS.read_text(encoding="utf-8"))["same"]
    return {word: group[0] for group in groups for word in group[1:]}
