"""The figures that may be told of a program: suppression.py for the steps, parts for the rest.

A measure that isn't a step divides the people of one step into parts: those who work and those who
don't, by income, by stars. It is told only if each part has nobody or at least five, for all
cohorts together; and for single cohorts only if that holds in every cohort, so that no cohort is
found by taking the others away.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from services.programs.domain.outcomes import CHAIN, Outcome
from services.programs.domain.suppression import MIN_CELL, Told, suppress
from shared.calendar import end_of_day_in_japan
from shared.messages.outcomes import Cell, Measure

INCOME: Final = (0, 1, 30_000, 80_000, 150_000)
STARS: Final = (1, 2, 3, 4, 5)
HOURS_STEP: Final = 10
AFTER: Final = {
    Measure.WORKING_AFTER_3_MONTHS: 3,
    Measure.WORKING_AFTER_6_MONTHS: 6,
    Measure.WORKING_AFTER_12_MONTHS: 12,
}
JOINED: Final = CHAIN.index(Measure.JOINED)
CONTRACT: Final = CHAIN.index(Measure.FIRST_CONTRACT)
# A part of people by what it is called: `REST` is never told itself.
REST: Final = "rest"
YES: Final = "yes"
NO: Final = "no"
Part = Callable[[Outcome], str]
Where = UUID | None  # a cohort, or all of them


@dataclass(frozen=True)
class Figures:
    """The cells of a program (`None`) and of each cohort."""

    cells: Mapping[Where, tuple[Cell, ...]]


def figures_of(people: Sequence[Outcome], cohorts: Sequence[UUID], as_of: date) -> Figures:
    """Return what may be told, each measure in its order, those not told with null."""
    making = _Making(people, tuple(cohorts), as_of)
    made: dict[Measure, Mapping[Where, Sequence[Cell]]] = {
        each: making.step(number) for number, each in enumerate(CHAIN)
    }
    made[Measure.FREE_WORK] = making.counted(
        Measure.FREE_WORK, lambda who: YES if who.free else REST
    )
    made |= making.working()
    made[Measure.HOURS] = making.summed(Measure.HOURS, making.hours, HOURS_STEP)
    made[Measure.INCOME] = making.banded(Measure.INCOME, INCOME, lambda who: who.income, CONTRACT)
    made[Measure.LOCAL_JOBS] = making.summed(
        Measure.LOCAL_JOBS, lambda who: sum(each.local for each in who.contracts), 1
    )
    made[Measure.SATISFACTION] = making.banded(
        Measure.SATISFACTION, STARS, lambda who: who.stars, JOINED, STARS[-1]
    )
    wheres: tuple[Where, ...] = (None, *cohorts)
    return Figures({w: tuple(c for m in Measure for c in made[m][w]) for w in wheres})


class _Making:
    """Makes the cells of each measure, for all cohorts together and for each."""

    def __init__(self, people: Sequence[Outcome], cohorts: tuple[UUID, ...], as_of: date) -> None:
        self.people = people
        self.cohorts = cohorts
        self.as_of = as_of
        self.told: Told[UUID] = suppress({each: self._steps(each) for each in cohorts})

    def step(self, number: int) -> Mapping[Where, Sequence[Cell]]:
        """Return how many reached a step."""
        measure = CHAIN[number]
        whole = self.told.whole[number] if self.told.whole else None
        cells: dict[Where, Sequence[Cell]] = {None: [_cell(measure, whole, whole)]}
        for each in self.cohorts:
            people = self.told.parts[each][number]
            cells[each] = [_cell(measure, people, people)]
        return cells

    def counted(self, measure: Measure, part: Part) -> Mapping[Where, Sequence[Cell]]:
        """Return how many of those with a contract are in the part `YES`."""
        return self._cells(measure, part, CONTRACT, lambda _, who: (len(who), len(who)), (YES,))

    def working(self) -> Mapping[Measure, Mapping[Where, Sequence[Cell]]]:
        """Return who still works after a time, and of how many it can be known by now.

        Of whom it can't be known yet is told with it: two such numbers must differ by nobody, or
        by enough.
        """
        made: dict[Measure, Mapping[Where, Sequence[Cell]]] = {}
        early: Mapping[Where, int] | None = None
        for measure, months in AFTER.items():
            part = self._working_after(months)
            now = {where: _sizes(self._at(where, CONTRACT), part)[REST] for where in self._wheres}
            apart = early is None or all(_may_be(now[w] - early[w]) for w in self._wheres)
            if apart and self._tellable(part, CONTRACT):
                early = now
            made[measure] = (
                self._cells(measure, part, CONTRACT, _of_known, (YES,))
                if apart
                else self._none(measure)
            )
        return made

    def summed(
        self, measure: Measure, amount: Callable[[Outcome], float], rounded_to: int
    ) -> Mapping[Where, Sequence[Cell]]:
        """Return the sum of an amount, and how many people it is of."""

        def total(_: Sequence[Outcome], who: Sequence[Outcome]) -> tuple[int, int]:
            return round(sum(map(amount, who)) / rounded_to) * rounded_to, len(who)

        part: Part = lambda who: YES if amount(who) else REST  # noqa: E731
        return self._cells(measure, part, CONTRACT, total, (YES,))

    def hours(self, who: Outcome) -> float:
        """Return the hours that somebody's contracts agreed on for the time they took so far."""
        until = end_of_day_in_japan(self.as_of)
        return sum(each.hours(until) for each in who.contracts)

    def banded(
        self,
        measure: Measure,
        edges: Sequence[int],
        value: Callable[[Outcome], int | None],
        step: int,
        highest: int | None = None,
    ) -> Mapping[Where, Sequence[Cell]]:
        """Return how many are in each band; bands too small are put together with the next."""
        known = [each for who in self._at(None, step) if (each := value(who)) is not None]
        lows = merged(edges, known)

        def part(who: Outcome) -> str:
            number = value(who)
            return REST if number is None else _band(lows, highest, number)

        bands = tuple(_band(lows, highest, low) for low in lows)
        return self._cells(measure, part, step, lambda _, who: (len(who), len(who)), bands)

    @property
    def _wheres(self) -> tuple[Where, ...]:
        return (None, *self.cohorts)

    def _steps(self, cohort: UUID) -> list[int]:
        return [len(self._at(cohort, number)) for number in range(len(CHAIN))]

    def _at(self, where: Where, step: int) -> list[Outcome]:
        return [e for e in self.people if e.reached > step and where in {None, e.cohort_id}]

    def _working_after(self, months: int) -> Part:
        def part(who: Outcome) -> str:
            works = who.working_after(months, self.as_of)
            return REST if works is None else YES if works else NO

        return part

    def _tellable(self, part: Part, step: int) -> bool:
        """Whether a division may be told for all cohorts together."""
        if not self.told.whole or self.told.whole[step] is None:
            return False
        return all(map(_may_be, _sizes(self._at(None, step), part).values()))

    def _by_cohort(self, part: Part, step: int) -> bool:
        """Whether it may be told for each cohort, too."""
        for each in self.cohorts:
            who = self._at(each, step)
            if who and self.told.parts[each][step] is None:
                return False
            if not all(map(_may_be, _sizes(who, part).values())):
                return False
        return True

    def _cells(
        self,
        measure: Measure,
        part: Part,
        step: int,
        count: Callable[[Sequence[Outcome], Sequence[Outcome]], tuple[int, int]],
        bands: Sequence[str],
    ) -> Mapping[Where, Sequence[Cell]]:
        """Return the cells of a division; `count` gets those not in `REST` and those of a band."""
        cells = dict(self._none(measure))
        if not self._tellable(part, step) or not bands:
            return cells
        for where in self._wheres if self._by_cohort(part, step) else (None,):
            who = self._at(where, step)
            known = [each for each in who if part(each) != REST]
            cells[where] = [
                _cell(measure, *count(known, found), "" if band == YES else band)
                if (found := [each for each in who if part(each) == band])
                else _cell(measure, None, None, "" if band == YES else band)
                for band in bands
            ]
        return cells

    def _none(self, measure: Measure) -> Mapping[Where, Sequence[Cell]]:
        return {where: [_cell(measure, None, None)] for where in self._wheres}


