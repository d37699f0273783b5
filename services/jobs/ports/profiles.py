"""What profiles, hours and matches need of the outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol
from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.domain.matching import Weights
from shared.account_data import AccountData
from shared.messages.profiles import KeepProfile, OwnProfileView, ProfileView


class People(AccountData, Protocol):
    """The people that accounts has told of."""

    def remember(self, person_id: UUID, name: str, *, assistant: bool) -> None:
        """Keep a person's name, and whether they are an assistant."""
        ...

    def is_assistant(self, person_id: UUID) -> bool:
        """Tell whether this is an assistant that we have heard of."""
        ...


class Profiles(Protocol):
    """The profiles of assistants."""

    def keep(self, person_id: UUID, profile: KeepProfile, at: datetime) -> None:
        """Keep a profile, in place of what it was before."""
        ...

    def view(self, person_id: UUID) -> ProfileView:
        """Return a profile as everybody sees it; raise NotFound (`profile_not_found`)."""
        ...

    def own(self, person_id: UUID) -> OwnProfileView:
        """Return a profile as its owner sees it; raise NotFound (`profile_not_found`)."""
        ...

    def lock_minutes(self, person_id: UUID) -> int | None:
        """Return the minutes of the declared week, locked; None without any."""
        ...

    def candidates(
        self, skills: Collection[str], but: Collection[UUID], limit: int
    ) -> Sequence[ProfileView]:
        """Return profiles that are open to work and share most of these skills, best first."""
        ...


@dataclass(frozen=True)
class Commitment:
    """Hours of an assistant's week, from a moment on."""

    job_id: UUID
    assistant_id: UUID
    weekly_hours: int
    began_at: datetime


class Commitments(Protocol):
    """The hours of assistants' weeks that are taken: by contracts, and before that by proposals.

    An assistant has one accepted proposal to a job at most; contracts of it there may be several,
    for what is handed over has a contract of its own. What is told may come in any order, and
    again and again.
    """

    def begin(self, proposal_id: UUID, taken: Commitment) -> None:
        """Take the hours of an accepted proposal, once."""
        ...

    def agree(self, contract_id: UUID, proposal_id: UUID | None, taken: Commitment) -> None:
        """Take the hours of a contract, in place of its proposal's, if it is made of one.

        A contract that has ended already takes none.
        """
        ...

    def end(self, contract_id: UUID, job_id: UUID, assistant_id: UUID, at: datetime) -> None:
        """Give the hours of a contract back, also those that its proposal still has."""
        ...

    def hours(self, assistant_id: UUID) -> int:
        """Return the hours a week that are taken now."""
        ...


class Facts(Protocol):
    """What contracts and payments tell of people, each thing under its own id."""

    def note_accepted(self, milestone_id: UUID, assistant_id: UUID, *, late: bool) -> None:
        """Keep that a milestone was accepted."""
        ...

    def note_rating(self, contract_id: UUID, assistant_id: UUID, stars: int) -> None:
        """Keep how a client has rated an assistant."""
        ...

    def note_verified(self, person_id: UUID, at: datetime, *, verified: bool) -> None:
        """Keep whether the processor has identified a person; what is older is left."""
        ...


class Blocks(Protocol):
    """Who wants nothing new to begin with whom."""

    def note(self, by: UUID, account_id: UUID, at: datetime, *, blocked: bool) -> None:
        """Keep a block, or that it was taken back; what is older than what we know is left."""
        ...

    def between(self, one: UUID, other: UUID) -> bool:
        """Tell whether one of the two has blocked the other."""
        ...

    def with_any(self, accounts: Collection[UUID]) -> frozenset[UUID]:
        """Return everybody with whom one of these accounts has a block, either way."""
        ...


class OpenJobs(Protocol):
    """Jobs that somebody could do."""

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
        """Return open jobs that the viewer may see, and that want one of these skills, or none.

        The newest come first. Those whose last day to propose is over are left out.

        Args:
            skills: what the viewer can do.
            viewer: the assistant.
            but: clients to leave out.
            day: today in Japan.
            limit: how many at most.
            for_beginners: only those with the mark.
        """
        ...


class MatchRules(Protocol):
    """Dated configuration of matches."""

    def weights(self, day: date) -> Weights:
        """Return how much each reason weighs on this day in Japan."""
        ...
