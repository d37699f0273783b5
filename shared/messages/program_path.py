"""The published language of programs, on the path of a beginner: each step, and help at each."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.messages.base import Command, Event, Line, Text, View
from shared.messages.files import FileView
from shared.messages.program_people import ParticipantFact, Step
from shared.money import Money


class AnswerCheck(Command):
    """Answer a unit's questions: for each the number of a choice, counted from 0."""

    answers: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(max_length=50)]


class CheckView(View):
    """What came of a check. Which answers were right is told, not what would have been."""

    unit: int
    right: tuple[bool, ...]
    needed: int
    passed: bool


class PracticeStatus(StrEnum):
    """Where a practice job stands; its money is practice money all the way."""

    FUNDED = "funded"
    DELIVERED = "delivered"
    CHANGES_REQUESTED = "changes_requested"
    RELEASED = "released"


class DeliverPractice(Command):
    """Hand in the practice job (the participant)."""

    text: Text
    file_ids: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()


class ReviewPractice(Command):
    """Accept the practice job, or say which criterion isn't met (the supporter, as its client)."""

    accepted: bool
    comment: Text
    criterion: Annotated[
        int | None, Field(ge=1, description="Number of what isn't met, the first being 1")
    ] = None


class PracticeDelivery(View):
    """A delivery of a practice job, with what was said to it."""

    version: int
    text: str
    files: tuple[FileView, ...]
    delivered_at: datetime
    accepted: bool | None
    comment: str | None
    criterion: int | None
    reviewed_at: datetime | None


class PracticeView(View):
    """A contract to practise on. `price` is practice money: it never touches the books."""

    practice_id: UUID
    participant_id: UUID
    person_name: str
    title: str
    description: str
    criteria: tuple[str, ...]
    price: Money
    status: PracticeStatus
    deliveries: tuple[PracticeDelivery, ...]


class ShowDraft(Command):
    """Show one's supporter what one is going to deliver for a milestone (the participant)."""

    milestone_id: UUID
    text: Text
    file_ids: Annotated[tuple[UUID, ...], Field(max_length=20)] = ()


class CommentDraft(Command):
    """Say that one has looked at a draft, and what one thinks (a supporter of that person)."""

    comment: Text


class DraftView(View):
    """A draft of a delivery. It may be delivered once somebody has looked: `looked_at`."""

    draft_id: UUID
    participant_id: UUID
    person_name: str
    contract_id: UUID
    contract_title: str
    milestone_id: UUID
    milestone_title: str
    text: str
    files: tuple[FileView, ...]
    shown_at: datetime
    looked_at: datetime | None
    looked_by_name: str | None
    comment: str | None
    escalated_at: datetime | None


class HelpStatus(StrEnum):
    """Where a cry for help stands."""

    ASKED = "asked"
    ESCALATED = "escalated"
    ANSWERED = "answered"
    SETTLED = "settled"


class AskForHelp(Command):
    """Ask one's supporter, from whatever step one is at (the participant)."""

    text: Text
    about: Annotated[Line | None, Field(description="Unit, job or page that it is about")] = None


class AnswerHelp(Command):
    """Answer (a supporter of that person; once it is escalated, the partner's members, too)."""

    text: Text


class HelpAnswer(View):
    """An answer, or a word back."""

    by: UUID
    by_name: str
    text: str
    at: datetime


class HelpView(View):
    """A question, and what was answered. After `answer_until` it is escalated."""

    help_id: UUID
    participant_id: UUID
    person_name: str
    step: Step
    about: str | None
    text: str
    status: HelpStatus
    asked_at: datetime
    answer_until: datetime
    answers: tuple[HelpAnswer, ...]


class CheckInStatus(StrEnum):
    """Where a quiet question stands of whoever fell silent."""

    ASKED = "asked"
    ANSWERED = "answered"
    PASSED_ON = "passed_on"


class Mood(StrEnum):
    """How it goes, said with one press."""

    WELL = "well"
    PAUSING = "pausing"
    NEED_HELP = "need_help"


class AnswerCheckIn(Command):
    """Say how it goes (the participant); nobody has to say why."""

    mood: Mood
    text: Text | None = None


