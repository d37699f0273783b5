"""Passwords that somebody who knows the market, or the person, would try first."""

from collections.abc import Iterable
from typing import Final

# What this market is called and about, in the two languages that it speaks.
CONTEXT: Final = (
    *("tasuki", "tasukimarket", "たすき", "タスキ", "襷"),
    *("assistant", "client", "operator", "remote", "escrow", "yen", "japan", "nippon"),
    *("アシスタント", "クライアント", "password", "パスワード", "welcome"),
)
# So much has to be left without these words: what is short alone isn't longer for being named.
LEAST_CHARACTERS: Final = 8
SHORTEST_WORD: Final = 3


def is_guessable(password: str, own: Iterable[str] = ()) -> bool:
    """Tell whether too little is left of a password without the words of the market and `own`.

    `own` are words of the person: their name, their address.
    """
    left = "".join(password.casefold().split())
    words = {part for each in (*CONTEXT, *own) for part in _parts(each)}
    for word in sorted(words, key=len, reverse=True):
        left = left.replace(word, "")
    return len(left) < LEAST_CHARACTERS


def _parts(word: str) -> Iterable[str]:
    """Return what of a name or an address is long enough to be taken for a word."""
    folded = word.casefold()
    if folded in {each.casefold() for each in CONTEXT}:
        return (folded,)
    pieces = "".join(each if each.isalnum() else " " for each in folded).split()
    return [piece for piece in pieces if len(piece) >= SHORTEST_WORD]
