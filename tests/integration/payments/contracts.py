"""What contracts tells payments of one client and one assistant."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from services.payments.ports import Work
from services.payments.use_cases import escrow, evidence, refunds, releases
from shared.calendar import day_in_japan
from shared.clock import Clock
from shared.ids import new_id
from shared.messages.amendments import MilestoneReplaced, PriceReduced, TermsAmended
from shared.messages.care import DatesMoved, MovedDate
from shared.messages.contracts import (
    AgreedMilestone,
    ContractAgreed,
    DisputeResolved,
    MilestoneAccepted,
    MilestoneAdded,
    MilestoneDelivered,
    MilestoneEnded,
    MilestonePartlyAccepted,
)
from shared.messages.jobs import Category, Mode
from shared.messages.retainers import MilestoneSettled
from shared.money import Money, yen


@dataclass(frozen=True)
class Contracts:
    """Tells what it is asked to, as the events process hears it; nothing of it twice by itself."""

    begin: Callable[[], AbstractContextManager[Work]]
    clock: Clock
    client_id: UUID
    assistant_id: UUID
    of_milestone: ClassVar[dict[UUID, UUID]] = {}

    def agree(
        self,
        *prices: int | Money,
        mode: Mode = Mode.BROKERED,
        category: Category = Category.WRITING,
        due_in_days: int = 14,
        contract_id: UUID | None = None,
    ) -> list[UUID]:
        """Tell of a contract with milestones at these prices; return their ids."""
        milestones = tuple(
            self._milestone(f"Part {number}", price, due_in_days)
            for number, price in enumerate(prices, start=1)
        )
        agreed = ContractAgreed(
            contract_id=contract_id or new_id(),
            job_id=new_id(),
            title="A guide to gardens",
            category=category,
            mode=mode,
            review_days=7,
            client_id=self.client_id,
            assistant_id=self.assistant_id,
            milestones=milestones,
            agreed_at=self.clock.now(),
            terms_sha256="ab" * 32,
        )
        with self.begin() as work:
            escrow.agree(agreed, work)
            evidence.note_agreed(agreed, work)
        ids = [each.milestone_id for each in milestones]
        self.of_milestone.update(dict.fromkeys(ids, agreed.contract_id))
        return ids

    def add(self, beside: UUID, price: int) -> UUID:
        """Tell of a bonus in the same contract; return its id."""
        added = MilestoneAdded(
            contract_id=self.of_milestone[beside],
            milestone=self._milestone("Bonus", price, 0),
            added_at=self.clock.now(),
        )
        with self.begin() as work:
            escrow.add_milestone(added, work)
        self.of_milestone[added.milestone.milestone_id] = added.contract_id
        return added.milestone.milestone_id

    def deliver(self, milestone: UUID, at: datetime | None = None) -> None:
        """Tell that work was handed in."""
        at = at or self.clock.now()
        told = MilestoneDelivered(
            **self._about(milestone),
            review_until=at + timedelta(days=7),
            delivered_at=at,
            text="Here it is.",
            files=("guide.pdf sha256:" + "cd" * 32,),
        )
        with self.begin() as work:
            escrow.note_delivered(told, work)
            evidence.note_delivered(told, work)

    def accept(self, *milestones: UUID) -> None:
        """Tell that these were accepted."""
        told = [
            MilestoneAccepted(**self._about(each), by="client", accepted_at=self.clock.now())
            for each in milestones
        ]
        with self.begin() as work:
            releases.release_escrows(told, work)
            evidence.note_accepted(told, work)

    def accept_part(self, milestone: UUID, price: int, acceptance: UUID | None = None) -> None:
        """Tell that a part of the work was accepted."""
        told = MilestonePartlyAccepted(
            **self._about(milestone),
            acceptance_id=acceptance or new_id(),
            price=yen(price),
            accepted_at=self.clock.now(),
        )
        with self.begin() as work:
            releases.release_part(told, work)
            evidence.note_partly_accepted(told, work)

    def resolve(
        self, milestone: UUID, to_assistant: int, to_client: int, dispute: UUID | None = None
    ) -> None:
        """Tell how a dispute was resolved."""
        told = DisputeResolved(
            **self._about(milestone),
            dispute_id=dispute or new_id(),
            to_assistant=yen(to_assistant),
            to_client=yen(to_client),
            by="operator",
            reason="half of it was done",
            resolved_at=self.clock.now(),
        )
        with self.begin() as work:
            releases.resolve(told, work)

    def settle(
        self, milestone: UUID, to_assistant: int, to_client: int, settlement: UUID | None = None
    ) -> None:
        """Tell how many of a period's hours were worked."""
        told = MilestoneSettled(
            **self._about(milestone),
            settlement_id=settlement or new_id(),
            to_assistant=yen(to_assistant),
            to_client=yen(to_client),
            settled_at=self.clock.now(),
        )
        with self.begin() as work:
            releases.settle(told, work)

    def reduce(self, milestone: UUID, price: int) -> None:
        """Tell that both agreed on a lower price of what is in escrow."""
        told = PriceReduced(
            **self._about(milestone),
            amendment_id=new_id(),
            price=yen(price),
            reduced_at=self.clock.now(),
        )
        with self.begin() as work:
            refunds.reduce_price(told, work)

    def replace(self, milestone: UUID, price: int) -> UUID:
        """Tell that both agreed on another price of what isn't paid; return the new one's id."""
        told = MilestoneReplaced(
            **self._about(milestone),
            amendment_id=new_id(),
            milestone=self._milestone("Part, renewed", price, 14),
            replaced_at=self.clock.now(),
        )
        with self.begin() as work:
            escrow.replace(told, work)
        self.of_milestone[told.milestone.milestone_id] = told.contract_id
        return told.milestone.milestone_id

    def amend(
        self, milestone: UUID, due_on: date, *, at: datetime, review_days: int | None = None
    ) -> None:
        """Tell that both agreed on another due date, at this moment."""
        agreed = AgreedMilestone(
            milestone_id=milestone,
            title="Part",
            price=yen(50_000),
            due_on=due_on,
            review_days=review_days,
        )
        told = TermsAmended(
            **self._of_contract(milestone),
            amendment_id=new_id(),
            offered_by=self.client_id,
            terms_version=2,
            terms_sha256="ab" * 32,
            milestones=(agreed,),
            amended_at=at,
        )
        with self.begin() as work:
            escrow.note_amended(told, work)

    def move(self, milestone: UUID, due_on: date, *, at: datetime) -> None:
        """Tell that the due date has moved, at this moment."""
        moved = MovedDate(milestone_id=milestone, title="Part", due_on=due_on)
        told = DatesMoved(**self._of_contract(milestone), milestones=(moved,), moved_at=at)
        with self.begin() as work:
            escrow.note_moved(told, work)

    def end(self, milestone: UUID) -> None:
        """Tell that this one ended."""
        told = MilestoneEnded(**self._about(milestone), by="agreement", ended_at=self.clock.now())
        with self.begin() as work:
            escrow.end(told, work)

    def _milestone(self, title: str, price: int | Money, due_in_days: int) -> AgreedMilestone:
        due_on = day_in_japan(self.clock.now()) + timedelta(days=due_in_days)
        return AgreedMilestone(
            milestone_id=new_id(),
            title=title,
            price=yen(price) if isinstance(price, int) else price,
            due_on=due_on,
            description="A text of 2,000 characters.",
        )

    def _about(self, milestone: UUID) -> dict[str, Any]:
        return self._of_contract(milestone) | {"milestone_id": milestone}

    def _of_contract(self, milestone: UUID) -> dict[str, Any]:
        return {
            "contract_id": self.of_milestone.get(milestone) or new_id(),
            "title": "Part",
            "client_id": self.client_id,
            "assistant_id": self.assistant_id,
        }
