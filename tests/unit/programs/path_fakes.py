"""The outside of the path in memory."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Generic, TypeVar
from uuid import UUID

from services.programs.domain.known_work import KnownContract, KnownMilestone, KnownRelease
from services.programs.domain.participant import Participant
from services.programs.domain.path import Draft, UnitTried, no_such
from services.programs.domain.program import Cohort, Program
from services.programs.ports import Work
from services.programs.ports.path import Care
from shared.ids import new_id
from shared.messages.files import FileView
from shared.messages.program_people import Step, StepView
from shared.messages.programs import Eligibility, PracticeJob, ProgramStatus, Question, Unit
from shared.money import PositiveMoney
from shared.people import Person
from tests.support.fakes import FakeOutbox, SetClock

Item = TypeVar("Item")
HELP_HOURS, SILENCE_DAYS = 24, 14
CHECK = Unit(
    title="Writing to clients",
    text="How to begin.",
    hours=3,
    questions=(Question(text="Which?", choices=("this", "that"), right=1),),
    pass_mark=1,
)
DESK = Unit(title="Your own desk", text="Set it up, and show it.", hours=2)
PRACTICE = PracticeJob(
    title="A list of shops",
    description="Find twenty.",
    criteria=("There are twenty", "Each has an address"),
    price=PositiveMoney(amount=3000),
)


@dataclass
class FakeKept(Generic[Item]):
    """Implements Kept and Clocked; `key` is the name of the id."""

    key: str
    kept: dict[UUID, Any] = field(default_factory=dict)

    def add(self, item: Item) -> None:
        self.save(item)

    def get(self, item_id: UUID) -> Item:
        if item_id not in self.kept:
            raise no_such(self.key.removesuffix("_id"))
        found: Item = self.kept[item_id]
        return found

    lock = get

    def save(self, item: Item) -> None:
        self.kept[getattr(item, self.key)] = item

    def of(self, participant_id: UUID) -> Sequence[Item]:
        found = (each for each in self.kept.values() if each.participant_id == participant_id)
        return sorted(found, key=lambda each: getattr(each, self.key), reverse=True)

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Item | None:
        waiting = (each for key, each in self.kept.items() if key not in but)
        return next((each for each in waiting if each.due_at and each.due_at <= now), None)


@dataclass
class FakeFiles:
    """Implements Files."""

    kept: dict[UUID, tuple[UUID, FileView]] = field(default_factory=dict)

    def add(self, participant_id: UUID, file: FileView, at: datetime) -> FileView:
        assert at.tzinfo
        self.kept[file.file_id] = (participant_id, file)
        return file

    def get(self, participant_id: UUID, file_id: UUID) -> FileView:
        found = self.known(participant_id, {file_id})
        if not found:
            raise no_such("file")
        return found[file_id]

    def known(self, participant_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        return {
            file_id: file
            for file_id, (owner, file) in self.kept.items()
            if owner == participant_id and file_id in file_ids
        }

    def wanted(self, contents: Collection[str]) -> Collection[str]:
        return {file.sha256 for _, file in self.kept.values()} & set(contents)


@dataclass
class FakeKnownWork:
    """Implements KnownWork."""

    contracts: dict[UUID, KnownContract] = field(default_factory=dict)
    milestones: dict[UUID, KnownMilestone] = field(default_factory=dict)
    releases: dict[UUID, KnownRelease] = field(default_factory=dict)

    def merge_contract(self, contract: KnownContract) -> None:
        known = self.contracts.get(contract.contract_id, contract)
        self.contracts[contract.contract_id] = replace(known, **_told(contract))

    def merge_milestone(self, milestone: KnownMilestone) -> None:
        known = self.milestones.get(milestone.milestone_id, milestone)
        self.milestones[milestone.milestone_id] = replace(known, **_told(milestone))

    def add_release(self, release: KnownRelease) -> None:
        self.releases.setdefault(release.release_id, release)

    def contracts_of(self, assistant_id: UUID) -> Sequence[KnownContract]:
        return [each for each in self.contracts.values() if each.assistant_id == assistant_id]

    def contract(self, contract_id: UUID) -> KnownContract | None:
        return self.contracts.get(contract_id)

    def milestone(self, milestone_id: UUID) -> KnownMilestone:
        if milestone_id not in self.milestones:
            raise no_such("milestone")
        return self.milestones[milestone_id]


def _told(fact: object) -> dict[str, Any]:
    return {name: value for name, value in vars(fact).items() if value not in {None, 0}}


@dataclass
class FakePath:
    """Implements Path, and the parts of Participants, Programs and People that the path asks."""

    program: Program
    cohort_: Cohort
    reached: dict[tuple[UUID, Step], datetime] = field(default_factory=dict)
    protected: dict[UUID, tuple[bool, int]] = field(default_factory=dict)
    tried: dict[tuple[UUID, int], UnitTried] = field(default_factory=dict)
    people: dict[UUID, Participant] = field(default_factory=dict)
    asked: FakeKept[Any] = field(default_factory=lambda: FakeKept("check_in_id"))
    helps: FakeKept[Any] = field(default_factory=lambda: FakeKept("help_id"))

    def reach(self, participant_id: UUID, step: Step, at: datetime) -> bool:
        new = (participant_id, step) not in self.reached
        self.reached.setdefault((participant_id, step), at)
        return new

    def steps(self, participant_id: UUID) -> Sequence[StepView]:
        return [
            StepView(step=step, reached_at=at)
            for (whose, step), at in self.reached.items()
            if whose == participant_id
        ]

    def protect(self, person_id: UUID, *, protected: bool) -> int | None:
        before, change = self.protected.get(person_id, (False, 0))
        if before == protected:
            return None
        self.protected[person_id] = (protected, change + 1)
        return change + 1

    def units(self, participant_id: UUID) -> Mapping[int, UnitTried]:
        return {unit: each for (of, unit), each in self.tried.items() if of == participant_id}

    def save_unit(self, tried: UnitTried) -> None:
        self.tried[tried.participant_id, tried.unit] = tried

    def supported_by(self, person_id: UUID) -> Sequence[Participant]:
        return [
            each
            for each in self.people.values()
            if each.supporter_id == person_id and each.takes_part
        ]

    def claim_silent(self, now: datetime, but: Collection[UUID]) -> Participant | None:
        since = now - timedelta(days=self.program.silence_days)
        for each in (each for key, each in self.people.items() if key not in but):
            asked = self.asked.of(each.participant_id)
            if any(question.asked_at >= each.last_sign_at for question in asked):
                continue
            if each.takes_part and each.last_sign_at <= since:
                return each
        return None

    def get(self, item_id: UUID) -> Any:
        return self.program if item_id == self.program.program_id else self.people[item_id]

    lock = get

    def lock_current(self, person_id: UUID) -> Participant | None:
        current = (
            each for each in self.people.values() if each.person_id == person_id and each.takes_part
        )
        return next(current, None)

    def save(self, participant: Participant) -> None:
        self.people[participant.participant_id] = participant

    def cohort(self, cohort_id: UUID) -> Cohort:
        assert cohort_id == self.cohort_.cohort_id
        return self.cohort_

    def name(self, account_id: UUID) -> str:
        return f"Person {account_id}"


class NoSponsorships:
    """Of Sponsorships what is asked where no wallet pays anything."""

    def lock(self, program_id: UUID) -> None:
        assert program_id

    def for_cause(self, participant_id: UUID, cause: str) -> None:
        assert participant_id
        assert cause


class Beginner:
    """Somebody at the beginning of the path, their supporter, and a member of the partner."""

    def __init__(self, *units: Unit) -> None:
        self.clock = SetClock(datetime(2026, 5, 1, 9, tzinfo=UTC))
        program = Program(
            program_id=new_id(),
            sponsor_id=new_id(),
            partner_id=new_id(),
            title="Work from home",
            about="For everybody who begins.",
            eligibility=Eligibility(),
            help_hours=HELP_HOURS,
            silence_days=SILENCE_DAYS,
            wallet=None,
            made_by=new_id(),
            made_at=self.clock.now(),
            units=units or (CHECK, DESK),
            practice=PRACTICE,
            status=ProgramStatus.OPEN,
        )
        cohort = Cohort(
            cohort_id=new_id(),
            program_id=program.program_id,
            name="Spring",
            capacity=2,
            apply_until=date(2026, 4, 20),
            starts_on=date(2026, 5, 1),
            ends_on=date(2026, 7, 31),
            sessions=(),
            announced_at=self.clock.now(),
        )
        self.path = FakePath(program, cohort)
        self.supporter = Person(new_id(), frozenset())
        self.member = Person(new_id(), frozenset(), {program.partner_id: frozenset()})
        self.sponsors_member = Person(new_id(), frozenset(), {program.sponsor_id: frozenset()})
        self.person = Person(new_id(), frozenset({"assistant"}))
        self.participant_id = new_id()
        self.path.save(
            Participant(
                participant_id=self.participant_id,
                person_id=self.person.person_id,
                program_id=program.program_id,
                cohort_id=cohort.cohort_id,
                weekly_hours=10,
                outcomes_consent=True,
                joined_at=self.clock.now(),
                last_sign_at=self.clock.now(),
                supporter_id=self.supporter.person_id,
            )
        )
        self.outbox = FakeOutbox()
        self.drafts: FakeKept[Draft] = FakeKept("draft_id")
        self.known_work = FakeKnownWork()
        self.work = self._work()

    def _work(self) -> Work:
        care = Care(
            practices=FakeKept("practice_id"),
            drafts=self.drafts,
            helps=self.path.helps,
            check_ins=self.path.asked,
            notes=FakeKept("note_id"),
            files=FakeFiles(),
        )
        known: dict[str, Any] = {
            "people": self.path,
            "programs": self.path,
            "participants": self.path,
            "path": self.path,
            "care": care,
            "known_work": self.known_work,
            "sponsorships": NoSponsorships(),
            "outbox": self.outbox,
            "clock": self.clock,
        }
        # What the path asks nothing of is left out.
        parts: dict[str, Any] = {each.name: known.get(each.name) for each in fields(Work)}
        return Work(**parts)

    @property
    def participant(self) -> Participant:
        return self.path.people[self.participant_id]

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """Yield the one Work that there is: Transactions in memory."""
        yield self.work

    def at(self, step: Step) -> "Beginner":
        """Put them to a step, as if they had come to it now."""
        self.path.save(replace(self.participant, step=step))
        self.path.reach(self.participant_id, step, self.clock.now())
        return self
