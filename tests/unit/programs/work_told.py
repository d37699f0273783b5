"""What contracts tells of somebody's work."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.programs.domain.known_work import KnownContract, KnownMilestone
from services.programs.ports import Work
from services.programs.use_cases import following
from shared.ids import new_id
from shared.messages.contracts import MilestoneAccepted
from shared.messages.retainers import MilestoneSettled
from shared.money import yen


@dataclass(frozen=True)
class Agreement:
    """A contract with a milestone."""

    contract: KnownContract
    milestone: KnownMilestone


@dataclass(frozen=True)
class Told:
    """An acceptance that may be heard at any time, and again."""

    event: MilestoneAccepted

    def hear(self, work: Work) -> None:
        """Hear it."""
        following.note_accepted(self.event, work)


def agreed(assistant_id: UUID, at: datetime, *, weekly_hours: int = 0) -> Agreement:
    """Return a contract of somebody's as it is known."""
    contract = KnownContract(
        contract_id=new_id(),
        assistant_id=assistant_id,
        client_id=new_id(),
        title="Lists",
        category="data_entry",
        weekly_hours=weekly_hours,
        agreed_at=at,
    )
    milestone = KnownMilestone(
        milestone_id=new_id(),
        contract_id=contract.contract_id,
        assistant_id=assistant_id,
        client_id=contract.client_id,
        title="The first list",
        price=5000,
    )
    return Agreement(contract, milestone)


def accepted(assistant_id: UUID, at: datetime) -> Told:
    """Return that work of somebody's was accepted at this time."""
    event = MilestoneAccepted(
        contract_id=new_id(),
        milestone_id=new_id(),
        title="The first list",
        client_id=new_id(),
        assistant_id=assistant_id,
        by="client",
        accepted_at=at,
    )
    return Told(event)


def settled(
    assistant_id: UUID, at: datetime, *, worked: int, contract_id: UUID | None = None
) -> MilestoneSettled:
    """Return that a period of somebody's retainer was settled; `worked` is in yen of 10,000."""
    return MilestoneSettled(
        contract_id=contract_id or new_id(),
        milestone_id=new_id(),
        title="November",
        client_id=new_id(),
        assistant_id=assistant_id,
        settlement_id=new_id(),
        to_assistant=yen(worked),
        to_client=yen(10_000 - worked),
        settled_at=at,
    )
