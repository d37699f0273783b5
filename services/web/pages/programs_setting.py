"""What a partner sets up: the curriculum, cohorts, supporters, clients known to be local."""

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.responses import Response

from services.web.forms import NO_TIME, Sent
from services.web.i18n import _
from services.web.pages.client_posting import lines
from services.web.pages.programs_shared import account_in
from services.web.refusals import in_words
from services.web.routing import Pages, Visit, together
from shared.messages.program_people import AddSupporter, SupporterView
from shared.messages.programs import (
    AnnounceCohort,
    CohortView,
    LocalClientView,
    Place,
    ProgramView,
    Session,
    SetCurriculum,
    Unit,
    UnitView,
)

V = TypeVar("V", bound=BaseModel)

pages = Pages()

PROGRAM = "/programs/{program_id}"
COHORT = "/programs/cohorts/{cohort_id}"
MOST_UNITS, MOST_SESSIONS = 50, 100
ROOM = 2  # empty ones below those that are there
RIGHT_ANSWER = "*"


@pages.get(PROGRAM + "/curriculum")
async def curriculum(visit: Visit) -> Response:
    """Show the units and the practice job, to be changed."""
    path = f"/{visit.params['program_id']}"
    program = await visit.get("programs", path, ProgramView)
    return visit.show(
        "programs/curriculum.html",
        program=program,
        etag=visit.etag("programs", path),
        places=min(len(program.units) + ROOM, MOST_UNITS),
        initial=_of_curriculum(program),
    )


@pages.post(PROGRAM + "/curriculum", again=curriculum)
async def set_curriculum(visit: Visit) -> Response:
    """Set the units and the practice job."""
    form = visit.form
    units = [_unit(form, f"units-{place}-") for place in range(MOST_UNITS) if _says(form, place)]
    practice = {
        "title": form.text("practice-title"),
        "description": form.text("practice-description"),
        "criteria": lines(form.text("practice-criteria")),
        "price": {"amount": form.yen("practice-price")},
    }
    form.must_be_filled_in()
    body = SetCurriculum.model_validate({"units": units, "practice": practice})
    path = f"/{visit.params['program_id']}/curriculum"
    await visit.send("PUT", "programs", path, body, if_match=form.etag)
    return visit.go(f"/programs{path}", say=_("Saved. There is room for more units."))


def _says(form: Sent, place: int) -> bool:
    """Tell whether a place for a unit was filled in."""
    names = ("title", "text", "questions")
    return any(form.text(f"units-{place}-{name}", needed=False) for name in names)


def _unit(form: Sent, prefix: str) -> Unit | None:
    """Return the unit that was typed; None, with faults at its fields, when it can't be one."""
    typed = {
        "title": form.text(f"{prefix}title"),
        "text": form.text(f"{prefix}text"),
        "hours": form.integer(f"{prefix}hours"),
        "questions": _questions(form, f"{prefix}questions"),
        "pass_mark": form.integer(f"{prefix}pass_mark", needed=False),
    }
    return _valid(form, Unit, typed, prefix, otherwise="pass_mark")


def _questions(form: Sent, name: str) -> list[dict[str, Any]]:
    """Return questions: a block of lines each, the right choice marked by an asterisk."""
    found = []
    for block in form.text(name, needed=False).split("\n\n"):
        text, *choices = lines(block) or ("",)
        if not text:
            continue
        marked = [each.startswith(RIGHT_ANSWER) for each in choices]
        if len(choices) < 2 or sum(marked) != 1:  # noqa: PLR2004  (nothing to choose otherwise)
            form.fault(
                name,
                _(
                    "“%(question)s” needs two choices or more, one of them marked by *.",
                    question=text,
                ),
            )
        words = [each.removeprefix(RIGHT_ANSWER).strip() for each in choices]
        right = marked.index(True) if any(marked) else 0
        found.append({"text": text, "choices": words, "right": right})
    return found


