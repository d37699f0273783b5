"""What came of a program, counted from facts."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.programs.domain.figures import INCOME, figures_of, merged
from services.programs.domain.outcome_facts import Fact, Kind, fact_of
from services.programs.domain.outcomes import CHAIN, last_month_end, outcomes_of
from shared.ids import new_id
from shared.messages.outcomes import Measure
from shared.messages.payments import EscrowReleased
from shared.messages.program_people import ParticipantJoined
from shared.money import yen

AS_OF = date(2026, 9, 30)
START = datetime(2026, 1, 10, tzinfo=UTC)
PROGRAM, COHORT, OTHER, TOWN = (UUID(int=number) for number in range(1, 5))
STEPS = ("units", "practice", "protected_job", "free_work")


def own(kind: Kind, person: UUID, at: datetime, cohort: UUID = COHORT, **more: object) -> Fact:
    return Fact(new_id(), kind, person, at, program_id=PROGRAM, cohort_id=cohort, **more)  # type: ignore[arg-type]


def path(
    person: UUID,
    reached: int,
    *,
    cohort: UUID = COHORT,
    consent: int = 1,
    stars: int | None = None,
    agreed: datetime | None = None,
    free: bool = False,
) -> list[Fact]:
    """Everything of somebody who came to so many measures of the chain."""
    facts = [own(Kind.APPLIED, person, START, cohort, number=consent)]
    days = timedelta(days=1)
    if reached > 1:
        facts.append(own(Kind.JOINED, person, START + days, cohort, number=consent))
    if stars:
        facts.append(own(Kind.RATED, person, START + 9 * days, cohort, number=stars))
    for number, step in enumerate(STEPS[: max(0, reached - 1) if not free else 4]):
        if step != "free_work" or free:
            facts.append(own(Kind.STEP, person, START + (2 + number) * days, cohort, word=step))
    if reached > 4:
        at = agreed or START + 30 * days
        contract = new_id()
        heard = {"contract_id": contract, "client_id": TOWN}
        facts.append(Fact(new_id(), Kind.AGREED, person, at, number=10, **heard))  # type: ignore[arg-type]
    return facts


def counted(facts: Sequence[Fact], measure: Measure, cohort: UUID | None = None) -> int | None:
    people = outcomes_of(facts, AS_OF, {TOWN})
    cells = figures_of(people, [COHORT, OTHER], AS_OF).cells[cohort]
    return next(each.value for each in cells if each.measure is measure)


def many(number: int, reached: int, **how: object) -> list[Fact]:
    return [fact for _ in range(number) for fact in path(new_id(), reached, **how)]  # type: ignore[arg-type]


@pytest.mark.parametrize("reached", range(1, 6))
def test_somebody_is_counted_up_to_the_step_they_came_to(reached: int) -> None:
    (found,) = outcomes_of(path(new_id(), reached), AS_OF, ())

    assert found.reached == reached


def test_who_does_not_agree_is_not_counted() -> None:
    assert not outcomes_of(path(new_id(), 5, consent=0), AS_OF, ())


def test_consent_withdrawn_after_the_month_takes_somebody_out_of_it() -> None:
    person = new_id()
    withdrawn = own(Kind.CONSENT, person, datetime(2026, 10, 5, tzinfo=UTC), number=0)

    assert not outcomes_of([*path(person, 5), withdrawn], AS_OF, ())


def test_what_happened_after_the_month_is_not_counted() -> None:
    person = new_id()
    facts = [
        *path(person, 2),
        own(Kind.STEP, person, datetime(2026, 10, 1, tzinfo=UTC), word="practice"),
    ]

    (found,) = outcomes_of(facts, AS_OF, ())

    assert CHAIN[found.reached - 1] is Measure.JOINED


def test_a_contract_before_joining_is_not_the_first_one() -> None:
    before = path(new_id(), 5, agreed=START - timedelta(days=1))

    (found,) = outcomes_of(before, AS_OF, ())

    assert CHAIN[found.reached - 1] is Measure.PRACTISED


def test_each_person_is_in_the_cohort_that_they_joined_last() -> None:
    person = new_id()
    later = own(Kind.APPLIED, person, START + timedelta(days=50), OTHER, number=1)

    (found,) = outcomes_of([*path(person, 2), later], AS_OF, ())

    assert found.cohort_id == COHORT


def test_figures_are_of_months_that_have_ended_in_japan() -> None:
    assert last_month_end(datetime(2026, 9, 30, 14, 59, tzinfo=UTC)) == date(2026, 8, 31)
    assert last_month_end(datetime(2026, 9, 30, 15, 0, tzinfo=UTC)) == date(2026, 9, 30)


def test_working_after_a_time_is_of_a_contract_under_way_on_that_day() -> None:
    person = new_id()
    facts = path(person, 5)
    agreed = facts[-1]
    ended = Fact(
        new_id(),
        Kind.COMPLETED,
        person,
        agreed.at + timedelta(days=100),
        contract_id=agreed.contract_id,
    )

    (found,) = outcomes_of([*facts, ended], AS_OF, ())

    assert [found.working_after(months, AS_OF) for months in (3, 6, 12)] == [True, False, None]


def test_income_is_what_is_paid_in_the_month() -> None:
    told = EscrowReleased(
        contract_id=new_id(),
        milestone_id=new_id(),
        title="",
        client_id=TOWN,
        assistant_id=new_id(),
        gross=yen(10_000),
        platform_fee=yen(0),
        platform_fee_tax=yen(0),
        withholding=yen(0),
        net=yen(9_000),
        payday=date(2026, 9, 1),
    )
    fact = fact_of(told)
    assert fact is not None
    later = fact_of(told.model_copy(update={"payday": date(2026, 10, 1)}))
    assert later is not None

    (found,) = outcomes_of([*path(told.assistant_id, 5), fact, later], AS_OF, ())

    assert found.income == 9_000


def test_what_is_told_again_is_the_same_fact() -> None:
    joined = ParticipantJoined(
        participant_id=new_id(),
        person_id=new_id(),
        program_id=PROGRAM,
        cohort_id=COHORT,
        program_title="",
        weekly_hours=5,
        outcomes_consent=True,
        joined_at=START,
    )

    assert fact_of(joined) == fact_of(
        ParticipantJoined.model_validate_json(joined.model_dump_json())
    )


def test_enough_people_are_told() -> None:
    facts = many(6, 5, stars=4) + many(7, 2, stars=2)

    assert [counted(facts, each) for each in CHAIN] == [13, 13, 6, 6, 6]
    assert counted(facts, Measure.LOCAL_JOBS) == 6


def test_few_people_are_not_told() -> None:
    facts = many(4, 5, stars=4)

    assert {counted(facts, each) for each in Measure} == {None}


def test_a_part_is_not_told_whose_rest_is_few() -> None:
    facts = many(8, 5, free=True) + many(3, 5)

    assert counted(facts, Measure.FIRST_CONTRACT) == 11
    assert counted(facts, Measure.FREE_WORK) is None


def test_a_part_of_cohorts_is_told_only_where_each_allows_it() -> None:
    facts = many(8, 5, free=True) + many(5, 5, cohort=OTHER, free=True)
    both = facts + many(5, 5) + many(3, 5, cohort=OTHER)

    assert counted(facts, Measure.FREE_WORK, COHORT) == 8
    assert counted(both, Measure.FREE_WORK) == 13
    assert counted(both, Measure.FREE_WORK, COHORT) is None


def test_of_whom_it_is_not_known_yet_is_not_found_by_taking_away() -> None:
    """Five can't be known after 3 months, seven after 6: the two between would be found."""
    recent, older = datetime(2026, 8, 1, tzinfo=UTC), datetime(2026, 5, 1, tzinfo=UTC)
    facts = many(9, 5) + many(2, 5, agreed=older) + many(5, 5, agreed=recent)

    assert counted(facts, Measure.WORKING_AFTER_3_MONTHS) == 11
    assert counted(facts, Measure.WORKING_AFTER_6_MONTHS) is None


