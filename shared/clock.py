"""Time comes from a Clock, so that a demo or a test can turn it forward."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...


class SystemClock:
    """The machine's own time."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        return datetime.now(UTC)


@dataclass
class TurnedClock:
    """The machine's time plus the seconds that a file says; no file means no offset.

    For demos and tests: all processes of a stack read one file, so all of them are turned at once.
    """

    file: Path
    _read_at: int = field(default=-1, init=False)
    _offset: timedelta = field(default=timedelta(), init=False)

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        try:
            changed_at = self.file.stat().st_mtime_ns
        except FileNotFoundError:
            return datetime.now(UTC)
        if changed_at != self._read_at:
            self._offset = timedelta(seconds=int(self.file.read_text(encoding="ascii") or 0))
            self._read_at = changed_at
        return datetime.now(UTC) + self._offset


def clock(file: Path | None) -> Clock:
    """Return the machine's clock, or the one that the file turns."""
    return TurnedClock(file) if file else SystemClock()
