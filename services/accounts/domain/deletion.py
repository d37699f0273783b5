"""Leaving for good: asked for, looked through by those who may have something open, carried out."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final, Self
from uuid import UUID

from shared.errors import Rejected
from shared.messages.deletion import DeletionStatus

# Who has to say that nothing is open.
ASKED: Final = frozenset({"jobs", "contracts", "payments"})
OPEN: Final = frozenset({DeletionStatus.CHECKING, DeletionStatus.SCHEDULED})


@dataclass(frozen=True)
class Deletion:
    """A person's wish to leave. `answers` are this round's: what each service has open."""

    person_id: UUID
    status: DeletionStatus
    asked_at: datetime
    due_at: datetime
    round: int = 1
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def reasons(self) -> tuple[str, ...]:
        """What stands in its way, as far as we know."""
        return tuple(sorted({each for reasons in self.answers.values() for each in reasons}))

    @property
    def is_open(self) -> bool:
        """Tell whether it may still come to that."""
        return self.status in OPEN

    def is_due_at(self, now: datetime) -> bool:
        """Tell whether it is to be carried out, after another look."""
        return self.status is DeletionStatus.SCHEDULED and now >= self.due_at

    def answered(
        self, service: str, of_round: int, reasons: tuple[str, ...], now: datetime
    ) -> Self:
        """Return it after what a service said; itself when that was not asked for, or long ago.

        Once all have answered, it is blocked by what is open, or scheduled; if due, carried out.
        """
        if self.status is not DeletionStatus.CHECKING or of_round != self.round:
            return self
        after = replace(self, answers={**self.answers, service: reasons})
        if not after.answers.keys() >= ASKED:
            return after
        if after.reasons:
            return replace(after, status=DeletionStatus.BLOCKED)
        due = now >= self.due_at
        status = DeletionStatus.CARRIED_OUT if due else DeletionStatus.SCHEDULED
        return replace(after, status=status)

    def looked_at_again(self) -> Self:
        """Return it as it is when it is due: everybody is asked once more."""
        return replace(self, status=DeletionStatus.CHECKING, round=self.round + 1, answers={})

    def withdrawn(self) -> Self:
        """Return it taken back. Raises Rejected (`deletion_not_open`)."""
        if not self.is_open:
            raise Rejected("deletion_not_open", "There is no deletion to take back.")
        return replace(self, status=DeletionStatus.WITHDRAWN)


def new_deletion(
    person_id: UUID, before: Deletion | None, grace: timedelta, now: datetime
) -> Deletion:
    """Return a wish to leave, in place of an earlier one that came to nothing.

    Raises Rejected (`deletion_already_asked`).
    """
    if before and before.is_open:
        raise Rejected(
            "deletion_already_asked", "That was asked for already. Look at how it stands."
        )
    return Deletion(
        person_id=person_id,
        status=DeletionStatus.CHECKING,
        asked_at=now,
        due_at=now + grace,
        round=before.round + 1 if before else 1,
    )
