"""What every service's use cases have outside of them, in memory: the time, and an outbox."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from shared.four_eyes import Approval, Status
from shared.messages.base import Event
from shared.money import Money, yen

NOW = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@dataclass
class SetClock:
    """Shows the time that the test sets."""

    time: datetime = NOW

    def now(self) -> datetime:
        """Return the time that was set."""
        return self.time

    def forward(self, **lengths: float) -> None:
        """Turn the clock on, by what a timedelta takes."""
        self.time += timedelta(**lengths)


@dataclass
class FakeProtectedPeople:
    """Whose next job is protected."""

    told: dict[UUID, tuple[int, bool]] = field(default_factory=dict)

    def note(self, person_id: UUID, change: int, *, protected: bool) -> None:
        if self.told.get(person_id, (0, False))[0] < change:
            self.told[person_id] = (change, protected)

    def among(self, people: Collection[UUID]) -> frozenset[UUID]:
        return frozenset(each for each in people if self.told.get(each, (0, False))[1])


@dataclass
class FakeOutbox:
    """Keeps what was told."""

    events: list[Event] = field(default_factory=list)

    def emit(self, happened: Event, *, subject: UUID) -> None:
        """Tell that something has happened."""
        assert subject
        self.events.append(happened)


class FakeAccountData:
    """Of AccountData what needs no database: what is kept is tested where it is kept."""

    def rename(self, account_id: UUID, name: str, email: str, change: int) -> bool:
        """Know nobody."""
        del account_id, name, email, change
        return False

    def open_of(self, account_ids: Collection[UUID]) -> Sequence[str]:
        """Have nothing open."""
        del account_ids
        return ()

    def all_of(self, person_id: UUID) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """Keep nothing."""
        del person_id
        return {}

    def forget(self, account_ids: Collection[UUID]) -> None:
        """Have nothing to forget."""
        del account_ids


@dataclass
class FakeApprovals:
    """Keeps money actions that wait for a second operator."""

    limit_is: Money = field(default_factory=lambda: yen(100_000))
    kept: dict[UUID, Approval] = field(default_factory=dict)

    def limit(self, on: date) -> Money:
        """Return the limit, whatever the day."""
        del on
        return self.limit_is

    def add(self, approval: Approval) -> bool:
        """Keep it; False when something of its kind waits for the same subject."""
        wanted = approval.wanted
        waiting = [each.wanted for each in self.kept.values() if each.status == "waiting"]
        if any((each.kind, each.subject) == (wanted.kind, wanted.subject) for each in waiting):
            return False
        self.kept[approval.approval_id] = approval
        return True

    def lock(self, approval_id: UUID) -> Approval | None:
        """Return it."""
        return self.kept.get(approval_id)

    def save(self, approval: Approval) -> None:
        """Keep what was decided."""
        self.kept[approval.approval_id] = approval

    def newest(
        self, status: Status | None, *, after: UUID | None, limit: int
    ) -> Sequence[Approval]:
        """Return what waits, or what became of it, newest first."""
        found = [each for each in self.kept.values() if status in {None, each.status}]
        found = [each for each in found if after is None or each.approval_id < after]
        return sorted(found, key=lambda each: each.approval_id, reverse=True)[:limit]
