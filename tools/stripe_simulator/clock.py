"""The clock that everything in the simulator goes by: the machine's, plus an offset in a file."""

from datetime import UTC, datetime
from pathlib import Path

from shared.clock import TurnedClock


class SimulatorClock:
    """A clock that can be turned.

    The offset (whole seconds) stands in a file, so that it survives a restart, and so that a whole
    stack that was started with the same CLOCK_FILE turns at once.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._clock = TurnedClock(file)

    def seconds(self) -> float:
        """Return the time as seconds since 1970."""
        return self._clock.now().timestamp()

    def now(self) -> int:
        """Return the time as Stripe's v1 API writes it: whole seconds since 1970."""
        return int(self.seconds())

    def iso(self) -> str:
        """Return the time as Stripe's v2 API writes it."""
        return iso(self.seconds())

    def advance(self, seconds: int) -> None:
        """Turn the clock by so many seconds."""
        self._write(self.offset() + seconds)

    def turn_to(self, timestamp: int) -> None:
        """Turn the clock to this time (seconds since 1970)."""
        self.advance(timestamp - self.now())

    def offset(self) -> int:
        """Return by how many seconds the clock is turned."""
        try:
            return int(self._file.read_text(encoding="ascii") or 0)
        except FileNotFoundError:
            return 0

    def _write(self, offset: int) -> None:
        draft = self._file.with_name(self._file.name + ".new")
        draft.write_text(str(offset), encoding="ascii")
        draft.replace(self._file)


def iso(seconds: float) -> str:
    """Return seconds since 1970 as RFC 3339 with milliseconds, in UTC."""
    at = datetime.fromtimestamp(seconds, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
