"""Applying: the open programs, what protects a beginner there, and the form."""

from starlette.responses import Response

from services.web.formats import today
from services.web.i18n import _
from services.web.pages.programs_shared import town_of, towns_to_choose
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.program_people import ApplicationView, Apply
from shared.messages.programs import CohortView, ProgramView

pages = Pages()

APPLY = "/programs/cohorts/{cohort_id}/apply"
AT_ONCE = 20


@pages.get("/programs/open")
async def open_programs(visit: Visit) -> Response:
    """Show the open programs, and one's own applications."""
    after = visit.query.get("after")
    found, mine = await together(
        visit.get("programs", "", Page[ProgramView], limit=AT_ONCE, after=after),
        visit.get("programs", "/applications/mine", list[ApplicationView]),
    )
    return visit.show("programs/open.html", programs=found, applications=mine)


@pages.get("/programs/open/{program_id}")
async def program(visit: Visit) -> Response:
    """Show what a program is, who may apply, and its cohorts."""
    path = f"/{visit.params['program_id']}"
    shown, cohorts = await together(
        visit.get("programs", path, ProgramView),
        visit.get("programs", f"{path}/cohorts", list[CohortView]),
    )
    taking = [each for each in cohorts if each.apply_until >= today()]
    return visit.show(
        "programs/open_program.html",
        program=shown,
        cohorts=sorted(taking, key=lambda each: each.starts_on),
    )


@pages.get(APPLY)
async def application(visit: Visit) -> Response:
    """Ask for what decides on an application, and for nothing else."""
    cohort = await visit.get("programs", f"/cohorts/{visit.params['cohort_id']}", CohortView)
    shown = await visit.get("programs", f"/{cohort.program_id}", ProgramView)
    return visit.show(
        "programs/apply.html", cohort=cohort, program=shown, towns=await towns_to_choose(visit)
    )


@pages.post(APPLY, role="assistant", again=application)
async def apply(visit: Visit) -> Response:
    """Apply."""
    form = visit.form
    lives_in, hours = await town_of(visit), form.integer("weekly_hours")
    motivation = form.text("motivation")
    form.must_be_filled_in()
    body = Apply(
        lives_in=lives_in,
        adult=form.flag("adult"),
        weekly_hours=hours,
        motivation=motivation,
        outcomes_consent=form.flag("outcomes_consent"),
    )
    path = f"/cohorts/{visit.params['cohort_id']}/applications"
    await visit.send("POST", "programs", path, body)
    return visit.go("/programs/open", say=_("You have applied. You are told what is decided."))


@pages.post("/programs/applications/{application_id}/withdrawal", again=open_programs)
async def withdraw(visit: Visit) -> Response:
    """Take one's application back."""
    path = f"/applications/{visit.params['application_id']}/withdrawal"
    await visit.send("POST", "programs", path)
    return visit.go("/programs/open", say=_("Your application is withdrawn."))
