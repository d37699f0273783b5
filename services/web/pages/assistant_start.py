"""The first job, step by step, for who has never worked like this."""

from collections.abc import Sequence
from dataclasses import dataclass

from starlette.responses import Response

from services.web.i18n import _
from services.web.routing import Pages, Visit, together
from shared.messages.base import Page
from shared.messages.contracts import ContractSummary
from shared.messages.jobs import OwnProposalView
from shared.messages.payments import PayeeView
from shared.messages.profiles import JobMatches, OwnProfileView

pages = Pages()

DONE, NOW, AHEAD = "done", "now", "ahead"
OVER = frozenset({"released", "settled", "resolved"})
WORKING = frozenset({"funded", "delivered", "changes_requested", "accepted", *OVER})


@dataclass(frozen=True)
class Start:
    """How far an assistant has come."""

    profile: OwnProfileView | None
    payee: PayeeView | None
    proposals: Sequence[OwnProposalView]
    contracts: Sequence[ContractSummary]

    @property
    def is_over(self) -> bool:
        """Whether a first milestone is done and paid for: nobody needs the guide any more."""
        return self._any(OVER)

    def has_come_to(self) -> tuple[bool, ...]:
        """Tell of each step whether it is done."""
        active = self.payee is not None and self.payee.status == "active"
        return (
            self.profile is not None,
            bool(self.profile and self.profile.hours),
            active,
            bool(self.proposals or self.contracts),
            bool(self.contracts),
            self._any(frozenset({"delivered", "changes_requested", "accepted", *OVER})),
            self._any(OVER),
        )

    def _any(self, statuses: frozenset[str]) -> bool:
        return any(
            each.status in statuses for contract in self.contracts for each in contract.milestones
        )


@dataclass(frozen=True)
class Step:
    """A step of the way: done, now, or ahead."""

    title: str
    text: str
    href: str
    label: str
    state: str


def steps_of(start: Start) -> list[Step]:
    """Return the steps; the first that isn't done is the one that is now."""
    working = next((each for each in start.contracts if not each.completed_at), None)
    contract = f"/contracts/{working.contract_id}" if working else "/contracts"
    found: list[Step] = []
    for (title, text, href, label), done in zip(_steps(contract), start.has_come_to(), strict=True):
        now = all(each.state == DONE for each in found)
        state = DONE if done else NOW if now else AHEAD
        found.append(Step(title, text, href, label, state))
    return found


def _steps(contract: str) -> Sequence[tuple[str, str, str, str]]:
    """Return title, text, where to go and the words for it, of each step."""
    return (
        (
            _("Say what you can do"),
            _("One sentence and a few skills are enough. You can change all of it later."),
            "/profile",
            _("Write my profile"),
        ),
        (
            _("Say when you have time"),
            _("Mark the hours of a usual week. You are offered only as much work as fits in."),
            "/profile/hours",
            _("Mark my hours"),
        ),
        (
            _("Say where to pay"),
            _("The payment processor asks for your name and bank account; we never see them."),
            "/payout-setup",
            _("Set it up"),
        ),
        (
            _("Choose a small job"),
            _("Jobs marked for beginners say clearly what is accepted, and leave time to ask."),
            "/search?beginner_friendly=on",
            _("See jobs for beginners"),
        ),
        (
            _("Wait for the contract, and for the money"),
            _("Begin once the client's money is in escrow. Before that, nothing is due."),
            contract,
            _("See my contracts"),
        ),
        (
            _("Do it, and deliver"),
            _("Ask as soon as something is unclear. Then send what is agreed, in time."),
            contract,
            _("Open the contract"),
        ),
        (
            _("Be paid"),
            _("When the work is accepted, or nobody answers in time, the money is yours."),
            "/earnings",
            _("See my earnings"),
        ),
    )


@pages.get("/first-job", role="assistant")
async def first_job(visit: Visit) -> Response:
    """Show the way to the first job, and jobs that are fit for it."""
    profile, payee, proposals, contracts = await together(
        visit.or_none(visit.get("jobs", "/profiles/me", OwnProfileView)),
        visit.maybe(visit.or_none(visit.get("payments", "/payees/me", PayeeView))),
        visit.get("jobs", "/proposals", Page[OwnProposalView], limit=1),
        visit.get("contracts", "", Page[ContractSummary], limit=20),
    )
    matches = None
    if profile is not None:
        path = "/profiles/me/matches"
        matches = await visit.maybe(visit.get("jobs", path, JobMatches, limit=20))
    fit = [each for each in (matches.items if matches else ()) if each.job.beginner_friendly]
    start = Start(profile, payee, proposals.items, contracts.items)
    return visit.show("assistant/first_job.html", steps=steps_of(start), fit=fit[:3])
