"""The published language of contracts, on new dates. Nobody is told why dates have moved."""

from datetime import date, datetime
from uuid import UUID

from shared.messages.base import Event, View


class MovedDate(View):
    """A milestone and the day on which it is due now."""

    milestone_id: UUID
    title: str
    due_on: date


class DatesMoved(Event, service="contracts"):
    """Dates have moved within what the terms allow. The client sees them, and nothing else."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    milestones: tuple[MovedDate, ...]
    moved_at: datetime
