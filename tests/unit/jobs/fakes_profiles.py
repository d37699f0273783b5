"""Profiles, hours and what others tell of people, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.matching import Weights
from services.jobs.ports.profiles import Commitment
from shared.errors import NotFound
from shared.messages.jobs import JobStatus, Visibility
from shared.messages.profiles import KeepProfile, OwnProfileView, ProfileView, StatisticsView
from tests.support.fakes import FakeAccountData

WEIGHTS = Weights(skills=40, hours=25, rate=15, beginner=10, reliability=10)


@dataclass(frozen=True)
class Taken:
    """Hours that are taken, or were."""

    of: Commitment
    proposal_id: UUID | None = None
    contract_id: UUID | None = None
    ended: bool = False


@dataclass
class Known:
    """Everything that is known of people."""

    assistants: set[UUID] = field(default_factory=set)
    said: dict[UUID, tuple[KeepProfile, datetime]] = field(default_factory=dict)
    taken: list[Taken] = field(default_factory=list)
    accepted: dict[UUID, tuple[UUID, bool]] = field(default_factory=dict)
    rated: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    verified: dict[UUID, tuple[datetime, bool]] = field(default_factory=dict)
    blocks: dict[tuple[UUID, UUID], tuple[datetime, bool]] = field(default_factory=dict)

    def contract(self, contract_id: UUID) -> Taken | None:
        return next((each for each in self.taken if each.contract_id == contract_id), None)


@dataclass
class FakePeople(FakeAccountData):
    known: Known

    def remember(self, person_id: UUID, name: str, *, assistant: bool) -> None:
        assert name
        if assistant:
            self.known.assistants.add(person_id)

    def is_assistant(self, person_id: UUID) -> bool:
        return person_id in self.known.assistants


@dataclass
class FakeProfiles:
    known: Known

    def keep(self, person_id: UUID, profile: KeepProfile, at: datetime) -> None:
        self.known.said[person_id] = (profile, at)

    def own(self, person_id: UUID) -> OwnProfileView:
        if person_id not in self.known.said:
            raise NotFound("profile_not_found")
        profile, at = self.known.said[person_id]
        minutes = sum(slot.minutes for slot in profile.hours)
        late = [each for who, each in self.known.accepted.values() if who == person_id]
        stars = [each for who, each in self.known.rated.values() if who == person_id]
        done = [
            each for each in self.known.taken if each.ended and each.of.assistant_id == person_id
        ]
        statistics = StatisticsView(
            contracts_completed=len(done),
            milestones_accepted=len(late),
            on_time_percent=100 * late.count(False) // len(late) if late else None,
            rating=sum(stars) / len(stars) if stars else None,
            ratings=len(stars),
        )
        taken = FakeCommitments(self.known).hours(person_id)
        return OwnProfileView(
            **profile.model_dump(exclude={"hourly_rate"}),
            hourly_rate=profile.hourly_rate and profile.hourly_rate.as_money(),
            person_id=person_id,
            name="花子",
            weekly_minutes=minutes,
            minutes_left=max(0, minutes - 60 * taken),
            verified=self.known.verified.get(person_id, (None, False))[1],
            statistics=statistics,
            updated_at=at,
        )

    def view(self, person_id: UUID) -> ProfileView:
        own = self.own(person_id).model_dump(exclude={"private_note"})
        return ProfileView.model_validate(own)

    def lock_minutes(self, person_id: UUID) -> int | None:
        if person_id not in self.known.said:
            return None
        return self.own(person_id).weekly_minutes or None

    def candidates(
        self, skills: Collection[str], but: Collection[UUID], limit: int
    ) -> Sequence[ProfileView]:
        found = [self.view(each) for each in self.known.said if each not in but]
        return [
            each
            for each in found
            if each.open_to_work
            and (not skills or {skill.name for skill in each.skills} & set(skills))
        ][:limit]


@dataclass
class FakeCommitments:
    known: Known

    def begin(self, proposal_id: UUID, taken: Commitment) -> None:
        if not any(each.proposal_id == proposal_id for each in self.known.taken):
            self.known.taken.append(Taken(taken, proposal_id=proposal_id))

    def agree(self, contract_id: UUID, proposal_id: UUID | None, taken: Commitment) -> None:
        before = self.known.contract(contract_id)
        self.known.taken = [
            each
            for each in self.known.taken
            if each is not before and not (proposal_id and each.proposal_id == proposal_id)
        ]
        ended = before is not None and before.ended
        self.known.taken.append(Taken(taken, proposal_id, contract_id, ended=ended))

    def end(self, contract_id: UUID, job_id: UUID, assistant_id: UUID, at: datetime) -> None:
        before = self.known.contract(contract_id)
        self.known.taken = [
            each
            for each in self.known.taken
            if each.contract_id not in {None, contract_id}
            or (each.of.job_id, each.of.assistant_id) != (job_id, assistant_id)
        ]
        none = Taken(Commitment(job_id, assistant_id, 0, at), contract_id=contract_id)
        self.known.taken.append(replace(before or none, ended=True))

    def hours(self, assistant_id: UUID) -> int:
        return sum(
            each.of.weekly_hours
            for each in self.known.taken
            if each.of.assistant_id == assistant_id and not each.ended
        )


@dataclass
class FakeFacts:
    known: Known

    def note_accepted(self, milestone_id: UUID, assistant_id: UUID, *, late: bool) -> None:
        self.known.accepted.setdefault(milestone_id, (assistant_id, late))

    def note_rating(self, contract_id: UUID, assistant_id: UUID, stars: int) -> None:
        self.known.rated.setdefault(contract_id, (assistant_id, stars))

    def note_verified(self, person_id: UUID, at: datetime, *, verified: bool) -> None:
        before = self.known.verified.get(person_id)
        if before is None or before[0] <= at:
            self.known.verified[person_id] = (at, verified)


@dataclass
class FakeBlocks:
    known: Known

    def note(self, by: UUID, account_id: UUID, at: datetime, *, blocked: bool) -> None:
        before = self.known.blocks.get((by, account_id))
        if before is None or before[0] < at:
            self.known.blocks[by, account_id] = (at, blocked)

    def between(self, one: UUID, other: UUID) -> bool:
        return other in self.with_any([one])

    def with_any(self, accounts: Collection[UUID]) -> frozenset[UUID]:
        pairs = [pair for pair, (_, blocked) in self.known.blocks.items() if blocked]
        found = {each for pair in pairs if set(pair) & set(accounts) for each in pair}
        return frozenset(found - set(accounts))


@dataclass
class FakeOpenJobs:
    jobs: dict[UUID, Job]
    invited: Collection[tuple[UUID, UUID]]

    def fitting(
        self,
        skills: Collection[str],
        viewer: UUID,
        but: Collection[UUID],
        day: date,
        limit: int,
        *,
        for_beginners: bool = False,
    ) -> Sequence[Job]:
        return [
            job
            for job in self.jobs.values()
            if job.status is JobStatus.OPEN
            and job.client_id not in but
            and (job.beginner_friendly or not for_beginners)
            and (job.deadline is None or job.deadline >= day)
            and (job.visibility is Visibility.PUBLIC or (job.job_id, viewer) in self.invited)
            and (not job.skills or set(job.skills) & set(skills))
        ][:limit]


class FakeMatchRules:
    def weights(self, day: date) -> Weights:
        assert day
        return WEIGHTS
