"""What assistants propose, and what becomes of it. The edge commits.

Whoever changes a proposal locks its job first; see posting.
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
    MakeProposal,
    MilestoneOffer,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
    ProposalView,
)
from shared.people import Person


def make_proposal(job_id: UUID, command: MakeProposal, by: Person, work: Work) -> ProposalView:
    """Offer to do a job. An assistant has one standing proposal to a job at a time."""
    by.must_be(Role.ASSISTANT)
    job = work.jobs.lock(job_id)
    if by.stands_for(job.client_id):
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
    is_owner = by.stands_for(work.jobs.get(job_id).client_id)
    proposals = work.proposals.newest(
        job_id, assistant_id=None if is_owner else by.person_id, after=after, limit=limit
    )
    return [_proposal_view(proposal) for proposal in proposals]


def accept_proposal(proposal_id: UUID, by: Person, work: Work) -> ProposalView:
    """Fill the job with this proposal and decline the others: exactly once."""
    job, proposal = _locked(proposal_id, by, work)
    job.must_be_managed_by(by)
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
    decline(job, others, work)
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
    if by.person_id != proposal.assistant_id and not by.stands_for(job.client_id):
        raise NotFound("proposal_not_found", "There is no such proposal of yours or to you.")
    return job, proposal


def decline(job: Job, standing: Sequence[Proposal], work: Work) -> None:
    """Decline proposals that stand, and tell their assistants."""
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


def _proposal_view(proposal: Proposal) -> ProposalView:
    return ProposalView.model_validate(proposal, from_attributes=True)
