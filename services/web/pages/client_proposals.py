"""Proposals to a job, side by side: what each would cost, who makes it; choosing one."""

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from starlette.responses import Response

from services.web.backend import Refused, Unreachable
from services.web.forms import Sent
from services.web.i18n import _
from services.web.pages.client_jobs import LOOKING, STANDING
from services.web.pages.client_posting import lines
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.jobs import (
    AcceptProposal,
    CounterOffer,
    DeclineProposal,
    JobView,
    ProposalView,
)
from shared.messages.netpay import NetPayView, PlannedMilestone, PreviewNetPay
from shared.messages.profiles import ProfileView
from shared.money import PositiveMoney

pages = Pages()

PROPOSALS = "/jobs/{job_id}/proposals"
PROPOSAL = PROPOSALS + "/{proposal_id}"
MOST = 100
MOST_MILESTONES = 20
MINUTES_IN_AN_HOUR = 60


@dataclass(frozen=True)
class Offered:
    """A proposal with what is known of whoever makes it, and what it comes to for the client."""

    proposal: ProposalView
    profile: ProfileView | None
    cost: NetPayView | None

    @property
    def over_capacity(self) -> bool:
        """Whether it is more than the declared hours that are left."""
        if self.profile is None or not self.profile.weekly_minutes:
            return False
        needed = self.proposal.weekly_hours * MINUTES_IN_AN_HOUR
        return self.proposal.status in STANDING and needed > self.profile.minutes_left


@pages.get(PROPOSALS, role="client")
async def compare(visit: Visit) -> Response:
    """Show all proposals: those on the short list first, then the cheaper ones."""
    path = f"/{visit.params['job_id']}"
    job, found = await together(
        visit.get("jobs", path, JobView),
        visit.get("jobs", f"{path}/proposals", Page[ProposalView], limit=MOST),
    )
    standing = [each for each in found.items if each.status in STANDING]
    offers = list(await together(*(_offered(visit, job, each) for each in standing)))
    offers.sort(key=lambda each: (not each.proposal.shortlisted, each.proposal.total.amount))
    others = [each for each in found.items if each.status not in STANDING]
    names = await together(*(_profile(visit, each.assistant_id) for each in others))
    return visit.show(
        "client/proposals.html",
        job=job,
        offers=offers,
        others=list(zip(others, names, strict=True)),
        choosing=job.status in LOOKING,
        cheapest=min((each.proposal.total.amount for each in offers), default=None),
    )


async def _offered(visit: Visit, job: JobView, proposal: ProposalView) -> Offered:
    profile, cost = await together(
        _profile(visit, proposal.assistant_id), _cost(visit, job, proposal)
    )
    return Offered(proposal, profile, cost)


async def _profile(visit: Visit, person_id: UUID) -> ProfileView | None:
    return await visit.maybe(
        visit.or_none(visit.get("jobs", f"/profiles/{person_id}", ProfileView))
    )


async def _cost(visit: Visit, job: JobView, proposal: ProposalView) -> NetPayView | None:
    """Return what the milestones come to, with taxes, as they would be paid for today."""
    if not proposal.milestones:
        return None
    body = PreviewNetPay(
        category=job.category,
        mode=job.mode,
        review_days=job.review_days,
        milestones=tuple(
            PlannedMilestone(price=PositiveMoney(amount=each.price.amount), due_on=each.due_on)
            for each in proposal.milestones
        ),
    )
    try:
        return await visit.send("POST", "payments", "/previews", body, NetPayView)
    except (Refused, Unreachable):
        return None


@pages.post(f"{PROPOSAL}/acceptance", role="client", again=compare)
async def accept(visit: Visit) -> Response:
    """Accept the version that was read: it becomes a contract."""
    form = visit.form
    version = form.integer("version")
    body = AcceptProposal(version=version, over_capacity=form.flag("over_capacity"))
    await visit.send("POST", "jobs", f"/proposals/{visit.params['proposal_id']}/acceptance", body)
    return visit.go(
        "/contracts",
        say=_("Agreed. The terms are being put in writing; then you can pay in."),
    )


