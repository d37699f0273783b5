"""Where the money of a contract is: to be paid in, held, released, on its way back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from services.web import charts
from services.web.backend import Refused, Unreachable
from services.web.formats import yen
from services.web.i18n import _
from services.web.pages.client import OVER
from services.web.routing import Visit, together
from shared.messages.contracts import MilestoneView
from shared.messages.payments import EscrowStatus, MilestoneMoneyView

TO_PAY = frozenset({EscrowStatus.UNFUNDED, EscrowStatus.FUNDING})

MoneyOf = Mapping[UUID, MilestoneMoneyView]


@dataclass(frozen=True)
class Where:
    """Sums over the milestones, in yen and with their taxes."""

    to_pay: int
    held: int
    released: int
    returned: int

    @property
    def rows(self) -> list[tuple[str, int]]:
        """The sums with their words."""
        return [
            (_("To be paid in"), self.to_pay),
            (_("Held until the work is accepted"), self.held),
            (_("Released to the assistant"), self.released),
            (_("Gone back to the client"), self.returned),
        ]

    def drawing(self) -> Markup:
        """Return the sums as one divided bar."""
        tones = (4, 0, 3, 2)
        parts = [
            charts.Part(words, amount, yen(amount), tone)
            for (words, amount), tone in zip(self.rows, tones, strict=True)
            if amount
        ]
        said = ", ".join(f"{part.label}: {part.words}" for part in parts)
        return charts.stacked(_("Where the money is"), said, parts)


async def money_of(visit: Visit, milestones: Sequence[UUID]) -> MoneyOf:
    """Return the money of these milestones, as far as the visitor may see it."""
    found = await together(*(_money(visit, each) for each in milestones))
    return {each.milestone_id: each for each in found if each is not None}


async def _money(visit: Visit, milestone_id: UUID) -> MilestoneMoneyView | None:
    try:
        return await visit.get("payments", f"/milestones/{milestone_id}", MilestoneMoneyView)
    except (Refused, Unreachable):
        # Not for this member of a company, or payments hasn't heard of the contract yet.
        return None


def where_it_is(milestones: Sequence[MilestoneView], money: MoneyOf) -> Where | None:
    """Return where the money is; None when nothing is known of it."""
    if not money:
        return None
    open_ones = {each.milestone_id for each in milestones if each.status not in OVER}
    known = list(money.values())
    return Where(
        to_pay=sum(
            each.funded.amount
            for each in known
            if each.status in TO_PAY and each.milestone_id in open_ones
        ),
        held=sum(each.in_escrow.amount for each in known),
        released=sum(part.gross.amount for each in known for part in each.releases),
        returned=sum(back.amount.amount for each in known for back in each.refunds),
    )
