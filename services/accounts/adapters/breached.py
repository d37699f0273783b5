"""Passwords that leaked elsewhere: our own short list, and a range API that is told no password.

The API is given the first five hexadecimal digits of the password's SHA-1 and answers with the rest
of all that begin so (k-anonymity): `GET <url><5 digits>`, lines of `<35 digits>:<how often>`, as
api.pwnedpasswords.com/range/ does it. `Add-Padding` keeps who listens from telling answers apart
by their length; padding has 0 as its count.
"""

import hashlib
import logging
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import httpx2

logger = logging.getLogger(__name__)

TIMEOUT_SECONDS: Final = 3.0
PREFIX_DIGITS: Final = 5
LIST: Final = Path(__file__).with_name("common_passwords.txt")


@dataclass(frozen=True)
class KnownPasswords:
    """Implements the port BreachedPasswords; without a `range_url` it asks nobody."""

    range_url: str = ""

    def has(self, password: str) -> bool:
        """Tell whether it is known; False when that can't be found out."""
        plain = "".join(password.casefold().split())
        if plain in _commonest() or _repeats(plain):
            return True
        return bool(self.range_url) and self._leaked(password)

    def _leaked(self, password: str) -> bool:
        # SHA-1 is what the API goes by; nothing of ours is kept as such.
        digits = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest().upper()
        prefix, rest = digits[:PREFIX_DIGITS], digits[PREFIX_DIGITS:]
        try:
            answer = httpx2.get(
                f"{self.range_url}{prefix}",
                headers={"Add-Padding": "true", "User-Agent": "tasuki"},
                timeout=TIMEOUT_SECONDS,
            )
            answer.raise_for_status()
        except httpx2.HTTPError as error:
            # Nobody is kept from registering because a third party is away.
            logger.warning("breached passwords not asked", extra={"error": type(error).__name__})
            return False
        lines = (line.partition(":") for line in answer.text.splitlines())
        return any(known.strip() == rest and count.strip() != "0" for known, _, count in lines)


@cache
def _commonest() -> frozenset[str]:
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def _repeats(plain: str) -> bool:
    """Tell whether it is one short piece again and again: aaaaaaaaaaaa, abcabcabcabc."""
    # A text repeats itself just when it is found in its double before the end of the first half.
    period = (plain + plain).find(plain, 1)
    return period < len(plain) and period <= PREFIX_DIGITS + 1
