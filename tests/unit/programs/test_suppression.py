"""No group of one to four people is found out of what is told."""

from fractions import Fraction
from itertools import combinations, product

from hypothesis import given
from hypothesis import strategies as st

from services.programs.domain.suppression import MIN_CELL, Told, suppress

STEPS = 3
Vector = list[Fraction]
# How many of each cohort got as far as each step and no further.
people = st.lists(
    st.lists(st.integers(0, 9), min_size=STEPS, max_size=STEPS), min_size=1, max_size=3
)


def nested(furthest: list[int]) -> list[int]:
    return [sum(furthest[step:]) for step in range(STEPS)]


@given(people)
def test_no_group_of_one_to_four_follows_from_what_is_told(cohorts: list[list[int]]) -> None:
    told = suppress({n: nested(cohort) for n, cohort in enumerate(cohorts)})
    known = _reduced(_equations(told, len(cohorts)))
    sizes = [size for cohort in cohorts for size in cohort]
    for size in range(1, len(sizes) + 1):
        for group in combinations(range(len(sizes)), size):
            if 0 < sum(sizes[n] for n in group) < MIN_CELL:
                wanted = [Fraction(n in group) for n in range(len(sizes))]
                assert any(_rest(wanted, known)), (told, group)


@given(people)
def test_what_is_told_is_true_and_of_five_at_least(cohorts: list[list[int]]) -> None:
    counts = {n: nested(cohort) for n, cohort in enumerate(cohorts)}
    told = suppress(counts)
    for cohort, step in product(counts, range(STEPS)):
        assert told.parts[cohort][step] in (None, counts[cohort][step])
        assert (told.parts[cohort][step] or MIN_CELL) >= MIN_CELL
    for step in range(STEPS):
        assert told.whole[step] in (None, sum(count[step] for count in counts.values()))
        assert (told.whole[step] or MIN_CELL) >= MIN_CELL


def test_large_groups_are_told_all() -> None:
    told = suppress({"spring": [30, 20, 10], "autumn": [25, 15, 5]})
    assert told == Told((55, 35, 15), {"spring": (30, 20, 10), "autumn": (25, 15, 5)})


def test_small_cohort_takes_another_with_it() -> None:
    told = suppress({"spring": [12], "autumn": [30], "winter": [3]})
    assert told == Told((45,), {"spring": (None,), "autumn": (30,), "winter": (None,)})


def test_one_person_between_two_steps_is_not_shown() -> None:
    assert suppress({"spring": [12, 11, 6]}).whole == (None, 11, 6)


def test_nothing_is_told_of_nobody() -> None:
    assert suppress({}) == Told((), {})
    assert suppress({"spring": [0, 0]}).whole == (None, None)


def _equations(told: Told[int], cohorts: int) -> list[Vector]:
    """For each told figure which of the groups (cohort, furthest step) it is the sum of."""
    figures = {(n, step) for n in told.parts for step in range(STEPS) if told.parts[n][step]}
    equations = [
        [Fraction(c == n and s >= step) for c in range(cohorts) for s in range(STEPS)]
        for n, step in sorted(figures)
    ]
    return equations + [
        [Fraction(s >= step) for _ in range(cohorts) for s in range(STEPS)]
        for step in range(STEPS)
        if told.whole[step]
    ]


def _reduced(equations: list[Vector]) -> list[Vector]:
    """The same row space, each row with a pivot that no later row has (Gauss)."""
    rows: list[Vector] = []
    for equation in equations:
        rest = _rest(equation, rows)
        if any(rest):
            rows.append(rest)
    return rows


def _rest(vector: Vector, rows: list[Vector]) -> Vector:
    """What is left of a vector after the rows are taken from it: nothing if it follows."""
    for row in rows:
        pivot = next(n for n, value in enumerate(row) if value)
        factor = vector[pivot] / row[pivot]
        vector = [a - factor * b for a, b in zip(vector, row, strict=True)]
    return vector
