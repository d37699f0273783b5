"""What retainers need of the outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.contracts.domain.milestone import Milestone
from services.contracts.domain.retainer import Retainer
from shared.messages.retainers import HoursEntryView


class Retainers(Protocol):
    """What goes on period after period. Whoever changes one locks its milestones first."""

    def add(self, retainer: Retainer) -> None:
        """Keep a new retainer."""
        ...

    def get(self, contract_id: UUID) -> Retainer | None:
        """Return the retainer of a contract, or None: most contracts have none."""
        ...

    def lock(self, contract_id: UUID) -> Retainer:
        """Return it, locked until the transaction ends; raise Rejected (`not_a_retainer`)."""
        ...

    def save(self, retainer: Retainer) -> None:
        """Keep that notice was given."""
        ...

    def periods(self, contract_id: UUID) -> Sequence[Milestone]:
        """Return its periods in order of their days, to be looked at."""
        ...


class Hours(Protocol):
    """The hours that were logged. Whoever changes them locks the milestone first."""

    def of_period(self, milestone_id: UUID) -> Sequence[HoursEntryView]:
        """Return the hours of a period, in order of their days."""
        ...

    def minutes(self, contract_id: UUID) -> dict[UUID, int]:
        """Return how many minutes each period of a contract has; none is left out as 0."""
        ...

    def put(self, milestone_id: UUID, entry: HoursEntryView) -> None:
        """Keep an entry, or what it is now."""
        ...

    def remove(self, milestone_id: UUID, entry_id: UUID) -> None:
        """Take an entry away."""
        ...
