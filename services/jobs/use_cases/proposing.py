"""What assistants propose, and what becomes of it. The edge commits.

Whoever changes a proposal locks its job first; see posting.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from services.jobs.domain.job import Job, JobStep, Tasks
from services.jobs.domain.proposal import Offered, Proposal, ProposalStep, offered
from services.jobs.ports import Work
from services.jobs.ports.profiles import Commitment
from services.jobs.use_cases.capacity import take_hours
from services.jobs.use_cases.protecting import check_promise, is_protected
from services.jobs.use_cases.seeing import seen, views
from shared.calendar import day_in_japan
from shared.errors import NotAllowed, NotFound, Rejected
from shared.ids import new_id
from shared.messages.accounts import Role
from shared.messages.jobs import (
    AcceptProposal,
    CounterOffer,
    DeclineProposal,
    MakeProposal,
    MilestoneOffer,
    Offer,
    OwnProposalView,
    ProposalAccepted,
    ProposalCountered,
    ProposalDeclined,
    ProposalMade,
    ProposalStatus,
    ProposalView,
    TakeTask,
)
from shared.people import Person

ANY_VERSION = AcceptProposal()


def make_proposal(job_id: UUID, command: MakeProposal, by: Person, work: Work) -> ProposalView:
    """Offer to do a job. An assistant has one standing proposal to a job at a time."""
    by.must_be(Role.ASSISTANT)
    job = _open_to(by, seen(job_id, by, work, lock=True), work)
    if any(each.assistant_id == by.person_id for each in work.proposals.standing(job_id)):
        raise Rejected(
            "proposal_already_made",
            "You have a proposal to this job already. Revise it, or withdraw it first.",
        )
    offer = _offered(command, job, work)
    proposal = Proposal(
        proposal_id=new_id(),
        job_id=job_id,
        assistant_id=by.person_id,
        cover=command.cover,
        milestones=offer.milestones,
        retainer=offer.retainer,
        weekly_hours=command.weekly_hours or job.weekly_hours,
        questions=command.questions,
        made_at=work.clock.now(),
    )
    work.proposals.add(proposal)
    _tell_made(job, proposal, work)
    return view(proposal)


def revise_proposal(
    proposal_id: UUID, command: MakeProposal, by: Person, work: Work
) -> ProposalView:
    """Put another version in the place of a proposal, or answer a counter-offer with one."""
    job, proposal = _locked(proposal_id, by, work)
    _only_own(proposal, by)
    _must_go_on(job, proposal, work)
    _open_to(by, job, work)
    offer = _offered(command, job, work)
    proposal = replace(
        proposal.moved(ProposalStep.REVISE),
        cover=command.cover,
        milestones=offer.milestones,
        retainer=offer.retainer,
        weekly_hours=command.weekly_hours or job.weekly_hours,
        questions=command.questions,
        version=proposal.version + 1,
        made_at=work.clock.now(),
        counter_note="",
        countered_by=None,
        countered_at=None,
    )
    work.proposals.save([proposal])
    _tell_made(job, proposal, work)
    return view(proposal)


def counter_proposal(
    proposal_id: UUID, command: CounterOffer, by: Person, work: Work
) -> ProposalView:
    """Offer the assistant other terms than were proposed (the job's client)."""
    job, proposal = _locked(proposal_id, by, work)
    job.must_be_managed_by(by)
    _must_go_on(job, proposal, work)
    job.moved(JobStep.FILL)
    offer = _offered(command, job, work)
    proposal = proposal.countered(offer, command.note, by.person_id, work.clock.now())
    work.proposals.save([proposal])
    countered = ProposalCountered(
        proposal_id=proposal_id,
        job_id=job.job_id,
        job_title=job.title,
        client_id=job.client_id,
        assistant_id=proposal.assistant_id,
        total=proposal.total,
    )
    work.outbox.emit(countered, subject=proposal_id)
    return view(proposal, to_client=True)


def list_proposals(
    job_id: UUID, by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> list[ProposalView]:
    """Return the proposals to a job, newest first: its client sees all, others their own."""
    is_client = by.stands_for(seen(job_id, by, work).client_id)
    proposals = work.proposals.newest(
        job_id, assistant_id=None if is_client else by.person_id, after=after, limit=limit
    )
    return [view(proposal, to_client=is_client) for proposal in proposals]


def list_own_proposals(
    by: Person, work: Work, *, after: UUID | None = None, limit: int
) -> list[OwnProposalView]:
    """Return one's own proposals to all jobs, newest first."""
    found = work.proposals.newest(None, assistant_id=by.person_id, after=after, limit=limit)
    jobs = work.jobs.of({each.job_id for each in found})
    shown = {job.job_id: job for job in views(list(jobs.values()), work)}
    return [OwnProposalView(proposal=view(each), job=shown[each.job_id]) for each in found]


def get_own_proposal(proposal_id: UUID, by: Person, work: Work) -> OwnProposalView:
    """Return a proposal of one's own; raise NotFound (`proposal_not_found`)."""
    proposal = work.proposals.get(proposal_id)
    if proposal.assistant_id != by.person_id:
        raise NotFound("proposal_not_found", "There is no such proposal of yours.")
    [job] = views([work.jobs.get(proposal.job_id)], work)
    return OwnProposalView(proposal=view(proposal), job=job)


def shortlist_proposal(
    proposal_id: UUID, by: Person, work: Work, *, shortlisted: bool
) -> ProposalView:
    """Mark a proposal, or take the mark away (the job's client, who alone sees it)."""
    job, proposal = _locked(proposal_id, by, work)
    job.must_be_managed_by(by)
    proposal = replace(proposal.moved(ProposalStep.SHORTLIST), shortlisted=shortlisted)
    work.proposals.save([proposal])
    return view(proposal, to_client=True)


def accept_proposal(
    proposal_id: UUID, by: Person, work: Work, command: AcceptProposal = ANY_VERSION
) -> ProposalView:
    """Fill the job with this proposal and decline the others: exactly once.

    The job's client accepts what the assistant proposed, the assistant a counter-offer.
    """
    job, proposal = _locked(proposal_id, by, work)
    proposal.must_be_version(command.version)
    by_assistant = proposal.status is ProposalStatus.COUNTERED
    if by_assistant:
        _only_own(proposal, by)
    else:
        job.must_be_managed_by(by)
    _must_go_on(job, proposal, work)
    step = ProposalStep.ACCEPT_COUNTER if by_assistant else ProposalStep.ACCEPT
    proposal = proposal.moved(step)
    job = job.moved(JobStep.FILL)
    _take_hours(proposal, work, knowingly=command.over_capacity)
    work.jobs.save(job)
    work.proposals.save([proposal])
    _tell_accepted(job, proposal, work, by=by.person_id)
    decline_all(job, work)
    return view(proposal, to_client=not by_assistant)


def take_task(job_id: UUID, command: TakeTask, by: Person, work: Work) -> ProposalView:
    """Take one of a job's small tasks: whoever comes first has it, one for each assistant."""
    by.must_be(Role.ASSISTANT)
    job = seen(job_id, by, work, lock=True)
    if by.stands_for(job.client_id):
        raise NotAllowed("own_job", "Nobody proposes to do a job of their own.")
    check_promise(job, by.person_id, work)
    job, tasks = job.one_taken(day_in_japan(work.clock.now()))
    if work.proposals.has_task(job_id, by.person_id):
        raise Rejected("task_already_taken", "You have taken one of these tasks already.")
    proposal = _taken(job, tasks, by, work)
    _take_hours(proposal, work, knowingly=command.over_capacity)
    work.jobs.save(job)
    work.proposals.add(proposal)
    _tell_accepted(job, proposal, work, by=job.posted_by or job.client_id)
    return view(proposal)


def decline_proposal(
    proposal_id: UUID, command: DeclineProposal, by: Person, work: Work
) -> ProposalView:
    """Decline a proposal, with a reason that is told (the job's client)."""
    job, proposal = _locked(proposal_id, by, work)
    job.must_be_managed_by(by)
    proposal = replace(proposal.moved(ProposalStep.DECLINE), reason=command.reason)
    work.proposals.save([proposal])
    _tell_declined(job, proposal, work)
    return view(proposal, to_client=True)


def withdraw_proposal(proposal_id: UUID, by: Person, work: Work) -> ProposalView:
    """Take a proposal back while it stands, also when it was countered."""
    _, proposal = _locked(proposal_id, by, work)
    _only_own(proposal, by)
    proposal = proposal.moved(ProposalStep.WITHDRAW)
    work.proposals.save([proposal])
    return view(proposal)


def decline_all(job: Job, work: Work) -> None:
    """Decline the proposals that still stand, and tell their assistants."""
    declined = [each.moved(ProposalStep.DECLINE) for each in work.proposals.standing(job.job_id)]
    work.proposals.save(declined)
    for proposal in declined:
        _tell_declined(job, proposal, work)


def view(proposal: Proposal, *, to_client: bool = False) -> ProposalView:
    """Return a proposal as one of its two sides sees it: the shortlist is the client's."""
    shown = vars(proposal) | {"total": proposal.total}
    if not to_client:
        shown["shortlisted"] = False
    return ProposalView.model_validate(shown)


def _open_to(by: Person, job: Job, work: Work) -> Job:
    if by.stands_for(job.client_id):
        raise NotAllowed("own_job", "Nobody proposes to do a job of their own.")
    job.must_take_proposals(day_in_japan(work.clock.now()))
    check_promise(job, by.person_id, work)
    return job


def _offered(command: Offer, job: Job, work: Work) -> Offered:
    return offered(command, job, day_in_japan(work.clock.now()))


def _only_own(proposal: Proposal, by: Person) -> None:
    if proposal.assistant_id != by.person_id:
        raise NotAllowed("not_owner_of_proposal", "Only the assistant who made it may do this.")


def _must_go_on(job: Job, proposal: Proposal, work: Work) -> None:
    """Refuse what would begin something new where one of the two has since blocked the other.

    It is said as of a proposal that isn't there: nobody is told of a block. Refused, too, where the
    assistant has since come to a protected job, and this isn't one.
    """
    if work.blocks.between(job.client_id, proposal.assistant_id):
        raise _no_such_proposal()
    check_promise(job, proposal.assistant_id, work)


def _no_such_proposal() -> NotFound:
    return NotFound("proposal_not_found", "There is no such proposal of yours or to you.")


def _locked(proposal_id: UUID, by: Person, work: Work) -> tuple[Job, Proposal]:
    """Lock a proposal's job, then read the proposal; to others than its two parties it isn't there.

    The first read only tells which job to lock; the second sees what others did before the lock.
    """
    job = work.jobs.lock(work.proposals.get(proposal_id).job_id)
    proposal = work.proposals.get(proposal_id)
    if by.person_id != proposal.assistant_id and not by.stands_for(job.client_id):
        raise _no_such_proposal()
    return job, proposal


def _taken(job: Job, tasks: Tasks, by: Person, work: Work) -> Proposal:
    now = work.clock.now()
    task = MilestoneOffer(
        milestone_id=new_id(),
        title=f"{job.title} ({tasks.taken})",
        description=job.description,
        price=tasks.price,
        due_on=day_in_japan(now) + timedelta(days=tasks.days_to_deliver),
        criteria=job.criteria,
    )
    return Proposal(
        proposal_id=new_id(),
        job_id=job.job_id,
        assistant_id=by.person_id,
        cover="",
        milestones=(task,),
        made_at=now,
        status=ProposalStatus.ACCEPTED,
        weekly_hours=job.weekly_hours,
        slot=tasks.taken,
    )


def _take_hours(proposal: Proposal, work: Work, *, knowingly: bool) -> None:
    wanted = Commitment(
        proposal.job_id, proposal.assistant_id, proposal.weekly_hours, work.clock.now()
    )
    take_hours(proposal.proposal_id, wanted, work, knowingly=knowingly)


def _tell_made(job: Job, proposal: Proposal, work: Work) -> None:
    made = ProposalMade(
        proposal_id=proposal.proposal_id,
        job_id=job.job_id,
        job_title=job.title,
        client_id=job.client_id,
        assistant_id=proposal.assistant_id,
        total=proposal.total,
    )
    work.outbox.emit(made, subject=proposal.proposal_id)


def _tell_accepted(job: Job, proposal: Proposal, work: Work, *, by: UUID) -> None:
    now = work.clock.now()
    # The client accepts what was proposed; the assistant what the client offered instead.
    by_assistant = by == proposal.assistant_id
    accepted = ProposalAccepted(
        proposal_id=proposal.proposal_id,
        job_id=job.job_id,
        job_title=job.title,
        category=job.category,
        mode=job.mode,
        place=job.place,
        review_days=job.review_days,
        client_id=job.client_id,
        assistant_id=proposal.assistant_id,
        milestones=proposal.milestones,
        accepted_at=now,
        kind=job.kind,
        accepted_by=proposal.countered_by if by_assistant else by,
        assistant_consented_at=now if by_assistant else proposal.made_at,
        weekly_hours=proposal.weekly_hours,
        max_revisions=job.max_revisions,
        retainer=proposal.retainer,
        protected=is_protected(proposal.assistant_id, work),
    )
    work.outbox.emit(accepted, subject=proposal.proposal_id)


def _tell_declined(job: Job, proposal: Proposal, work: Work) -> None:
    declined = ProposalDeclined(
        proposal_id=proposal.proposal_id,
        job_id=job.job_id,
        job_title=job.title,
        assistant_id=proposal.assistant_id,
        reason=proposal.reason,
    )
    work.outbox.emit(declined, subject=proposal.proposal_id)
