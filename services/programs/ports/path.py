"""What the path of a beginner needs to keep."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from services.programs.domain.known_work import KnownContract, KnownMilestone, KnownRelease
from services.programs.domain.participant import Participant
from services.programs.domain.path import CheckIn, Draft, Help, Note, Practice, UnitTried
from shared.messages.files import FileView
from shared.messages.program_people import Step, StepView

Item = TypeVar("Item")


class Kept(Protocol[Item]):
    """All of one kind that participants have."""

    def add(self, item: Item) -> None:
        """Keep a new one."""
        ...

    def get(self, item_id: UUID) -> Item:
        """Return it; raise NotFound."""
        ...

    def lock(self, item_id: UUID) -> Item:
        """Return it and keep others from changing it until the transaction ends."""
        ...

    def save(self, item: Item) -> None:
        """Keep it as it is now."""
        ...

    def of(self, participant_id: UUID) -> Sequence[Item]:
        """Return those of a participant, newest first."""
        ...


class Clocked(Kept[Item], Protocol):
    """A kind of things that have a clock each."""

    def claim_due(self, now: datetime, but: Collection[UUID]) -> Item | None:
        """Return one whose clock is due, locked; skip these, and those that others hold."""
        ...


class Path(Protocol):
    """Steps and units of all participants, and who is protected."""

    def reach(self, participant_id: UUID, step: Step, at: datetime) -> bool:
        """Note that a step is reached; False when it was before."""
        ...

    def steps(self, participant_id: UUID) -> Sequence[StepView]:
        """Return the steps that somebody has come to, in the order of the path."""
        ...

    def protect(self, person_id: UUID, *, protected: bool) -> int | None:
        """Note whether a person is protected; return the number of the change, None if none."""
        ...

    def units(self, participant_id: UUID) -> Mapping[int, UnitTried]:
        """Return the units that somebody has tried, by their numbers."""
        ...

    def save_unit(self, tried: UnitTried) -> None:
        """Keep how somebody stands with a unit."""
        ...

    def supported_by(self, person_id: UUID) -> Sequence[Participant]:
        """Return whom a person stands by now."""
        ...

    def claim_silent(self, now: datetime, but: Collection[UUID]) -> Participant | None:
        """Return somebody silent for their program's silence_days and not asked, locked.

        These are skipped, and those that others hold.
        """
        ...


class KnownWork(Protocol):
    """What contracts and payments told of all assistants' work, in any order."""

    def merge_contract(self, contract: KnownContract) -> None:
        """Add what is told of a contract to what is known: what is null changes nothing."""
        ...

    def merge_milestone(self, milestone: KnownMilestone) -> None:
        """Add what is told of a milestone to what is known: what is null changes nothing."""
        ...

    def add_release(self, release: KnownRelease) -> None:
        """Keep a release; one that is known stays as it is."""
        ...

    def contracts_of(self, assistant_id: UUID) -> Sequence[KnownContract]:
        """Return all contracts of an assistant."""
        ...

    def contract(self, contract_id: UUID) -> KnownContract | None:
        """Return a contract, if it was told of."""
        ...

    def milestone(self, milestone_id: UUID) -> KnownMilestone:
        """Return a milestone; raise NotFound (`milestone_not_found`)."""
        ...


class Files(Protocol):
    """Files of participants."""

    def add(self, participant_id: UUID, file: FileView, at: datetime) -> FileView:
        """Keep a file; return the one that there is, when it is the same again."""
        ...

    def get(self, participant_id: UUID, file_id: UUID) -> FileView:
        """Return the file; raise NotFound (`file_not_found`)."""
        ...

    def known(self, participant_id: UUID, file_ids: Collection[UUID]) -> Mapping[UUID, FileView]:
        """Return those of them that are files of this participant, by their ids."""
        ...

    def wanted(self, contents: Collection[str]) -> Collection[str]:
        """Return those of these SHA-256 of which there still is a file, of anybody."""
        ...


@dataclass(frozen=True)
class Care:
    """What goes back and forth between a participant and who stands by them."""

    practices: Kept[Practice]
    drafts: Clocked[Draft]
    helps: Clocked[Help]
    check_ins: Clocked[CheckIn]
    notes: Kept[Note]
    files: Files
