"""How long to wait after too many tries: by account, and by where they come from."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Final, Self

from shared.errors import TooMany

ACCOUNT_ATTEMPTS: Final = 5
WINDOW: Final = timedelta(minutes=15)
FIRST_WAIT: Final = timedelta(seconds=15)
LONGEST_WAIT: Final = timedelta(minutes=15)
# 15 s doubled so often is more than the longest wait already.
DOUBLINGS: Final = 8


class Act(StrEnum):
    """What is counted; each by itself."""

    SIGN_IN = "sign_in"
    PROOF = "proof"
    SECOND_FACTOR = "second_factor"
    LETTER = "letter"
    LINK = "link"
    INVITATION = "invitation"


@dataclass(frozen=True)
class Throttle:
    """How often something failed lately, and when last. Whose it is shows in no row: a hash."""

    subject_hash: str
    failures: int
    last_at: datetime

    def tried(self, free: int, now: datetime) -> Self:
        """Return it with one more try, as if that had failed.

        Raises TooMany (`too_many_attempts`) when it comes too early: after `free` of them within
        15 minutes there is a wait, and each one more doubles it.
        """
        wait = self._wait(free)
        # Of several at once the later may have looked at the clock earlier: no wait, no refusal.
        if wait and now < self.last_at + wait:
            seconds = ceil((self.last_at + wait - now).total_seconds())
            raise TooMany(
                "too_many_attempts",
                f"That was tried too often. Wait {seconds} seconds and try again.",
                retry_after=seconds,
            )
        forgotten = now >= self.last_at + wait + WINDOW
        return replace(
            self, failures=1 if forgotten else self.failures + 1, last_at=max(now, self.last_at)
        )

    def forgiven(self) -> Self:
        """Return it without the last try: it was right."""
        return replace(self, failures=max(0, self.failures - 1))

    def forgotten(self) -> Self:
        """Return it without any."""
        return replace(self, failures=0)

    def _wait(self, free: int) -> timedelta:
        if self.failures < free:
            return timedelta()
        return min(FIRST_WAIT * (1 << min(self.failures - free, DOUBLINGS)), LONGEST_WAIT)


def subject(act: Act, kind: str, name: str) -> str:
    """Return under what tries of this act are counted for an account, a client address."""
    return hashlib.sha256(f"{act}:{kind}:{name}".encode()).hexdigest()
