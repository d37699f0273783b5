"""Whose next job is protected takes only jobs whose client took the beginner promise."""

from uuid import UUID

from services.jobs.domain.job import Job
from services.jobs.ports import Work
from shared.errors import Rejected


def check_promise(job: Job, assistant_id: UUID, work: Work) -> None:
    """Raise Rejected when the assistant is protected, and the job isn't marked for beginners."""
    if not job.beginner_friendly and is_protected(assistant_id, work):
        raise Rejected(
            "beginner_promise_needed",
            "This assistant's next job is protected: it is one whose client took the beginner"
            " promise. Choose a job that is marked for beginners, or mark this one"
            " (beginner_friendly) before anybody has proposed.",
            job_id=job.job_id,
        )


def is_protected(person_id: UUID, work: Work) -> bool:
    """Tell whether only jobs with the beginner promise are for this person."""
    return bool(work.protected_people.among([person_id]))
