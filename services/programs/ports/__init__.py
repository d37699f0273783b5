"""What the use cases of programs need of the outside."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.programs.domain.participant import Participant
from services.programs.domain.program import Cohort, Program
from services.programs.ports.money import Sponsorships
from services.programs.ports.outcomes import Outcomes
from services.programs.ports.path import Care, KnownWork, Path
from services.programs.ports.people import (
    Applications,
    Attendance,
    LocalClients,
    Paths,
    Sponsors,
    Supporters,
)
from shared.account_data import AccountData
from shared.clock import Clock
from shared.messages.base import Event


class Outbox(Protocol):
    """Tells the other services, once the transaction is committed."""

    def emit(self, event: Event, *, subject: UUID) -> None:
        """Add an event about this object."""
        ...


class People(AccountData, Protocol):
    """The people and companies that accounts has told of."""

    def remember(
        self,
        account_id: UUID,
        name: str,
        email: str,
        *,
        assistant: bool = False,
        company: bool = False,
    ) -> None:
        """Keep an account's name and address."""
        ...

    def name(self, account_id: UUID) -> str:
        """Return an account's name; empty while it isn't known."""
        ...

    def find(self, email: str) -> UUID | None:
        """Return the person with this address, if there is one."""
        ...

    def is_company(self, account_id: UUID) -> bool:
        """Tell whether this is a company that we have heard of."""
        ...

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        """Return the names of those that are known."""
        ...


class Programs(Protocol):
    """All programs and their cohorts."""

    def add(self, program: Program) -> None:
        """Keep a new program."""
        ...

    def get(self, program_id: UUID) -> Program:
        """Return the program; raise NotFound (`program_not_found`)."""
        ...

    def lock(self, program_id: UUID) -> Program:
        """Return the program and keep others from changing it until the transaction ends."""
        ...

    def save(self, program: Program) -> None:
        """Keep a program as it is now."""
        ...

    def listed(
        self, accounts: Collection[UUID] | None, after: UUID | None, limit: int
    ) -> Sequence[Program]:
        """Return programs, newest first: the open ones, or all that these accounts run."""
        ...

    def cohorts_of(self, program_id: UUID) -> Sequence[Cohort]:
        """Return a program's cohorts, in the order in which they were announced."""
        ...

    def add_cohort(self, cohort: Cohort) -> None:
        """Keep a new cohort."""
        ...

    def cohort(self, cohort_id: UUID) -> Cohort:
        """Return the cohort; raise NotFound (`cohort_not_found`)."""
        ...

    def lock_cohort(self, cohort_id: UUID) -> Cohort:
        """Return the cohort and keep others from changing it until the transaction ends."""
        ...

    def save_cohort(self, cohort: Cohort) -> None:
        """Keep a cohort as it is now."""
        ...


class Participants(Protocol):
    """All who take part, or did."""

    def add(self, participant: Participant) -> None:
        """Keep somebody who takes part from now on. Raises Rejected (`already_takes_part`)."""
        ...

    def get(self, participant_id: UUID) -> Participant:
        """Return the participant; raise NotFound (`participant_not_found`)."""
        ...

    def lock(self, participant_id: UUID) -> Participant:
        """Return the participant and keep others from changing them meanwhile."""
        ...

    def lock_current(self, person_id: UUID) -> Participant | None:
        """Return as whom a person takes part now, locked; None when they don't."""
        ...

    def save(self, participant: Participant) -> None:
        """Keep a participant as they are now."""
        ...

    def of_cohort(self, cohort_id: UUID) -> Sequence[Participant]:
        """Return who takes part in a cohort, or did, in the order in which they joined."""
        ...

    def current(self, person_id: UUID) -> Participant | None:
        """Return as whom a person takes part now; None when they don't."""
        ...

    def taken(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return how many places of each cohort are taken."""
        ...

    def supported(self, program_id: UUID) -> Mapping[UUID, int]:
        """Return how many people each supporter of a program stands by now."""
        ...

    def supports(self, person_id: UUID, program_id: UUID) -> bool:
        """Tell whether somebody stands by anybody of a program now."""
        ...

    def rate(self, participant_id: UUID, stars: int, comment: str | None, at: datetime) -> None:
        """Keep how content somebody is, in place of what they said before."""
        ...


@dataclass(frozen=True)
class Work:
    """One transaction: everything in it is kept, or nothing."""

    people: People
    programs: Programs
    participants: Participants
    path: Path
    care: Care
    known_work: KnownWork
    sponsors: Sponsors
    local_clients: LocalClients
    applications: Applications
    supporters: Supporters
    attendance: Attendance
    paths: Paths
    sponsorships: Sponsorships
    outcomes: Outcomes
    outbox: Outbox
    clock: Clock


class Transactions(Protocol):
    """Gives one transaction after another, to what needs several."""

    def begin(self) -> AbstractContextManager[Work]:
        """Begin a transaction: committed at the end of the block, rolled back on an exception."""
        ...
