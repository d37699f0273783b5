"""What every service's use cases have outside of them, in memory: the time, and an outbox."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from shared.messages.base import Event

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
class FakeOutbox:
    """Keeps what was told."""

    events: list[Event] = field(default_factory=list)

    def emit(self, happened: Event, *, subject: UUID) -> None:
        """Tell that something has happened."""
        assert subject
        self.events.append(happened)
