"""What somebody who takes part in a program sees: their path, and help one click away."""

from http import HTTPStatus

from starlette.responses import Response

from services.web.backend import Refused
from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Command, Page
from shared.messages.contracts import ContractSummary
from shared.messages.program_path import (
    AnswerCheck,
    AnswerCheckIn,
    AnswerHelp,
    AskForHelp,
    CheckInView,
    CheckView,
    DeliverPractice,
    DraftView,
    HelpView,
    Mood,
    PracticeView,
    ShowDraft,
)
from shared.messages.program_people import (
    ChangeConsent,
    ChangeHours,
    ParticipantView,
    RateProgram,
    UnitStanding,
    WeekView,
)

pages = Pages()

MINE = "/participants/mine"
OPEN_TO_DELIVER = {"funded", "changes_requested"}


@pages.get("/path")
async def path(visit: Visit) -> Response:
    """Show where one is, what comes next, and one's own hours and choices."""
    me = await visit.or_none(visit.get("programs", MINE, ParticipantView))
    if me is None:
        return visit.show("programs/no_path.html")
    here = f"/participants/{me.participant_id}"
    weeks, check_ins = await together(
        visit.get("programs", f"{here}/weeks", list[WeekView]),
        visit.get("programs", f"{here}/check-ins", list[CheckInView]),
    )
    unanswered = [each for each in check_ins if each.answered_at is None]
    return visit.show("programs/path.html", me=me, weeks=weeks, check_ins=unanswered)


@pages.post("/path/orientation", again=path)
async def orientation(visit: Visit) -> Response:
    """Confirm the orientation."""
    await _do(visit, "POST", "orientation")
    return visit.go("/path", say=_("Thank you. Your units are open now."))


@pages.get("/path/units/{number}")
async def unit(visit: Visit) -> Response:
    """Show a unit's text and its check."""
    me = await _me(visit)
    return visit.show("programs/unit.html", me=me, standing=_standing(visit, me))


@pages.post("/path/units/{number}/check", again=unit)
async def check(visit: Visit) -> Response:
    """Answer a unit's questions."""
    me = await _me(visit)
    asked = _standing(visit, me).unit
    answers = tuple(visit.form.integer(f"answers-{n}") for n in range(len(asked.questions)))
    where = f"/participants/{me.participant_id}/units/{asked.number}/check"
    came = await visit.send("POST", "programs", where, AnswerCheck(answers=answers), CheckView)
    if came.passed:
        return visit.go("/path", say=_("You have passed this unit."))
    right = sum(came.right)
    said = _("%(right)s right, %(needed)s needed. Try again.", right=right, needed=came.needed)
    return visit.go(f"/path/units/{asked.number}", say=said, mood="act")


@pages.get("/path/practice")
async def practice(visit: Visit) -> Response:
    """Show the practice job, and the form that hands it in."""
    me = await _me(visit)
    where = f"/participants/{me.participant_id}/practice"
    job = await visit.or_none(visit.get("programs", where, PracticeView))
    return visit.show("programs/practice.html", me=me, practice=job)


@pages.post("/path/practice", again=practice)
async def deliver_practice(visit: Visit) -> Response:
    """Hand in the practice job: the files first, then what they are part of."""
    text, here = visit.form.text("text"), await _here(visit)
    files = await visit.attach("programs", f"{here}/files")
    body = DeliverPractice(text=text, file_ids=files)
    await visit.send("POST", "programs", f"{here}/practice/deliveries", body)
    return visit.go("/path/practice", say=_("Handed in. Your supporter will look at it."))


@pages.get("/path/drafts")
async def drafts(visit: Visit) -> Response:
    """Show one's drafts, and the form that shows another to one's supporter."""
    me = await _me(visit)
    shown, contracts = await together(
        visit.get("programs", f"/participants/{me.participant_id}/drafts", list[DraftView]),
        visit.get("contracts", "", Page[ContractSummary], limit=50),
    )
    milestones = [
        (each.milestone_id, f"{contract.title} · {each.title}")
        for contract in contracts.items
        for each in contract.milestones
        if each.status in OPEN_TO_DELIVER
    ]
    return visit.show("programs/drafts.html", me=me, drafts=shown, milestones=milestones)


