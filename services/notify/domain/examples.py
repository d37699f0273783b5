"""One event of each kind that notify tells of, and of each kind of it that is told otherwise."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.messages.amendments import AmendmentDeclined, AmendmentOffered, TermsAmended
from shared.messages.base import Event
from shared.messages.care import DatesMoved, MovedAnswer, MovedDate
from shared.messages.companies import MemberInvited, MembershipChanged
from shared.messages.contracts import (
    AgreedMilestone,
    ChangesRequested,
    ContractAgreed,
    ContractCompleted,
    DeadlineKind,
    DeadlineNear,
    DeliveryCommented,
    DisputeAnswerNear,
    DisputeOpened,
    DisputeResolved,
    EndingAsked,
    HoldNear,
    MilestoneAccepted,
    MilestoneDelivered,
    MilestoneEnded,
    MilestoneOverdue,
    MilestonePartlyAccepted,
)
from shared.messages.handovers import HandOverProposed, HandOverRefused, MilestoneHandedOver
from shared.messages.jobs import (
    AssistantInvited,
    Category,
    MilestoneOffer,
    Mode,
    ProposalAccepted,
    ProposalCountered,
    ProposalDeclined,
    ProposalMade,
    QuestionAnswered,
    QuestionAsked,
)
from shared.messages.payments import (
    ChargebackClosed,
    ChargebackOpened,
    CreditGranted,
    EscrowReleased,
    FundingShort,
    MilestoneChargedBack,
    MilestoneFunded,
    MilestoneRefunded,
    PaidMilestone,
    PayableReminder,
    PayeeActivated,
    PayeeRestricted,
    PayoutDelayed,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)
from shared.messages.retainers import (
    MilestoneSettled,
    PeriodReady,
    RetainerEnding,
    RetainerStopped,
)
from shared.messages.search import FoundJob, SavedSearchMatched
from shared.messages.talk import MessageSent, RatingsRevealed
from shared.money import yen
from shared.people import Right

CLIENT, ASSISTANT, OTHER, SUBSTITUTE = (UUID(int=number) for number in (1, 2, 3, 4))
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
partly_accepted = MilestonePartlyAccepted(
    **_milestone,
    acceptance_id=OTHER,
    price=yen(20_000),
    accepted_at=MOMENT,
    comment="のこりの 4 件は、写真を見て直してください。",
)
partly_accepted_without_comment = partly_accepted.model_copy(update={"comment": ""})
dispute_opened_by_client = DisputeOpened(
    **_milestone,
    dispute_id=OTHER,
    opened_by=CLIENT,
    reason="10 件に足りません。",
    answer_until=MOMENT,
)
dispute_opened_by_assistant = dispute_opened_by_client.model_copy(update={"opened_by": ASSISTANT})
dispute_decided = DisputeResolved(
    **_milestone,
    dispute_id=OTHER,
    to_assistant=yen(30_000),
    to_client=yen(20_000),
    by="operator",
    reason="6 件は条件のとおりでした。",
    resolved_at=MOMENT,
)
dispute_settled = dispute_decided.model_copy(
    update={"by": "agreement", "reason": "", "to_client": yen(0)}
)
dispute_lost_by_silence = dispute_settled.model_copy(
    update={"by": "silence", "to_assistant": yen(0), "to_client": yen(50_000)}
)
ended = MilestoneEnded(**_milestone, by="agreement", ended_at=MOMENT)
ended_by_silence = MilestoneEnded(**_milestone, by="silence", ended_at=MOMENT)
overdue = MilestoneOverdue(**_milestone, due_on=DAY)
_amendment: dict[str, Any] = _parties | {
    "amendment_id": OTHER,
    "contract_id": OTHER,
    "title": "商品説明 10 件",
}
amendment_offered = AmendmentOffered(**_amendment, offered_by=CLIENT)
amendment_offered_by_assistant = AmendmentOffered(**_amendment, offered_by=ASSISTANT)
amendment_declined = AmendmentDeclined(**_amendment, offered_by=CLIENT)
terms_amended = TermsAmended(
    **_amendment,
    offered_by=CLIENT,
    terms_version=2,
    terms_sha256="ab" * 32,
    milestones=(),
    amended_at=MOMENT,
)
hold_near = HoldNear(**_milestone, held_until=DAY, days_left=15)
dispute_answer_near = DisputeAnswerNear(
    **_milestone, dispute_id=OTHER, answer_until=MOMENT, person_id=CLIENT
)
delivery_commented = DeliveryCommented(
    **_milestone, delivery_id=OTHER, from_id=CLIENT, to_id=ASSISTANT
)
contract_completed = ContractCompleted(
    **_parties, contract_id=OTHER, job_id=OTHER, title="商品説明 10 件", completed_at=MOMENT
)
period_ready = PeriodReady(**_milestone, price=yen(30_000), starts_on=DAY, ends_on=DAY)
_retainer: dict[str, Any] = _parties | {"contract_id": OTHER, "title": "商品説明 10 件"}
retainer_stopped = RetainerStopped(**_retainer, milestone_id=OTHER, period_starts_on=DAY)
retainer_ending = RetainerEnding(**_retainer, given_by=CLIENT, ends_on=DAY)
period_settled = MilestoneSettled(
    **_milestone,
    settlement_id=OTHER,
    to_assistant=yen(20_000),
    to_client=yen(10_000),
    settled_at=MOMENT,
)
nothing_worked = period_settled.model_copy(
    update={"to_assistant": yen(0), "to_client": yen(30_000)}
)
_hand_over: dict[str, Any] = _milestone | {"hand_over_id": OTHER, "substitute_id": SUBSTITUTE}
hand_over_proposed = HandOverProposed(**_hand_over, proposed_by=ASSISTANT)
hand_over_refused = HandOverRefused(**_hand_over, refused_by=SUBSTITUTE)
hand_over_not_made = HandOverRefused(**_hand_over, refused_by=CLIENT)
milestone_handed_over = MilestoneHandedOver(
    **_hand_over,
    to_assistant=yen(20_000),
    to_contract_id=OTHER,
    to_milestone=AgreedMilestone(**_offer),
    handed_over_at=MOMENT,
)
handed_over_for_nothing = milestone_handed_over.model_copy(update={"to_assistant": yen(0)})
dates_moved = DatesMoved(
    **_parties,
    contract_id=OTHER,
    title="商品説明 10 件",
    milestones=(MovedDate(milestone_id=OTHER, title="前半", due_on=DAY),),
    moved_at=MOMENT,
)
answers_moved = dates_moved.model_copy(
    update={
        "milestones": (),
        "answers": (MovedAnswer(milestone_id=OTHER, title="前半", answer_until=MOMENT),),
    }
)
_of_job: dict[str, Any] = {"job_id": OTHER, "job_title": "商品説明", "client_id": CLIENT}
proposal_countered = ProposalCountered(
    **_of_job, proposal_id=OTHER, assistant_id=ASSISTANT, total=yen(40_000)
)
question_asked = QuestionAsked(**_of_job, question_id=OTHER, asked_by=ASSISTANT)
question_answered = QuestionAnswered(**_of_job, question_id=OTHER, asked_by=ASSISTANT)
assistant_invited = AssistantInvited(**_of_job, assistant_id=ASSISTANT)
declined_with_reason = ProposalDeclined(
    proposal_id=OTHER,
    job_id=OTHER,
    job_title="商品説明",
    assistant_id=ASSISTANT,
    reason="写真が要ります",
)
saved_search_matched = SavedSearchMatched(
    search_id=OTHER,
    person_id=ASSISTANT,
    name="庭の仕事",
    jobs=(FoundJob(job_id=OTHER, title="庭の案内"),),
    more=2,
)
saved_search_matched_fully = saved_search_matched.model_copy(update={"more": 0})
message_sent = MessageSent(
    contract_id=OTHER, message_id=OTHER, title="商品説明 10 件", from_id=CLIENT, to_id=ASSISTANT
)
ratings_revealed = RatingsRevealed(
    **_parties,
    contract_id=OTHER,
    title="商品説明 10 件",
    by_client=5,
    by_assistant=None,
    revealed_at=MOMENT,
)
escrow_released = EscrowReleased(
    **_milestone,
    gross=yen(55_000),
    platform_fee=yen(11_000),
    platform_fee_tax=yen(1_100),
    withholding=yen(5_105),
    net=yen(37_795),
)
part_released = escrow_released.model_copy(
    update={"left": yen(30_000), "set_off": yen(7_795), "payday": DAY}
)
refunded = MilestoneRefunded(**_milestone, amount=yen(49_895))
refund_made = RefundMade(
    **_milestone,
    refund_id=OTHER,
    price=yen(10_000),
    amount=yen(11_000),
    after_release=False,
    from_assistant=yen(0),
    owed=yen(0),
    left=yen(40_000),
    reason="1 件少なくなりました。",
)
refund_made_after_release = refund_made.model_copy(
    update={"after_release": True, "from_assistant": yen(7_559)}
)
refund_made_after_payout = refund_made_after_release.model_copy(update={"owed": yen(7_559)})
refund_made_with_sponsored_fee = refund_made_after_release.model_copy(
    update={"to_sponsor": yen(2_420), "owed": yen(9_979)}
)
funding_short = FundingShort(**_milestone, received=yen(40_000), missing=yen(9_895))
credit_granted = CreditGranted(client_id=CLIENT, amount=yen(105), balance=yen(1_105))
chargeback_opened = ChargebackOpened(
    **_milestone, chargeback_id=OTHER, amount=yen(49_895), answer_until=MOMENT
)
chargeback_won = ChargebackClosed(**_milestone, chargeback_id=OTHER, won=True)
chargeback_lost = ChargebackClosed(**_milestone, chargeback_id=OTHER, won=False)
charged_back = MilestoneChargedBack(**_milestone, chargeback_id=OTHER, amount=yen(49_895))
_paid: dict[str, Any] = {
    "contract_id": OTHER,
    "milestone_id": OTHER,
    "title": "商品説明 10 件",
    "client_id": CLIENT,
    "net": yen(37_795),
}
payout_paid = PayoutPaid(
    payout_id=OTHER,
    assistant_id=ASSISTANT,
    amount=yen(37_295),
    transfer_fee=yen(500),
    milestones=(PaidMilestone(**_paid),),
)
payout_returned = PayoutReturned(
    payout_id=OTHER, assistant_id=ASSISTANT, amount=yen(37_295), failure="account_closed"
)
payout_returned_with_milestones = payout_returned.model_copy(
    update={"milestones": payout_paid.milestones}
)
payout_below_minimum = PayoutDelayed(person_id=ASSISTANT, payable=yen(900), reason="below_minimum")
payout_without_account = payout_below_minimum.model_copy(update={"reason": "no_payee_account"})
payout_after_return = payout_below_minimum.model_copy(update={"reason": "bank_returned"})
payout_not_active = payout_below_minimum.model_copy(
    update={"reason": "payee_not_active", "requirements": ("individual.address",)}
)
payable_reminder = PayableReminder(person_id=ASSISTANT, payable=yen(37_795), waiting_since=DAY)
payee_activated = PayeeActivated(person_id=ASSISTANT)
payee_restricted = PayeeRestricted(person_id=ASSISTANT, requirements=("individual.address",))


_membership: dict[str, Any] = {
    "company_id": OTHER,
    "company_name": "株式会社みどり園芸",
    "person_id": ASSISTANT,
}
member_invited = MemberInvited(**_membership, invited_by=CLIENT)
membership_changed = MembershipChanged(
    **_membership, member=True, rights=frozenset(Right), changed_by=CLIENT, change=2
)
membership_without_rights = membership_changed.model_copy(update={"rights": frozenset()})
membership_ended = membership_without_rights.model_copy(update={"member": False})


period_lapsed = MilestoneEnded(**_milestone, by="silence", ended_at=MOMENT, lapsed=True)


def near(kind: DeadlineKind) -> DeadlineNear:
    """Return the example of a clock of a milestone."""
    return DeadlineNear(**_milestone, kind=kind, due_at=MOMENT, person_id=ASSISTANT)


EXAMPLES: tuple[Event, ...] = (
    saved_search_matched,
    saved_search_matched_fully,
    member_invited,
    membership_changed,
    membership_without_rights,
    membership_ended,
    proposal_countered,
    question_asked,
    question_answered,
    assistant_invited,
    declined_with_reason,
    hold_near,
    dispute_answer_near,
    delivery_commented,
    contract_completed,
    amendment_offered,
    amendment_offered_by_assistant,
    amendment_declined,
    terms_amended,
    message_sent,
    ratings_revealed,
    proposal_made,
    proposal_accepted,
    proposal_declined,
    contract_agreed,
    hand_over_proposed,
    hand_over_refused,
    hand_over_not_made,
    milestone_handed_over,
    handed_over_for_nothing,
    dates_moved,
    answers_moved,
    period_ready,
    retainer_stopped,
    retainer_ending,
    period_settled,
    nothing_worked,
    period_lapsed,
    milestone_funded,
    milestone_delivered,
    changes_requested,
    partly_accepted,
    partly_accepted_without_comment,
    accepted,
    accepted_by_silence,
    ending_asked_by_client,
    ending_asked_by_assistant,
    ended,
    ended_by_silence,
    dispute_opened_by_client,
    dispute_opened_by_assistant,
    dispute_decided,
    dispute_settled,
    dispute_lost_by_silence,
    *(near(kind) for kind in DeadlineKind),
    overdue,
    escrow_released,
    part_released,
    refunded,
    refund_made,
    refund_made_after_release,
    refund_made_after_payout,
    refund_made_with_sponsored_fee,
    funding_short,
    credit_granted,
    chargeback_opened,
    chargeback_won,
    chargeback_lost,
    charged_back,
    payout_paid,
    payout_returned,
    payout_returned_with_milestones,
    payout_below_minimum,
    payout_without_account,
    payout_after_return,
    payout_not_active,
    payable_reminder,
    payee_activated,
    payee_restricted,
)
