"""Turning the clock of a whole stack forward."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from tools.run_folder import replace


@dataclass(frozen=True)
class TurnableClock:
    """The clock of every process of the stack: the machine's time plus what the file says."""

    file: Path

    def advance(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Turn the clock forward; every process sees it at its next look."""
        ahead = timedelta(days=days, hours=hours, seconds=seconds) + self.offset()
        replace(self.file, str(int(ahead.total_seconds())))

    def offset(self) -> timedelta:
        """Return how far the clock is ahead of the machine's."""
        text = self.file.read_text(encoding="ascii") if self.file.exists() else ""
        return timedelta(seconds=int(text or 0))
