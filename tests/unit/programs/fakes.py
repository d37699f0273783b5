"""The outside of programs in memory: what people, places and lines need."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from services.programs.domain.application import STANDING, Application, no_such_application
from services.programs.domain.known_work import KnownContract
from services.programs.domain.participant import Participant, no_such_participant
from services.programs.domain.program import Cohort, Program
from services.programs.domain.sponsor import Sponsor
from services.programs.domain.supporter import Supporter, no_such_supporter
from services.programs.ports import Work
from services.programs.ports.people import Standing
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.program_people import ApplicationStatus, Step
from shared.messages.programs import (
    Eligibility,
    PracticeJob,
    ProgramStatus,
    SponsorStatus,
    Unit,
)
from shared.money import PositiveMoney
from tests.support.fakes import NOW, FakeAccountData, FakeOutbox, SetClock

TOWN = "131016"
_PORTS = tuple(each.name for each in fields(Work))


class FakePeople(FakeAccountData):
    """Everybody is known, by their id."""

    def __init__(self) -> None:
        self.addresses: dict[str, UUID] = {}

    def name(self, account_id: UUID) -> str:
        return str(account_id)

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        return {each: self.name(each) for each in account_ids}

    def find(self, email: str) -> UUID | None:
        return self.addresses.get(email)

    def is_company(self, account_id: UUID) -> bool:
        del account_id
        return True


@dataclass
class FakePrograms:
    programs: dict[UUID, Program] = field(default_factory=dict)
    cohorts: dict[UUID, Cohort] = field(default_factory=dict)

    def save(self, program: Program) -> None:
        self.programs[program.program_id] = program

    add = save

    def get(self, program_id: UUID) -> Program:
        return self.programs[program_id]

    lock = get

    def save_cohort(self, cohort: Cohort) -> None:
        self.cohorts[cohort.cohort_id] = cohort

    add_cohort = save_cohort

    def cohort(self, cohort_id: UUID) -> Cohort:
        return self.cohorts[cohort_id]

    lock_cohort = cohort

    def cohorts_of(self, program_id: UUID) -> Sequence[Cohort]:
        return [each for each in self.cohorts.values() if each.program_id == program_id]


@dataclass
class FakeParticipants:
    participants: dict[UUID, Participant] = field(default_factory=dict)

    def add(self, participant: Participant) -> None:
        if self.current(participant.person_id):
            raise Rejected("already_takes_part")
        self.save(participant)

    def save(self, participant: Participant) -> None:
        self.participants[participant.participant_id] = participant

    def get(self, participant_id: UUID) -> Participant:
        try:
            return self.participants[participant_id]
        except KeyError:
            raise no_such_participant() from None

    lock = get

    def current(self, person_id: UUID) -> Participant | None:
        return next((each for each in self._now() if each.person_id == person_id), None)

    lock_current = current

    def of_cohort(self, cohort_id: UUID) -> Sequence[Participant]:
        return [each for each in self.participants.values() if each.cohort_id == cohort_id]

    def taken(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        return Counter(each.cohort_id for each in self._now() if each.cohort_id in cohort_ids)

    def supported(self, program_id: UUID) -> Mapping[UUID, int]:
        return Counter(
            each.supporter_id
            for each in self._now()
            if each.program_id == program_id and each.supporter_id
        )

    def supports(self, person_id: UUID, program_id: UUID) -> bool:
        return person_id in self.supported(program_id)

    def _now(self) -> list[Participant]:
        return [each for each in self.participants.values() if each.takes_part]


@dataclass
class FakeApplications:
    applications: dict[UUID, Application] = field(default_factory=dict)

    def add(self, application: Application) -> None:
        held = {*STANDING, ApplicationStatus.ACCEPTED}
        key = application.cohort_id, application.person_id
        if any((e.cohort_id, e.person_id) == key and e.status in held for e in self._all()):
            raise Rejected("already_applied")
        self.save(application)

    def save(self, application: Application) -> None:
        assert (application.status is ApplicationStatus.WAITING) == (application.place is not None)
        self.applications[application.application_id] = application

    def get(self, application_id: UUID) -> Application:
        try:
            return self.applications[application_id]
        except KeyError:
            raise no_such_application() from None

    def line(self, cohort_id: UUID) -> Sequence[Application]:
        waiting = [each for each in self._all() if each.status is ApplicationStatus.WAITING]
        found = [each for each in waiting if each.cohort_id == cohort_id]
        return sorted(found, key=lambda each: each.place or 0)

    def waiting(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        return {each: len(self.line(each)) for each in cohort_ids}

    def standing(self, cohort_id: UUID) -> Sequence[Application]:
        return [e for e in self._all() if e.cohort_id == cohort_id and e.status in STANDING]

    def standing_of(self, person_id: UUID) -> Sequence[Application]:
        return [e for e in self._all() if e.person_id == person_id and e.status in STANDING]

    def accepted(self, cohort_id: UUID, person_id: UUID) -> Application | None:
        found = (e for e in self._all() if (e.cohort_id, e.person_id) == (cohort_id, person_id))
        return next((e for e in found if e.status is ApplicationStatus.ACCEPTED), None)

    def _all(self) -> list[Application]:
        return list(self.applications.values())


@dataclass
class FakeSupporters:
    supporters: dict[tuple[UUID, UUID], Supporter] = field(default_factory=dict)

    def find(self, program_id: UUID, person_id: UUID) -> Supporter | None:
        return self.supporters.get((program_id, person_id))

    def lock(self, program_id: UUID, person_id: UUID) -> Supporter:
        found = self.find(program_id, person_id)
        if found is None:
            raise no_such_supporter()
        return found

    def put(self, supporter: Supporter) -> None:
        self.supporters[supporter.program_id, supporter.person_id] = supporter


@dataclass
class FakeSponsors:
    sponsors: dict[UUID, Sponsor] = field(default_factory=dict)

    def find(self, account_id: UUID) -> Sponsor | None:
        return self.sponsors.get(account_id)

    def lock(self, account_id: UUID) -> Sponsor:
        return self.sponsors[account_id]

    def put(self, sponsor: Sponsor) -> None:
        self.sponsors[sponsor.account_id] = sponsor


@dataclass
class FakePath:
    """Steps that were reached, and nobody who is protected."""

    reached: set[tuple[UUID, Step]] = field(default_factory=set)

    def reach(self, participant_id: UUID, step: Step, at: datetime) -> bool:
        del at
        new = (participant_id, step) not in self.reached
        self.reached.add((participant_id, step))
        return new

    def protect(self, person_id: UUID, *, protected: bool) -> int | None:
        del person_id, protected
        return None


class FakePaths:
    def standings(self, participants: Sequence[Participant]) -> Mapping[UUID, Standing]:
        return {each.participant_id: Standing((), {}) for each in participants}


class FakeAttendance:
    def of(self, participant_ids: Collection[UUID]) -> Mapping[UUID, tuple[int, ...]]:
        del participant_ids
        return {}


@dataclass
class FakeKnownWork:
    contracts: list[KnownContract] = field(default_factory=list)

    def contracts_of(self, assistant_id: UUID) -> Sequence[KnownContract]:
        return [each for each in self.contracts if each.assistant_id == assistant_id]


class FakeSponsorships:
    """Nothing was asked of a wallet: the programs here have none."""

    def not_earned(self, participant_id: UUID) -> Sequence[object]:
        del participant_id
        return ()

    def lock(self, program_id: UUID) -> int:
        del program_id
        return 0

    hear = lock

    def refused(self, program_id: UUID) -> Sequence[object]:
        del program_id
        return ()


def fake_work() -> Any:
    """Return a Work in memory, as Any: tests look into its fakes. What has no fake here is None."""
    parts: dict[str, Any] = {
        "people": FakePeople(),
        "programs": FakePrograms(),
        "participants": FakeParticipants(),
        "sponsors": FakeSponsors(),
        "applications": FakeApplications(),
        "supporters": FakeSupporters(),
        "attendance": FakeAttendance(),
        "paths": FakePaths(),
        "path": FakePath(),
        "known_work": FakeKnownWork(),
        "sponsorships": FakeSponsorships(),
        "outbox": FakeOutbox(),
        "clock": SetClock(),
    }
    ports: dict[str, Any] = dict.fromkeys(_PORTS)
    return cast("Any", Work(**ports | parts))


def a_program(work: Any, **changed: Any) -> Program:
    """Return an open program of a confirmed sponsor, kept."""
    values: dict[str, Any] = {
        "program_id": new_id(),
        "sponsor_id": new_id(),
        "partner_id": new_id(),
        "title": "Work from home",
        "about": "?",
        "eligibility": Eligibility(),
        "help_hours": 24,
        "silence_days": 14,
        "wallet": None,
        "made_by": new_id(),
        "made_at": NOW,
        "units": (Unit(title="?", text="?", hours=1),),
        "practice": PracticeJob(
            title="?", description="?", criteria=("?",), price=PositiveMoney(amount=1000)
        ),
        "status": ProgramStatus.OPEN,
        "opened_at": NOW,
    }
    program = Program(**values | changed)
    work.programs.save(program)
    sponsor = Sponsor(
        program.sponsor_id, TOWN, "?", program.made_by, NOW, status=SponsorStatus.CONFIRMED
    )
    work.sponsors.put(sponsor)
    return program


def a_cohort(work: Any, program: Program, capacity: int = 2) -> Cohort:
    """Return a cohort of a program, kept; one may apply for another week."""
    cohort = Cohort(
        cohort_id=new_id(),
        program_id=program.program_id,
        name="Spring",
        capacity=capacity,
        apply_until=date(2026, 4, 8),
        starts_on=date(2026, 5, 1),
        ends_on=date(2026, 7, 31),
        sessions=(),
        announced_at=NOW,
    )
    work.programs.save_cohort(cohort)
    return cohort
