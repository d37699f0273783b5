"""What a partner sees of a cohort, and does there: applications, people, sessions."""

from collections.abc import Iterable
from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.programs_shared import rights_in, town_names, unless_barred
from services.web.routing import Pages, Visit, together
from shared.messages.base import Command, Page
from shared.messages.outcomes import OutcomesView
from shared.messages.program_people import (
    ApplicationView,
    AssignSupporter,
    DeclineApplication,
    ParticipantView,
    RecordAttendance,
    SupporterView,
)
from shared.messages.programs import CohortView, ProgramView

pages = Pages()

COHORT = "/programs/cohorts/{cohort_id}"
APPLICATION = COHORT + "/applications/{application_id}"
PARTICIPANT = COHORT + "/participants/{participant_id}"
AT_ONCE = 50


@pages.get(COHORT)
async def cohort(visit: Visit) -> Response:
    """Show a cohort: to the partner with its people, to the town in figures."""
    here = f"/cohorts/{visit.params['cohort_id']}"
    after = visit.query.get("after")
    asked = visit.get(
        "programs", f"{here}/applications", Page[ApplicationView], limit=AT_ONCE, after=after
    )
    shown, people, applications, outcomes = await together(
        visit.get("programs", here, CohortView),
        unless_barred(visit.get("programs", f"{here}/participants", list[ParticipantView])),
        unless_barred(asked),
        unless_barred(visit.get("programs", f"{here}/outcomes", OutcomesView)),
    )
    if people is None and applications is None and outcomes is None:
        return visit.go(f"/programs/cohorts/{shown.cohort_id}/apply")
    program, supporters = await _around(visit, shown.program_id)
    applied = applications.items if applications else ()
    return visit.show(
        "programs/cohort.html",
        cohort=shown,
        program=program,
        rights=rights_in(visit, program.partner_id) or frozenset(),
        people=[each for each in people or () if each.left_at is None],
        gone=[each for each in people or () if each.left_at is not None],
        applications=applied,
        more=applications.next if applications else None,
        towns=await town_names(visit, (each.lives_in for each in applied)),
        supporters=_choices(supporters),
        outcomes=outcomes,
    )


async def _around(visit: Visit, program_id: UUID) -> tuple[ProgramView, list[SupporterView]]:
    path = f"/{program_id}"
    program, supporters = await together(
        visit.get("programs", path, ProgramView),
        unless_barred(visit.get("programs", f"{path}/supporters", list[SupporterView])),
    )
    return program, supporters or []


def _choices(supporters: Iterable[SupporterView]) -> list[tuple[UUID, str]]:
    """Return the supporters with how many people they have, and how many they may have."""
    return [
        (
            each.person_id,
            _(
                "%(name)s (%(people)s of %(limit)s)",
                name=each.name,
                people=each.people,
                limit=each.limit,
            ),
        )
        for each in supporters
    ]


@pages.post(APPLICATION + "/acceptance", again=cohort)
async def accept(visit: Visit) -> Response:
    """Take somebody in, or put them on the waiting list when the cohort is full."""
    path = f"/applications/{visit.params['application_id']}/acceptance"
    view = await visit.send("POST", "programs", path, None, ApplicationView)
    if view.status == "waiting":
        said = _("The cohort is full: %(name)s waits for a place.", name=view.person_name)
    else:
        said = _("%(name)s takes part.", name=view.person_name)
    return _back(visit, said)


@pages.post(APPLICATION + "/refusal", again=cohort)
async def decline(visit: Visit) -> Response:
    """Decline an application, with a reason that is told."""
    body = DeclineApplication(reason=visit.form.text("reason"))
    path = f"/applications/{visit.params['application_id']}/refusal"
    return await _act(visit, "POST", path, body, _("Declined. The reason is told."))


@pages.post(PARTICIPANT + "/supporter", again=cohort)
async def assign(visit: Visit) -> Response:
    """Set who stands by somebody."""
    body = AssignSupporter(supporter_id=visit.form.uuid("supporter_id"))
    path = f"/participants/{visit.params['participant_id']}/supporter"
    return await _act(visit, "PUT", path, body, _("Saved. Both are told."))


@pages.post(PARTICIPANT + "/departure", again=cohort)
async def let_go(visit: Visit) -> Response:
    """Let somebody go."""
    path = f"/participants/{visit.params['participant_id']}/departure"
    return await _act(visit, "POST", path, None, _("The place is free again."))


@pages.post(COHORT + "/sessions/{number}/attendance", again=cohort)
async def attendance(visit: Visit) -> Response:
    """Say who was at a session."""
    present = visit.form.many("participant_ids")
    body = RecordAttendance.model_validate({"participant_ids": present})
    path = f"/cohorts/{visit.params['cohort_id']}/sessions/{visit.params['number']}/attendance"
    return await _act(visit, "PUT", path, body, _("Saved."))


async def _act(visit: Visit, method: str, path: str, body: Command | None, said: str) -> Response:
    await visit.send(method, "programs", path, body)
    return _back(visit, said)


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/programs/cohorts/{visit.params['cohort_id']}", say=said)
