"""Hand-overs and moved dates in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from services.contracts.domain.hand_over import HandOver
from shared.errors import NotFound, Rejected
from shared.messages.handovers import HandOverStatus


@dataclass
class FakeHandOvers:
    kept: dict[UUID, HandOver] = field(default_factory=dict)

    def add(self, hand_over: HandOver) -> None:
        if any(
            each.milestone_id == hand_over.milestone_id and each.status is HandOverStatus.PROPOSED
            for each in self.kept.values()
        ):
            raise Rejected("hand_over_standing")
        self.save(hand_over)

    def get(self, hand_over_id: UUID) -> HandOver:
        if hand_over_id not in self.kept:
            raise NotFound("hand_over_not_found")
        return self.kept[hand_over_id]

    def save(self, hand_over: HandOver) -> None:
        self.kept[hand_over.hand_over_id] = hand_over

    def void(self, milestone_id: UUID) -> None:
        for each in list(self.kept.values()):
            if each.milestone_id == milestone_id and each.status is HandOverStatus.PROPOSED:
                self.save(replace(each, status=HandOverStatus.VOID))

    def of_contract(
        self, contract_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        assert after is None
        return [each for each in self.kept.values() if each.contract_id == contract_id][:limit]

    def offered_to(
        self, substitute_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[HandOver]:
        assert after is None
        return [each for each in self.kept.values() if each.substitute_id == substitute_id][:limit]


@dataclass
class FakeDateMoves:
    moved: list[tuple[UUID, int]] = field(default_factory=list)

    def used_days(self, contract_id: UUID) -> int:
        return sum(days for moved_in, days in self.moved if moved_in == contract_id)

    def add(self, contract_id: UUID, days: int, at: datetime) -> None:
        assert at
        self.moved.append((contract_id, days))
