"""What contracts and payments told of an assistant's work."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from shared.calendar import end_of_day_in_japan

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class KnownContract:
    """A contract, as far as it was told of; `weekly_hours` 0: not stated."""

    contract_id: UUID
    assistant_id: UUID
    client_id: UUID
    title: str
    category: str | None = None
    weekly_hours: int = 0
    agreed_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(frozen=True)
class KnownMilestone:
    """A milestone, as far as it was told of; `price` in yen, without tax."""

    milestone_id: UUID
    contract_id: UUID
    assistant_id: UUID
    client_id: UUID
    title: str
    price: int | None = None
    delivered_at: datetime | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class KnownRelease:
    """Money that became an assistant's, in yen. `released_at`: when programs heard of it."""

    release_id: UUID
    milestone_id: UUID
    contract_id: UUID
    assistant_id: UUID
    gross: int
    net: int
    released_at: datetime


def hours_under_way(contract: KnownContract, monday: date, now: datetime) -> float:
    """Return a contract's share in the hours of the week from this Monday on, in Japan.

    Its weekly hours, for the part of the week in which it was under way so far: agreed to, not
    completed.
    """
    starts = end_of_day_in_japan(monday - timedelta(days=1))
    if contract.agreed_at is None:
        return 0.0
    begins = max(starts, contract.agreed_at)
    ends = min(starts + _WEEK, contract.completed_at or now, now)
    return contract.weekly_hours * (max(ends - begins, timedelta()) / _WEEK)
