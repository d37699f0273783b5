"""Saying what a job is: a new one, one like another, or a change of one without proposals."""

import re
from typing import Any

from starlette.responses import Response

from services.web.forms import NO_DATE, Sent
from services.web.i18n import _
from services.web.routing import Pages, Visit
from shared.messages.jobs import JobDetails, JobKind, JobView, Mode, Period, PostJob, Visibility

pages = Pages()

JOB = "/jobs/{job_id}"
SEPARATORS = re.compile(r"[,\u3001\uff0c\n]+")
DAYS_TO_REVIEW = 7


@pages.get("/jobs/new", role="client")
async def new_job(visit: Visit) -> Response:
    """Ask what is wanted; `like` takes the answers from another job of one's own."""
    like = visit.query.get("like")
    job = await visit.or_none(visit.get("jobs", f"/{like}", JobView)) if like else None
    return visit.show(
        "client/job_form.html",
        job=None,
        action="/jobs/new",
        etag="",
        initial=_initial(job) if job else _usual(),
    )


@pages.post("/jobs/new", role="client", again=new_job)
async def post_job(visit: Visit) -> Response:
    """Post the job, or keep it as a draft."""
    details = _details(visit.form)
    draft = visit.form.flag("draft")
    body = PostJob.model_validate(details | {"draft": draft, "client_id": _account(visit)})
    job = await visit.send("POST", "jobs", "", body, JobView)
    said = (
        _("Your draft is kept. Nobody else sees it.")
        if draft
        else _("Your job is posted: assistants can see it now.")
    )
    return visit.go(f"/jobs/{job.job_id}", say=said)


@pages.get(f"{JOB}/edit", role="client")
async def edit_page(visit: Visit) -> Response:
    """Show what the job says, to be changed."""
    path = f"/{visit.params['job_id']}"
    job = await visit.get("jobs", path, JobView)
    return visit.show(
        "client/job_form.html",
        job=job,
        action=f"/jobs/{job.job_id}/edit",
        etag=visit.etag("jobs", path),
        initial=_initial(job),
    )


@pages.post(f"{JOB}/edit", role="client", again=edit_page)
async def edit(visit: Visit) -> Response:
    """Change what the job says."""
    body = JobDetails.model_validate(_details(visit.form))
    path = f"/{visit.params['job_id']}"
    await visit.send("PUT", "jobs", path, body, JobView, if_match=visit.form.etag)
    return visit.go(f"/jobs/{visit.params['job_id']}", say=_("Saved."))


def _account(visit: Visit) -> str | None:
    """Return the company that one acts for, or None for oneself."""
    person = visit.person
    return None if person.acting_for == person.person_id else str(person.acting_for)


def _details(form: Sent) -> dict[str, Any]:
    """Return what was typed as the fields of JobDetails."""
    kind = JobKind(form.choice("kind", *JobKind))
    deadline = form.date("deadline", needed=False)
    details: dict[str, Any] = {
        "title": form.text("title"),
        "description": form.text("description"),
        "category": form.text("category"),
        "budget": {"amount": form.yen("budget")},
        "mode": form.choice("mode", *Mode),
        "place": form.text("place"),
        "review_days": form.integer("review_days"),
        "kind": kind,
        "skills": parted(form.text("skills", needed=False)),
        "weekly_hours": form.integer("weekly_hours", needed=False),
        "hours_note": form.text("hours_note", needed=False),
        "deadline": None if deadline == NO_DATE else deadline,
        "criteria": lines(form.text("criteria", needed=False)),
        "max_revisions": form.integer("max_revisions", needed=False) or None,
        "visibility": form.choice("visibility", *Visibility),
        "beginner_friendly": form.flag("beginner_friendly"),
    }
    if kind is JobKind.RETAINER:
        details["period"] = form.choice("period", *Period)
    if kind is JobKind.TASKS:
        details["tasks"] = {
            "slots": form.integer("tasks-slots"),
            "price": {"amount": form.yen("tasks-price")},
            "days_to_deliver": form.integer("tasks-days_to_deliver"),
        }
    form.must_be_filled_in()
    return details


def parted(text: str) -> tuple[str, ...]:
    """Return what stands between commas."""
    return tuple(part.strip() for part in SEPARATORS.split(text) if part.strip())


def lines(text: str) -> tuple[str, ...]:
    """Return the lines that say something."""
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _usual() -> dict[str, Any]:
    """Return what most jobs have."""
    return {
        "review_days": DAYS_TO_REVIEW,
        "place": _("Online"),
        "kind": JobKind.FIXED,
        "mode": Mode.BROKERED,
        "visibility": Visibility.PUBLIC,
    }


def _initial(job: JobView) -> dict[str, Any]:
    """Return the values of the form's fields for a job."""
    values: dict[str, Any] = {
        name: getattr(job, name)
        for name in (
            *("title", "description", "category", "budget", "mode", "place", "review_days"),
            *("kind", "weekly_hours", "hours_note", "deadline", "visibility"),
            *("beginner_friendly", "max_revisions", "period"),
        )
    }
    values |= {"skills": ", ".join(job.skills), "criteria": "\n".join(job.criteria)}
    if job.tasks:
        values |= {
            "tasks-slots": job.tasks.slots,
            "tasks-price": job.tasks.price,
            "tasks-days_to_deliver": job.tasks.days_to_deliver,
        }
    return values
