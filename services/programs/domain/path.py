"""The path of a beginner: its steps, units, practice job, and what is said along it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Self
from uuid import UUID

from shared.errors import NotFound, Rejected
from shared.messages.program_path import CheckInStatus, HelpStatus, Mood, PracticeStatus
from shared.messages.program_people import Step

# How much longer than for an answer to a question is waited for one to a quiet question.
CHECK_IN_FACTOR: Final = 2


class Done(StrEnum):
    """What takes somebody from a step of the path to the next."""

    CONFIRM_ORIENTATION = "confirm_orientation"
    COMPLETE_UNITS = "complete_units"
    COMPLETE_PRACTICE = "complete_practice"
    HAVE_WORK_ACCEPTED = "have_work_accepted"


# The path is a line: whatever isn't in this table leaves somebody where they are.
PATH_MOVES: Final = {
    (Step.ORIENTATION, Done.CONFIRM_ORIENTATION): Step.UNITS,
    (Step.UNITS, Done.COMPLETE_UNITS): Step.PRACTICE,
    (Step.PRACTICE, Done.COMPLETE_PRACTICE): Step.PROTECTED_JOB,
    (Step.PROTECTED_JOB, Done.HAVE_WORK_ACCEPTED): Step.FREE_WORK,
}


class PracticeStep(StrEnum):
    """What is done with a practice job."""

    DELIVER = "deliver"
    REQUEST_CHANGES = "request_changes"
    ACCEPT = "accept"


PRACTICE_MOVES: Final = {
    (PracticeStatus.FUNDED, PracticeStep.DELIVER): PracticeStatus.DELIVERED,
    (PracticeStatus.DELIVERED, PracticeStep.REQUEST_CHANGES): PracticeStatus.CHANGES_REQUESTED,
    (PracticeStatus.DELIVERED, PracticeStep.ACCEPT): PracticeStatus.RELEASED,
    (PracticeStatus.CHANGES_REQUESTED, PracticeStep.DELIVER): PracticeStatus.DELIVERED,
}


@dataclass(frozen=True)
class UnitTried:
    """How somebody stands with a unit; `hours` is what it took, about."""

    participant_id: UUID
    unit: int
    hours: int
    tries: int = 0
    passed_at: datetime | None = None


@dataclass(frozen=True)
class Delivery:
    """A delivery of the practice job, and what was said to it."""

    version: int
    text: str
    file_ids: tuple[UUID, ...]
    delivered_at: datetime
    accepted: bool | None = None
    comment: str | None = None
    criterion: int | None = None
    reviewed_at: datetime | None = None


@dataclass(frozen=True)
class Practice:
    """A contract to practise on: `price` is practice money, in yen, and nobody gets it."""

    practice_id: UUID
    participant_id: UUID
    title: str
    description: str
    criteria: tuple[str, ...]
    price: int
    status: PracticeStatus = PracticeStatus.FUNDED
    deliveries: tuple[Delivery, ...] = ()

    def after(self, step: PracticeStep) -> Self:
        """Return it a step further; raise Rejected (`practice_step_not_allowed`)."""
        to = PRACTICE_MOVES.get((self.status, step))
        if to is None:
            raise Rejected(
                "practice_step_not_allowed",
                f"The practice job is {self.status}: this can't be done now.",
                status=self.status,
            )
        return replace(self, status=to)


@dataclass(frozen=True)
class Draft:
    """What somebody is going to deliver. `due_at`: until when their supporter looks."""

    draft_id: UUID
    participant_id: UUID
    contract_id: UUID
    milestone_id: UUID
    milestone_title: str
    text: str
    file_ids: tuple[UUID, ...]
    shown_at: datetime
    looked_at: datetime | None = None
    looked_by: UUID | None = None
    comment: str | None = None
    escalated_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Answer:
    """An answer to a cry for help, or a word back."""

    by: UUID
    text: str
    at: datetime


@dataclass(frozen=True)
class Help:
    """A cry for help. `due_at`: until when somebody answers, while nobody has."""

    help_id: UUID
    participant_id: UUID
    step: Step
    about: str | None
    text: str
    asked_at: datetime
    answer_until: datetime
    status: HelpStatus = HelpStatus.ASKED
    escalated_at: datetime | None = None
    answers: tuple[Answer, ...] = ()
    due_at: datetime | None = None


@dataclass(frozen=True)
class CheckIn:
    """A quiet question. `due_at`: when it is passed on, unless it is answered."""

    check_in_id: UUID
    participant_id: UUID
    asked_at: datetime
    status: CheckInStatus = CheckInStatus.ASKED
    mood: Mood | None = None
    text: str | None = None
    answered_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True)
class Note:
    """A supporter's note on somebody."""

    note_id: UUID
    participant_id: UUID
    by: UUID
    text: str
    written_at: datetime


def check_in_until(asked_at: datetime, help_hours: int) -> datetime:
    """Return when a quiet question is passed on: after twice the time for an answer to help."""
    return asked_at + timedelta(hours=CHECK_IN_FACTOR * help_hours)


def no_such(what: str) -> NotFound:
    """Return the refusal of a thing that isn't there, or not for the caller to see."""
    return _NO_SUCH[what]()


_UNSEEN: Final = "There is no such thing, or it isn't for you to see."
# Each code as it is written in docs/errors.md, so that it is found there.
_NO_SUCH: Final[Mapping[str, Callable[[], NotFound]]] = {
    "check_in": lambda: NotFound("check_in_not_found", _UNSEEN),
    "draft": lambda: NotFound("draft_not_found", _UNSEEN),
    "file": lambda: NotFound("file_not_found", _UNSEEN),
    "help": lambda: NotFound("help_not_found", _UNSEEN),
    "milestone": lambda: NotFound("milestone_not_found", _UNSEEN),
    "practice": lambda: NotFound("practice_not_found", _UNSEEN),
    "unit": lambda: NotFound("unit_not_found", _UNSEEN),
}
