"""How much of the processors each part took: what to look at when a figure is missed.

Time of the processors depends less than time on the clock on what else the machine does.
"""

from collections.abc import Mapping

import psutil


class Meter:
    """The processor time that processes take from now on, with what they start themselves."""

    def __init__(self, pids: Mapping[str, int]) -> None:
        self._processes = {name: psutil.Process(pid) for name, pid in pids.items()}
        self._before = self._seconds()

    def taken(self) -> dict[str, float]:
        """Return the seconds that each took so far, most first."""
        now = self._seconds()
        taken = {name: now[name] - before for name, before in self._before.items()}
        return dict(sorted(taken.items(), key=lambda pair: -pair[1]))

    def _seconds(self) -> dict[str, float]:
        named = frozenset(process.pid for process in self._processes.values())
        return {name: _seconds_of(process, named) for name, process in self._processes.items()}


def _seconds_of(process: psutil.Process, apart: frozenset[int]) -> float:
    """Return what a process and its children took, those that have ended too."""
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        if child.pid in apart:
            continue
        try:
            times = child.cpu_times()
        except psutil.NoSuchProcess:
            continue  # between the listing and the asking; its parent has its time now
        total += times.user + times.system
    return total


def told(taken: Mapping[str, float], count: int, most: int = 8) -> str:
    """Return the milliseconds per unit of those who took most."""
    shares = [f"{name} {1000 * seconds / count:.1f}" for name, seconds in taken.items()]
    return f"{', '.join(shares[:most])}, others {1000 * sum([*taken.values()][most:]) / count:.1f}"
