"""Profiles, hours and what others tell of people, in memory."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.matching import Weights
from shared.errors import NotFound
from shared.messages.jobs import JobStatus, Visibility
from shared.messages.profiles import KeepProfile, OwnProfileView, ProfileView, StatisticsView

WEIGHTS = Weights(skills=40, hours=25, rate=15, beginner=10, reliability=10)


@dataclass
class Known:
    """Everything that is known of people."""

    assistants: set[UUID] = field(default_factory=set)
    said: dict[UUID, tuple[KeepProfile, datetime]] = field(default_factory=dict)
    taken: dict[tuple[UUID, UUID], int] = field(default_factory=dict)
    ended: set[tuple[UUID, UUID]] = field(default_factory=set)
    accepted: dict[UUID, tuple[UUID, bool]] = field(default_factory=dict)
    rated: dict[UUID, tuple[UUID, int]] = field(default_factory=dict)
    verified: set[UUID] = field(default_factory=set)
    blocks: dict[tuple[UUID, UUID], tuple[datetime, bool]] = field(default_factory=dict)


@dataclass
class FakePeople:
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
        done = [who for _, who in self.known.ended if who == person_id]
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
            verified=person_id in self.known.verified,
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

    def begin(self, job_id: UUID, assistant_id: UUID, weekly_hours: int, at: datetime) -> None:
        assert at
        self.known.taken.setdefault((job_id, assistant_id), weekly_hours)

    def end(self, job_id: UUID, assistant_id: UUID, at: datetime) -> bool:
        assert at
        if (job_id, assistant_id) not in self.known.taken:
            return False
        self.known.ended.add((job_id, assistant_id))
        return True

    def hours(self, assistant_id: UUID) -> int:
        return sum(
            hours
            for key, hours in self.known.taken.items()
            if key[1] == assistant_id and key not in self.known.ended
        )


@dataclass
class FakeFacts:
    known: Known

    def note_accepted(self, milestone_id: UUID, assistant_id: UUID, *, late: bool) -> None:
        self.known.accepted.setdefault(milestone_id, (assistant_id, late))

    def note_rating(self, contract_id: UUID, assistant_id: UUID, stars: int) -> None:
        self.known.rated.setdefault(contract_id, (assistant_id, stars))

    def note_verified(self, person_id: UUID, *, verified: bool) -> None:
        if verified:
            self.known.verified.add(person_id)
        else:
            self.known.verified.discard(person_id)


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
        self, skills: Collection[str], viewer: UUID, but: Collection[UUID], day: date, limit: int
    ) -> Sequence[Job]:
        return [
            job
            for job in self.jobs.values()
            if job.status is JobStatus.OPEN
            and job.client_id not in but
            and (job.deadline is None or job.deadline >= day)
            and (job.visibility is Visibility.PUBLIC or (job.job_id, viewer) in self.invited)
            and (not job.skills or set(job.skills) & set(skills))
        ][:limit]


class FakeMatchRules:
    def weights(self, day: date) -> Weights:
        assert day
        return WEIGHTS
