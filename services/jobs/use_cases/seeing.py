"""Who sees a job, and what they see of it."""

from collections.abc import Sequence
from uuid import UUID

from services.jobs.domain.job import Job, no_such_job
from services.jobs.ports import Work
from shared.messages.files import FileView
from shared.messages.jobs import JobStatus, JobView, TaskTermsView, Visibility
from shared.people import Person


def visible(job: Job, by: Person, work: Work) -> bool:
    """Tell whether the person may see the job.

    Its client may; others not before it is posted, nor when one of the two has blocked the other.
    """
    if by.stands_for(job.client_id):
        return True
    if job.status is JobStatus.DRAFT or work.blocks.between(job.client_id, by.person_id):
        return False
    return job.visibility is Visibility.PUBLIC or work.invitations.has(job.job_id, by.person_id)


def seen(job_id: UUID, by: Person, work: Work, *, lock: bool = False) -> Job:
    """Return a job that the person may see; raise NotFound (`job_not_found`) otherwise."""
    job = work.jobs.lock(job_id) if lock else work.jobs.get(job_id)
    if not visible(job, by, work):
        raise no_such_job()
    return job


def view(job: Job, work: Work) -> JobView:
    """Return a job as it is shown."""
    [shown] = views([job], work)
    return shown


def views(jobs: Sequence[Job], work: Work) -> list[JobView]:
    """Return jobs as they are shown."""
    files = work.files.of([job.job_id for job in jobs]) if jobs else {}
    return [_view(job, files.get(job.job_id, ())) for job in jobs]


def _view(job: Job, files: Sequence[FileView]) -> JobView:
    tasks = job.tasks and TaskTermsView(
        slots=job.tasks.slots,
        taken=job.tasks.taken,
        price=job.tasks.price,
        days_to_deliver=job.tasks.days_to_deliver,
    )
    return JobView.model_validate(vars(job) | {"tasks": tasks, "files": tuple(files)})
