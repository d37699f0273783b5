"""The published language of contracts, on new dates. Nobody is told why dates have moved."""

from datetime import date, datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, View


class MoveDates(Command):
    """Move all dates that wait for the assistant by so many days. No reason is asked for."""

    days: Annotated[int, Field(ge=1, le=365)]


class DatesLeftView(View):
    """By how many days the assistant may still move the dates of a contract."""

    agreed_days: int
    left_days: int


class MovedDate(View):
    """A milestone and the day on which it is due now."""

    milestone_id: UUID
    title: str
    due_on: date


class MovedAnswer(View):
    """A milestone about which the assistant has to answer, and until when now."""

    milestone_id: UUID
    title: str
    answer_until: datetime


class DatesMoved(Event, service="contracts"):
    """Dates have moved within what the terms allow. The client sees them, and nothing else."""

    contract_id: UUID
    title: str
    client_id: UUID
    assistant_id: UUID
    milestones: tuple[MovedDate, ...]
    answers: tuple[MovedAnswer, ...] = ()
    moved_at: datetime