def _of_curriculum(program: ProgramView) -> dict[str, Any]:
    """Return the values of the form's fields."""
    values: dict[str, Any] = {}
    for place, unit in enumerate(program.units):
        mine = {"title": unit.title, "text": unit.text, "hours": unit.hours}
        mine |= {"pass_mark": unit.pass_mark, "questions": _as_typed(unit)}
        values |= {f"units-{place}-{name}": value for name, value in mine.items()}
    if program.practice:
        practice = program.practice
        values |= {"practice-title": practice.title, "practice-description": practice.description}
        values |= {"practice-criteria": "\n".join(practice.criteria)}
        values |= {"practice-price": practice.price}
    return values


def _as_typed(unit: UnitView) -> str:
    """Return a unit's questions as they are typed."""
    blocks = []
    for question in unit.questions:
        marks = (RIGHT_ANSWER if place == question.right else "" for place in range(99))
        choices = (
            f"{mark} {each}".strip() for mark, each in zip(marks, question.choices, strict=False)
        )
        blocks.append("\n".join((question.text, *choices)))
    return "\n\n".join(blocks)


@pages.get(PROGRAM + "/cohorts/new")
async def new_cohort(visit: Visit) -> Response:
    """Ask for what a cohort is."""
    program = await visit.get("programs", f"/{visit.params['program_id']}", ProgramView)
    return visit.show(
        "programs/cohort_form.html",
        program_id=program.program_id,
        title=program.title,
        action=visit.path,
        cohort=None,
        etag="",
        places=ROOM + 1,
        initial={},
    )


@pages.post(PROGRAM + "/cohorts/new", again=new_cohort)
async def announce(visit: Visit) -> Response:
    """Announce a cohort."""
    path = f"/{visit.params['program_id']}/cohorts"
    made = await visit.send("POST", "programs", path, _cohort(visit.form), CohortView)
    return visit.go(f"/programs/cohorts/{made.cohort_id}", say=_("People can apply now."))


@pages.get(COHORT + "/edit")
async def edit_cohort(visit: Visit) -> Response:
    """Show what is said of a cohort, to be changed."""
    path = f"/cohorts/{visit.params['cohort_id']}"
    cohort = await visit.get("programs", path, CohortView)
    return visit.show(
        "programs/cohort_form.html",
        program_id=cohort.program_id,
        title=cohort.program_title,
        action=f"/programs/cohorts/{cohort.cohort_id}/edit",
        cohort=cohort,
        etag=visit.etag("programs", path),
        places=min(len(cohort.sessions) + ROOM, MOST_SESSIONS),
        initial=_of_cohort(cohort),
    )


@pages.post(COHORT + "/edit", again=edit_cohort)
async def change_cohort(visit: Visit) -> Response:
    """Say otherwise what a cohort is."""
    path = f"/cohorts/{visit.params['cohort_id']}"
    body = _cohort(visit.form)
    await visit.send("PUT", "programs", path, body, if_match=visit.form.etag)
    return visit.go(f"/programs{path}", say=_("Saved."))


def _cohort(form: Sent) -> AnnounceCohort:
    """Return the cohort that was typed."""
    typed: dict[str, Any] = {
        "name": form.text("name"),
        "capacity": form.integer("capacity"),
        "apply_until": form.date("apply_until"),
        "starts_on": form.date("starts_on"),
        "ends_on": form.date("ends_on"),
    }
    rows = (f"sessions-{place}-" for place in range(MOST_SESSIONS))
    typed["sessions"] = [
        _session(form, row) for row in rows if form.text(f"{row}title", needed=False)
    ]
    form.must_be_filled_in()
    if not typed["apply_until"] <= typed["starts_on"] <= typed["ends_on"]:
        form.fault("starts_on", _("First comes the last day to apply, then the start, the end."))
    form.must_be_filled_in()
    return AnnounceCohort.model_validate(typed)


