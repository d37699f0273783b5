"""What came of a program for each person, as of the end of a month. Pure: from facts alone."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID

from services.programs.domain.outcome_facts import SAYS_CONSENT, Fact, Kind
from shared.calendar import day_in_japan, end_of_day_in_japan, month_of
from shared.messages.outcomes import Measure
from shared.messages.program_people import Step

# Each counts only who is in the one before, too.
CHAIN: Final = (
    Measure.APPLIED,
    Measure.JOINED,
    Measure.TRAINED,
    Measure.PRACTISED,
    Measure.FIRST_CONTRACT,
)
WEEK: Final = timedelta(days=7)


@dataclass(frozen=True)
class Contract:
    """A contract after joining, up to the day that the figures are of."""

    agreed_at: datetime
    completed_at: datetime | None
    local: bool
    weekly_hours: int

    def hours(self, until: datetime) -> float:
        """Hours agreed for the weeks in which it was under way: an estimate."""
        return self.weekly_hours * ((self.completed_at or until) - self.agreed_at) / WEEK

    def under_way(self, on: date) -> bool:
        """Whether it was under way on a day in Japan."""
        ended = self.completed_at
        begun = day_in_japan(self.agreed_at) <= on
        return begun and (ended is None or on <= day_in_japan(ended))


@dataclass(frozen=True)
class Outcome:
    """How far somebody came, of whom it may be counted.

    Attributes:
        cohort_id: where they joined last; where they applied last if they never joined. Each
            person is counted there and nowhere else.
        reached: how many measures of `CHAIN`, from its beginning without a gap.
        stars: null as long as they said nothing.
        income: net yen paid in the month.
    """

    person_id: UUID
    cohort_id: UUID
    reached: int
    free: bool
    stars: int | None
    contracts: tuple[Contract, ...]
    income: int

    def working_after(self, months: int, as_of: date) -> bool | None:
        """Whether a contract was under way so long after the first; None: it isn't yet so long."""
        day = _months_later(day_in_japan(self.contracts[0].agreed_at), months)
        return None if day > as_of else any(each.under_way(day) for each in self.contracts)


def last_month_end(now: datetime) -> date:
    """Return the last day in Japan of the month that ended last: figures are of such days only."""
    return month_of(day_in_japan(now)) - timedelta(days=1)


def outcomes_of(
    facts: Iterable[Fact], as_of: date, local_clients: Collection[UUID]
) -> list[Outcome]:
    """Return what came of it for each person who agrees to be counted, by a day's end.

    Args:
        facts: the program's own ones, and those heard of its people, in any order.
        as_of: a day in Japan. What was told later counts for nothing but consent: that is as it
            is now.
        local_clients: accounts whose jobs are local.
    """
    people: dict[UUID, list[Fact]] = defaultdict(list)
    for fact in sorted(facts, key=lambda each: (each.at, each.fact_id)):
        people[fact.person_id].append(fact)
    found = (_outcome(told, as_of, local_clients) for _, told in sorted(people.items()))
    return [each for each in found if each is not None]


def _outcome(told: Sequence[Fact], as_of: date, local_clients: Collection[UUID]) -> Outcome | None:
    consents = [each.number for each in told if each.kind in SAYS_CONSENT]
    if not consents or not consents[-1]:
        return None
    end = end_of_day_in_japan(as_of)
    told = [each for each in told if each.at < end]
    joined = _of(told, Kind.JOINED)
    entries = joined or _of(told, Kind.APPLIED)
    cohort_id = entries[-1].cohort_id if entries else None
    if cohort_id is None:
        return None
    steps = {each.word for each in _of(told, Kind.STEP)}
    contracts = _contracts(told, joined[0].at, local_clients) if joined else ()
    stars = _of(told, Kind.RATED)
    month = as_of.replace(day=1)
    return Outcome(
        told[0].person_id,
        cohort_id,
        _reached(joined=bool(joined), steps=steps, contracts=contracts),
        Step.FREE_WORK in steps,
        stars[-1].number if stars else None,
        contracts,
        sum(e.number for e in _of(told, Kind.RELEASED) if day_in_japan(e.at) >= month),
    )


def _reached(*, joined: bool, steps: Collection[str], contracts: Sequence[Contract]) -> int:
    came = (
        joined,
        joined and Step.PRACTICE in steps,
        joined and Step.PROTECTED_JOB in steps,
        bool(contracts),
    )
    return 1 + next((number for number, true in enumerate(came) if not true), len(came))


def _contracts(
    told: Sequence[Fact], joined_at: datetime, local_clients: Collection[UUID]
) -> tuple[Contract, ...]:
    """Return the contracts since somebody joined, the first one first."""
    ended = {each.contract_id: each.at for each in _of(told, Kind.COMPLETED)}
    return tuple(
        Contract(each.at, ended.get(each.contract_id), each.client_id in local_clients, each.number)
        for each in _of(told, Kind.AGREED)
        if each.at >= joined_at
    )


def _of(told: Sequence[Fact], kind: Kind) -> list[Fact]:
    return [each for each in told if each.kind is kind]


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or that month's last when it has no such day."""
    last = month_of(day, months + 1) - timedelta(days=1)
    return last if day.day > last.day else last.replace(day=day.day)
