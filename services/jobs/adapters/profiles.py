"""Profiles, hours and what others tell of people, in PostgreSQL.

A profile is read as one JSON document: what its owner says, and what the other services have told.
The private note is in no query but that of its owner's own profile.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from services.jobs.adapters.jobs import JOB, job_of, seen_by
from services.jobs.adapters.leaving import SqlAccountData
from services.jobs.adapters.tables import jobs
from services.jobs.adapters.tables_profiles import (
    accepted_milestones,
    blocks,
    commitments,
    match_weights,
    payee_changes,
    people,
    profiles,
    ratings,
    verified_people,
)
from services.jobs.domain.job import Job
from services.jobs.domain.matching import Weights
from services.jobs.ports.profiles import Commitment
from shared.db import valid_at
from shared.errors import NotFound
from shared.messages.jobs import JobStatus
from shared.messages.profiles import KeepProfile, OwnProfileView, ProfileView

_VIEW = """
    profiles.said || jsonb_build_object(
        'person_id', profiles.person_id,
        'name', coalesce((SELECT name FROM people WHERE people.person_id = profiles.person_id), ''),
        'weekly_minutes', weekly_minutes,
        'minutes_left', greatest(0, weekly_minutes - 60 * coalesce((
            SELECT sum(weekly_hours) FROM commitments
            WHERE assistant_id = profiles.person_id AND ended_at IS NULL
        ), 0)),
        'open_to_work', open_to_work,
        'verified', EXISTS (
            SELECT FROM verified_people WHERE verified_people.person_id = profiles.person_id
        ),
        'updated_at', updated_at,
        'statistics', jsonb_build_object(
            'contracts_completed', (
                SELECT count(*) FROM commitments
                WHERE assistant_id = profiles.person_id AND ended_at IS NOT NULL
            ),
            'milestones_accepted', (
                SELECT count(*) FROM accepted_milestones WHERE assistant_id = profiles.person_id
            ),
            'on_time_percent', (
                SELECT 100 * count(*) FILTER (WHERE NOT late) / nullif(count(*), 0)
                FROM accepted_milestones WHERE assistant_id = profiles.person_id
            ),
            'rating', (
                SELECT round(avg(stars), 2) FROM ratings WHERE assistant_id = profiles.person_id
            ),
            'ratings', (SELECT count(*) FROM ratings WHERE assistant_id = profiles.person_id)
        )
    )
"""
_ONE = f"SELECT ({_VIEW})::text FROM profiles WHERE person_id = %s"  # noqa: S608  (constants)
_OWN = f"""
    SELECT ({_VIEW} || jsonb_build_object('private_note', private_note))::text
    FROM profiles WHERE person_id = %s
"""  # noqa: S608
_CANDIDATES = f"""
    SELECT ({_VIEW})::text FROM profiles
    WHERE open_to_work AND (skills && %(skills)s OR %(skills)s = '{{}}')
        AND person_id <> ALL (%(but)s)
    ORDER BY (
        SELECT count(*) FROM unnest(skills) AS skill WHERE skill = ANY (%(skills)s)
    ) DESC, person_id
    LIMIT %(limit)s
"""  # noqa: S608


@dataclass(frozen=True)
class SqlPeople(SqlAccountData):
    """Implements the port People."""

    def remember(self, person_id: UUID, name: str, *, assistant: bool) -> None:
        """Keep a person's name, and whether they are an assistant."""
        row = {"person_id": person_id, "name": name, "assistant": assistant}
        self.connection.execute(insert(people).values(row).on_conflict_do_nothing())

    def is_assistant(self, person_id: UUID) -> bool:
        """Tell whether this is an assistant that we have heard of."""
        query = select(people.c.assistant).where(people.c.person_id == person_id)
        return bool(self.connection.execute(query).scalar())


