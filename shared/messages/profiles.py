"""The published language of jobs, on assistants: who they are, when they work, what fits them."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, HttpUrl, model_validator

from shared.messages.base import Command, Line, Storable, Text, View
from shared.messages.jobs import JobView, Skill
from shared.money import Money, PositiveMoney

MINUTES_IN_AN_HOUR = 60


class Day(StrEnum):
    """A day of the week."""

    MON = "mon"
    TUE = "tue"
    WED = "wed"
    THU = "thu"
    FRI = "fri"
    SAT = "sat"
    SUN = "sun"


class PartOfDay(StrEnum):
    """A part of the day, in Japan: from 5, 10, 14, 18 and 22 o'clock on."""

    MORNING = "morning"
    MIDDAY = "midday"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    NIGHT = "night"


class Level(StrEnum):
    """How well somebody can do something."""

    BASIC = "basic"
    GOOD = "good"
    EXPERT = "expert"


class TimeSlot(Command):
    """Time for work in a part of a day, in minutes, every week."""

    day: Day
    part: PartOfDay
    minutes: Annotated[int, Field(ge=15, le=7 * MINUTES_IN_AN_HOUR, multiple_of=15)]


class NeverSlot(Command):
    """A part of a day in which somebody never works. Nobody is asked why."""

    day: Day
    part: PartOfDay


class SkillLevel(Command):
    """A skill, and how well it is mastered."""

    name: Skill
    level: Level = Level.GOOD


class Language(Command):
    """A language, as an ISO 639-1 code, and how well it is mastered."""

    code: Annotated[str, Field(pattern=r"^[a-z]{2}$")]
    level: Level


class PortfolioItem(Command):
    """Something that somebody has made."""

    title: Line
    url: HttpUrl | None = None
    note: Annotated[str, Field(max_length=1_000), Storable] = ""


class KeepProfile(Command):
    """Say who one is and when one works.

    `private_note` is for oneself alone (on one's health or family, say): no other role ever sees
    it, and no event has it.
    """

    headline: Line
    about: Text
    skills: Annotated[tuple[SkillLevel, ...], Field(max_length=50)] = ()
    hours: Annotated[tuple[TimeSlot, ...], Field(max_length=35)] = ()
    never: Annotated[tuple[NeverSlot, ...], Field(max_length=35)] = ()
    hourly_rate: PositiveMoney | None = None
    portfolio: Annotated[tuple[PortfolioItem, ...], Field(max_length=20)] = ()
    languages: Annotated[tuple[Language, ...], Field(max_length=20)] = ()
    beginner: bool = False
    open_to_work: bool = True
    private_note: Annotated[str, Field(max_length=5_000), Storable] = ""

    @model_validator(mode="after")
    def _each_slot_once(self) -> "KeepProfile":
        working = [(slot.day, slot.part) for slot in self.hours]
        never = [(slot.day, slot.part) for slot in self.never]
        if len({*working, *never}) != len(working) + len(never):
            raise ValueError("name each part of each day once, for work or as never")
        return self


class StatisticsView(View):
    """What somebody has done so far. Nothing here knows of pauses."""

    contracts_completed: int
    milestones_accepted: int
    on_time_percent: Annotated[int | None, Field(description="null before the first")]
    rating: Annotated[float | None, Field(description="The average of 1 to 5; null without one")]
    ratings: int


class ProfileView(View):
    """An assistant's profile, as everybody who signed in sees it.

    `minutes_left` is what of the declared week isn't taken by contracts that are under way.
    """

    person_id: UUID
    name: str
    headline: str
    about: str
    skills: tuple[SkillLevel, ...]
    hours: tuple[TimeSlot, ...]
    never: tuple[NeverSlot, ...]
    weekly_minutes: int
    minutes_left: int
    hourly_rate: Money | None
    portfolio: tuple[PortfolioItem, ...]
    languages: tuple[Language, ...]
    beginner: bool
    open_to_work: bool
    verified: Annotated[bool, Field(description="The processor has identified the person")]
    statistics: StatisticsView
    updated_at: datetime


class OwnProfileView(ProfileView):
    """One's own profile, with what nobody else sees."""

    private_note: str


class ReasonKind(StrEnum):
    """What is compared between a job and an assistant."""

    SKILLS = "skills"
    HOURS = "hours"
    RATE = "rate"
    BEGINNER = "beginner"
    RELIABILITY = "reliability"


class Reason(View):
    """Why something fits, or doesn't: points out of how many, and what they come from."""

    kind: ReasonKind
    points: int
    of: int
    matched: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    needed: int | None = None
    there: int | None = None


class AssistantMatch(View):
    """An assistant for a job. `score` is the sum of the points of all reasons, out of `of`."""

    profile: ProfileView
    score: int
    of: int
    reasons: tuple[Reason, ...]


class AssistantMatches(View):
    """A page of matches. `next` is the cursor of the following page, null on the last one."""

    items: tuple[AssistantMatch, ...]
    next: str | None


class JobMatch(View):
    """A job for an assistant. `score` is the sum of the points of all reasons, out of `of`."""

    job: JobView
    score: int
    of: int
    reasons: tuple[Reason, ...]


class JobMatches(View):
    """A page of matches. `next` is the cursor of the following page, null on the last one."""

    items: tuple[JobMatch, ...]
    next: str | None
    protected: Annotated[
        bool,
        Field(description="One's next job is protected: it is one that is marked for beginners"),
    ] = False
