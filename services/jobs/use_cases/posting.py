"""What clients want done, one function per message. The edge commits.

Whoever changes a job or one of its proposals locks the job first, so that two simultaneous
acceptances are one after the other, and the second is refused.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from services.jobs.domain.job import Job, JobStep
from services.jobs.ports import Work
from services.jobs.use_cases.proposing import decline_all
from services.jobs.use_cases.seeing import seen, view, views
from shared.calendar import day_in_japan
from shared.errors import Rejected
from shared.files import Content, new_file
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.files import FileView
from shared.messages.jobs import (
    Category,
    JobClosed,
    JobDetails,
    JobPosted,
    JobStatus,
    JobView,
    PostJob,
)
from shared.people import Person, Right


def post_job(command: PostJob, by: Person, work: Work) -> JobView:
    """Open a job to proposals, or keep a draft of it, for oneself or for a company."""
    client_id = command.client_id or by.person_id
    if client_id == by.person_id:
        by.must_be(Role.CLIENT)
    by.must(Right.POST, client_id)
    now = work.clock.now()
    blank = Job(
        job_id=new_id(),
        client_id=client_id,
        title=command.title,
        description=command.description,
        category=command.category,
        budget=command.budget.as_money(),
        mode=command.mode,
        place=command.place,
        review_days=command.review_days,
        posted_at=now,
        status=JobStatus.DRAFT,
        posted_by=by.person_id,
    )
    job = _described(blank, command, work)
    work.jobs.add(job)
    work.index.put(job)
    if not command.draft:
        job = _publish(job, now, work)
    return view(job, work)


def edit_job(job_id: UUID, command: JobDetails, by: Person, work: Work) -> JobView:
    """Say other things in a job, as long as nobody has proposed to it."""
    job = _managed(job_id, by, work)
    if work.proposals.has_any(job_id):
        raise Rejected(
            "job_has_proposals",
            "Somebody has proposed to it as it is. Close the job, and post another one.",
        )
    job = _described(job.moved(JobStep.EDIT), command, work)
    work.jobs.save(job)
    work.index.put(job)
    return view(job, work)


def publish_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Open a draft to proposals."""
    job = _managed(job_id, by, work)
    return view(_publish(job, work.clock.now(), work), work)


def pause_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Take no proposals for a while; those that came wait."""
    return _move(job_id, JobStep.PAUSE, by, work)


def resume_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Take proposals again."""
    return _move(job_id, JobStep.RESUME, by, work)


def close_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Take no more proposals, and decline those that stand."""
    job = _managed(job_id, by, work)
    closed = job.moved(JobStep.CLOSE)
    work.jobs.save(closed)
    # Nobody but its client has seen a draft.
    if job.status is not JobStatus.DRAFT:
        told = JobClosed(job_id=job_id, client_id=job.client_id, title=job.title)
        work.outbox.emit(told, subject=job_id)
        decline_all(closed, work)
    return view(closed, work)


def get_job(job_id: UUID, by: Person, work: Work) -> JobView:
    """Return a job that the person may see."""
    return view(seen(job_id, by, work), work)


def list_jobs(
    by: Person,
    work: Work,
    *,
    mine: bool = False,
    invited: bool = False,
    category: Category | None = None,
    after: UUID | None = None,
    limit: int,
) -> list[JobView]:
    """Return jobs, newest first: the open ones that one may see and that take proposals still.

    With `mine`: all of one's own, each with how many proposals wait for an answer. With `invited`:
    of the open ones just those that one is invited to.
    """
    jobs = work.jobs.newest(
        by.accounts,
        mine=mine,
        invited=invited,
        today=day_in_japan(work.clock.now()),
        but=() if mine else work.blocks.with_any(by.accounts),
        category=category,
        after=after,
        limit=limit,
    )
    shown = views(jobs, work)
    if not mine:
        return shown
    waiting = work.proposals.count_standing([job.job_id for job in jobs])
    return [job.model_copy(update={"waiting": waiting.get(job.job_id, 0)}) for job in shown]


def check_manager(job_id: UUID, by: Person, work: Work) -> None:
    """Raise unless the person may attach files: asked before many bytes are taken."""
    work.jobs.get(job_id).must_be_managed_by(by)


def add_file(
    job_id: UUID, content: Content, by: Person, work: Work, *, name: str, media_type: str
) -> FileView:
    """Attach a file whose bytes the store has. The same again is the same file, not another."""
    work.jobs.get(job_id).must_be_managed_by(by)
    file = new_file(content, name=name, media_type=media_type)
    return work.files.add(job_id, file, by.person_id, work.clock.now())


def get_file(job_id: UUID, file_id: UUID, by: Person, work: Work) -> FileView:
    """Return what is known of a job's file, to whoever may see the job."""
    seen(job_id, by, work)
    return work.files.get(job_id, file_id)


def _managed(job_id: UUID, by: Person, work: Work) -> Job:
    job = work.jobs.lock(job_id)
    job.must_be_managed_by(by)
    return job


def _move(job_id: UUID, step: JobStep, by: Person, work: Work) -> JobView:
    job = _managed(job_id, by, work).moved(step)
    work.jobs.save(job)
    return view(job, work)


def _described(job: Job, details: JobDetails, work: Work) -> Job:
    today = day_in_japan(work.clock.now())
    return job.described(details, work.rules.for_beginners(today), today)


def _publish(draft: Job, now: datetime, work: Work) -> Job:
    today = day_in_japan(now)
    job = draft.moved(JobStep.PUBLISH)
    # It may have waited: days have passed since it was written.
    job = job.checked_for_beginners(work.rules.for_beginners(today), today)
    job = replace(job, opened_at=now)
    work.jobs.save(job)
    posted = JobPosted(
        job_id=job.job_id,
        client_id=job.client_id,
        title=job.title,
        category=job.category,
        budget=job.budget,
    )
    work.outbox.emit(posted, subject=job.job_id)
    return job
