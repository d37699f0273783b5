"""What jobs does, one function per message. The edge commits.

Whoever changes a job or one of its proposals locks the job first, so that two simultaneous
acceptances are one after the other, and the second is refused.
"""

from collections.abc import Sequence
from uuid import UUID

from services.jobs.domain.job import Job, JobStep
from services.jobs.domain.proposal import Proposal, ProposalStep, check_milestones
from services.jobs.ports import Work
from shared.calendar import day_in_japan
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.jobs import (
    Category,
    JobClosed,
    JobPosted,
    JobView,
    MakeProposal,
    MilestoneOffer,
    PostJob,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalView,
)
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
    job.must_be_owned_by(by.person_id)
    job = job.moved(JobStep.CLOSE)
    work.jobs.save(job)
    closed = JobClosed(job_id=job.job_id, client_id=job.client_id, title=job.title)
    work.outbox.emit(closed, subject=job.job_id)
    _decline(job, work.proposals.standing(job_id), work)
    return _job_view(job)


def make_proposal(job_id: UUID, command: MakeProposal, by: Person, work: Work) -> ProposalView:
    """Offer to do a job. An assistant has one standing proposal to a job at a time."""
    by.must_be(Role.ASSISTANT)
    job = work.jobs.lock(job_id)
    if job.client_id == by.person_id:
        raise NotAllowed("own_job", "Nobody proposes to do a job of their own.")
    job.moved(JobStep.PROPOSE)
    standing = work.proposals.standing(job_id)
    if any(proposal.assistant_id == by.person_id for proposal in standing):
        raise Rejected(
            "proposal_already_made",
            "You have a proposal to this job already. Withdraw it before you make another.",
        )
    offers = tuple(
        MilestoneOffer(
            milestone_id=new_id(),
            title=milestone.title,
            description=milestone.description,
            price=milestone.price.as_money(),
            due_on=milestone.due_on,
        )
        for milestone in command.milestones
    )
    now = work.clock.now()
    check_milestones(offers, today=day_in_japan(now))
    proposal = Proposal(new_id(), job_id, by.person_id, command.cover, offers, made_at=now)
    work.proposals.add(proposal)
    made = ProposalMade(
        proposal_id=proposal.proposal_id,
        job_id=job_id,
        job_title=job.title,
        client_id=job.client_id,
        assistant_id=proposal.assistant_id,
        total=proposal.total,
    )
    work.outbox.emit(made, subject=proposal.proposal_id)
    return _proposal_view(proposal)


def list_proposals(
    job_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> list[ProposalView]:
    """Return the proposals to a job, newest first: its client sees all, others their own."""
    is_owner = work.jobs.get(job_id).client_id == by.person_id
    proposals = work.proposals.newest(
        job_id, assistant_id=None if is_owner else by.person_id, after=after, limit=limit
    )
    return [_proposal_view(proposal) for proposal in proposals]


def accept_proposal(proposal_id: UUID, by: Person, work: Work) -> ProposalView:
    """Fill the job with this proposal and decline the others: exactly once."""
    job, proposal = _locked(proposal_id, by, work)
    job.must_be_owned_by(by.person_id)
    proposal = proposal.moved(ProposalStep.ACCEPT)
    job = job.moved(JobStep.FILL)
    work.jobs.save(job)
    others = [
        other for other in work.proposals.standing(job.job_id) if other.proposal_id != proposal_id
    ]
    work.proposals.save([proposal])
    accepted = ProposalAccepted(
        proposal_id=proposal_id,
        job_id=job.job_id,
        job_title=job.title,
        category=job.category,
        mode=job.mode,
        place=job.place,
        review_days=job.review_days,
        client_id=job.client_id,
        assistant_id=proposal.assistant_id,
        milestones=proposal.milestones,
        accepted_at=work.clock.now(),
    )
    work.outbox.emit(accepted, subject=proposal_id)
    _decline(job, others, work)
    return _proposal_view(proposal)


def withdraw_proposal(proposal_id: UUID, by: Person, work: Work) -> ProposalView:
    """Take a proposal back while it stands."""
    _, proposal = _locked(proposal_id, by, work)
    if proposal.assistant_id != by.person_id:
        raise NotAllowed("not_owner_of_proposal", "Only the assistant who made it may withdraw it.")
    proposal = proposal.moved(ProposalStep.WITHDRAW)
    work.proposals.save([proposal])
    return _proposal_view(proposal)


def _locked(proposal_id: UUID, by: Person, work: Work) -> tuple[Job, Proposal]:
    """Lock a proposal's job, then read the proposal; to others than its two parties it isn't there.

    The first read only tells which job to lock; the second sees what others did before the lock.
    """
    job = work.jobs.lock(work.proposals.get(proposal_id).job_id)
    proposal = work.proposals.get(proposal_id)
    if by.person_id not in {job.client_id, proposal.assistant_id}:
        raise NotFound("proposal_not_found", "There is no such proposal of yours or to you.")
    return job, proposal


def _decline(job: Job, standing: Sequence[Proposal], work: Work) -> None:
    declined = [proposal.moved(ProposalStep.DECLINE) for proposal in standing]
    work.proposals.save(declined)
    for proposal in declined:
        event = ProposalDeclined(
            proposal_id=proposal.proposal_id,
            job_id=job.job_id,
            job_title=job.title,
            assistant_id=proposal.assistant_id,
        )
        work.outbox.emit(event, subject=proposal.proposal_id)


def _job_view(job: Job) -> JobView:
    return JobView.model_validate(job, from_attributes=True)


def _proposal_view(proposal: Proposal) -> ProposalView:
    return ProposalView.model_validate(proposal, from_attributes=True)
