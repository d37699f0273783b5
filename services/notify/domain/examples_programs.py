"""One event of each kind of programs that notify tells of, and of each kind told otherwise."""

from typing import Any

from services.notify.domain.examples import ASSISTANT, CLIENT, MOMENT, OTHER, SUBSTITUTE
from shared.messages.base import Event
from shared.messages.program_path import (
    CheckInAsked,
    CheckInPassedOn,
    DraftEscalated,
    DraftLookedAt,
    DraftShown,
    HelpAnswered,
    HelpAsked,
    HelpEscalated,
    Mood,
    PracticeDelivered,
    PracticeReviewed,
    StepReached,
)
from shared.messages.program_people import (
    ApplicationDecided,
    ApplicationMade,
    ApplicationStatus,
    DeclineCause,
    ParticipantJoined,
    Step,
    SupporterAssigned,
)
from shared.messages.programs import SponsorDecided

PARTNER, SUPPORTER = CLIENT, SUBSTITUTE

_participant: dict[str, Any] = {
    "participant_id": OTHER,
    "person_id": ASSISTANT,
    "program_id": OTHER,
    "cohort_id": OTHER,
}
_to_supporter: dict[str, Any] = {"person_name": "さくら", "supporter_id": SUPPORTER}
_draft: dict[str, Any] = {"draft_id": OTHER, "milestone_title": "商品説明 10 件"}
_help: dict[str, Any] = {"help_id": OTHER, "text": "どこから始めればよいですか。"}

sponsor_confirmed = SponsorDecided(
    account_id=CLIENT,
    municipality_code="131016",
    municipality="千代田区",
    confirmed=True,
    reason=None,
)
sponsor_refused = sponsor_confirmed.model_copy(
    update={"confirmed": False, "reason": "代表番号でご担当者を確かめられませんでした。"}
)
application_made = ApplicationMade(
    application_id=OTHER,
    program_id=OTHER,
    partner_id=PARTNER,
    cohort_id=OTHER,
    cohort_name="春の回",
    person_id=ASSISTANT,
    applied_at=MOMENT,
)
application_accepted = ApplicationDecided(
    application_id=OTHER,
    program_id=OTHER,
    program_title="はじめての在宅ワーク",
    cohort_id=OTHER,
    cohort_name="春の回",
    person_id=ASSISTANT,
    status=ApplicationStatus.ACCEPTED,
    reason=None,
    decided_at=MOMENT,
)
application_waiting = application_accepted.model_copy(update={"status": ApplicationStatus.WAITING})
application_declined = application_accepted.model_copy(
    update={"status": ApplicationStatus.DECLINED, "reason": "今回は区内の方を優先しました。"}
)
application_closed = application_accepted.model_copy(
    update={"status": ApplicationStatus.DECLINED, "cause": DeclineCause.PROGRAM_CLOSED}
)
application_passed_over = application_closed.model_copy(
    update={"cause": DeclineCause.TAKES_PART_ELSEWHERE}
)
participant_joined = ParticipantJoined(
    **_participant,
    program_title="はじめての在宅ワーク",
    weekly_hours=10,
    outcomes_consent=False,
    joined_at=MOMENT,
)
supporter_assigned = SupporterAssigned(**_participant, **_to_supporter, supporter_name="春子")
practice_delivered = PracticeDelivered(
    **_participant, **_to_supporter, practice_id=OTHER, title="お店の紹介文"
)
practice_of_who_is_alone = practice_delivered.model_copy(
    update={"supporter_id": None, "partner_id": PARTNER}
)
practice_accepted = PracticeReviewed(
    **_participant,
    practice_id=OTHER,
    title="お店の紹介文",
    accepted=True,
    comment="読みやすく書けています。",
)
practice_to_change = practice_accepted.model_copy(
    update={"accepted": False, "comment": "営業時間を足してください。"}
)
draft_shown = DraftShown(
    **_participant, **_to_supporter, **_draft, milestone_id=OTHER, look_until=MOMENT
)
draft_looked_at = DraftLookedAt(
    **_participant,
    **_draft,
    contract_id=OTHER,
    milestone_id=OTHER,
    looked_by_name="春子",
    comment="このまま出して大丈夫です。",
    looked_at=MOMENT,
)
draft_escalated = DraftEscalated(**_participant, **_to_supporter, **_draft, partner_id=PARTNER)
help_asked = HelpAsked(
    **_participant, **_to_supporter, **_help, step=Step.UNITS, answer_until=MOMENT
)
help_answered = HelpAnswered(**_participant, **_help, by_name="春子")
help_escalated = HelpEscalated(
    **_participant, **_to_supporter, **_help, step=Step.UNITS, partner_id=PARTNER
)
check_in_asked = CheckInAsked(**_participant, check_in_id=OTHER)
silence_passed_on = CheckInPassedOn(**_participant, **_to_supporter, check_in_id=OTHER, mood=None)
passed_on_of_who_is_alone = silence_passed_on.model_copy(
    update={"supporter_id": None, "partner_id": PARTNER}
)
wish_passed_on = silence_passed_on.model_copy(update={"mood": Mood.NEED_HELP})


def reached(step: Step) -> StepReached:
    """Return the example of a step."""
    return StepReached(**_participant, step=step, reached_at=MOMENT)


# The first step is told by ParticipantJoined.
STEPS = tuple(step for step in Step if step is not Step.ORIENTATION)
PROGRAMS: tuple[Event, ...] = (
    sponsor_confirmed,
    sponsor_refused,
    application_made,
    application_accepted,
    application_waiting,
    application_declined,
    application_closed,
    application_passed_over,
    participant_joined,
    supporter_assigned,
    practice_delivered,
    practice_of_who_is_alone,
    practice_accepted,
    practice_to_change,
    draft_shown,
    draft_looked_at,
    draft_escalated,
    help_asked,
    help_answered,
    help_escalated,
    check_in_asked,
    silence_passed_on,
    wish_passed_on,
    passed_on_of_who_is_alone,
    *(reached(step) for step in STEPS),
)
