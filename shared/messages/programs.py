"""The published language of programs: sponsors, their programs, and the cohorts these run in.

A sponsor is a municipality and, with it, a local partner organisation. Both are accounts of
companies: members act for them by their rights (`post` runs, `accept` decides on applications,
`fund` and `see_money` go for the wallet).
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import AwareDatetime, Field, model_validator

from shared.messages.base import Command, Event, Line, Text, View
from shared.money import Money, PositiveMoney, YenPart

MunicipalityCode = Annotated[
    str,
    Field(
        pattern=r"^\d{6}$",
        description="Six digits of the national list of local governments, the last a check digit",
        examples=["131016"],
    ),
]
WeeklyHours = Annotated[int, Field(ge=1, le=40)]


class MunicipalityView(View):
    """A municipality of the national list."""

    code: MunicipalityCode
    prefecture: str
    name: str


class SponsorStatus(StrEnum):
    """Whether an operator has confirmed that a company's account is the municipality's."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"


class RegisterSponsor(Command):
    """Say that a company's account is that of a municipality (its right `post`)."""

    account_id: UUID
    municipality_code: MunicipalityCode
    note: Annotated[Text, Field(description="For the operator: how to make sure of it")]


class DecideOnSponsor(Command):
    """Confirm a municipality's account, or refuse it with a reason that is told (operators)."""

    confirmed: bool
    reason: Line | None = None

    @model_validator(mode="after")
    def _reason_for_refusal(self) -> Self:
        if not self.confirmed and self.reason is None:
            raise ValueError("a refusal needs a reason")
        return self


class SponsorView(View):
    """A municipality with an account. An account stands for one municipality at most."""

    account_id: UUID
    name: str
    municipality: MunicipalityView
    status: SponsorStatus
    note: str
    reason: str | None
    registered_at: datetime


class ProgramStatus(StrEnum):
    """Where a program stands."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


class Eligibility(Command):
    """Who may apply. Nobody is asked about their health or family: there is no field for it."""

    residents_only: Annotated[bool, Field(description="Living in the sponsor's municipality")] = (
        True
    )
    newcomers_only: Annotated[bool, Field(description="Who never had a contract here")] = True
    min_weekly_hours: WeeklyHours = 1
    max_weekly_hours: WeeklyHours = 40

    @model_validator(mode="after")
    def _some_hours(self) -> Self:
        if self.min_weekly_hours > self.max_weekly_hours:
            raise ValueError("min_weekly_hours must not exceed max_weekly_hours")
        return self


class WalletTerms(Command):
    """What a sponsor pays for its people, and how much at most. All amounts in yen.

    The caps are kept by payments: what goes beyond them is refused there, whoever asks.
    """

    total_cap: PositiveMoney
    person_cap: PositiveMoney
    pays_fees: Annotated[bool, Field(description="The platform's fee, with the tax on it")] = False
    fee_months: Annotated[
        int, Field(ge=0, le=36, description="From the first contract on, for so long")
    ] = 0
    tuition: Annotated[
        YenPart, Field(description="For each person trained, to the partner; zero: none")
    ] = YenPart(amount=0)
    bonus: Annotated[
        YenPart, Field(description="To the assistant, for a month with work accepted in it")
    ] = YenPart(amount=0)
    bonus_months: Annotated[
        int, Field(ge=0, le=12, description="The first so many months from the first contract on")
    ] = 0

    @model_validator(mode="after")
    def _caps_fit(self) -> Self:
        if self.total_cap < self.person_cap:
            raise ValueError("person_cap must not exceed total_cap")
        if self.pays_fees != bool(self.fee_months):
            raise ValueError("pays_fees and fee_months belong together")
        if bool(self.bonus) != bool(self.bonus_months):
            raise ValueError("bonus and bonus_months belong together")
        return self


class Question(Command):
    """A question of a unit's check: one of its choices is right, counted from 0."""

    text: Line
    choices: Annotated[tuple[Line, ...], Field(min_length=2, max_length=8)]
    right: Annotated[int, Field(ge=0)]

    @model_validator(mode="after")
    def _right_is_a_choice(self) -> Self:
        if self.right >= len(self.choices):
            raise ValueError("right must be one of the choices, counted from 0")
        return self


class Unit(Command):
    """A unit of the curriculum.

    It is passed by answering enough questions rightly; one without questions is confirmed by the
    participant's supporter.
    """

    title: Line
    text: Text
    hours: Annotated[int, Field(ge=1, le=100, description="That it takes, about")]
    questions: Annotated[tuple[Question, ...], Field(max_length=50)] = ()
    pass_mark: Annotated[int, Field(ge=0, le=50, description="Right answers needed")] = 0

    @model_validator(mode="after")
    def _can_be_passed(self) -> Self:
        if self.pass_mark > len(self.questions):
            raise ValueError("pass_mark must not exceed the number of questions")
        if self.questions and not self.pass_mark:
            raise ValueError("a check with questions needs a pass_mark of at least 1")
        return self


class PracticeJob(Command):
    """What everybody does before the first job: as real as can be, with practice money."""

    title: Line
    description: Text
    criteria: Annotated[tuple[Line, ...], Field(min_length=1, max_length=20)]
    price: Annotated[PositiveMoney, Field(description="Practice money: nobody gets it")]


