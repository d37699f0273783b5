"""A dispute about what is left of a milestone's price, until it is divided."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self
from uuid import UUID

from services.contracts.domain.milestone import Milestone
from shared.errors import NotFound, Rejected
from shared.money import Money

ResolvedBy = Literal["operator", "silence", "agreement"]


@dataclass(frozen=True)
class Split:
    """How what is left of a price is divided: the two parts add up to it."""

    to_assistant: Money
    to_client: Money

    @classmethod
    def of(cls, milestone: Milestone, to_assistant: Money) -> Self:
        """Return the split that gives the assistant so much; raise Rejected beyond the rest."""
        if milestone.left < to_assistant:
            raise Rejected(
                "split_exceeds_rest",
                "No more can be divided than what is left of the price.",
                milestone_id=milestone.milestone_id,
                left=milestone.left,
            )
        return cls(to_assistant, milestone.left - to_assistant)

    @classmethod
    def all_to(cls, milestone: Milestone, party_id: UUID) -> Self:
        """Return the split that gives one party everything."""
        all_of_it = milestone.left
        none_of_it = all_of_it - all_of_it
        return cls.of(milestone, all_of_it if party_id == milestone.assistant_id else none_of_it)


@dataclass(frozen=True)
class Dispute:
    """What a dispute is about, what the parties say to it, and how it ended."""

    dispute_id: UUID
    milestone_id: UUID
    opened_by: UUID
    reason: str
    opened_at: datetime
    answer_until: datetime
    answer: str | None = None
    answered_at: datetime | None = None
    """When the other party first spoke, be it by a statement or by proposing a settlement."""
    proposed_by: UUID | None = None
    proposed_to_assistant: Money | None = None
    split: Split | None = None
    resolved_by: ResolvedBy | None = None
    resolution: str | None = None
    resolved_at: datetime | None = None
    criterion: str | None = None
    """What of the terms isn't met, if whoever opened it has named that."""

    def answered(self, text: str, now: datetime) -> Self:
        """Return the dispute with the other party's answer; raise Rejected when there is one."""
        if self.answer is not None:
            raise Rejected(
                "dispute_already_answered",
                "There is an answer already. An operator decides, or propose a settlement.",
                dispute_id=self.dispute_id,
            )
        return replace(self, answer=text, answered_at=self.answered_at or now)

    def proposed(self, to_assistant: Money, by: UUID, now: datetime) -> Self:
        """Return the dispute with a proposal to settle it, in place of the one before."""
        spoken = self.spoken(by, now)
        return replace(spoken, proposed_by=by, proposed_to_assistant=to_assistant)

    def spoken(self, by: UUID, now: datetime) -> Self:
        """Return the dispute after a party said something: the other's first word answers it."""
        if by == self.opened_by:
            return self
        return replace(self, answered_at=self.answered_at or now)

    def is_agreed(self, to_assistant: Money, by: UUID) -> bool:
        """Tell whether this is what the other party has proposed."""
        return self.proposed_by not in {None, by} and self.proposed_to_assistant == to_assistant

    def resolved(self, split: Split, by: ResolvedBy, reason: str, now: datetime) -> Self:
        """Return the dispute after it was decided."""
        return replace(self, split=split, resolved_by=by, resolution=reason, resolved_at=now)


def no_such_dispute() -> NotFound:
    """Return the refusal for a dispute that isn't there, or isn't of this contract."""
    return NotFound("dispute_not_found", "The contract has no such dispute.")
