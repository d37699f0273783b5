"""State machines as tables: what a step makes of a status, and what it means where it doesn't fit.

Messages come twice and in any order. A step that has already happened changes nothing; one that is
not possible yet is Transient, and tried again; one that never will be is Rejected.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from shared.errors import Rejected, Transient

Status = TypeVar("Status", bound=StrEnum)
Step = TypeVar("Step", bound=StrEnum)


@dataclass(frozen=True)
class Machine(Generic[Status, Step]):
    """A table of moves, and the pairs of status and step that are not moves."""

    thing: str
    moves: Mapping[tuple[Status, Step], Status]
    happened: AbstractSet[tuple[Status, Step]]
    not_yet: AbstractSet[tuple[Status, Step]]

    def next(self, status: Status, step: Step) -> Status | None:
        """Return the status after the step, or None when the step has already happened.

        Raises Transient (`step_not_possible_yet`) or Rejected (`step_not_possible`).
        """
        pair = (status, step)
        if pair in self.moves:
            return self.moves[pair]
        if pair in self.happened:
            return None
        facts = {"thing": self.thing, "status": status.value, "step": step.value}
        if pair in self.not_yet:
            raise Transient("step_not_possible_yet", "Something else has to happen first.", **facts)
        raise Rejected("step_not_possible", "It is too late for this.", **facts)
