"""A job's life: open to proposals, then filled by one of them or closed by its client."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from shared.errors import NotAllowed, Rejected
from shared.messages.jobs import Category, JobStatus, Mode
from shared.money import Money
from shared.people import Person, Right


class JobStep(StrEnum):
    """What may be done to a job."""

    PROPOSE = "propose"
    FILL = "fill"
    CLOSE = "close"


MOVES = {
    (JobStatus.OPEN, JobStep.PROPOSE): JobStatus.OPEN,
    (JobStatus.OPEN, JobStep.FILL): JobStatus.FILLED,
    (JobStatus.OPEN, JobStep.CLOSE): JobStatus.CLOSED,
}


@dataclass(frozen=True)
class Job:
    """What a client wants done. The budget is without consumption tax."""

    job_id: UUID
    client_id: UUID
    title: str
    description: str
    category: Category
    budget: Money
    mode: Mode
    place: str
    review_days: int
    posted_at: datetime
    status: JobStatus = JobStatus.OPEN

    def moved(self, step: JobStep) -> Self:
        """Return the job after this step; raise Rejected when the table has no such move."""
        status = MOVES.get((self.status, step))
        if status is None:
            raise Rejected(
                "job_step_not_allowed",
                f"The job is {self.status}. Look for another one that is open.",
                status=self.status,
                step=step,
            )
        return replace(self, status=status)

    def must_be_managed_by(self, by: Person) -> None:
        """Raise NotAllowed unless the person may post for the job's client."""
        if not by.stands_for(self.client_id):
            raise NotAllowed("not_owner_of_job", "Only the client who posted the job may do this.")
        by.must(Right.POST, self.client_id)
