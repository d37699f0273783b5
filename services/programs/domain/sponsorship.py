"""What a sponsor pays for somebody: how it stands, and what is paid for when."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from shared.calendar import month_of
from shared.messages.program_money import SponsorshipKind, SponsorshipStatus
from shared.money import Money, yen

_NOTHING: Final = yen(0)


class SponsorshipStep(StrEnum):
    """What may happen to a sponsorship."""

    RESERVE = "reserve"
    REFUSE = "refuse"
    ASK_AGAIN = "ask_again"
    FALL_DUE = "fall_due"
    SETTLE = "settle"
    DROP = "drop"
    TAKE_BACK = "take_back"


# What isn't in it changes nothing: an answer that comes late, or something told twice.
SPONSORSHIP_MOVES: Final = {
    (SponsorshipStatus.ASKED, SponsorshipStep.RESERVE): SponsorshipStatus.RESERVED,
    (SponsorshipStatus.ASKED, SponsorshipStep.REFUSE): SponsorshipStatus.REFUSED,
    (SponsorshipStatus.ASKED, SponsorshipStep.DROP): SponsorshipStatus.DROPPED,
    (SponsorshipStatus.REFUSED, SponsorshipStep.ASK_AGAIN): SponsorshipStatus.ASKED,
    (SponsorshipStatus.REFUSED, SponsorshipStep.DROP): SponsorshipStatus.DROPPED,
    (SponsorshipStatus.RESERVED, SponsorshipStep.FALL_DUE): SponsorshipStatus.DUE,
    (SponsorshipStatus.RESERVED, SponsorshipStep.DROP): SponsorshipStatus.DROPPED,
    (SponsorshipStatus.DUE, SponsorshipStep.SETTLE): SponsorshipStatus.SETTLED,
    (SponsorshipStatus.ASKED, SponsorshipStep.TAKE_BACK): SponsorshipStatus.TAKEN_BACK,
    (SponsorshipStatus.REFUSED, SponsorshipStep.TAKE_BACK): SponsorshipStatus.TAKEN_BACK,
    (SponsorshipStatus.RESERVED, SponsorshipStep.TAKE_BACK): SponsorshipStatus.TAKEN_BACK,
    (SponsorshipStatus.DUE, SponsorshipStep.TAKE_BACK): SponsorshipStatus.TAKEN_BACK,
    (SponsorshipStatus.SETTLED, SponsorshipStep.TAKE_BACK): SponsorshipStatus.TAKEN_BACK,
}


@dataclass
class Sponsorship:
    """Something that a sponsor is to pay for somebody.

    `cause` is what it is for: once for each participant. `earned` says that it has happened, so
    that it is due once it is set aside. `heard` is what was heard of the wallet when it was asked
    for last: whatever came since then may make another answer of a refusal.
    `taken_back` isn't paid of it: of the fee of `release_id`, it was given back.
    """

    sponsorship_id: UUID
    program_id: UUID
    participant_id: UUID
    person_id: UUID
    kind: SponsorshipKind
    cause: str
    amount: Money
    reference: str
    asked_at: datetime
    earned: bool
    heard: int
    attempt: int = 1
    status: SponsorshipStatus = SponsorshipStatus.ASKED
    refused: str | None = None
    settled_at: datetime | None = None
    release_id: UUID | None = None
    taken_back: Money = _NOTHING

    def move(self, step: SponsorshipStep) -> bool:
        """Take a step; False, and no change, where the table has none."""
        to = SPONSORSHIP_MOVES.get((self.status, step))
        if to is None:
            return False
        self.status = to
        return True

    def take_back(self, total: Money) -> bool:
        """Note what of it isn't paid, all told; False, and no change, when that was known."""
        if not self.taken_back < total:
            return False
        self.taken_back = total
        if total == self.amount:
            self.move(SponsorshipStep.TAKE_BACK)
        return True

    @property
    def falls_due(self) -> bool:
        """Whether it is set aside, and what it is for has happened."""
        return self.earned and self.status is SponsorshipStatus.RESERVED


def month_name(day: date) -> str:
    """Return how a month is written: 2026-11."""
    return f"{day:%Y-%m}"


def within_months(day: date, first: date, months: int) -> bool:
    """Tell whether a day is in the first so many months from a day on.

    Three months from 15 January on end with 14 April; from the 31st on, with the last of a shorter
    month.
    """
    last = month_of(first, months)
    days_in_it = (month_of(last, 1) - last).days
    ends = last.replace(day=min(first.day, days_in_it))
    return first <= day < ends


def within_calendar_months(day: date, first: date, months: int) -> bool:
    """Tell whether a day is in the first so many calendar months, that of the first day included.

    A bonus is for a month as calendars have it, however late in it the first contract was made.
    """
    return month_of(first) <= month_of(day) < month_of(first, months)
