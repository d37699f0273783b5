"""Jobs and proposals move only as their tables say."""

from dataclasses import replace

import pytest

from services.jobs.domain import job as job_states
from services.jobs.domain import proposal as proposal_states
from services.jobs.domain.job import JobStep
from services.jobs.domain.proposal import ProposalStep
from services.jobs.use_cases import posting, proposing
from shared.errors import Rejected
from shared.messages.jobs import JobStatus, ProposalStatus
from tests.unit.jobs.fakes import a_client, a_job, an_assistant, an_offer, make_work


@pytest.mark.parametrize("status", JobStatus)
@pytest.mark.parametrize("step", JobStep)
def test_a_job_moves_only_as_the_table_says(status: JobStatus, step: JobStep) -> None:
    work, _ = make_work()
    view = posting.post_job(a_job(), a_client(), work)
    job = replace(work.jobs.get(view.job_id), status=status)
    if (status, step) in job_states.MOVES:
        assert job.moved(step).status is job_states.MOVES[status, step]
    else:
        with pytest.raises(Rejected) as refusal:
            job.moved(step)
        assert refusal.value.code == "job_step_not_allowed"
        assert refusal.value.facts == {"status": status, "step": step}


@pytest.mark.parametrize("status", ProposalStatus)
@pytest.mark.parametrize("step", ProposalStep)
def test_a_proposal_moves_only_as_the_table_says(
    status: ProposalStatus, step: ProposalStep
) -> None:
    work, _ = make_work()
    job = posting.post_job(a_job(), a_client(), work)
    view = proposing.make_proposal(job.job_id, an_offer(), an_assistant(), work)
    proposal = replace(work.proposals.get(view.proposal_id), status=status)
    if (status, step) in proposal_states.MOVES:
        assert proposal.moved(step).status is proposal_states.MOVES[status, step]
    else:
        with pytest.raises(Rejected) as refusal:
            proposal.moved(step)
        assert refusal.value.code == "proposal_step_not_allowed"
        assert refusal.value.facts == {"status": status, "step": step}
