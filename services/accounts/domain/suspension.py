"""A suspension: a time in which somebody is kept out, by an operator, for a reason."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID


@dataclass(frozen=True)
class Suspension:
    """Somebody is kept out until an operator lets them in again."""

    suspension_id: UUID
    person_id: UUID
    reason: str
    suspended_by: UUID
    suspended_at: datetime
    reinstated_by: UUID | None = None
    reinstated_at: datetime | None = None
    reinstated_because: str | None = None

    @property
    def holds(self) -> bool:
        """Tell whether the person is kept out."""
        return self.reinstated_at is None

    def lifted(self, because: str, by: UUID, at: datetime) -> Self:
        """Return it as it is after an operator has let the person in again."""
        return replace(self, reinstated_by=by, reinstated_at=at, reinstated_because=because)
