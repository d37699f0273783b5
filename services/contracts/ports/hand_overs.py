"""What hand-overs and moved dates need of the outside."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.contracts.domain.hand_over import HandOver


class HandOvers(Protocol):
    """All hand-overs. Whoever changes one locks its milestone first."""

    def add(self, hand_over: HandOver) -> None:
        """Keep a new one; raise Rejected (`hand_over_standing`) while another one waits."""
        ...

    def get(self, hand_over_id: UUID) -> HandOver:
        """Return it; raise NotFound (`hand_over_not_found`)."""
        ...

    def save(self, hand_over: HandOver) -> None:
        """Keep consents, status and the contract that follows."""
        ...

    def void(self, milestone_id: UUID) -> None:
        """Note that what waits for consents is void: the milestone isn't what it was."""
        ...

    def of_contract(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        """Return those of a contract's milestones, newest first, from before the one `after`."""
        ...

    def offered_to(
        self, substitute_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        """Return those in which this person is to go on, newest first."""
        ...


class DateMoves(Protocol):
    """By how much assistants have moved dates. Whoever adds one locks the milestones first."""

    def used_days(self, contract_id: UUID) -> int:
        """Return by how many days the dates of a contract were moved so far."""
        ...

    def add(self, contract_id: UUID, days: int, at: datetime) -> None:
        """Keep that they were moved by so many days more."""
        ...
