"""What figures are made of: facts, each of one event, that name a person and a time and no more."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import NAMESPACE_URL, UUID, uuid5

from shared.calendar import JAPAN
from shared.messages.base import Event
from shared.messages.contracts import ContractAgreed, ContractCompleted
from shared.messages.payments import EscrowReleased
from shared.messages.program_path import StepReached
from shared.messages.program_people import (
    ApplicationMade,
    OutcomesConsentChanged,
    ParticipantJoined,
    ProgramRated,
)


class Kind(StrEnum):
    """What happened."""

    APPLIED = "applied"
    JOINED = "joined"
    STEP = "step"
    CONSENT = "consent"
    RATED = "rated"
    AGREED = "agreed"
    COMPLETED = "completed"
    RELEASED = "released"


OWN: Final = frozenset({Kind.APPLIED, Kind.JOINED, Kind.STEP, Kind.CONSENT, Kind.RATED})
SAYS_CONSENT: Final = frozenset({Kind.APPLIED, Kind.JOINED, Kind.CONSENT})


@dataclass(frozen=True)
class Fact:
    """Something that happened to a person.

    Attributes:
        fact_id: of the message that told it, or made of what was told: the same each time.
        number: consent (0 or 1), stars, agreed hours a week, or net yen, by the kind.
        word: the step.
    """

    fact_id: UUID
    kind: Kind
    person_id: UUID
    at: datetime
    program_id: UUID | None = None
    cohort_id: UUID | None = None
    contract_id: UUID | None = None
    client_id: UUID | None = None
    number: int = 0
    word: str = ""


def fact_of(told: Event) -> Fact | None:
    """Return what an event tells for the figures; None for one that they aren't made of."""
    read = _READ.get(type(told))
    return read(told) if read else None


def _own(told: Any, kind: Kind, at: datetime, number: int = 0, word: str = "") -> Fact:
    """A fact that programs tells itself: its message has no id yet when it is noted."""
    made_of = f"{told.event_type()} {told.model_dump_json()}"
    return Fact(
        uuid5(NAMESPACE_URL, made_of),
        kind,
        told.person_id,
        at,
        program_id=told.program_id,
        cohort_id=told.cohort_id,
        number=number,
        word=word,
    )


def _heard(told: Any, kind: Kind, at: datetime, number: int = 0) -> Fact:
    made_of = f"{told.event_type()} {told.model_dump_json()}"
    return Fact(
        told.told_as or uuid5(NAMESPACE_URL, made_of),
        kind,
        told.assistant_id,
        at,
        contract_id=told.contract_id,
        client_id=told.client_id,
        number=number,
    )


def _released(told: EscrowReleased) -> Fact | None:
    """Money counts in the month in which it is paid. Old messages don't say when that is."""
    if told.payday is None:
        return None
    day = told.payday
    at = datetime(day.year, day.month, day.day, tzinfo=JAPAN)
    return _heard(told, Kind.RELEASED, at, told.net.amount)


_READ: Final[Mapping[type[Event], Callable[[Any], Fact | None]]] = {
    ApplicationMade: lambda e: _own(e, Kind.APPLIED, e.applied_at, int(e.outcomes_consent)),
    ParticipantJoined: lambda e: _own(e, Kind.JOINED, e.joined_at, int(e.outcomes_consent)),
    StepReached: lambda e: _own(e, Kind.STEP, e.reached_at, word=e.step.value),
    OutcomesConsentChanged: lambda e: _own(e, Kind.CONSENT, e.changed_at, int(e.outcomes_consent)),
    ProgramRated: lambda e: _own(e, Kind.RATED, e.rated_at, e.stars),
    ContractAgreed: lambda e: _heard(e, Kind.AGREED, e.agreed_at, e.weekly_hours),
    ContractCompleted: lambda e: _heard(e, Kind.COMPLETED, e.completed_at),
    EscrowReleased: _released,
}
OWN_EVENTS: Final = tuple(each.event_type() for each in _READ if each.service == "programs")
