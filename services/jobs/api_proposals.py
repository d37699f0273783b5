"""Proposals and small tasks over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.jobs.ports import Work
from services.jobs.use_cases import proposing
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, page
from shared.messages.base import Page
from shared.messages.jobs import (
    AcceptProposal,
    CounterOffer,
    DeclineProposal,
    MakeProposal,
    OwnProposalView,
    ProposalView,
    TakeTask,
)

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]


@router.post("/{job_id}/proposals", status_code=201, response_model=ProposalView)
def make_proposal(job_id: UUID, body: MakeProposal, command: Commands) -> Answered:
    """Offer to do a job (role assistant), one standing proposal at a time."""
    return command.run(lambda work: proposing.make_proposal(job_id, body, command.person, work))


@router.get("/{job_id}/proposals")
def list_proposals(
    job_id: UUID, query: Queries, after: After = None, limit: Limit = 20
) -> Page[ProposalView]:
    """Return the proposals to a job, newest first: its client sees all, others their own."""
    person = query.person
    proposals = query.run(
        lambda work: proposing.list_proposals(job_id, person, work, after=after, limit=limit + 1)
    )
    return page(proposals, limit, lambda proposal: proposal.proposal_id)


@router.get("/proposals")
def list_own_proposals(
    query: Queries, after: After = None, limit: Limit = 20
) -> Page[OwnProposalView]:
    """Return one's own proposals to all jobs, newest first, each with its job."""
    person = query.person
    found = query.run(
        lambda work: proposing.list_own_proposals(person, work, after=after, limit=limit + 1)
    )
    return page(found, limit, lambda own: own.proposal.proposal_id)


@router.get("/proposals/{proposal_id}")
def get_own_proposal(proposal_id: UUID, query: Queries) -> OwnProposalView:
    """Return a proposal of one's own, with its job."""
    person = query.person
    return query.run(lambda work: proposing.get_own_proposal(proposal_id, person, work))


@router.post("/{job_id}/takes", status_code=201, response_model=ProposalView)
def take_task(job_id: UUID, body: TakeTask, command: Commands) -> Answered:
    """Take one of a job's small tasks (role assistant): who comes first has it."""
    return command.run(lambda work: proposing.take_task(job_id, body, command.person, work))


@router.put("/proposals/{proposal_id}", response_model=ProposalView)
def revise_proposal(proposal_id: UUID, body: MakeProposal, command: Commands) -> Answered:
    """Put another version in its place (its assistant), also as the answer to a counter-offer."""
    return command.run(
        lambda work: proposing.revise_proposal(proposal_id, body, command.person, work)
    )


@router.post(
    "/proposals/{proposal_id}/counter-offers", status_code=201, response_model=ProposalView
)
def counter_proposal(proposal_id: UUID, body: CounterOffer, command: Commands) -> Answered:
    """Offer other terms than were proposed (the job's client)."""
    return command.run(
        lambda work: proposing.counter_proposal(proposal_id, body, command.person, work)
    )


@router.post("/proposals/{proposal_id}/acceptance", response_model=ProposalView)
def accept_proposal(
    proposal_id: UUID, command: Commands, body: AcceptProposal | None = None
) -> Answered:
    """Fill the job with this proposal (the job's client; its assistant, when it is countered)."""
    accepted = body or AcceptProposal()
    return command.run(
        lambda work: proposing.accept_proposal(proposal_id, command.person, work, accepted)
    )


@router.post("/proposals/{proposal_id}/refusal", response_model=ProposalView)
def decline_proposal(
    proposal_id: UUID, command: Commands, body: DeclineProposal | None = None
) -> Answered:
    """Decline a proposal, with a reason that is told (the job's client)."""
    declined = body or DeclineProposal()
    return command.run(
        lambda work: proposing.decline_proposal(proposal_id, declined, command.person, work)
    )


@router.put("/proposals/{proposal_id}/shortlist", response_model=ProposalView)
def shortlist_proposal(proposal_id: UUID, command: Commands) -> Answered:
    """Mark a proposal (the job's client, who alone sees the mark)."""
    return command.run(
        lambda work: proposing.shortlist_proposal(
            proposal_id, command.person, work, shortlisted=True
        )
    )


@router.delete("/proposals/{proposal_id}/shortlist", response_model=ProposalView)
def unshortlist_proposal(proposal_id: UUID, command: Commands) -> Answered:
    """Take the mark away (the job's client)."""
    return command.run(
        lambda work: proposing.shortlist_proposal(
            proposal_id, command.person, work, shortlisted=False
        )
    )


@router.post("/proposals/{proposal_id}/withdrawal", response_model=ProposalView)
def withdraw_proposal(proposal_id: UUID, command: Commands) -> Answered:
    """Take a proposal back while it stands (its assistant)."""
    return command.run(lambda work: proposing.withdraw_proposal(proposal_id, command.person, work))