def _session(form: Sent, row: str) -> Session | None:
    typed = {
        "title": form.text(f"{row}title"),
        "starts_at": form.moment(f"{row}starts_at"),
        "ends_at": form.moment(f"{row}ends_at"),
        "place": form.choice(f"{row}place", *(each.value for each in Place)),
        "where": form.text(f"{row}where"),
    }
    if NO_TIME in {typed["starts_at"], typed["ends_at"]}:
        return None
    return _valid(form, Session, typed, row, otherwise="ends_at")


def _of_cohort(cohort: CohortView) -> dict[str, Any]:
    """Return the values of the form's fields."""
    names = ("name", "capacity", "apply_until", "starts_on", "ends_on")
    values: dict[str, Any] = {name: getattr(cohort, name) for name in names}
    for place, session in enumerate(cohort.sessions):
        for name in ("title", "starts_at", "ends_at", "place", "where"):
            values[f"sessions-{place}-{name}"] = getattr(session, name)
    return values


@pages.get(PROGRAM + "/supporters")
async def supporters(visit: Visit) -> Response:
    """Show who supports people of a program, and how many each."""
    path = f"/{visit.params['program_id']}"
    program, found = await together(
        visit.get("programs", path, ProgramView),
        visit.get("programs", f"{path}/supporters", list[SupporterView]),
    )
    return visit.show("programs/supporters.html", program=program, supporters=found)


@pages.post(PROGRAM + "/supporters", again=supporters)
async def add_supporter(visit: Visit) -> Response:
    """Let somebody support, or set another limit."""
    form = visit.form
    email, limit = form.text("email"), form.integer("limit")
    form.must_be_filled_in()
    path = f"/{visit.params['program_id']}/supporters"
    await visit.send("POST", "programs", path, AddSupporter(email=email, limit=limit))
    return visit.go(f"/programs{path}", say=_("Saved."))


@pages.post(PROGRAM + "/supporters/{person_id}/removal", again=supporters)
async def remove_supporter(visit: Visit) -> Response:
    """Let somebody support no more."""
    path = f"/{visit.params['program_id']}/supporters"
    await visit.send("DELETE", "programs", f"{path}/{visit.params['person_id']}")
    return visit.go(f"/programs{path}", say=_("Removed."))


@pages.get(PROGRAM + "/local-clients")
async def local_clients(visit: Visit) -> Response:
    """Show the clients that are known to be local."""
    path = f"/{visit.params['program_id']}"
    program, found = await together(
        visit.get("programs", path, ProgramView),
        visit.get("programs", f"{path}/local-clients", list[LocalClientView]),
    )
    return visit.show("programs/local_clients.html", program=program, clients=found)


@pages.post(PROGRAM + "/local-clients", again=local_clients)
async def add_local_client(visit: Visit) -> Response:
    """Count an account's jobs as local."""
    account_id = account_in(visit.form, "account_id")
    path = f"/{visit.params['program_id']}/local-clients"
    await visit.send("PUT", "programs", f"{path}/{account_id}")
    return visit.go(f"/programs{path}", say=_("Saved."))


@pages.post(PROGRAM + "/local-clients/{account_id}/removal", again=local_clients)
async def remove_local_client(visit: Visit) -> Response:
    """Count an account's jobs as local no more."""
    path = f"/{visit.params['program_id']}/local-clients"
    await visit.send("DELETE", "programs", f"{path}/{visit.params['account_id']}")
    return visit.go(f"/programs{path}", say=_("Removed."))


def _valid(
    form: Sent, view: type[V], typed: Mapping[str, Any], prefix: str, *, otherwise: str
) -> V | None:
    """Return the part of a form as its view; None, with its faults noted at the fields.

    Args:
        form: notes the faults.
        view: the type of the part.
        typed: its fields.
        prefix: what the names of its fields begin with in the form.
        otherwise: the field that is at fault when none of them is by itself.
    """
    try:
        return view.model_validate(typed)
    except ValidationError as error:
        for fault in error.errors():
            name = str(fault["loc"][0]) if fault["loc"] else otherwise
            form.fault(f"{prefix}{name}", in_words(fault["msg"]))
        return None
