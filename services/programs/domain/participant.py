"""Who takes part, and how far they have come."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, Self
from uuid import UUID

from shared.errors import NotFound, Rejected
from shared.messages.program_people import Step

ORDER: Final = tuple(Step)


@dataclass(frozen=True)
class Participant:
    """Somebody who takes part in a cohort."""

    participant_id: UUID
    person_id: UUID
    program_id: UUID
    cohort_id: UUID
    weekly_hours: int
    outcomes_consent: bool
    joined_at: datetime
    last_sign_at: datetime
    step: Step = Step.ORIENTATION
    supporter_id: UUID | None = None
    left_at: datetime | None = None

    @property
    def takes_part(self) -> bool:
        """Whether they have not left."""
        return self.left_at is None

    @property
    def protected(self) -> bool:
        """Whether their contracts are protected now."""
        return self.takes_part and self.step is Step.PROTECTED_JOB

    def came_to(self, step: Step) -> Self:
        """Return the participant at a step; unchanged when they have been there before."""
        if ORDER.index(step) <= ORDER.index(self.step):
            return self
        return replace(self, step=step)

    def seen(self, at: datetime) -> Self:
        """Return the participant after they gave a sign."""
        return replace(self, last_sign_at=max(self.last_sign_at, at))

    def left(self, at: datetime) -> Self:
        """Return the participant after they left; raise Rejected (`has_left`) a second time."""
        self.must_take_part()
        return replace(self, left_at=at)

    def must_take_part(self) -> None:
        """Raise Rejected (`has_left`) where they take part no longer."""
        if not self.takes_part:
            raise Rejected("has_left", "This person takes part no longer.")


def no_such_participant() -> NotFound:
    """Return the refusal for who may not know of a participant."""
    return NotFound("participant_not_found", "There is nobody of this id for you to see.")
