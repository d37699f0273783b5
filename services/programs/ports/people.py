"""What the use cases about people need of the outside: sponsors, applications, supporters."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.programs.domain.application import Application
from services.programs.domain.participant import Participant
from services.programs.domain.path import UnitTried
from services.programs.domain.sponsor import Sponsor
from services.programs.domain.supporter import Supporter
from shared.messages.program_people import StepView
from shared.messages.programs import SponsorStatus


class Sponsors(Protocol):
    """The municipalities that have an account here."""

    def find(self, account_id: UUID) -> Sponsor | None:
        """Return what an account said that it is; None where it said nothing."""
        ...

    def lock(self, account_id: UUID) -> Sponsor:
        """Return it, and keep others from changing it. Raises NotFound (`sponsor_not_found`)."""
        ...

    def put(self, sponsor: Sponsor) -> None:
        """Keep a sponsor as it is now, or a new one."""
        ...

    def listed(
        self,
        accounts: Collection[UUID] | None,
        status: SponsorStatus | None,
        after: UUID | None,
        limit: int,
    ) -> Sequence[Sponsor]:
        """Return sponsors, newest account first: all of them, or of these accounts."""
        ...


class LocalClients(Protocol):
    """The clients that a partner knows to be local."""

    def of(self, program_id: UUID) -> Sequence[UUID]:
        """Return their accounts, in the order of their ids."""
        ...

    def add(self, program_id: UUID, account_id: UUID) -> None:
        """Count jobs of this account as local."""
        ...

    def remove(self, program_id: UUID, account_id: UUID) -> None:
        """Count them as local no more."""
        ...


class Applications(Protocol):
    """All applications. What changes one holds the lock of its cohort."""

    def add(self, application: Application) -> None:
        """Keep a new one. Raises Rejected (`already_applied`) where one stands."""
        ...

    def get(self, application_id: UUID) -> Application:
        """Return it as it is; raise NotFound (`application_not_found`)."""
        ...

    def save(self, application: Application) -> None:
        """Keep an application as it is now."""
        ...

    def line(self, cohort_id: UUID) -> Sequence[Application]:
        """Return who waits for a place in a cohort, the first one first."""
        ...

    def waiting(self, cohort_ids: Collection[UUID]) -> Mapping[UUID, int]:
        """Return how many wait for a place in each cohort."""
        ...

    def standing(self, cohort_id: UUID) -> Sequence[Application]:
        """Return those of a cohort that nobody has decided on, or that wait."""
        ...

    def standing_of(self, person_id: UUID) -> Sequence[Application]:
        """Return a person's own that nobody has decided on, or that wait."""
        ...

    def accepted(self, cohort_id: UUID, person_id: UUID) -> Application | None:
        """Return the application by which somebody takes part."""
        ...

    def of_cohort(self, cohort_id: UUID, after: UUID | None, limit: int) -> Sequence[Application]:
        """Return applications for a cohort, in the order in which they were made."""
        ...

    def of_person(self, person_id: UUID) -> Sequence[Application]:
        """Return a person's own, the newest first."""
        ...


class Supporters(Protocol):
    """Who stands by people of a program."""

    def find(self, program_id: UUID, person_id: UUID) -> Supporter | None:
        """Return a supporter of a program."""
        ...

    def lock(self, program_id: UUID, person_id: UUID) -> Supporter:
        """Return a supporter, and keep others from giving them people meanwhile.

        Raises NotFound (`supporter_not_found`).
        """
        ...

    def put(self, supporter: Supporter) -> None:
        """Keep a supporter, or another limit."""
        ...

    def remove(self, supporter: Supporter) -> None:
        """Let somebody support no more."""
        ...

    def of_program(self, program_id: UUID) -> Sequence[Supporter]:
        """Return a program's supporters, in the order of their ids."""
        ...


class Attendance(Protocol):
    """Who was at which session."""

    def at(self, cohort_id: UUID, session: int) -> frozenset[UUID]:
        """Return the participants who were at a session."""
        ...

    def record(self, cohort_id: UUID, session: int, participant_ids: Iterable[UUID]) -> None:
        """Keep who was at a session, in place of what was kept."""
        ...

    def of(self, participant_ids: Collection[UUID]) -> Mapping[UUID, tuple[int, ...]]:
        """Return the numbers of the sessions at which each of them was."""
        ...


@dataclass(frozen=True)
class Standing:
    """How far somebody has come: `units` by number, the first being 1."""

    steps: tuple[StepView, ...]
    units: Mapping[int, UnitTried]
    open_helps: int = 0


class Paths(Protocol):
    """How far people have come, for the views of them."""

    def standings(self, participants: Sequence[Participant]) -> Mapping[UUID, Standing]:
        """Return how far each of them has come."""
        ...
