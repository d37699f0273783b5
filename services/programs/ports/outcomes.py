"""What figures need of the outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.programs.domain.outcome_facts import Fact
from shared.messages.base import Event
from shared.messages.outcomes import OutcomesDocument


class Outcomes(Protocol):
    """What figures are made of."""

    def note(self, told: Event) -> None:
        """Keep what an event tells for the figures, if anything; once."""
        ...

    def facts(self, program_id: UUID) -> Sequence[Fact]:
        """Return the facts of a program, and those heard of its people."""
        ...

    def rebuild(self) -> int:
        """Make the program's own facts anew of all that it ever told; return how many."""
        ...


class ReportPrinter(Protocol):
    """Sets the report on a program."""

    def print(self, document: OutcomesDocument) -> bytes:
        """Return the report as PDF."""
        ...