@dataclass(frozen=True)
class SqlProfiles:
    """Implements the port Profiles."""

    connection: Connection

    def keep(self, person_id: UUID, profile: KeepProfile, at: datetime) -> None:
        """Keep a profile, in place of what it was before."""
        apart = {"open_to_work", "private_note"}
        values = {
            "said": profile.model_dump(mode="json", exclude=apart),
            "skills": [each.name for each in profile.skills],
            "weekly_minutes": sum(slot.minutes for slot in profile.hours),
            "open_to_work": profile.open_to_work,
            "private_note": profile.private_note,
            "updated_at": at,
        }
        kept = insert(profiles).values(person_id=person_id, **values)
        self.connection.execute(
            kept.on_conflict_do_update(index_elements=[profiles.c.person_id], set_=values)
        )

    def view(self, person_id: UUID) -> ProfileView:
        """Return a profile as everybody sees it; raise NotFound."""
        return ProfileView.model_validate_json(self._json(_ONE, person_id))

    def own(self, person_id: UUID) -> OwnProfileView:
        """Return a profile as its owner sees it; raise NotFound."""
        return OwnProfileView.model_validate_json(self._json(_OWN, person_id))

    def lock_minutes(self, person_id: UUID) -> int | None:
        """Return the minutes of the declared week, locked; None without any."""
        query = select(profiles.c.weekly_minutes).where(profiles.c.person_id == person_id)
        return self.connection.execute(query.with_for_update()).scalar() or None

    def candidates(
        self, skills: Collection[str], but: Collection[UUID], limit: int
    ) -> Sequence[ProfileView]:
        """Return profiles that are open to work and share most of these skills, best first."""
        found = self.connection.exec_driver_sql(
            _CANDIDATES, {"skills": list(skills), "but": list(but), "limit": limit}
        )
        return [ProfileView.model_validate_json(shown) for shown in found.scalars()]

    def _json(self, query: str, person_id: UUID) -> str:
        shown: str | None = self.connection.exec_driver_sql(query, (person_id,)).scalar()
        if shown is None:
            raise NotFound("profile_not_found", "This person has no profile.")
        return shown


@dataclass(frozen=True)
class SqlCommitments:
    """Implements the port Commitments."""

    connection: Connection

    def begin(self, proposal_id: UUID, taken: Commitment) -> None:
        """Take the hours of an accepted proposal, once."""
        row = asdict(taken) | {"proposal_id": proposal_id}
        self.connection.execute(insert(commitments).values(row).on_conflict_do_nothing())

    def agree(self, contract_id: UUID, proposal_id: UUID | None, taken: Commitment) -> None:
        """Take the hours of a contract, in place of its proposal's, if it is made of one."""
        c = commitments.c
        # What the version before has taken names neither.
        replaced = and_(c.proposal_id.is_(None), c.ended_at.is_(None))
        if proposal_id:
            replaced = or_(c.proposal_id == proposal_id, replaced)
        before = self._drop(taken.job_id, taken.assistant_id, replaced)
        self._keep(contract_id, asdict(taken) | {"proposal_id": proposal_id, "ended_at": before})

    def end(self, contract_id: UUID, job_id: UUID, assistant_id: UUID, at: datetime) -> None:
        """Give the hours of a contract back, also those that its proposal still has.

        Should the proposal be of another contract, that one takes its hours when it is told of.
        """
        self._drop(job_id, assistant_id, commitments.c.ended_at.is_(None))
        taken = Commitment(job_id, assistant_id, weekly_hours=0, began_at=at)
        self._keep(contract_id, {"ended_at": at}, asdict(taken))

    def _drop(
        self, job_id: UUID, assistant_id: UUID, which: ColumnElement[bool]
    ) -> datetime | None:
        """Forget what was taken before there was a contract; return when it ended, if it did."""
        c = commitments.c
        mine = and_(c.job_id == job_id, c.assistant_id == assistant_id, c.contract_id.is_(None))
        dropped = commitments.delete().where(mine, which).returning(c.ended_at)
        return self.connection.execute(dropped).scalar()

    def _keep(
        self, contract_id: UUID, told: Mapping[str, object], otherwise: Mapping[str, object] = {}
    ) -> None:
        """Keep what is told of a contract; `otherwise` is what a new row has beside."""
        kept = insert(commitments).values(contract_id=contract_id, **otherwise, **told)
        ended_at = func.coalesce(commitments.c.ended_at, kept.excluded.ended_at)
        self.connection.execute(
            kept.on_conflict_do_update(
                index_elements=[commitments.c.contract_id], set_={**told, "ended_at": ended_at}
            )
        )

    def hours(self, assistant_id: UUID) -> int:
        """Return the hours a week that are taken now."""
        query = select(func.coalesce(func.sum(commitments.c.weekly_hours), 0)).where(
            commitments.c.assistant_id == assistant_id, commitments.c.ended_at.is_(None)
        )
        return int(self.connection.execute(query).scalar_one())


