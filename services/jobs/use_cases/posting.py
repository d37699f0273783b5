"""What clients want done, one function per message. The edge commits.

Whoever changes a job or one of its proposals locks the job first, so that two simultaneous
acceptances are one after the other, and the second is refused.
"""

from uuid import UUID

from services.jobs.domain.job import Job, JobStep
from services.jobs.ports import Work
from services.jobs.use_cases.proposing import decline
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.jobs import Category, JobClosed, JobPosted, JobView, PostJob
from shared.people import Person


def post_job(command: PostJob, by: Person, work: Work) -> JobView:
    """Open a job to proposals."""
    by.must_be(Role.CLIENT)
    job = Job(
        job_id=new_id(),
        client_id=by.person_id,
        title=command.title,
        description=command.description,
        category=command.category,
        budget=command.budget.as_money(),
        mode=command.mode,
        place=command.place,
        review_days=command.review_days,
        posted_at=work.clock.now(),
    )
    work.jobs.add(job)
    posted = JobPosted(
        job_id=job.job_id,
        client_id=job.client_id,
        title=job.title,
        category=job.category,
        budget=job.budget,
    )
    work.outbox.emit(posted, subject=job.job_id)
    return _job_view(job)


def get_job(job_id: UUID, work: Work) -> JobView:
    """Return a job. Whoever signed in may see it."""
    return _job_view(work.jobs.get(job_id))


def list_jobs(
    work: Work,
    *,
    category: Category | None = None,
    client_id: UUID | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[JobView]:
    """Return jobs, newest first: the open ones, or all of one client."""
    jobs = work.jobs.newest(category=category, client_id=client_id, after=after, limit=limit)
    return [_job_view(job) for job in jobs]


def close_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Take no more proposals, and decline those that stand."""
    job = work.jobs.lock(job_id)
    job.must_be_managed_by(by)
    job = job.moved(JobStep.CLOSE)
    work.jobs.save(job)
    closed = JobClosed(job_id=job.job_id, client_id=job.client_id, title=job.title)
    work.outbox.emit(closed, subject=job.job_id)
    decline(job, work.proposals.standing(job_id), work)
    return _job_view(job)


def _job_view(job: Job) -> JobView:
    return JobView.model_validate(job, from_attributes=True)
