"""Which figures may be told, so that no group of one to four people is found out.

People are divided into blocks: of each cohort, those who got as far as one step and no further.
Blocks too small are put together until each has nobody or at least `MIN_CELL` people. A figure is
told only if it is a sum of whole blocks, so whatever is found by adding and subtracting told
figures is a sum of whole blocks too, and no smaller. A group that cuts a block can't be found:
within its block people may be moved freely, and every told figure stays.

What somebody may conclude from *that* a figure is missing is not hindered.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

MIN_CELL = 5

Figures = tuple[int | None, ...]
Part = TypeVar("Part", bound=Hashable)


@dataclass(frozen=True)
class Told(Generic[Part]):
    """The figures that may be told, one for each step: null where it may not."""

    whole: Figures
    parts: Mapping[Part, Figures]


def suppress(counts: Mapping[Part, Sequence[int]]) -> Told[Part]:
    """What may be told of nested counts of people.

    Args:
        counts: for each part (a cohort, a band) how many reached each step, from the first to
            the last: never rising, and as many steps for each part.
    """
    steps = len(next(iter(counts.values()), ()))
    whole = [sum(part[step] for part in counts.values()) for step in range(steps)]
    told: list[int | None] = [None] * steps
    parts: dict[Part, list[int | None]] = {part: [None] * steps for part in counts}
    alone = set(counts)
    beyond: int | None = None
    # From the last step back: a part is told for as long as each of its blocks stands alone.
    for step in _cuts(whole):
        told[step] = whole[step]
        blocks: dict[Part, int] = {
            part: count[step] - (0 if beyond is None else count[beyond])
            for part, count in counts.items()
        }
        pooled: set[Part] = _pooled(blocks)
        alone -= pooled
        for part in alone:
            if counts[part][step] >= MIN_CELL:
                parts[part][step] = counts[part][step]
        beyond = step
    return Told(tuple(told), {part: tuple(figures) for part, figures in parts.items()})


def _cuts(whole: Sequence[int]) -> list[int]:
    """The steps that may be told of all together, from the last to the first."""
    cuts: list[int] = []
    below = 0
    for step in reversed(range(len(whole))):
        if whole[step] >= MIN_CELL and not 0 < whole[step] - below < MIN_CELL:
            cuts.append(step)
            below = whole[step]
    return cuts


def _pooled(blocks: Mapping[Part, int]) -> set[Part]:
    """The parts whose blocks are put together: the small, and one more if these are too few."""
    pooled = {part for part, people in blocks.items() if 0 < people < MIN_CELL}
    if 0 < sum(blocks[part] for part in pooled) < MIN_CELL:
        large = [part for part, people in blocks.items() if people >= MIN_CELL]
        pooled.add(min(large, key=lambda part: blocks[part]))
    return pooled