class DescribeProgram(Command):
    """Say what a program is. Its sponsor's member says so (right `post`), while it is a draft.

    Once it is open, everything may be changed but who runs it, and the caps can only be raised.
    """

    sponsor_id: UUID
    partner_id: UUID
    title: Line
    about: Text
    eligibility: Eligibility = Eligibility()
    help_hours: Annotated[
        int, Field(ge=1, le=168, description="In which a supporter answers; then it is escalated")
    ] = 24
    silence_days: Annotated[
        int,
        Field(ge=3, le=90, description="Without a sign, after which somebody is asked how it goes"),
    ] = 14
    wallet: WalletTerms | None = None


class SetCurriculum(Command):
    """Set the units and the practice job (the partner's right `post`).

    Nobody loses what they passed: a unit is known by its place.
    """

    units: Annotated[tuple[Unit, ...], Field(min_length=1, max_length=50)]
    practice: PracticeJob


class QuestionView(View):
    """A question of a check."""

    text: str
    choices: tuple[str, ...]
    right: Annotated[int | None, Field(description="null: not to be seen")]


class UnitView(View):
    """A unit as it is shown. To whom is to answer, without the answers: `right` is null."""

    number: Annotated[int, Field(description="Its place, the first being 1")]
    title: str
    text: str
    hours: int
    questions: tuple[QuestionView, ...]
    pass_mark: int


class ProgramView(View):
    """A program, as its sponsor, its partner and who may apply see it."""

    program_id: UUID
    sponsor_id: UUID
    sponsor_name: str
    municipality: MunicipalityView
    partner_id: UUID
    partner_name: str
    title: str
    about: str
    eligibility: Eligibility
    help_hours: int
    silence_days: int
    wallet: Annotated[WalletTerms | None, Field(description="null: none, or not to be seen")]
    units: tuple[UnitView, ...]
    practice: PracticeJob | None
    status: ProgramStatus
    opened_at: datetime | None


class Place(StrEnum):
    """Where a cohort meets."""

    ONLINE = "online"
    HALL = "hall"


# Of other years a page in Japan's time can't always tell the day.
SessionTime = Annotated[
    AwareDatetime, Field(ge=datetime(2000, 1, 1, tzinfo=UTC), lt=datetime(2200, 1, 1, tzinfo=UTC))
]


class Session(Command):
    """A meeting of a cohort."""

    title: Line
    starts_at: SessionTime
    ends_at: SessionTime
    place: Place
    where: Annotated[Line, Field(description="An address, or where it is online")]

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.ends_at <= self.starts_at:
            raise ValueError("ends_at must be after starts_at")
        return self


class AnnounceCohort(Command):
    """Announce a cohort of an open program, or change it (the partner's right `post`)."""

    name: Line
    capacity: Annotated[int, Field(ge=1, le=500)]
    apply_until: Annotated[date, Field(description="A day in Japan, the last one")]
    starts_on: date
    ends_on: date
    sessions: Annotated[tuple[Session, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.apply_until <= self.starts_on <= self.ends_on:
            raise ValueError("apply_until, starts_on and ends_on must come in this order")
        return self


class SessionView(View):
    """A meeting of a cohort."""

    number: Annotated[int, Field(description="Its place, the first being 1")]
    title: str
    starts_at: datetime
    ends_at: datetime
    place: Place
    where: Annotated[str | None, Field(description="null: not to be seen before taking part")]


class CohortView(View):
    """A cohort. How many take part and wait is for its partner: few of a town are somebody."""

    cohort_id: UUID
    program_id: UUID
    program_title: str
    name: str
    capacity: int
    places_left: Annotated[
        bool, Field(description="False: whoever is accepted now comes on the waiting list")
    ]
    taken: Annotated[int | None, Field(description="null: not to be seen")]
    waiting: Annotated[int | None, Field(description="On the waiting list; null: not to be seen")]
    apply_until: date
    starts_on: date
    ends_on: date
    sessions: tuple[SessionView, ...]


class LocalClientView(View):
    """A client that the partner knows to be local: jobs from it are counted."""

    account_id: UUID
    name: str


class SponsorDecided(Event, service="programs"):
    """An operator has confirmed or refused that an account is a municipality's."""

    account_id: UUID
    municipality_code: MunicipalityCode
    municipality: str
    confirmed: bool
    reason: str | None


class ProgramOpened(Event, service="programs"):
    """A program is open."""

    program_id: UUID
    sponsor_id: UUID
    partner_id: UUID
    municipality_code: MunicipalityCode
    title: str
    opened_at: datetime


class ProgramClosed(Event, service="programs"):
    """A program takes nobody any more; who takes part goes on."""

    program_id: UUID
    closed_at: datetime


class WalletAgreed(Event, service="programs"):
    """What a sponsor's wallet may pay at most. A later `change` counts; caps never fall."""

    program_id: UUID
    sponsor_id: UUID
    partner_id: UUID
    title: str
    total_cap: Money
    person_cap: Money
    change: Annotated[int, Field(ge=1)]


class CohortAnnounced(Event, service="programs"):
    """A cohort takes applications."""

    cohort_id: UUID
    program_id: UUID
    name: str
    capacity: int
    apply_until: date
    starts_on: date
    ends_on: date
