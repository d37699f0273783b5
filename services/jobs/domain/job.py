"""A job's life: a draft, then open to proposals, filled by them or closed by its client."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from shared.errors import Invalid, NotAllowed, NotFound, Rejected
from shared.messages.jobs import (
    BeginnerCriterion,
    Category,
    JobDetails,
    JobKind,
    JobStatus,
    Mode,
    Period,
    Visibility,
)
from shared.money import Money
from shared.people import Person, Right


class JobStep(StrEnum):
    """What may be done to a job."""

    PUBLISH = "publish"
    EDIT = "edit"
    PROPOSE = "propose"
    ASK = "ask"
    INVITE = "invite"
    TAKE = "take"
    PAUSE = "pause"
    RESUME = "resume"
    FILL = "fill"
    CLOSE = "close"


_S, _T = JobStatus, JobStep

# fmt: off
MOVES = {
    (_S.DRAFT,  _T.PUBLISH): _S.OPEN,
    (_S.DRAFT,  _T.EDIT):    _S.DRAFT,
    (_S.DRAFT,  _T.CLOSE):   _S.CLOSED,
    (_S.OPEN,   _T.EDIT):    _S.OPEN,
    (_S.OPEN,   _T.PROPOSE): _S.OPEN,
    (_S.OPEN,   _T.ASK):     _S.OPEN,
    (_S.OPEN,   _T.INVITE):  _S.OPEN,
    (_S.OPEN,   _T.TAKE):    _S.OPEN,
    (_S.OPEN,   _T.PAUSE):   _S.PAUSED,
    (_S.OPEN,   _T.FILL):    _S.FILLED,
    (_S.OPEN,   _T.CLOSE):   _S.CLOSED,
    (_S.PAUSED, _T.EDIT):    _S.PAUSED,
    (_S.PAUSED, _T.INVITE):  _S.PAUSED,
    (_S.PAUSED, _T.RESUME):  _S.OPEN,
    # Pausing keeps new proposals away; those that came can still be accepted.
    (_S.PAUSED, _T.FILL):    _S.FILLED,
    (_S.PAUSED, _T.CLOSE):   _S.CLOSED,
}
# fmt: on


@dataclass(frozen=True)
class BeginnerRules:
    """The numbers behind the mark for beginners; a new row of `beginner_rules` changes them."""

    min_criteria: int
    min_description: int
    """Letters."""
    min_revisions: int
    min_days_to_ask: int
    max_weekly_hours: int


@dataclass(frozen=True)
class Tasks:
    """Small tasks: `taken` of `slots` are gone."""

    slots: int
    price: Money
    days_to_deliver: int
    taken: int = 0


@dataclass(frozen=True)
class Job:
    """What a client wants done. The budget is without consumption tax."""

    job_id: UUID
    client_id: UUID
    title: str
    description: str
    category: Category
    budget: Money
    mode: Mode
    place: str
    review_days: int
    posted_at: datetime
    status: JobStatus = JobStatus.OPEN
    posted_by: UUID | None = None
    kind: JobKind = JobKind.FIXED
    skills: tuple[str, ...] = ()
    weekly_hours: int = 0
    hours_note: str = ""
    deadline: date | None = None
    criteria: tuple[str, ...] = ()
    max_revisions: int | None = None
    visibility: Visibility = Visibility.PUBLIC
    beginner_friendly: bool = False
    beginner_criteria_met: tuple[BeginnerCriterion, ...] = ()
    period: Period | None = None
    tasks: Tasks | None = None
    opened_at: datetime | None = None
    """When it was first opened to proposals; None for a draft."""

    def moved(self, step: JobStep) -> Self:
        """Return the job after this step; raise Rejected when the table has no such move."""
        status = MOVES.get((self.status, step))
        if status is None:
            raise Rejected(
                "job_step_not_allowed",
                f"The job is {self.status}. Look for another one that is open.",
                status=self.status,
                step=step,
            )
        return replace(self, status=status)

    def described(self, details: JobDetails, rules: BeginnerRules, today: date) -> Self:
        """Return the job with what it says now.

        Raises Invalid (`job_kind_incomplete`, `deadline_past`, `beginner_criteria_missing`).
        """
        if (details.kind is JobKind.RETAINER) != (details.period is not None) or (
            details.kind is JobKind.TASKS
        ) != (details.tasks is not None):
            raise Invalid(
                "job_kind_incomplete",
                "A retainer needs a period, small tasks need their terms, and others neither.",
                kind=details.kind,
            )
        if details.deadline and details.deadline < today:
            raise Invalid("deadline_past", "The last day to propose is over.", earliest=today)
        said = {name: getattr(details, name) for name in _SAID}
        wanted, tasks = details.tasks, None
        if wanted:
            taken = self.tasks.taken if self.tasks else 0
            price = wanted.price.as_money()
            tasks = Tasks(wanted.slots, price, wanted.days_to_deliver, taken)
        skills = tuple(dict.fromkeys(details.skills))
        job = replace(self, **said, skills=skills, budget=details.budget.as_money(), tasks=tasks)
        return job.checked_for_beginners(rules, today)

    def checked_for_beginners(self, rules: BeginnerRules, today: date) -> Self:
        """Return the job with the criteria for beginners that it meets; raise Invalid.

        The mark is earned: whoever claims it is told what is missing.
        """
        met = tuple(each for each, test in BEGINNER_CRITERIA.items() if test(self, rules, today))
        missing = [each for each in BEGINNER_CRITERIA if each not in met]
        if self.beginner_friendly and missing:
            raise Invalid(
                "beginner_criteria_missing",
                f"A job for beginners also needs: {', '.join(missing)}.",
                missing=missing,
            )
        return replace(self, beginner_criteria_met=met)

    def one_taken(self, today: date) -> tuple[Self, Tasks]:
        """Return the job after one of its small tasks was taken, and these; the last one fills it.

        Raises Rejected (`job_has_no_tasks`, `job_step_not_allowed`, `deadline_over`).
        """
        if self.tasks is None:
            raise Rejected("job_has_no_tasks", "This job isn't divided into small tasks. Propose.")
        job = self.moved(JobStep.TAKE)
        self._must_be_in_time(today)
        tasks = replace(self.tasks, taken=self.tasks.taken + 1)
        if tasks.taken == tasks.slots:
            job = job.moved(JobStep.FILL)
        return replace(job, tasks=tasks), tasks

    def must_take_proposals(self, today: date) -> None:
        """Raise Rejected unless somebody may propose to it today."""
        self.moved(JobStep.PROPOSE)
        if self.tasks:
            raise Rejected("job_has_tasks", "Take one of its small tasks instead of proposing.")
        self._must_be_in_time(today)

    def _must_be_in_time(self, today: date) -> None:
        if self.deadline and today > self.deadline:
            raise Rejected(
                "deadline_over",
                "The last day to propose is over. Look for another job.",
                deadline=self.deadline,
            )

    def must_be_managed_by(self, by: Person) -> None:
        """Raise NotAllowed unless the person may post for the job's client.

        To others, a draft isn't there (NotFound).
        """
        if not by.stands_for(self.client_id):
            if self.status is JobStatus.DRAFT:
                raise no_such_job()
            raise NotAllowed("not_owner_of_job", "Only the client who posted the job may do this.")
        by.must(Right.POST, self.client_id)


_SAID = (
    "title",
    "description",
    "category",
    "mode",
    "place",
    "review_days",
    "kind",
    "weekly_hours",
    "hours_note",
    "deadline",
    "criteria",
    "max_revisions",
    "visibility",
    "beginner_friendly",
    "period",
)

# What a beginner can rely on, each with the test that a job gives it.
BEGINNER_CRITERIA: dict[BeginnerCriterion, Callable[[Job, BeginnerRules, date], bool]] = {
    BeginnerCriterion.CRITERIA_STATED: lambda job, rules, _: (
        len(job.criteria) >= rules.min_criteria
    ),
    BeginnerCriterion.DESCRIBED_IN_DETAIL: lambda job, rules, _: (
        len(job.description) >= rules.min_description
    ),
    BeginnerCriterion.CHANGES_POSSIBLE: lambda job, rules, _: (
        job.max_revisions is None or job.max_revisions >= rules.min_revisions
    ),
    BeginnerCriterion.TIME_TO_ASK: lambda job, rules, today: (
        job.deadline is None or (job.deadline - today).days >= rules.min_days_to_ask
    ),
    BeginnerCriterion.FEW_HOURS: lambda job, rules, _: job.weekly_hours <= rules.max_weekly_hours,
}


def no_such_job() -> NotFound:
    """Return the refusal for a job that isn't there, or isn't for the caller to see."""
    return NotFound("job_not_found", "There is no such job. Look at the list of open jobs.")
