"""A job as an assistant sees it: what is wanted, whose it is, questions, and the way to propose."""

from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.jobs import AskQuestion, JobView, ProposalView, QuestionView, TakeTask
from shared.messages.profiles import JobMatch, JobMatches
from shared.messages.talk import RatingView

pages = Pages()

JOB = "/jobs/{job_id}"


@pages.get(JOB, role="assistant")
async def job_page(visit: Visit) -> Response:
    """Show a job."""
    path = f"/{visit.params['job_id']}"
    job, questions, own, matches = await together(
        visit.get("jobs", path, JobView),
        visit.get("jobs", f"{path}/questions", Page[QuestionView], limit=50),
        visit.get("jobs", f"{path}/proposals", Page[ProposalView], limit=5),
        visit.maybe(visit.or_none(visit.get("jobs", "/profiles/me/matches", JobMatches, limit=50))),
    )
    ratings = await visit.maybe(
        visit.or_none(
            visit.get("contracts", f"/ratings/{job.client_id}", Page[RatingView], limit=5)
        )
    )
    return visit.show(
        "assistant/job.html",
        job=job,
        questions=questions.items,
        own=own.items[0] if own.items else None,
        match=_match(matches, job.job_id),
        ratings=ratings.items if ratings else (),
    )


@pages.post(f"{JOB}/questions", role="assistant", again=job_page)
async def ask(visit: Visit) -> Response:
    """Ask the client something; everybody reads question and answer."""
    path = f"/{visit.params['job_id']}/questions"
    body = AskQuestion(text=visit.form.text("text"))
    await visit.send("POST", "jobs", path, body, QuestionView)
    page = f"/jobs/{visit.params['job_id']}"
    return visit.go(page, say=_("Asked. We tell you as soon as there is an answer."))


@pages.post(f"{JOB}/take", role="assistant", again=job_page)
async def take(visit: Visit) -> Response:
    """Take a small task."""
    path = f"/{visit.params['job_id']}/takes"
    body = TakeTask(over_capacity=visit.form.flag("over_capacity"))
    await visit.send("POST", "jobs", path, body, ProposalView)
    said = _("It is yours. The contract is being made; begin once the client has paid.")
    return visit.go("/contracts", say=said)


@pages.get(f"{JOB}/files/{{file_id}}")
async def job_file(visit: Visit) -> Response:
    """Pass on a file of a job, to whoever may see it."""
    return await visit.download(
        "jobs", f"/{visit.params['job_id']}/files/{visit.params['file_id']}"
    )


def _match(matches: JobMatches | None, job_id: UUID) -> JobMatch | None:
    found = matches.items if matches else ()
    return next((each for each in found if each.job.job_id == job_id), None)
