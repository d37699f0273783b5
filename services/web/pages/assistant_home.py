"""An assistant's first page: today's hours, what is to be done next, the next payday."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from starlette.responses import Response

from services.web.formats import today
from services.web.forms import JAPAN
from services.web.i18n import _, ngettext
from services.web.pages.assistant_start import Start, steps_of
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.contracts import ContractSummary, MilestoneSummary
from shared.messages.handovers import OfferedHandOver
from shared.messages.jobs import JobView, OwnProposalView
from shared.messages.payments import PayableView, PayeeView
from shared.messages.profiles import Day, JobMatches, OwnProfileView, TimeSlot
from shared.messages.program_path import PersonToday
from shared.messages.program_people import ParticipantView
from shared.messages.talk import UnreadList

pages = Pages()

MOST_OFFERS = 20
SOON_DAYS = 3
# Before a first job is looked for, the path says what comes next.
TRAINING = frozenset({"orientation", "units", "practice"})


@dataclass(frozen=True)
class Task:
    """Something that waits for the assistant."""

    title: str
    about: str
    href: str
    until: date | None = None
    late: bool = False

    @property
    def soon(self) -> bool:
        """Whether it is time to begin."""
        return self.until is not None and (self.until - today()).days <= SOON_DAYS


@pages.get("/home", role="assistant")
async def home(visit: Visit) -> Response:
    """Show what today is about."""
    mine, work, (path, people) = await together(_mine(visit), _work(visit), _programs(visit))
    profile, payable, payee, unread, matches = mine
    contracts, proposals, invited, offered = work
    me = visit.person.person_id
    start = Start(profile, payee, proposals.items, contracts.items)
    in_training = path is not None and path.step in TRAINING
    only_supports = bool(people) and profile is None and not contracts.items
    tasks = [
        *_of_contracts(contracts.items, me),
        *_of_proposals(proposals.items),
        *_of_offers(offered.items),
        *_of_messages(unread),
    ]
    proposed = {each.job.job_id for each in proposals.items}
    return visit.show(
        "assistant/home.html",
        tasks=sorted(tasks, key=lambda task: task.until or date.max),
        waiting=list(_waiting(contracts.items)),
        slots=_slots_today(profile),
        profile=profile,
        payable=payable,
        payee=payee,
        matches=matches,
        invited=[each for each in invited.items if each.job_id not in proposed],
        start=None if start.is_over or in_training or only_supports else steps_of(start),
        path=path if path and path.step != "free_work" else None,
        people=people,
        only_supports=only_supports,
    )


async def _mine(
    visit: Visit,
) -> tuple[
    OwnProfileView | None,
    PayableView | None,
    PayeeView | None,
    UnreadList | None,
    JobMatches | None,
]:
    """Return what is known of the assistant; without what doesn't answer, or isn't there yet."""
    matches = "/profiles/me/matches"
    return await together(
        visit.or_none(visit.get("jobs", "/profiles/me", OwnProfileView)),
        visit.maybe(visit.or_none(visit.get("payments", "/payables/me", PayableView))),
        visit.maybe(visit.or_none(visit.get("payments", "/payees/me", PayeeView))),
        visit.maybe(visit.get("contracts", "/messages/unread", UnreadList)),
        visit.maybe(visit.or_none(visit.get("jobs", matches, JobMatches, limit=3))),
    )


async def _work(
    visit: Visit,
) -> tuple[Page[ContractSummary], Page[OwnProposalView], Page[JobView], Page[OfferedHandOver]]:
    """Return what goes on, and what is offered."""
    return await together(
        visit.get("contracts", "", Page[ContractSummary], limit=50),
        visit.get("jobs", "/proposals", Page[OwnProposalView], limit=MOST_OFFERS),
        visit.get("jobs", "", Page[JobView], invited=True, limit=5),
        visit.get("contracts", "/hand-overs", Page[OfferedHandOver], limit=5),
    )


async def _programs(visit: Visit) -> tuple[ParticipantView | None, list[PersonToday]]:
    """Return the path that one is on, and whom one stands by; neither stops the page."""
    path, people = await together(
        visit.maybe(visit.or_none(visit.get("programs", "/participants/mine", ParticipantView))),
        visit.maybe(visit.get("programs", "/today", list[PersonToday])),
    )
    return path, people or []


def _of_contracts(contracts: Iterable[ContractSummary], me: UUID) -> Iterator[Task]:
    for contract in contracts:
        for milestone in contract.milestones:
            task = _of_milestone(contract, milestone, me)
            if task is not None:
                yield task


def _of_milestone(contract: ContractSummary, milestone: MilestoneSummary, me: UUID) -> Task | None:
    """Return what a milestone asks of the assistant now, if anything."""
    page = f"/contracts/{contract.contract_id}"
    here = f"{page}/milestones/{milestone.milestone_id}"
    about = f"{contract.title} · {milestone.title}"
    if milestone.status in {"funded", "changes_requested"}:
        if milestone.kind == "period":
            return Task(_("Log your hours"), milestone.title, f"{here}/hours", milestone.due_on)
        title = _("Deliver") if milestone.status == "funded" else _("Make the change, and deliver")
        return Task(title, about, f"{here}/deliver", milestone.due_on, milestone.overdue)
    if milestone.status == "ending" and milestone.ending_asked_by != me:
        until = _day(milestone.act_until)
        return Task(_("Answer: the client wants to end it"), about, page, until)
    if milestone.status == "disputed":
        return Task(_("Say how you see it: there is a dispute"), about, page)
    return None


def _waiting(contracts: Iterable[ContractSummary]) -> Iterator[tuple[ContractSummary, str, date]]:
    """Yield what the client is to do, and until when."""
    for contract in contracts:
        for milestone in contract.milestones:
            until = _day(milestone.act_until) or milestone.due_on
            if milestone.status == "delivered":
                yield contract, _("The client reviews %(what)s.", what=milestone.title), until
            elif milestone.status in {"agreed", "funding"}:
                said = _("The client has yet to pay for %(what)s.", what=milestone.title)
                yield contract, said, milestone.due_on


def _of_proposals(proposals: Iterable[OwnProposalView]) -> Iterator[Task]:
    for own in proposals:
        if own.proposal.status == "countered":
            href = f"/proposals/{own.proposal.proposal_id}"
            yield Task(_("Answer a counter-offer"), own.job.title, href)


def _of_offers(offers: Iterable[OfferedHandOver]) -> Iterator[Task]:
    for each in offers:
        if each.status == "proposed" and "substitute" not in each.consents:
            title = each.terms.job_title if each.terms else ""
            href = f"/hand-overs/{each.hand_over_id}"
            yield Task(_("Answer: will you go on with somebody's work?"), title, href)


def _of_messages(unread: UnreadList | None) -> Iterator[Task]:
    for each in unread.items if unread else ():
        said = ngettext("Read %(num)s message", "Read %(num)s messages", each.unread)
        yield Task(said, each.title, f"/contracts/{each.contract_id}/messages")


def _slots_today(profile: OwnProfileView | None) -> list[TimeSlot]:
    day = list(Day)[today().weekday()]
    return [slot for slot in profile.hours if slot.day is day] if profile else []


def _day(at: datetime | None) -> date | None:
    return at.astimezone(JAPAN).date() if at else None
