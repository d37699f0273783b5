"""A client's first page: what waits for an answer, what is under way, what is wanted."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from starlette.responses import Response

from services.web.i18n import _, ngettext
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.contracts import (
    ContractSummary,
    MilestoneKind,
    MilestoneStatus,
    MilestoneSummary,
)
from shared.messages.jobs import JobStatus, JobView
from shared.messages.talk import UnreadList

pages = Pages()

MOST = 100
# Nothing is to be done any more.
OVER = frozenset(
    {
        MilestoneStatus.ACCEPTED,
        MilestoneStatus.RELEASED,
        MilestoneStatus.ENDED,
        MilestoneStatus.REFUNDED,
        MilestoneStatus.RESOLVED,
        MilestoneStatus.CHARGED_BACK,
        MilestoneStatus.SETTLED,
        MilestoneStatus.HANDED_OVER,
    }
)


@dataclass(frozen=True)
class Task:
    """Something that waits for the client."""

    title: str
    about: str
    href: str
    until: datetime | None = None


@pages.get("/home", role="client")
async def home(visit: Visit) -> Response:
    """Show what waits for the client, then what goes on by itself."""
    me = visit.person.acting_for
    contracts, jobs, unread = await together(
        visit.maybe(
            visit.get("contracts", "", Page[ContractSummary], running=True, limit=MOST),
        ),
        visit.maybe(visit.get("jobs", "", Page[JobView], mine=True, limit=MOST)),
        visit.maybe(visit.get("contracts", "/messages/unread", UnreadList)),
    )
    running = [each for each in (contracts.items if contracts else ()) if each.client_id == me]
    wanted = [each for each in (jobs.items if jobs else ()) if each.client_id == me]
    tasks = [
        *_tasks_of_contracts(running, me, may_fund=visit.person.may("fund")),
        *_tasks_of_jobs(wanted),
        *_tasks_of_messages(unread, {each.contract_id for each in running}),
    ]
    tasks.sort(key=lambda task: (task.until is None, task.until))
    return visit.show(
        "client/home.html",
        tasks=tasks,
        running=[Progress.of(each) for each in running],
        jobs=[each for each in wanted if each.status in {JobStatus.OPEN, JobStatus.PAUSED}],
        is_new=not running and not wanted,
        incomplete=contracts is None or jobs is None,
    )


@dataclass(frozen=True)
class Progress:
    """How far a contract is: its milestones, and the one that it is about now."""

    contract: ContractSummary
    done: int
    now: MilestoneSummary | None

    @classmethod
    def of(cls, contract: ContractSummary) -> "Progress":
        """Return how far this contract is."""
        open_ones = [each for each in contract.milestones if each.status not in OVER]
        done = len(contract.milestones) - len(open_ones)
        return cls(contract, done, open_ones[0] if open_ones else None)


def _tasks_of_contracts(
    contracts: Iterable[ContractSummary], me: UUID, *, may_fund: bool
) -> Iterator[Task]:
    for contract in contracts:
        waits_for_money = False
        for milestone in contract.milestones:
            words = _asked_of_client(milestone, me)
            if milestone.status is MilestoneStatus.AGREED:
                # One after another: only the first that isn't paid for; a bonus at any time.
                if waits_for_money and milestone.kind is not MilestoneKind.BONUS:
                    continue
                waits_for_money = True
                if may_fund:
                    words = _("Pay in: %(milestone)s", milestone=milestone.title)
            if words:
                yield Task(words, contract.title, _path(contract, milestone), milestone.act_until)


def _asked_of_client(milestone: MilestoneSummary, me: UUID) -> str:
    if milestone.status is MilestoneStatus.DELIVERED:
        return _("Review the delivery: %(milestone)s", milestone=milestone.title)
    if milestone.status is MilestoneStatus.ENDING and milestone.ending_asked_by != me:
        return _("Answer the proposal to end: %(milestone)s", milestone=milestone.title)
    if milestone.status is MilestoneStatus.DISPUTED:
        return _("Settle the dispute: %(milestone)s", milestone=milestone.title)
    return ""


def _path(contract: ContractSummary, milestone: MilestoneSummary) -> str:
    base = f"/contracts/{contract.contract_id}"
    if milestone.status is MilestoneStatus.AGREED:
        return f"{base}/fund?milestone={milestone.milestone_id}"
    return f"{base}/milestones/{milestone.milestone_id}"


def _tasks_of_jobs(jobs: Iterable[JobView]) -> Iterator[Task]:
    for job in jobs:
        if job.status is JobStatus.DRAFT:
            yield Task(_("Finish the draft and post it"), job.title, f"/jobs/{job.job_id}")
        elif job.waiting:
            words = ngettext(
                "%(num)s proposal waits for your answer",
                "%(num)s proposals wait for your answer",
                job.waiting,
            )
            yield Task(words, job.title, f"/jobs/{job.job_id}/proposals")


def _tasks_of_messages(unread: UnreadList | None, mine: set[UUID]) -> Iterator[Task]:
    for each in unread.items if unread else ():
        if each.contract_id in mine:
            words = ngettext("%(num)s message to read", "%(num)s messages to read", each.unread)
            yield Task(words, each.title, f"/contracts/{each.contract_id}/messages")
