"""A milestone's life, as one table. What people do and what payments tells both go by it."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cache
from typing import Self
from uuid import UUID

from shared.errors import NotAllowed, Rejected, Transient
from shared.messages.contracts import MilestoneStatus
from shared.money import Money


class Step(StrEnum):
    """What may happen to a milestone."""

    START_FUNDING = "start_funding"
    ABANDON_FUNDING = "abandon_funding"
    FUND = "fund"
    DELIVER = "deliver"
    REQUEST_CHANGES = "request_changes"
    ACCEPT = "accept"
    RELEASE = "release"
    ASK_TO_END = "ask_to_end"
    END = "end"
    REFUND = "refund"


_S, _T = MilestoneStatus, Step

# fmt: off
MOVES: dict[tuple[MilestoneStatus, Step], MilestoneStatus] = {
    (_S.AGREED,            _T.START_FUNDING):   _S.FUNDING,
    (_S.FUNDING,           _T.ABANDON_FUNDING): _S.AGREED,
    (_S.AGREED,            _T.FUND):            _S.FUNDED,
    (_S.FUNDING,           _T.FUND):            _S.FUNDED,
    (_S.FUNDED,            _T.DELIVER):         _S.DELIVERED,
    (_S.DELIVERED,         _T.REQUEST_CHANGES): _S.CHANGES_REQUESTED,
    (_S.CHANGES_REQUESTED, _T.DELIVER):         _S.DELIVERED,
    (_S.DELIVERED,         _T.ACCEPT):          _S.ACCEPTED,
    (_S.ACCEPTED,          _T.RELEASE):         _S.RELEASED,
    (_S.AGREED,            _T.ASK_TO_END):      _S.ENDING,
    (_S.FUNDED,            _T.ASK_TO_END):      _S.ENDING,
    (_S.CHANGES_REQUESTED, _T.ASK_TO_END):      _S.ENDING,
    (_S.ENDING,            _T.END):             _S.ENDED,
    (_S.ENDED,             _T.REFUND):          _S.REFUNDED,
}
# fmt: on


class Progress(StrEnum):
    """How a step stands to a status: all of it follows from MOVES."""

    NOW = "now"
    PAST = "past"
    EARLY = "early"
    NEVER = "never"


@cache
def reachable(status: MilestoneStatus) -> frozenset[MilestoneStatus]:
    """Return every status that can come after this one, and itself."""
    found = {status}
    while more := {to for (at, _), to in MOVES.items() if at in found} - found:
        found |= more
    return frozenset(found)


@cache
def progress(status: MilestoneStatus, step: Step) -> Progress:
    """Tell whether a step is possible now, lies behind, may become possible, or never will.

    A step lies behind when this status can be come to through it: a milestone that is being ended
    has its funding behind it, whether or not it was ever funded. So money that arrives late, while
    the parties are ending, doesn't bring the milestone back; payments returns it.
    """
    if (status, step) in MOVES:
        return Progress.NOW
    moves = [(at, to) for (at, each), to in MOVES.items() if each is step]
    if any(status in reachable(to) for _, to in moves):
        return Progress.PAST
    if any(at in reachable(status) for at, _ in moves):
        return Progress.EARLY
    return Progress.NEVER


@dataclass(frozen=True)
class Milestone:
    """A part of a contract that is done, reviewed and paid by itself."""

    milestone_id: UUID
    contract_id: UUID
    client_id: UUID
    assistant_id: UUID
    title: str
    description: str
    price: Money
    due_on: date
    review_days: int
    status: MilestoneStatus = MilestoneStatus.AGREED
    overdue: bool = False
    funding_attempt: int = 0
    ending_asked_by: UUID | None = None
    ending_reason: str | None = None

    def moved(self, step: Step) -> Self:
        """Return the milestone after what a person or a clock did; raise Rejected."""
        status = MOVES.get((self.status, step))
        if status is None:
            raise self._refusal(step)
        return replace(self, status=status)

    def heard(self, step: Step) -> Self:
        """Return the milestone after what another service told, in whatever order it arrives.

        Unchanged when the step lies behind. Raises Transient when it is not possible yet, Rejected
        when it never will be.
        """
        match progress(self.status, step):
            case Progress.NOW:
                return self.moved(step)
            case Progress.PAST:
                return self
            case Progress.EARLY:
                raise self._early(step)
            case Progress.NEVER:
                raise self._refusal(step)

    def funding_started(self, attempt: int) -> Self:
        """Return the milestone after the client went to pay for the n-th time.

        Attempts are numbered because agreed and funding form a circle: without the number, an old
        message that arrives late can't be told from a new one.
        """
        if attempt <= self.funding_attempt:
            return self
        return replace(self.heard(Step.START_FUNDING), funding_attempt=attempt)

    def funding_abandoned(self, attempt: int) -> Self:
        """Return the milestone after the n-th attempt came to nothing."""
        if attempt < self.funding_attempt:
            return self
        if attempt > self.funding_attempt:
            raise self._early(Step.ABANDON_FUNDING)
        return self.heard(Step.ABANDON_FUNDING)

    def asked_to_end(self, by: UUID, reason: str) -> Self:
        """Return the milestone after one party asked to end it."""
        return replace(self.moved(Step.ASK_TO_END), ending_asked_by=by, ending_reason=reason)

    def only_for(self, party_id: UUID, by: UUID) -> None:
        """Raise NotAllowed when it is for the other party to do this."""
        if by != party_id:
            raise NotAllowed("other_party_required", "This is for the other party to do.")

    def _refusal(self, step: Step) -> Rejected:
        return Rejected(
            "milestone_step_not_allowed",
            f"The milestone is {self.status}. Read it again to see what can be done with it.",
            milestone_id=self.milestone_id,
            status=self.status,
            step=step,
        )

    def _early(self, step: Step) -> Transient:
        return Transient(
            "milestone_not_there_yet",
            "What comes before this has not arrived yet.",
            milestone_id=self.milestone_id,
            status=self.status,
            step=step,
        )