@pages.post("/path/drafts", again=drafts)
async def show_draft(visit: Visit) -> Response:
    """Show one's supporter what one is going to deliver."""
    milestone_id, text = visit.form.uuid("milestone_id"), visit.form.text("text")
    here = await _here(visit)
    files = await visit.attach("programs", f"{here}/files")
    body = ShowDraft(milestone_id=milestone_id, text=text, file_ids=files)
    await visit.send("POST", "programs", f"{here}/drafts", body)
    return visit.go("/path/drafts", say=_("Shown. You are told once your supporter has looked."))


@pages.get("/path/files/{file_id}")
async def own_file(visit: Visit) -> Response:
    """Pass on a file of a draft or the practice job of one's own."""
    return await visit.download("programs", f"{await _here(visit)}/files/{visit.params['file_id']}")


@pages.get("/path/help")
async def help_page(visit: Visit) -> Response:
    """Show what one asked, and the form to ask."""
    me = await _me(visit)
    helps = await visit.get("programs", f"/participants/{me.participant_id}/helps", list[HelpView])
    about = visit.query.get("about", "")[:200]
    return visit.show("programs/help.html", me=me, helps=helps, about=about)


@pages.post("/path/help", again=help_page)
async def ask_for_help(visit: Visit) -> Response:
    """Ask one's supporter."""
    body = AskForHelp(text=visit.form.text("text"), about=visit.form.optional("about"))
    await _do(visit, "POST", "helps", body)
    return visit.go("/path/help", say=_("Asked. You are told when somebody answers."))


@pages.post("/path/help/{help_id}/answers", again=help_page)
async def write_back(visit: Visit) -> Response:
    """Write back on a question of one's own."""
    where = f"/helps/{visit.params['help_id']}/answers"
    await visit.send("POST", "programs", where, AnswerHelp(text=visit.form.text("text")))
    return visit.go("/path/help", say=_("Sent."))


@pages.post("/path/help/{help_id}/settlement", again=help_page)
async def settle_help(visit: Visit) -> Response:
    """Say that a question is settled."""
    await visit.send("POST", "programs", f"/helps/{visit.params['help_id']}/settlement")
    return visit.go("/path/help", say=_("Good. You can ask again at any time."))


@pages.post("/path/check-ins/{check_in_id}", again=path)
async def answer_check_in(visit: Visit) -> Response:
    """Say how it goes, with one press."""
    mood = Mood(visit.form.choice("mood", *(each.value for each in Mood)))
    where = f"/check-ins/{visit.params['check_in_id']}/answer"
    await visit.send("POST", "programs", where, AnswerCheckIn(mood=mood))
    return visit.go("/path", say=_("Thank you for saying so."))


@pages.post("/path/consent", again=path)
async def change_consent(visit: Visit) -> Response:
    """Say whether to be counted in figures."""
    counted = visit.form.flag("outcomes_consent")
    await _do(visit, "PUT", "consent", ChangeConsent(outcomes_consent=counted))
    return visit.go("/path", say=_("Saved."))


@pages.post("/path/hours", again=path)
async def change_hours(visit: Visit) -> Response:
    """Say how many hours a week one wants to work."""
    hours = visit.form.integer("weekly_hours")
    await _do(visit, "PUT", "weekly-hours", ChangeHours(weekly_hours=hours))
    return visit.go("/path", say=_("Saved."))


@pages.post("/path/rating", again=path)
async def rate(visit: Visit) -> Response:
    """Say how content one is."""
    stars, comment = visit.form.integer("stars"), visit.form.optional("comment")
    await _do(visit, "PUT", "rating", RateProgram(stars=stars, comment=comment))
    return visit.go("/path", say=_("Thank you. You can change it at any time."))


@pages.post("/path/leave", again=path)
async def leave(visit: Visit) -> Response:
    """Take part no longer."""
    await _do(visit, "POST", "departure")
    return visit.go("/home", say=_("You have left the program. Your contracts stay as they are."))


async def _me(visit: Visit) -> ParticipantView:
    return await visit.get("programs", MINE, ParticipantView)


async def _here(visit: Visit) -> str:
    """Return where programs has one's own participation."""
    return f"/participants/{(await _me(visit)).participant_id}"


async def _do(visit: Visit, method: str, what: str, body: Command | None = None) -> None:
    """Have something done with one's own participation."""
    await visit.send(method, "programs", f"{await _here(visit)}/{what}", body)


def _standing(visit: Visit, me: ParticipantView) -> UnitStanding:
    """Return how one stands with the unit of the path.

    Raises:
        Refused: there is no such unit.
    """
    number = visit.params["number"]
    for each in me.units:
        if str(each.unit.number) == number:
            return each
    raise Refused(HTTPStatus.NOT_FOUND, "not_found")