@dataclass(frozen=True)
class SqlFacts:
    """Implements the port Facts."""

    connection: Connection

    def note_accepted(self, milestone_id: UUID, assistant_id: UUID, *, late: bool) -> None:
        """Keep that a milestone was accepted."""
        row = {"milestone_id": milestone_id, "assistant_id": assistant_id, "late": late}
        self.connection.execute(insert(accepted_milestones).values(row).on_conflict_do_nothing())

    def note_rating(self, contract_id: UUID, assistant_id: UUID, stars: int) -> None:
        """Keep how a client has rated an assistant."""
        row = {"contract_id": contract_id, "assistant_id": assistant_id, "stars": stars}
        self.connection.execute(insert(ratings).values(row).on_conflict_do_nothing())

    def note_verified(self, person_id: UUID, at: datetime, *, verified: bool) -> None:
        """Keep whether the processor has identified a person; what is older is left."""
        noted = insert(payee_changes).values(person_id=person_id, changed_at=at)
        newer = noted.on_conflict_do_update(
            index_elements=[payee_changes.c.person_id],
            set_={"changed_at": at},
            where=payee_changes.c.changed_at <= at,
        ).returning(payee_changes.c.person_id)
        if self.connection.execute(newer).first() is None:
            return
        if verified:
            known = insert(verified_people).values(person_id=person_id)
            self.connection.execute(known.on_conflict_do_nothing())
            return
        self.connection.execute(
            verified_people.delete().where(verified_people.c.person_id == person_id)
        )


@dataclass(frozen=True)
class SqlBlocks:
    """Implements the port Blocks."""

    connection: Connection

    def note(self, by: UUID, account_id: UUID, at: datetime, *, blocked: bool) -> None:
        """Keep a block, or that it was taken back; what is older than what we know is left."""
        values = {"blocked": blocked, "changed_at": at}
        noted = insert(blocks).values(blocked_by=by, account_id=account_id, **values)
        self.connection.execute(
            noted.on_conflict_do_update(
                index_elements=[blocks.c.blocked_by, blocks.c.account_id],
                set_=values,
                where=blocks.c.changed_at < at,
            )
        )

    def between(self, one: UUID, other: UUID) -> bool:
        """Tell whether one of the two has blocked the other."""
        return other in self.with_any([one])

    def with_any(self, accounts: Collection[UUID]) -> frozenset[UUID]:
        """Return everybody with whom one of these accounts has a block, either way."""
        query = select(blocks.c.blocked_by, blocks.c.account_id).where(
            blocks.c.blocked,
            or_(blocks.c.blocked_by.in_(accounts), blocks.c.account_id.in_(accounts)),
        )
        found = {each for row in self.connection.execute(query) for each in row}
        return frozenset(found - set(accounts))


@dataclass(frozen=True)
class SqlOpenJobs:
    """Implements the port OpenJobs."""

    connection: Connection

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
        """Return open jobs that the viewer may see, and that want one of these skills, or none."""
        query = (
            select(*JOB)
            .where(
                jobs.c.status == JobStatus.OPEN,
                seen_by([viewer]),
                jobs.c.client_id.not_in(but),
                or_(jobs.c.skills.overlap(list(skills)), jobs.c.skills == []),
                or_(jobs.c.deadline.is_(None), jobs.c.deadline >= day),
            )
            .order_by(jobs.c.job_id.desc())
            .limit(limit)
        )
        if for_beginners:
            query = query.where(jobs.c.beginner_friendly)
        return [job_of(row) for row in self.connection.execute(query)]


@dataclass(frozen=True)
class SqlMatchRules:
    """Implements the port MatchRules."""

    connection: Connection

    def weights(self, day: date) -> Weights:
        """Return how much each reason weighs on this day in Japan."""
        return Weights(**valid_at(self.connection, match_weights, day))
