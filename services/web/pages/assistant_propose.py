"""Proposing: milestones or hours, and what is left of their price in one's own bank."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from starlette.responses import Response

from services.web.forms import NO_DATE, Sent
from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.jobs import (
    AcceptProposal,
    JobKind,
    JobView,
    MakeProposal,
    OwnProposalView,
    ProposalView,
)
from shared.messages.netpay import NetPayView, PreviewNetPay
from shared.messages.profiles import OwnProfileView
from shared.money import Money, yen

pages = Pages()

PROPOSE = "/jobs/{job_id}/propose"
REVISE = "/proposals/{proposal_id}/revise"
MOST_ROWS = 20
# What is asked of each milestone.
PARTS = ("title", "description", "price", "due_on", "criteria")


@dataclass(frozen=True)
class Sheet:
    """What the page of a proposal shows."""

    job: JobView
    action: str
    initial: dict[str, Any]
    rows: int = 1
    preview: NetPayView | None = None
    profile: OwnProfileView | None = None
    revises: bool = False


@pages.get(PROPOSE, role="assistant")
async def propose_page(visit: Visit) -> Response:
    """Ask for a proposal."""
    return _shown(visit, await _to_propose(visit))


@pages.post(PROPOSE, role="assistant", again=propose_page)
async def propose(visit: Visit) -> Response:
    """Take a proposal; or show what it comes to, or one more row, first."""
    page = await _to_propose(visit)
    if visit.form.text("act", needed=False) != "send":
        return await _calculated(visit, page)
    path = f"/{page.job.job_id}/proposals"
    await visit.send("POST", "jobs", path, _proposal(visit.form, page.job), ProposalView)
    return visit.go("/proposals", say=_("Your proposal is sent. We tell you of every answer."))


@pages.get(REVISE, role="assistant")
async def revise_page(visit: Visit) -> Response:
    """Ask for another version of a proposal."""
    return _shown(visit, await _to_revise(visit))


@pages.post(REVISE, role="assistant", again=revise_page)
async def revise(visit: Visit) -> Response:
    """Take another version; or show first what it comes to."""
    page = await _to_revise(visit)
    if visit.form.text("act", needed=False) != "send":
        return await _calculated(visit, page)
    path = f"/proposals/{visit.params['proposal_id']}"
    await visit.send("PUT", "jobs", path, _proposal(visit.form, page.job), ProposalView)
    return visit.go(path, say=_("The new version is sent."))


@pages.get("/proposals", role="assistant")
async def proposals_page(visit: Visit) -> Response:
    """Show all that one has proposed."""
    after = visit.query.get("after")
    found = await visit.get("jobs", "/proposals", Page[OwnProposalView], after=after)
    return visit.show("assistant/proposals.html", found=found, after=after)


@pages.get("/proposals/{proposal_id}", role="assistant")
async def proposal_page(visit: Visit) -> Response:
    """Show a proposal, and what it comes to while it stands."""
    path = f"/proposals/{visit.params['proposal_id']}"
    own = await visit.get("jobs", path, OwnProposalView)
    preview = None
    if own.proposal.status in {"made", "countered"}:
        preview = await visit.maybe(_preview(visit, own.job, _plans(own.proposal)))
    return visit.show("assistant/proposal.html", own=own, preview=preview)


@pages.post("/proposals/{proposal_id}/acceptance", role="assistant", again=proposal_page)
async def accept(visit: Visit) -> Response:
    """Accept a counter-offer: just the one that was shown."""
    path = f"/proposals/{visit.params['proposal_id']}"
    body = AcceptProposal(
        version=visit.form.integer("version"), over_capacity=visit.form.flag("over_capacity")
    )
    await visit.send("POST", "jobs", f"{path}/acceptance", body, ProposalView)
    said = _("Agreed. The contract is being made; begin once the client has paid.")
    return visit.go("/contracts", say=said)


@pages.post("/proposals/{proposal_id}/withdrawal", role="assistant", again=proposal_page)
async def withdraw(visit: Visit) -> Response:
    """Take a proposal back."""
    path = f"/proposals/{visit.params['proposal_id']}/withdrawal"
    await visit.send("POST", "jobs", path, None, ProposalView)
    return visit.go("/proposals", say=_("Your proposal is taken back."), mood="calm")


def _shown(visit: Visit, page: Sheet) -> Response:
    rows = max(page.rows, _rows_of(visit.form)) if visit.refused else page.rows
    return visit.show("assistant/propose.html", page=replace(page, rows=rows))


async def _to_propose(visit: Visit) -> Sheet:
    job_id = visit.params["job_id"]
    job, profile = await together(
        visit.get("jobs", f"/{job_id}", JobView),
        visit.or_none(visit.get("jobs", "/profiles/me", OwnProfileView)),
    )
    rate = profile.hourly_rate if profile else None
    initial: dict[str, Any] = {"weekly_hours": job.weekly_hours or ""}
    initial["retainer-hourly_price"] = rate
    if job.kind is JobKind.FIXED:
        initial |= {_at(0, "title"): job.title, _at(0, "price"): job.budget}
        initial[_at(0, "criteria")] = "\n".join(job.criteria)
    return Sheet(job, f"/jobs/{job_id}/propose", initial, profile=profile)


async def _to_revise(visit: Visit) -> Sheet:
    path = f"/proposals/{visit.params['proposal_id']}"
    own, profile = await together(
        visit.get("jobs", path, OwnProposalView),
        visit.or_none(visit.get("jobs", "/profiles/me", OwnProfileView)),
    )
    proposal = own.proposal
    initial: dict[str, Any] = {
        "cover": proposal.cover,
        "questions": proposal.questions,
        "weekly_hours": proposal.weekly_hours or "",
    }
    if proposal.retainer:
        parts = ("hourly_price", "hours_limit", "starts_on")
        initial |= {f"retainer-{part}": getattr(proposal.retainer, part) for part in parts}
    else:
        for row, each in enumerate(proposal.milestones):
            initial |= {_at(row, part): getattr(each, part) for part in PARTS[:-1]}
            initial[_at(row, "criteria")] = "\n".join(each.criteria)
    rows = max(1, len(proposal.milestones))
    return Sheet(own.job, f"{path}/revise", initial, rows, profile=profile, revises=True)


async def _calculated(visit: Visit, page: Sheet) -> Response:
    """Show the page with all that was typed, and what it comes to."""
    form = visit.form
    typed = {name: values for name, values in form.fields.items() if not name.startswith("_")}
    rows = min(MOST_ROWS, max(page.rows, _rows_of(form)))
    if form.text("act", needed=False) == "more":
        shown = replace(page, initial=typed, rows=min(MOST_ROWS, rows + 1))
        return visit.show("assistant/propose.html", page=shown)
    plans = _typed_plans(form, page.job)
    form.must_be_filled_in()
    hours = form.integer("hours", needed=False) or None
    preview = await _preview(visit, page.job, plans, hours)
    shown = replace(page, initial=typed, rows=rows, preview=preview)
    return visit.show("assistant/propose.html", page=shown)


async def _preview(
    visit: Visit, job: JobView, plans: list[tuple[Money, date]], hours: int | None = None
) -> NetPayView:
    body = PreviewNetPay.model_validate(
        {
            "category": job.category,
            "mode": job.mode,
            "review_days": job.review_days,
            "milestones": [
                {"price": price.model_dump(), "due_on": due_on} for price, due_on in plans
            ],
            "hours": hours,
        }
    )
    return await visit.send("POST", "payments", "/previews", body, NetPayView)


def _plans(proposal: ProposalView) -> list[tuple[Money, date]]:
    """Return what of a proposal is paid, and when it is due; of a retainer one period."""
    if proposal.retainer:
        retainer = proposal.retainer
        period = yen(retainer.hourly_price.amount * retainer.hours_limit)
        return [(period, retainer.starts_on)]
    return [(each.price, each.due_on) for each in proposal.milestones]


def _typed_plans(form: Sent, job: JobView) -> list[tuple[Money, date]]:
    if job.kind is JobKind.RETAINER:
        whole = form.yen("retainer-hourly_price") * form.integer("retainer-hours_limit")
        return [(yen(whole), form.date("retainer-starts_on"))]
    return [
        (yen(form.yen(_at(row, "price"))), form.date(_at(row, "due_on"))) for row in _filled(form)
    ]


def _proposal(form: Sent, job: JobView) -> MakeProposal:
    """Return what was typed as a proposal; the faults of row 2 are at `…-1`."""
    said: dict[str, Any] = {
        "cover": form.text("cover"),
        "questions": form.text("questions", needed=False),
        "weekly_hours": form.integer("weekly_hours", needed=False),
    }
    if job.kind is JobKind.RETAINER:
        said["retainer"] = {
            "hourly_price": yen(form.yen("retainer-hourly_price")).model_dump(),
            "hours_limit": form.integer("retainer-hours_limit"),
            "starts_on": form.date("retainer-starts_on"),
        }
    else:
        said["milestones"] = [_row(form, row) for row in _filled(form)]
    form.must_be_filled_in()
    return MakeProposal.model_validate(said)


def _row(form: Sent, row: int) -> dict[str, Any]:
    criteria = form.text(_at(row, "criteria"), needed=False).splitlines()
    due_on = form.date(_at(row, "due_on"))
    return {
        "title": form.text(_at(row, "title")),
        "description": form.text(_at(row, "description")),
        "price": yen(form.yen(_at(row, "price"))).model_dump(),
        "due_on": due_on if due_on != NO_DATE else None,
        "criteria": [each.strip() for each in criteria if each.strip()],
    }


def _filled(form: Sent) -> list[int]:
    """Return the rows in which anything is; the first one always counts."""
    rows = range(_rows_of(form))
    return [
        row
        for row in rows
        if row == 0 or any(form.text(_at(row, part), needed=False) for part in PARTS)
    ]


def _rows_of(form: Sent) -> int:
    """Return how many rows the form has."""
    rows = (row for row in range(MOST_ROWS) if _at(row, "title") in form.fields)
    return max(rows, default=0) + 1


def _at(row: int, part: str) -> str:
    """Return the name of a milestone's field."""
    return f"milestones-{row}-{part}"
