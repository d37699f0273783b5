"""Who is told of what: one table. Read a row as: of EVENT, tell WHO by the letter TEMPLATE.

WHO is the field of the event that names the person, or the company: then companies.py has who of
its members is told. A row with a condition holds only for the
events that meet it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from services.notify.domain.own import AddressRefused, EndpointDisabled, LineLinked
from shared.messages.amendments import (
    AmendmentDeclined,
    AmendmentFact,
    AmendmentOffered,
    TermsAmended,
)
from shared.messages.base import Event
from shared.messages.care import DatesMoved
from shared.messages.companies import AddressInvited, MemberInvited, MembershipChanged
from shared.messages.contracts import (
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
    PayableReminder,
    PayeeActivated,
    PayeeRestricted,
    PayoutDelayed,
    PayoutPaid,
    PayoutReturned,
    RefundMade,
)
from shared.messages.program_path import (
    CheckInAsked,
    CheckInPassedOn,
    DraftEscalated,
    DraftLookedAt,
    DraftShown,
    HelpAnswered,
    HelpAsked,
    HelpEscalated,
    PracticeDelivered,
    PracticeReviewed,
    StepReached,
)
from shared.messages.program_people import (
    ApplicationDecided,
    ApplicationMade,
    ApplicationStatus,
    ParticipantJoined,
    Step,
    SupporterAssigned,
)
from shared.messages.programs import SponsorDecided
from shared.messages.retainers import (
    MilestoneSettled,
    PeriodReady,
    RetainerEnding,
    RetainerStopped,
)
from shared.messages.search import SavedSearchMatched
from shared.messages.talk import MessageSent, RatingsRevealed

Condition = Callable[[Any], bool]
_Status = ApplicationStatus


def _always(_: Event) -> bool:
    return True


def _by_client(accepted: MilestoneAccepted) -> bool:
    return accepted.by == "client"


def _by_silence(accepted: MilestoneAccepted) -> bool:
    return accepted.by == "silence"


def _to_be_paid(agreed: ContractAgreed) -> bool:
    return bool(agreed.milestones)  # what is handed over is paid for, and told of by itself


def _by_other_than(who: str, field: str) -> Condition:
    return lambda happened: getattr(happened, field) != getattr(happened, who)


def _client_asked(asked: EndingAsked) -> bool:
    return asked.asked_by == asked.client_id


def _assistant_asked(asked: EndingAsked) -> bool:
    return asked.asked_by == asked.assistant_id


def _client_disputes(opened: DisputeOpened) -> bool:
    return opened.opened_by == opened.client_id


def _assistant_disputes(opened: DisputeOpened) -> bool:
    return opened.opened_by == opened.assistant_id


def _client_offers(amendment: AmendmentFact) -> bool:
    return amendment.offered_by == amendment.client_id


def _assistant_offers(amendment: AmendmentFact) -> bool:
    return amendment.offered_by == amendment.assistant_id


def _delivery_near(near: DeadlineNear) -> bool:
    return near.kind in {DeadlineKind.DELIVERY, DeadlineKind.DELIVERY_REMINDER}


def _review_near(near: DeadlineNear) -> bool:
    return near.kind in {DeadlineKind.REVIEW, DeadlineKind.REVIEW_REMINDER}


def _answer_near(near: DeadlineNear) -> bool:
    return near.kind is DeadlineKind.ENDING


def _is(status: ApplicationStatus) -> Condition:
    return lambda decided: decided.status is status


def _supported(happened: Any) -> bool:
    return happened.supporter_id is not None


def _alone(happened: PracticeDelivered | CheckInPassedOn) -> bool:
    # What else waits for a supporter is escalated to the partner anyway.
    return happened.supporter_id is None and happened.partner_id is not None


def _on_the_way(reached: StepReached) -> bool:
    # The first step is where everybody begins, which ParticipantJoined tells.
    return reached.step not in {Step.ORIENTATION, Step.FREE_WORK}


def _at_the_end(reached: StepReached) -> bool:
    return reached.step is Step.FREE_WORK


class Telling(NamedTuple):
    """A row of the table."""

    event: type[Event]
    who: str
    template: str
    when: Condition = _always


def _given_rights(changed: MembershipChanged) -> bool:
    return changed.member and changed.changed_by != changed.person_id


def _removed(changed: MembershipChanged) -> bool:
    return not changed.member and changed.changed_by != changed.person_id


# fmt: off
TELLINGS = (
    Telling(MemberInvited,           "person_id",    "member_invited"),
    Telling(MembershipChanged,       "person_id",    "membership_changed", _given_rights),
    Telling(MembershipChanged,       "person_id",    "membership_ended", _removed),
    Telling(ProposalMade,            "client_id",    "proposal_made"),
    Telling(ProposalAccepted,        "assistant_id", "proposal_accepted"),
    Telling(ProposalDeclined,        "assistant_id", "proposal_declined"),
    Telling(ProposalCountered,       "assistant_id", "proposal_countered"),
    Telling(QuestionAsked,           "client_id",    "question_asked"),
    Telling(QuestionAnswered,        "asked_by",     "question_answered"),
    Telling(AssistantInvited,        "assistant_id", "assistant_invited"),
    Telling(SavedSearchMatched,      "person_id",    "saved_search_matched"),
    Telling(ContractAgreed,          "client_id",    "contract_agreed_client", _to_be_paid),
    Telling(ContractAgreed,          "assistant_id", "contract_agreed_assistant", _to_be_paid),
    Telling(FundingShort,            "client_id",    "funding_short"),
    Telling(MilestoneFunded,         "assistant_id", "milestone_funded"),
    Telling(MilestoneDelivered,      "client_id",    "milestone_delivered"),
    Telling(ChangesRequested,        "assistant_id", "changes_requested"),
    Telling(MilestonePartlyAccepted, "assistant_id", "milestone_partly_accepted"),
    Telling(MilestoneAccepted,       "assistant_id", "milestone_accepted", _by_client),
    Telling(MilestoneAccepted,       "assistant_id", "accepted_by_silence_assistant", _by_silence),
    Telling(MilestoneAccepted,       "client_id",    "accepted_by_silence_client", _by_silence),
    Telling(EndingAsked,             "assistant_id", "ending_asked", _client_asked),
    Telling(EndingAsked,             "client_id",    "ending_asked", _assistant_asked),
    Telling(MilestoneEnded,          "client_id",    "milestone_ended_client"),
    Telling(MilestoneEnded,          "assistant_id", "milestone_ended_assistant"),
    Telling(DisputeOpened,           "assistant_id", "dispute_opened", _client_disputes),
    Telling(DisputeOpened,           "client_id",    "dispute_opened", _assistant_disputes),
    Telling(DisputeResolved,         "client_id",    "dispute_resolved_client"),
    Telling(DisputeResolved,         "assistant_id", "dispute_resolved_assistant"),
    Telling(DeadlineNear,            "person_id",    "delivery_near", _delivery_near),
    Telling(DeadlineNear,            "person_id",    "review_near", _review_near),
    Telling(DeadlineNear,            "person_id",    "answer_near", _answer_near),
    Telling(AmendmentOffered,        "assistant_id", "amendment_offered", _client_offers),
    Telling(AmendmentOffered,        "client_id",    "amendment_offered", _assistant_offers),
    Telling(AmendmentDeclined,       "offered_by",   "amendment_declined"),
    Telling(TermsAmended,            "client_id",    "terms_amended"),
    Telling(TermsAmended,            "assistant_id", "terms_amended"),
    Telling(HandOverProposed,        "substitute_id", "hand_over_offered"),
    *(
        Telling(HandOverProposed, who, "hand_over_proposed", _by_other_than(who, "proposed_by"))
        for who in ("client_id", "assistant_id")
    ),
    *(
        Telling(HandOverRefused, who, "hand_over_refused", _by_other_than(who, "refused_by"))
        for who in ("client_id", "assistant_id")
    ),
    Telling(
        HandOverRefused,
        "substitute_id",
        "hand_over_not_made",
        _by_other_than("substitute_id", "refused_by"),
    ),
    Telling(MilestoneHandedOver,     "client_id",    "milestone_handed_over_client"),
    Telling(MilestoneHandedOver,     "assistant_id", "milestone_handed_over_assistant"),
    Telling(MilestoneHandedOver,     "substitute_id", "milestone_taken_over"),
    Telling(DatesMoved,              "client_id",    "dates_moved"),
    Telling(PeriodReady,             "client_id",    "period_ready"),
    Telling(RetainerStopped,         "client_id",    "retainer_stopped_client"),
    Telling(RetainerStopped,         "assistant_id", "retainer_stopped_assistant"),
    Telling(RetainerEnding,          "client_id",    "retainer_ending"),
    Telling(RetainerEnding,          "assistant_id", "retainer_ending"),
    Telling(MilestoneSettled,        "client_id",    "period_settled_client"),
    Telling(MilestoneSettled,        "assistant_id", "period_settled_assistant"),
    Telling(MessageSent,             "to_id",        "message_sent"),
    Telling(RatingsRevealed,         "client_id",    "ratings_revealed"),
    Telling(RatingsRevealed,         "assistant_id", "ratings_revealed"),
    Telling(HoldNear,                "client_id",    "hold_near"),
    Telling(HoldNear,                "assistant_id", "hold_near"),
    Telling(DisputeAnswerNear,       "person_id",    "dispute_answer_near"),
    Telling(DeliveryCommented,       "to_id",        "delivery_commented"),
    Telling(ContractCompleted,       "client_id",    "contract_completed"),
    Telling(ContractCompleted,       "assistant_id", "contract_completed"),
    Telling(MilestoneOverdue,        "client_id",    "milestone_overdue_client"),
    Telling(MilestoneOverdue,        "assistant_id", "milestone_overdue_assistant"),
    Telling(EscrowReleased,          "assistant_id", "escrow_released"),
    Telling(MilestoneRefunded,       "client_id",    "milestone_refunded"),
    Telling(RefundMade,              "client_id",    "refund_made_client"),
    Telling(RefundMade,              "assistant_id", "refund_made_assistant"),
    Telling(CreditGranted,           "client_id",    "credit_granted"),
    Telling(ChargebackOpened,        "client_id",    "chargeback_opened_client"),
    Telling(ChargebackOpened,        "assistant_id", "chargeback_opened_assistant"),
    Telling(ChargebackClosed,        "client_id",    "chargeback_closed_client"),
    Telling(ChargebackClosed,        "assistant_id", "chargeback_closed_assistant"),
    Telling(MilestoneChargedBack,    "client_id",    "milestone_charged_back_client"),
    Telling(MilestoneChargedBack,    "assistant_id", "milestone_charged_back_assistant"),
    Telling(PayoutPaid,              "assistant_id", "payout_paid"),
    Telling(PayoutReturned,          "assistant_id", "payout_returned"),
    Telling(PayoutDelayed,           "person_id",    "payout_delayed"),
    Telling(PayableReminder,         "person_id",    "payable_reminder"),
    Telling(PayeeActivated,          "person_id",    "payee_activated"),
    Telling(PayeeRestricted,         "person_id",    "payee_restricted"),
    Telling(SponsorDecided,          "account_id",   "sponsor_decided"),
    Telling(ApplicationMade,         "partner_id",   "application_made"),
    Telling(ApplicationDecided,      "person_id",    "application_accepted", _is(_Status.ACCEPTED)),
    Telling(ApplicationDecided,      "person_id",    "application_waiting", _is(_Status.WAITING)),
    Telling(ApplicationDecided,      "person_id",    "application_declined", _is(_Status.DECLINED)),
    Telling(ParticipantJoined,       "person_id",    "participant_joined"),
    Telling(SupporterAssigned,       "person_id",    "supporter_assigned"),
    Telling(SupporterAssigned,       "supporter_id", "person_assigned"),
    Telling(PracticeDelivered,       "supporter_id", "practice_delivered", _supported),
    Telling(PracticeDelivered,       "partner_id",   "supporter_missing", _alone),
    Telling(PracticeReviewed,        "person_id",    "practice_reviewed"),
    Telling(DraftShown,              "supporter_id", "draft_shown", _supported),
    Telling(DraftLookedAt,           "person_id",    "draft_looked_at"),
    Telling(DraftEscalated,          "partner_id",   "draft_escalated"),
    Telling(HelpAsked,               "supporter_id", "help_asked", _supported),
    Telling(HelpAnswered,            "person_id",    "help_answered"),
    Telling(HelpEscalated,           "partner_id",   "help_escalated"),
    Telling(CheckInAsked,            "person_id",    "check_in_asked"),
    Telling(CheckInPassedOn,         "supporter_id", "check_in_passed_on", _supported),
    Telling(CheckInPassedOn,         "partner_id",   "supporter_missing", _alone),
    Telling(StepReached,             "person_id",    "step_reached", _on_the_way),
    Telling(StepReached,             "person_id",    "free_work_reached", _at_the_end),
)
# What happens here, and no message tells.
OWN_TELLINGS = (
    Telling(AddressRefused,          "person_id",    "address_refused"),
    Telling(EndpointDisabled,        "account_id",   "endpoint_disabled"),
    Telling(LineLinked,              "person_id",    "line_linked"),
)
# fmt: on
# What is mailed to an address behind which we know nobody.
TO_ADDRESSES: Mapping[type[Event], str] = {AddressInvited: "address_invited"}


def told(happened: Event) -> Iterator[tuple[UUID, str]]:
    """Yield who is told of this, and by which letter."""
    for row in (*TELLINGS, *OWN_TELLINGS):
        if isinstance(happened, row.event) and row.when(happened):
            yield getattr(happened, row.who), row.template
