"""Months of the books: which entries one has, and what closes it.

A month is closed once, after it is over in Japan, and in order. It is closed up to a number of the
journal (its *cut*). An entry counts in the month in which it occurred, unless that one was closed
before the entry was posted: then it counts in the first month that was still open. So nothing is
ever added to a closed month, and every entry counts exactly once.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from shared.calendar import end_of_day_in_japan, month_of
from shared.errors import Invalid, Rejected

_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in Japan, by its first day."""

    first: date

    @classmethod
    def named(cls, name: str) -> "Month":
        """Return the month that is written like `2026-11`; raise Invalid (`month_malformed`)."""
        if not _MONTH.fullmatch(name) or name < "1900":
            raise Invalid("month_malformed", "Write a month as 2026-11.", month=name)
        return cls(date.fromisoformat(f"{name}-01"))

    @property
    def begins(self) -> datetime:
        """The moment at which it begins."""
        return end_of_day_in_japan(self.first - _DAY)

    @property
    def after(self) -> "Month":
        """The next month."""
        return Month(month_of(self.first, 1))

    @property
    def ends(self) -> datetime:
        """The moment at which it is over."""
        return self.after.begins

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"


class Scope(NamedTuple):
    """Which entries a month has, in terms of the journal.

    Those that occurred before `ends` with a number up to `cut` (none while the month is open),
    except those that occurred before `begins` with a number up to `cut_before` (none while the
    month before is open): they count earlier.
    """

    begins: datetime
    ends: datetime
    cut_before: int | None
    cut: int | None

    @classmethod
    def of(cls, month: Month, cuts: Mapping[Month, int]) -> "Scope":
        """Return the scope of a month, given the cuts of all that are closed.

        What was closed closes everything before it too.
        """

        def cut_of(which: date) -> int | None:
            return min((cut for closed, cut in cuts.items() if closed.first >= which), default=None)

        before = (month.first - _DAY).replace(day=1)
        return cls(month.begins, month.ends, cut_of(before), cut_of(month.first))

    def has(self, entry_id: int, occurred_at: datetime) -> bool:
        """Tell whether an entry counts in the month."""
        within = occurred_at < self.ends and (self.cut is None or entry_id <= self.cut)
        return within and not self.is_earlier(entry_id, occurred_at)

    def is_earlier(self, entry_id: int, occurred_at: datetime) -> bool:
        """Tell whether an entry counts in a month before."""
        before = self.cut_before is None or entry_id <= self.cut_before
        return occurred_at < self.begins and before


def check_next(month: Month, last_closed: Month | None, now: datetime) -> None:
    """Raise Rejected when the month can't be closed now.

    Codes: `month_not_over`, `month_closed`, `month_not_next` (with `next`).
    """
    if now < month.ends:
        raise Rejected("month_not_over", "The month is not over in Japan.", month=str(month))
    if last_closed is None:
        return
    if month <= last_closed:
        raise Rejected("month_closed", "The month is closed already.", month=str(month))
    if month != last_closed.after:
        following = str(last_closed.after)
        raise Rejected("month_not_next", "Months are closed in order.", next=following)


class AccountMonth(NamedTuple):
    """An account over a month, in minor units; balances are debit less credit."""

    account: str
    currency: str
    opening: int
    debit: int
    credit: int

    @property
    def closing(self) -> int:
        """What is there at the end."""
        return self.opening + self.debit - self.credit


class SubAccount(NamedTuple):
    """A guarded sub-account that isn't what it should be: its sum, and its stored balance."""

    account: str
    owner: str
    currency: str
    summed: int
    stored: int


@dataclass(frozen=True, slots=True)
class Findings:
    """What a pass over the journal found: nothing, when the books hold."""

    unbalanced: tuple[int, ...]
    sub_accounts: tuple[SubAccount, ...]
    openings: tuple[AccountMonth, ...]

    def check(self) -> None:
        """Raise Rejected (`books_do_not_hold`), with what was found first of each kind."""
        if not (self.unbalanced or self.sub_accounts or self.openings):
            return
        raise Rejected(
            "books_do_not_hold",
            "The books don't hold. Verify the seal, and tell who keeps the database.",
            unbalanced_entries=list(self.unbalanced),
            sub_accounts=[each._asdict() for each in self.sub_accounts],
            openings=[each._asdict() for each in self.openings],
        )


def unlike_before(
    months: Iterable[AccountMonth], closed_before: Mapping[tuple[str, str], int] | None
) -> tuple[AccountMonth, ...]:
    """Return accounts that don't open with what they closed with; None: nothing was closed yet."""
    if closed_before is None:
        return ()
    return tuple(
        each
        for each in months
        if each.opening != closed_before.get((each.account, each.currency), 0)
    )