def merged(edges: Sequence[int], values: Sequence[int]) -> list[int]:
    """Return where bands begin so that each has at least `MIN_CELL` values; none if too few.

    Args:
        edges: where bands begin at the finest, rising; the first is the lowest value there is.
        values: those to be divided.
    """
    if len(values) < MIN_CELL:
        return []
    lows = [edges[0]]
    for low in edges[1:]:
        below = sum(lows[-1] <= each < low for each in values)
        above = sum(each >= low for each in values)
        if below >= MIN_CELL and above >= MIN_CELL:
            lows.append(low)
    return lows


def _band(lows: Sequence[int], highest: int | None, value: int) -> str:
    """Return the name of a value's band: a range with both ends in it, or with none above."""
    low = max((each for each in lows if each <= value), default=value)
    high = min((each - 1 for each in lows if each > low), default=highest)
    return f"{low}-" if high is None else f"{low}" if high == low else f"{low}-{high}"


def _of_known(known: Sequence[Outcome], who: Sequence[Outcome]) -> tuple[int, int]:
    return len(who), len(known)


def _sizes(people: Sequence[Outcome], part: Part) -> Counter[str]:
    return Counter(map(part, people))


def _may_be(people: int) -> bool:
    return people == 0 or people >= MIN_CELL


def _cell(measure: Measure, value: int | None, people: int | None, band: str = "") -> Cell:
    return Cell(measure=measure, band=band, value=value, people=people)
