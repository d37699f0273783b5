"""Commands and queries of jobs over HTTP; decides nothing."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from fastapi import Query as QueryParameter

from services.jobs.ports import Work
from services.jobs.use_cases import posting, proposing
from shared.http.edge import Answered, Command, Query, command, query
from shared.http.pagination import After, Limit, Page, page
from shared.messages.jobs import Category, JobView, MakeProposal, PostJob, ProposalView

router = APIRouter(prefix="/api/v1/jobs", tags=["jobs"])

Commands = Annotated[Command[Work], Depends(command)]
Queries = Annotated[Query[Work], Depends(query)]

Mine = Annotated[bool, QueryParameter(description="All jobs of the caller, not only open ones")]


@router.post("", status_code=201, response_model=JobView)
def post_job(body: PostJob, command: Commands) -> Answered:
    """Ask for work to be done (role client)."""
    return command.run(lambda work: posting.post_job(body, command.person, work))


@router.get("")
def list_jobs(
    query: Queries,
    category: Category | None = None,
    after: After = None,
    limit: Limit = 20,
    mine: Mine = False,  # noqa: FBT002  (the query string has no keyword-only parameters)
) -> Page[JobView]:
    """Return jobs, newest first: the open ones, or all of one's own."""
    person = query.person
    jobs = query.run(
        lambda work: posting.list_jobs(
            work,
            category=category,
            client_id=person.person_id if mine else None,
            after=after,
            limit=limit + 1,
        )
    )
    return page(jobs, limit, lambda job: job.job_id)


@router.get("/{job_id}")
def get_job(job_id: UUID, query: Queries) -> JobView:
    """Return a job; any signed-in person may see it."""
    _ = query.person
    return query.run(lambda work: posting.get_job(job_id, work))


@router.post("/{job_id}/closure", response_model=JobView)
def close_job(job_id: UUID, command: Commands) -> Answered:
    """Take no more proposals (the job's client). Standing proposals are declined."""
    return command.run(lambda work: posting.close_job(job_id, command.person, work))


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


@router.post("/proposals/{proposal_id}/acceptance", response_model=ProposalView)
def accept_proposal(proposal_id: UUID, command: Commands) -> Answered:
    """Fill the job with this proposal (the job's client). The others are declined."""
    return command.run(lambda work: proposing.accept_proposal(proposal_id, command.person, work))


@router.post("/proposals/{proposal_id}/withdrawal", response_model=ProposalView)
def withdraw_proposal(proposal_id: UUID, command: Commands) -> Answered:
    """Take a proposal back while it stands (its assistant)."""
    return command.run(lambda work: proposing.withdraw_proposal(proposal_id, command.person, work))
