"""A client's jobs: looking after one, whom it would suit, what is asked about it.

What a job says is in client_posting.py, and the proposals to it are in client_proposals.py.
"""

from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.files import FileView
from shared.messages.jobs import (
    AnswerQuestion,
    InvitationView,
    InviteAssistant,
    JobStatus,
    JobView,
    ProposalStatus,
    ProposalView,
    QuestionView,
)
from shared.messages.profiles import AssistantMatches

pages = Pages()

JOB = "/jobs/{job_id}"
MOST_MATCHES = 6
MOST = 100
STANDING = frozenset({ProposalStatus.MADE, ProposalStatus.COUNTERED})
LOOKING = frozenset({JobStatus.DRAFT, JobStatus.OPEN, JobStatus.PAUSED})


@pages.get("/jobs/mine", role="client")
async def mine(visit: Visit) -> Response:
    """Show all jobs of the account that one acts for, newest first."""
    after = visit.query.get("after")
    found = await visit.get("jobs", "", Page[JobView], mine=True, after=after, limit=50)
    me = visit.person.acting_for
    return visit.show(
        "client/jobs.html",
        jobs=[each for each in found.items if each.client_id == me],
        next=found.next,
        later=bool(after),
    )


@pages.get(JOB, role="client")
async def show_job(visit: Visit) -> Response:
    """Show a job as its client sees it; another's, as everybody does."""
    path = f"/{visit.params['job_id']}"
    job, questions = await together(
        visit.get("jobs", path, JobView),
        visit.get("jobs", f"{path}/questions", Page[QuestionView], limit=MOST),
    )
    if not stands_for(visit, job.client_id):
        return visit.show("client/job_of_others.html", job=job, questions=questions.items)
    matches, invitations, proposals = await together(
        visit.maybe(visit.get("jobs", f"{path}/matches", AssistantMatches, limit=MOST_MATCHES)),
        visit.maybe(visit.get("jobs", f"{path}/invitations", list[InvitationView])),
        visit.get("jobs", f"{path}/proposals", Page[ProposalView], limit=MOST),
    )
    return visit.show(
        "client/job.html",
        job=job,
        questions=questions.items,
        matches=matches.items if matches and job.status in LOOKING else (),
        invited={each.assistant_id for each in invitations or ()},
        proposals=proposals.items,
        waiting=[each for each in proposals.items if each.status in STANDING],
    )


def stands_for(visit: Visit, account_id: UUID) -> bool:
    """Tell whether the account is the visitor's own, or that of a company of theirs."""
    person = visit.person
    companies = {each.company_id for each in person.companies}
    return account_id == person.person_id or account_id in companies


@pages.post(f"{JOB}/publication", role="client", again=show_job)
async def publish(visit: Visit) -> Response:
    """Post a draft."""
    return await _step(visit, "publication", _("Your job is posted: assistants can see it now."))


@pages.post(f"{JOB}/pause", role="client", again=show_job)
async def pause(visit: Visit) -> Response:
    """Take no proposals for a while."""
    return await _step(visit, "pause", _("Nobody can propose until you resume it."))


@pages.post(f"{JOB}/resumption", role="client", again=show_job)
async def resume(visit: Visit) -> Response:
    """Take proposals again."""
    return await _step(visit, "resumption", _("Assistants can propose again."))


@pages.post(f"{JOB}/closure", role="client", again=show_job)
async def close(visit: Visit) -> Response:
    """Look for nobody any more."""
    return await _step(visit, "closure", _("The job is closed. Everybody who proposed is told."))


async def _step(visit: Visit, step: str, said: str) -> Response:
    await visit.send("POST", "jobs", f"/{visit.params['job_id']}/{step}")
    return visit.go(f"/jobs/{visit.params['job_id']}", say=said)


@pages.post(f"{JOB}/files", role="client", again=show_job)
async def attach(visit: Visit) -> Response:
    """Attach a file to the job: everybody who sees the job may read it."""
    form = visit.form
    if not form.attached("file"):
        form.fault("file", _("Please choose a file."))
    form.must_be_filled_in()
    for file in form.attached("file"):
        await visit.upload("jobs", f"/{visit.params['job_id']}/files", file, FileView)
    return visit.go(f"/jobs/{visit.params['job_id']}", say=_("The file is attached."))


@pages.get(f"{JOB}/files/{{file_id}}")
async def download(visit: Visit) -> Response:
    """Give a file of the job to whoever sees the job."""
    return await visit.download(
        "jobs", f"/{visit.params['job_id']}/files/{visit.params['file_id']}"
    )


@pages.post(f"{JOB}/questions/{{question_id}}/answer", role="client", again=show_job)
async def answer_question(visit: Visit) -> Response:
    """Answer a question: everybody who sees the job reads it."""
    body = AnswerQuestion(text=visit.form.text("text"))
    job_id, question_id = visit.params["job_id"], visit.params["question_id"]
    await visit.send("POST", "jobs", f"/{job_id}/questions/{question_id}/answer", body)
    return visit.go(f"/jobs/{job_id}#questions", say=_("Your answer is there for all to read."))


@pages.post(f"{JOB}/invitations", role="client", again=show_job)
async def invite(visit: Visit) -> Response:
    """Invite somebody to propose."""
    body = InviteAssistant(assistant_id=visit.form.uuid("assistant_id"))
    job_id = visit.params["job_id"]
    await visit.send("POST", "jobs", f"/{job_id}/invitations", body)
    return visit.go(f"/jobs/{job_id}#matches", say=_("They are invited, and told so by e-mail."))
