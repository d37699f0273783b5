"""The arithmetic: medians of rounds, ratios of what ran side by side, and what is to be reached."""

import math
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Bound:
    """What a figure has to reach: at least or at most so much."""

    side: Literal["at least", "at most"]
    value: float

    def holds(self, value: float) -> bool:
        """Tell whether the value is within the bound."""
        return value >= self.value if self.side == "at least" else value <= self.value


def at_least(value: float) -> Bound:
    """Return a lower bound."""
    return Bound("at least", value)


def at_most(value: float) -> Bound:
    """Return an upper bound."""
    return Bound("at most", value)


@dataclass(frozen=True)
class Figure:
    """One row of the report.

    `unit` is a ratio's "x" or a unit of its own; `told` says what was divided by what, or how far
    the rounds lay apart. Without a bound it is for information.
    """

    what: str
    value: float
    unit: str
    told: str = ""
    bound: Bound | None = None

    @property
    def missed(self) -> bool:
        """Whether a bound is there and does not hold."""
        return self.bound is not None and not self.bound.holds(self.value)


Rates = Mapping[str, Sequence[float]]


def interleaved(rounds: int, contestants: Mapping[str, Callable[[], float]]) -> Rates:
    """Let each contestant run once a round and return its results, a list in order of the rounds.

    The order is turned around every other round, so that a machine that slows down (or a disk that
    fills up) favours nobody.
    """
    results: dict[str, list[float]] = {name: [] for name in contestants}
    names = list(contestants)
    for number in range(rounds):
        for name in names if number % 2 == 0 else reversed(names):
            results[name].append(contestants[name]())
    return results


def ratio(  # noqa: D417  (the rest are the figure's own fields)
    what: str, rates: Rates, ours: str, peer: str, bound: Bound | None = None
) -> Figure:
    """Return how many times as fast ours was as the peer: the median of the rounds' ratios.

    Args:
        what: The figure's name.
        rates: What `interleaved` returned, in 1/s.
        ours: The dividend's name in it.
        peer: The divisor's.
    """
    each = [mine / theirs for mine, theirs in zip(rates[ours], rates[peer], strict=True)]
    told = (
        f"{rates_told(rates[ours])} / {rates_told(rates[peer])}; "
        f"rounds {min(each):.2f} to {max(each):.2f}"
    )
    return Figure(what, statistics.median(each), "x", told, bound)


def rates_told(rates: Sequence[float]) -> str:
    """Return the median of rates in 1/s as text."""
    return f"{statistics.median(rates):,.0f}/s"


def percentile(values: Sequence[float], percent: float) -> float:
    """Return the smallest of the values that so many percent of them don't exceed."""
    if not values or not 0 < percent <= 100:
        raise ValueError(f"no {percent}th percentile of {len(values)} values")
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]