class CheckInView(View):
    """A quiet question: `passed_on` to the supporter when nobody answered."""

    check_in_id: UUID
    participant_id: UUID
    person_name: str
    status: CheckInStatus
    asked_at: datetime
    mood: Mood | None
    text: str | None
    answered_at: datetime | None


class Urgency(StrEnum):
    """Why somebody is on a supporter's list of today, the most urgent first."""

    HELP_ESCALATED = "help_escalated"
    DRAFT_WAITS = "draft_waits"
    HELP_ASKED = "help_asked"
    PRACTICE_WAITS = "practice_waits"
    SILENT = "silent"
    UNIT_TO_CONFIRM = "unit_to_confirm"
    NOTHING = "nothing"


class WaitingItem(View):
    """Something that waits for a supporter; `until` is when it is escalated."""

    urgency: Urgency
    item_id: UUID
    title: str
    until: datetime | None


class PersonToday(View):
    """Somebody one stands by, with what waits for one: an item is the id of what it is about."""

    participant_id: UUID
    person_name: str
    program_title: str
    cohort_name: str
    step: Step
    urgency: Urgency
    waiting: tuple[WaitingItem, ...]
    last_sign_at: datetime


class StepReached(ParticipantFact, service="programs"):
    """Somebody has come to a step of the path; each is reached once."""

    step: Step
    reached_at: datetime


class UnitPassed(ParticipantFact, service="programs"):
    """Somebody has passed a unit."""

    unit: int
    hours: int
    passed_at: datetime


class ProtectionChanged(Event, service="programs"):
    """Somebody's next contract is protected, or is theirs to choose freely again.

    Protected: only jobs whose client took the beginner promise; changes are asked for by naming a
    criterion, and only so often; each delivery is looked at by a supporter before. A later `change`
    of a person counts.
    """

    person_id: UUID
    participant_id: UUID
    protected: bool
    change: Annotated[int, Field(ge=1)]


class DraftShown(ParticipantFact, service="programs"):
    """Somebody shows a supporter what they are going to deliver."""

    draft_id: UUID
    milestone_id: UUID
    milestone_title: str
    person_name: str
    supporter_id: UUID | None
    look_until: datetime


class DraftLookedAt(ParticipantFact, service="programs"):
    """A supporter has looked at a draft: the milestone may be delivered, once."""

    draft_id: UUID
    contract_id: UUID
    milestone_id: UUID
    milestone_title: str
    looked_by: UUID | None = None
    looked_by_name: str
    comment: str
    looked_at: datetime


class DraftEscalated(ParticipantFact, service="programs"):
    """Nobody has looked at a draft in the agreed time: the partner's members may, too."""

    draft_id: UUID
    milestone_title: str
    person_name: str
    supporter_id: UUID | None
    partner_id: UUID


class PracticeDelivered(ParticipantFact, service="programs"):
    """Somebody has handed in the practice job."""

    practice_id: UUID
    title: str
    person_name: str
    supporter_id: UUID | None
    partner_id: Annotated[
        UUID | None, Field(description="Told where there is no supporter; null: not told")
    ] = None


class PracticeReviewed(ParticipantFact, service="programs"):
    """A supporter accepted the practice job, or asked for changes."""

    practice_id: UUID
    title: str
    accepted: bool
    comment: str


class HelpAsked(ParticipantFact, service="programs"):
    """Somebody asks for help."""

    help_id: UUID
    step: Step
    text: str
    person_name: str
    supporter_id: UUID | None
    answer_until: datetime


class HelpAnswered(ParticipantFact, service="programs"):
    """Somebody's question was answered."""

    help_id: UUID
    text: str
    by: UUID | None = None
    by_name: str


class HelpEscalated(ParticipantFact, service="programs"):
    """Nobody answered in the agreed time: the partner's members may answer, too."""

    help_id: UUID
    step: Step
    text: str
    person_name: str
    supporter_id: UUID | None
    partner_id: UUID


class CheckInAsked(ParticipantFact, service="programs"):
    """Somebody fell silent, and is asked quietly how it goes."""

    check_in_id: UUID


class CheckInPassedOn(ParticipantFact, service="programs"):
    """Somebody who was asked didn't answer, or wants help: their supporter is told."""

    check_in_id: UUID
    mood: Mood | None
    person_name: str
    supporter_id: UUID | None
    partner_id: Annotated[
        UUID | None, Field(description="Told where there is no supporter; null: not told")
    ] = None
