"""What a supporter sees: their people today, and each of them."""

from starlette.responses import Response

from services.web.i18n import _
from services.web.pages.programs_shared import unless_barred
from services.web.routing import Pages, Visit, together
from shared.messages.base import Command
from shared.messages.program_path import (
    AnswerHelp,
    CheckInView,
    CommentDraft,
    DraftView,
    HelpView,
    PersonToday,
    PracticeView,
    ReviewPractice,
)
from shared.messages.program_people import NoteView, ParticipantView, WeekView, WriteNote

pages = Pages()


@pages.get("/supporting")
async def today(visit: Visit) -> Response:
    """Show one's people, the most urgent first."""
    people = await visit.get("programs", "/today", list[PersonToday])
    return visit.show("programs/today.html", people=people)


@pages.get("/supporting/{participant_id}")
async def person(visit: Visit) -> Response:
    """Show somebody one stands by."""
    here = f"/participants/{visit.params['participant_id']}"
    who, helps, drafts, practice = await together(
        visit.get("programs", here, ParticipantView),
        unless_barred(visit.get("programs", f"{here}/helps", list[HelpView])),
        unless_barred(visit.get("programs", f"{here}/drafts", list[DraftView])),
        unless_barred(visit.get("programs", f"{here}/practice", PracticeView)),
    )
    # The partner's members see somebody, too; what is only for supporters they don't.
    notes, weeks, check_ins = await together(
        unless_barred(visit.get("programs", f"{here}/notes", list[NoteView])),
        unless_barred(visit.get("programs", f"{here}/weeks", list[WeekView])),
        unless_barred(visit.get("programs", f"{here}/check-ins", list[CheckInView])),
    )
    return visit.show(
        "programs/person.html",
        who=who,
        helps=helps or [],
        drafts=drafts or [],
        practice=practice,
        notes=notes,
        weeks=weeks or [],
        check_ins=check_ins or [],
        supports=who.supporter_id == visit.person.person_id,
    )


@pages.get("/supporting/{participant_id}/files/{file_id}")
async def file_of(visit: Visit) -> Response:
    """Pass on a file of a draft or the practice job of somebody one stands by."""
    return await visit.download("programs", _of(visit, f"files/{visit.params['file_id']}"))


@pages.post("/supporting/{participant_id}/helps/{item_id}", again=person)
async def answer_help(visit: Visit) -> Response:
    """Answer a question."""
    return await _act(visit, "helps", "answers", AnswerHelp(text=visit.form.text("text")))


@pages.post("/supporting/{participant_id}/drafts/{item_id}", again=person)
async def look_at_draft(visit: Visit) -> Response:
    """Say that one has looked at a draft."""
    return await _act(visit, "drafts", "look", CommentDraft(comment=visit.form.text("comment")))


@pages.post("/supporting/{participant_id}/practice", again=person)
async def review_practice(visit: Visit) -> Response:
    """Accept the practice job, or say which criterion isn't met."""
    form = visit.form
    accepted = form.choice("accepted", "yes", "no") == "yes"
    criterion = None if accepted else form.integer("criterion", needed=False) or None
    body = ReviewPractice(accepted=accepted, comment=form.text("comment"), criterion=criterion)
    await visit.send("POST", "programs", _of(visit, "practice/review"), body)
    return _back(visit)


@pages.post("/supporting/{participant_id}/units/{number}", again=person)
async def confirm_unit(visit: Visit) -> Response:
    """Confirm that somebody has finished a unit."""
    where = _of(visit, f"units/{visit.params['number']}/confirmation")
    await visit.send("POST", "programs", where)
    return _back(visit)


@pages.post("/supporting/{participant_id}/notes", again=person)
async def write_note(visit: Visit) -> Response:
    """Write a note that only supporters of this person read."""
    note = WriteNote(text=visit.form.text("text"))
    await visit.send("POST", "programs", _of(visit, "notes"), note)
    return _back(visit)


def _of(visit: Visit, what: str) -> str:
    return f"/participants/{visit.params['participant_id']}/{what}"


async def _act(visit: Visit, kind: str, deed: str, body: Command) -> Response:
    """Do something with a thing of somebody one stands by."""
    await visit.send("POST", "programs", f"/{kind}/{visit.params['item_id']}/{deed}", body)
    return _back(visit)


def _back(visit: Visit) -> Response:
    return visit.go(f"/supporting/{visit.params['participant_id']}", say=_("Saved."))
