"""One event of each kind that notify tells of, and of each kind of it that is told otherwise."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.messages.base import Event
from shared.messages.contracts import (
    AgreedMilestone,
    ChangesRequested,
    ContractAgreed,
    DeadlineKind,
    DeadlineNear,
    EndingAsked,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneOverdue,
)
from shared.messages.jobs import (
    Category,
    MilestoneOffer,
    Mode,
    ProposalAccepted,
    ProposalDeclined,
    ProposalMade,
)
from shared.messages.payments import (
    EscrowReleased,
    MilestoneFunded,
    MilestoneRefunded,
    PayeeActivated,
    PayeeRestricted,
    PayoutPaid,
    PayoutReturned,
)
from shared.money import yen

CLIENT, ASSISTANT, OTHER = (UUID(int=number) for number in (1, 2, 3))
# 23:30 of the day before in UTC is 08:30 in Japan.
MOMENT = datetime(2026, 4, 7, 23, 30, tzinfo=UTC)
DAY = date(2026, 4, 30)

_parties: dict[str, Any] = {"client_id": CLIENT, "assistant_id": ASSISTANT}
_milestone: dict[str, Any] = _parties | {
    "contract_id": OTHER,
    "milestone_id": OTHER,
    "title": "商品説明 10 件",
}
_job: dict[str, Any] = {"proposal_id": OTHER, "job_id": OTHER, "job_title": "商品説明の作成"}
_terms: dict[str, Any] = {
    "category": Category.WRITING,
    "mode": Mode.BROKERED,
    "review_days": 7,
}
_offer: dict[str, Any] = {
    "milestone_id": OTHER,
    "title": "前半",
    "price": yen(50_000),
    "due_on": DAY,
}

proposal_made = ProposalMade(**_job, **_parties, total=yen(100_000))
proposal_accepted = ProposalAccepted(
    **_job,
    **_parties,
    **_terms,
    place="online",
    milestones=(MilestoneOffer(**_offer, description="5 件"),),
    accepted_at=MOMENT,
)
proposal_declined = ProposalDeclined(**_job, assistant_id=ASSISTANT)
contract_agreed = ContractAgreed(
    **_parties,
    **_terms,
    contract_id=OTHER,
    job_id=OTHER,
    title="商品説明の作成",
    milestones=(AgreedMilestone(**_offer),),
    agreed_at=MOMENT,
)
milestone_funded = MilestoneFunded(**_milestone, amount=yen(49_895))
milestone_delivered = MilestoneDelivered(**_milestone, review_until=MOMENT)
changes_requested = ChangesRequested(**_milestone, comment="3 件目の色名を直してください。")
accepted = MilestoneAccepted(**_milestone, by="client", accepted_at=MOMENT)
accepted_by_silence = MilestoneAccepted(**_milestone, by="silence", accepted_at=MOMENT)
ending_asked_by_client = EndingAsked(
    **_milestone, asked_by=CLIENT, reason="企画がなくなりました。", answer_until=MOMENT
)
ending_asked_by_assistant = EndingAsked(
    **_milestone, asked_by=ASSISTANT, reason="体調をくずしました。", answer_until=MOMENT
)
ended = MilestoneEnded(**_milestone, by="agreement", ended_at=MOMENT)
ended_by_silence = MilestoneEnded(**_milestone, by="silence", ended_at=MOMENT)
overdue = MilestoneOverdue(**_milestone, due_on=DAY)
escrow_released = EscrowReleased(
    **_milestone,
    gross=yen(55_000),
    platform_fee=yen(11_000),
    platform_fee_tax=yen(1_100),
    withholding=yen(5_105),
    net=yen(37_795),
)
refunded = MilestoneRefunded(**_milestone, amount=yen(49_895))
payout_paid = PayoutPaid(**_milestone, payout_id=OTHER, amount=yen(37_795))
payout_returned = PayoutReturned(
    **_milestone, payout_id=OTHER, amount=yen(37_795), failure="account_closed"
)
payee_activated = PayeeActivated(person_id=ASSISTANT)
payee_restricted = PayeeRestricted(person_id=ASSISTANT, requirements=("individual.address",))


def near(kind: DeadlineKind) -> DeadlineNear:
    return DeadlineNear(**_milestone, kind=kind, due_at=MOMENT, person_id=ASSISTANT)


EXAMPLES: tuple[Event, ...] = (
    proposal_made,
    proposal_accepted,
    proposal_declined,
    contract_agreed,
    milestone_funded,
    milestone_delivered,
    changes_requested,
    accepted,
    accepted_by_silence,
    ending_asked_by_client,
    ending_asked_by_assistant,
    ended,
    ended_by_silence,
    *(near(kind) for kind in DeadlineKind),
    overdue,
    escrow_released,
    refunded,
    payout_paid,
    payout_returned,
    payee_activated,
    payee_restricted,
)
