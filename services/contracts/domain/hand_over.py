"""Hand-overs: somebody else goes on with a milestone, once all three concerned have agreed."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Self
from uuid import UUID

from services.contracts.domain.contract import Contract, Policy
from services.contracts.domain.milestone import MOVES, Milestone, Step
from services.contracts.domain.terms import Consent, Consents
from shared.errors import Rejected
from shared.ids import new_id
from shared.messages.contracts import MilestoneKind
from shared.messages.handovers import HandOverParty, HandOverStatus
from shared.messages.jobs import MilestoneOffer
from shared.money import Money

# Only here can a hand-over wait for consents.
OPEN = frozenset(status for status, step in MOVES if step is Step.HAND_OVER)


@dataclass(frozen=True)
class HandOver:
    """What is proposed, who has consented to it so far, and what became of it.

    `price` is what is left for the substitute; with `to_assistant` it is what was left of the
    milestone's price when it was proposed. `proposed_by` is the party.
    """

    hand_over_id: UUID
    contract_id: UUID
    milestone_id: UUID
    substitute_id: UUID
    to_assistant: Money
    price: Money
    due_on: date
    note: str
    proposed_by: HandOverParty
    proposed_at: datetime
    shares_deliveries: bool
    consents: Mapping[HandOverParty, Consent]
    to_milestone_id: UUID
    status: HandOverStatus = HandOverStatus.PROPOSED
    to_contract_id: UUID | None = None

    def consented(self, party: HandOverParty, consent: Consent, *, shares: bool) -> Self:
        """Return it after a party agreed; raise Rejected (`hand_over_closed`)."""
        self._must_stand()
        consents = {party: consent} | dict(self.consents)  # the first time holds
        return replace(self, consents=consents, shares_deliveries=self.shares_deliveries or shares)

    def refused(self) -> Self:
        """Return it after one of the three didn't agree; raise Rejected (`hand_over_closed`)."""
        self._must_stand()
        return replace(self, status=HandOverStatus.REFUSED)

    def agreed(self, to_contract_id: UUID) -> Self:
        """Return it after all have agreed."""
        return replace(self, status=HandOverStatus.AGREED, to_contract_id=to_contract_id)

    @property
    def complete(self) -> bool:
        """Whether all three have agreed."""
        return self.consents.keys() == set(HandOverParty)

    @property
    def shows_files(self) -> bool:
        """Whether the substitute may see what was delivered."""
        alive = self.status in {HandOverStatus.PROPOSED, HandOverStatus.AGREED}
        return alive and self.shares_deliveries

    def consents_to_terms(self) -> Consents:
        """Return who agreed to the terms of client and substitute; only when it is complete."""
        return Consents(
            client=self.consents[HandOverParty.CLIENT],
            assistant=self.consents[HandOverParty.SUBSTITUTE],
        )

    def _must_stand(self) -> None:
        if self.status is not HandOverStatus.PROPOSED:
            raise Rejected(
                "hand_over_closed",
                f"The hand-over is {self.status}. Propose another one.",
                status=self.status,
            )


def check_open(milestone: Milestone, to_assistant: Money) -> None:
    """Raise Rejected when the milestone can't be handed over, or nothing would be left of it."""
    milestone.moved(Step.HAND_OVER)
    if milestone.kind is not MilestoneKind.WORK:
        raise Rejected(
            "only_work_handed_over",
            "A bonus, or a period of a retainer, isn't handed over.",
            milestone_id=milestone.milestone_id,
        )
    if not to_assistant < milestone.left:
        raise Rejected(
            "part_not_less_than_rest",
            "Something has to be left of the price for whoever goes on.",
            milestone_id=milestone.milestone_id,
            left=milestone.left,
        )


def handed_over(milestone: Milestone, to_assistant: Money) -> Milestone:
    """Return the milestone after somebody else went on with it; the part is for the work so far."""
    after = milestone.moved(Step.HAND_OVER)
    return replace(after, accepted_price=milestone.accepted_price + to_assistant)


def contract_that_follows(
    old: Contract, milestone: Milestone, hand_over: HandOver, now: datetime, policy: Policy
) -> Contract:
    """Return the contract of client and substitute: on the same work, and made of the hand-over."""
    return replace(
        old,
        contract_id=new_id(),
        proposal_id=hand_over.hand_over_id,
        assistant_id=hand_over.substitute_id,
        review_days=milestone.review_days,
        agreed_at=now,
        care_days=policy.care_days,
        protected=False,
    )


def milestone_that_follows(milestone: Milestone, hand_over: HandOver) -> MilestoneOffer:
    """Return what the substitute is offered."""
    return MilestoneOffer(
        milestone_id=hand_over.to_milestone_id,
        title=milestone.title,
        description=milestone.description,
        price=hand_over.price,
        due_on=hand_over.due_on,
        criteria=milestone.criteria,
    )