@pages.post(f"{PROPOSAL}/refusal", role="client", again=compare)
async def decline(visit: Visit) -> Response:
    """Decline a proposal, with a word on why."""
    body = DeclineProposal(reason=visit.form.text("reason", needed=False))
    await visit.send("POST", "jobs", f"/proposals/{visit.params['proposal_id']}/refusal", body)
    return _back(visit, _("Declined. They are told, with your words."))


@pages.post(f"{PROPOSAL}/shortlist", role="client", again=compare)
async def shortlist(visit: Visit) -> Response:
    """Put a proposal on the short list, or take it off."""
    on = visit.form.flag("on")
    method = "PUT" if on else "DELETE"
    await visit.send(method, "jobs", f"/proposals/{visit.params['proposal_id']}/shortlist")
    return _back(visit, _("It is on your short list.") if on else _("It is off your short list."))


@pages.get(f"{PROPOSAL}/counter", role="client")
async def counter_page(visit: Visit) -> Response:
    """Show what was proposed, to be offered otherwise."""
    path = f"/{visit.params['job_id']}"
    job, found = await together(
        visit.get("jobs", path, JobView),
        visit.get("jobs", f"{path}/proposals", Page[ProposalView], limit=MOST),
    )
    wanted = str(visit.params["proposal_id"])
    proposal = next((each for each in found.items if str(each.proposal_id) == wanted), None)
    if proposal is None:
        raise Refused(HTTPStatus.NOT_FOUND, "proposal_not_found")
    profile = await _profile(visit, proposal.assistant_id)
    return visit.show(
        "client/counter.html",
        job=job,
        proposal=proposal,
        profile=profile,
        initial=_initial(proposal),
        rows=min(len(proposal.milestones) + 1, MOST_MILESTONES),
    )


@pages.post(f"{PROPOSAL}/counter", role="client", again=counter_page)
async def counter(visit: Visit) -> Response:
    """Offer the assistant other milestones, or another retainer."""
    form = visit.form
    offer = _retainer(form) if form.many("retainer-hourly_price") else _milestones(form)
    form.must_be_filled_in()
    body = CounterOffer.model_validate(offer | {"note": form.text("note", needed=False)})
    await visit.send(
        "POST", "jobs", f"/proposals/{visit.params['proposal_id']}/counter-offers", body
    )
    return _back(visit, _("Your offer is made. The assistant accepts it or not."))


def _milestones(form: Sent) -> dict[str, Any]:
    """Return the milestones of which something was typed."""
    found = []
    for number in range(MOST_MILESTONES):
        at = f"milestones-{number}"
        if not form.text(f"{at}-title", needed=False):
            continue
        found.append(
            {
                "title": form.text(f"{at}-title"),
                "description": form.text(f"{at}-description"),
                "price": {"amount": form.yen(f"{at}-price")},
                "due_on": form.date(f"{at}-due_on"),
                "criteria": lines(form.text(f"{at}-criteria", needed=False)),
            }
        )
    return {"milestones": found}


def _retainer(form: Sent) -> dict[str, Any]:
    return {
        "retainer": {
            "hourly_price": {"amount": form.yen("retainer-hourly_price")},
            "hours_limit": form.integer("retainer-hours_limit"),
            "starts_on": form.date("retainer-starts_on"),
        }
    }


def _initial(proposal: ProposalView) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for number, each in enumerate(proposal.milestones):
        at = f"milestones-{number}"
        values |= {
            f"{at}-title": each.title,
            f"{at}-description": each.description,
            f"{at}-price": each.price,
            f"{at}-due_on": each.due_on,
            f"{at}-criteria": "\n".join(each.criteria),
        }
    if proposal.retainer:
        values |= {
            "retainer-hourly_price": proposal.retainer.hourly_price,
            "retainer-hours_limit": proposal.retainer.hours_limit,
            "retainer-starts_on": proposal.retainer.starts_on,
        }
    return values


def _back(visit: Visit, said: str) -> Response:
    return visit.go(f"/jobs/{visit.params['job_id']}/proposals", say=said)