@given(st.lists(st.integers(0, 200_000), max_size=40))
def test_no_band_has_fewer_than_five(values: list[int]) -> None:
    lows = merged(INCOME, values)

    ends = [*lows[1:], 10**9][: len(lows)]
    sizes = [sum(low <= v < end for v in values) for low, end in zip(lows, ends, strict=True)]
    assert all(size >= 5 for size in sizes)
    assert sum(sizes) in {0, len(values)}


PATHS = st.tuples(
    st.sampled_from([COHORT, OTHER]),
    st.integers(1, 5),
    st.sampled_from([None, 1, 3, 5]),
    st.integers(0, 600),
    st.booleans(),
)


@given(st.lists(PATHS, max_size=40))
def test_no_told_division_has_a_part_of_one_to_four(
    paths: list[tuple[UUID, int, int | None, int, bool]],
) -> None:
    facts = [
        fact
        for cohort, reached, stars, days, free in paths
        for fact in path(
            new_id(),
            reached,
            cohort=cohort,
            stars=stars if reached > 1 else None,
            agreed=datetime(2025, 2, 1, tzinfo=UTC) + timedelta(days=days) if days else None,
            free=free and reached > 4,
        )
    ]
    figures = figures_of(outcomes_of(facts, AS_OF, {TOWN}), [COHORT, OTHER], AS_OF).cells

    for cells in figures.values():
        assert [each.people for each in cells if each.people is not None and each.people < 5] == []
        steps = {each.measure: each.value for each in cells if each.measure in CHAIN}
        told = [value for each in CHAIN if (value := steps[each]) is not None]
        assert all(a - b == 0 or a - b >= 5 for a, b in pairwise(told))
    for whole, *parts in zip(*figures.values(), strict=False):
        if whole.value is not None and whole.measure in CHAIN:
            rest = whole.value - sum(each.value or 0 for each in parts)
            assert rest == 0 or rest >= 5
