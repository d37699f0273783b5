"""What people look for: a query as they type it, filters, and an order with stable cursors."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from shared.errors import Invalid

MOST_WORDS: Final = 20
_TOKEN: Final = re.compile(r'(?P<no>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
# Full-width signs are what a Japanese keyboard gives.
_SIGNS: Final = str.maketrans(
    {
        "\u3000": " ",
        "\u201c": '"',
        "\u201d": '"',
        "\uff02": '"',
        "\uff0d": "-",
        "\u2212": "-",
    }
)
_OR: Final = frozenset({"OR", "|", "または"})


@dataclass(frozen=True)
class Word:
    """A word, or words that are to stand side by side, or not to stand there at all."""

    text: str
    phrase: bool = False
    excluded: bool = False


# All of these; each of them is one of several.
Wanted = tuple[tuple[Word, ...], ...]


def wanted(query: str) -> Wanted:
    """Return what a query asks for: words, "words side by side", -without, this OR that.

    Raises Invalid (`query_too_long`) beyond so many words.
    """
    groups: list[list[Word]] = []
    alternative = False
    words = list(_words(query))
    if len(words) > MOST_WORDS:
        raise Invalid("query_too_long", "Look for fewer words.", limit=MOST_WORDS)
    for word in words:
        if word.text in _OR and not (word.phrase or word.excluded):
            alternative = bool(groups)
            continue
        if alternative:
            groups[-1].append(word)
        else:
            groups.append([word])
        alternative = False
    return tuple(map(tuple, groups))


def _words(query: str) -> Iterator[Word]:
    for found in _TOKEN.finditer(query.translate(_SIGNS)):
        phrase = found["phrase"]
        text = (phrase if phrase is not None else found["word"]).strip()
        if text:
            yield Word(text, phrase=phrase is not None, excluded=bool(found["no"]))
