"""The published language of programs, on people: who applies, takes part, and stands by whom."""

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import EmailStr, Field

from shared.messages.base import Command, Event, Line, Text, View
from shared.messages.programs import CohortView, MunicipalityCode, UnitView, WeeklyHours


class ApplicationStatus(StrEnum):
    """Where an application stands. `waiting`: accepted in substance, when a place becomes free."""

    MADE = "made"
    WAITING = "waiting"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class DeclineCause(StrEnum):
    """Why programs itself declines an application, where the partner has said nothing."""

    PROGRAM_CLOSED = "program_closed"
    TAKES_PART_ELSEWHERE = "takes_part_elsewhere"


class Apply(Command):
    """Apply for a cohort (role assistant), in whose program nobody else of oneself takes part."""

    lives_in: MunicipalityCode
    adult: Annotated[bool, Field(description="18 or older")]
    weekly_hours: WeeklyHours
    motivation: Text
    outcomes_consent: Annotated[
        bool, Field(description="To be counted in figures, nowhere by name; may change at will")
    ] = False


class DeclineApplication(Command):
    """Decline an application, with a reason that is told (the partner's right `accept`)."""

    reason: Line


class ApplicationView(View):
    """An application, as its person and the partner see it. `place_in_line` is of the waiting.

    A declined one has the partner's `reason`, in their words, or the service's own `cause`.
    """

    application_id: UUID
    cohort: CohortView
    person_id: UUID
    person_name: str
    lives_in: MunicipalityCode
    weekly_hours: int
    motivation: str
    status: ApplicationStatus
    reason: str | None
    cause: DeclineCause | None = None
    place_in_line: int | None
    applied_at: datetime


class Step(StrEnum):
    """The path of a beginner, in this order."""

    ORIENTATION = "orientation"
    UNITS = "units"
    PRACTICE = "practice"
    PROTECTED_JOB = "protected_job"
    FREE_WORK = "free_work"


class StepView(View):
    """A step that somebody has come to."""

    step: Step
    reached_at: datetime


class UnitStanding(View):
    """How somebody stands with a unit."""

    unit: UnitView
    passed_at: datetime | None
    tries: int


class WeekView(View):
    """Hours of a week that begins on this Monday. Declared: what they wanted to work."""

    starts_on: date
    declared: int
    worked: Annotated[
        float, Field(description="Estimated from contracts under way and logged training")
    ]


class ParticipantView(View):
    """Somebody who takes part, as they and their supporters see them; the partner, too.

    `left_at` is null while they take part. Supporters' notes are not in it.
    """

    participant_id: UUID
    person_id: UUID
    person_name: str
    cohort: CohortView
    supporter_id: UUID | None
    supporter_name: str | None
    step: Step
    steps: tuple[StepView, ...]
    units: tuple[UnitStanding, ...]
    attended: Annotated[tuple[int, ...], Field(description="Numbers of the sessions")]
    weekly_hours: int
    outcomes_consent: bool
    protected: bool
    open_helps: int
    last_sign_at: Annotated[datetime, Field(description="When they last did anything here")]
    joined_at: datetime
    left_at: datetime | None


class MateView(View):
    """Somebody of one's own cohort who has come as far as to work."""

    person_id: UUID
    person_name: str
    step: Step


class AddSupporter(Command):
    """Let somebody stand by people of a program (the partner's right `post`)."""

    email: EmailStr
    limit: Annotated[int, Field(ge=1, le=100, description="People at a time, at most")]


class SupporterView(View):
    """A supporter of a program. `people` counts whom they stand by now."""

    person_id: UUID
    name: str
    limit: int
    people: int


class AssignSupporter(Command):
    """Set who stands by a participant (the partner's right `post`)."""

    supporter_id: UUID


class RecordAttendance(Command):
    """Say who was at a session: all of them; who isn't named wasn't (partner, or supporter)."""

    participant_ids: Annotated[frozenset[UUID], Field(max_length=500)]


class ChangeConsent(Command):
    """Say whether to be counted in a program's figures (the participant, at will)."""

    outcomes_consent: bool


class ChangeHours(Command):
    """Say how many hours a week one wants to work (the participant)."""

    weekly_hours: WeeklyHours


class RateProgram(Command):
    """Say how content one is with the program (the participant); the last word counts."""

    stars: Annotated[int, Field(ge=1, le=5)]
    comment: Text | None = None


class WriteNote(Command):
    """Write a note on somebody, which only their supporters read."""

    text: Text


class NoteView(View):
    """A supporter's note on somebody."""

    note_id: UUID
    by: UUID
    by_name: str
    text: str
    written_at: datetime


class ParticipantFact(Event):
    """What every event about somebody who takes part says."""

    participant_id: UUID
    person_id: UUID
    program_id: UUID
    cohort_id: UUID


class ApplicationMade(Event, service="programs"):
    """Somebody applies for a cohort."""

    application_id: UUID
    program_id: UUID
    partner_id: UUID
    cohort_id: UUID
    cohort_name: str
    person_id: UUID
    applied_at: datetime
    outcomes_consent: bool = False


class ApplicationDecided(Event, service="programs"):
    """An application was accepted, declined, or put on the waiting list.

    Declined: with the partner's `reason`, or for a `cause` of the service's own.
    """

    application_id: UUID
    program_id: UUID
    program_title: str
    cohort_id: UUID
    cohort_name: str
    person_id: UUID
    status: ApplicationStatus
    reason: str | None
    decided_at: datetime
    cause: DeclineCause | None = None


class ParticipantJoined(ParticipantFact, service="programs"):
    """Somebody takes part: their path begins."""

    program_title: str
    weekly_hours: int
    outcomes_consent: bool
    joined_at: datetime


class ParticipantLeft(ParticipantFact, service="programs"):
    """Somebody takes part no longer, by their own will or the partner's."""

    left_at: datetime


class SupporterAssigned(ParticipantFact, service="programs"):
    """Somebody has another supporter, or the first one."""

    supporter_id: UUID
    supporter_name: str
    person_name: str


class AttendanceRecorded(Event, service="programs"):
    """Who was at a session, by the last word on it."""

    cohort_id: UUID
    program_id: UUID
    session: int
    participant_ids: tuple[UUID, ...]
    recorded_at: datetime


class OutcomesConsentChanged(ParticipantFact, service="programs"):
    """Somebody has agreed to be counted in figures, or not any more."""

    outcomes_consent: bool
    changed_at: datetime


class ProgramRated(ParticipantFact, service="programs"):
    """Somebody said how content they are; the last word counts."""

    stars: Annotated[int, Field(ge=1, le=5)]
    rated_at: datetime
