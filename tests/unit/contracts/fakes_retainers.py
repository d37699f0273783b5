"""Retainers and their hours in memory."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.contracts.domain.milestone import Milestone
from services.contracts.domain.retainer import Retainer, not_a_retainer
from shared.messages.contracts import MilestoneKind
from shared.messages.retainers import HoursEntryView


@dataclass
class FakeRetainers:
    kept: dict[UUID, Retainer]
    milestones: dict[UUID, Milestone]

    def add(self, retainer: Retainer) -> None:
        assert retainer.contract_id not in self.kept
        self.save(retainer)

    def get(self, contract_id: UUID) -> Retainer | None:
        return self.kept.get(contract_id)

    def lock(self, contract_id: UUID) -> Retainer:
        try:
            return self.kept[contract_id]
        except KeyError:
            raise not_a_retainer() from None

    def save(self, retainer: Retainer) -> None:
        self.kept[retainer.contract_id] = retainer

    def periods(self, contract_id: UUID) -> Sequence[Milestone]:
        found = [
            each
            for each in self.milestones.values()
            if each.contract_id == contract_id and each.kind is MilestoneKind.PERIOD
        ]
        return sorted(found, key=lambda each: each.starts_on or date.min)


@dataclass
class FakeHours:
    logged: dict[UUID, list[HoursEntryView]]
    milestones: dict[UUID, Milestone]

    def of_period(self, milestone_id: UUID) -> Sequence[HoursEntryView]:
        entries = self.logged.get(milestone_id, [])
        return sorted(entries, key=lambda each: (each.day, each.logged_at))

    def minutes(self, contract_id: UUID) -> dict[UUID, int]:
        return {
            milestone_id: sum(each.minutes for each in entries)
            for milestone_id, entries in self.logged.items()
            if entries and self.milestones[milestone_id].contract_id == contract_id
        }

    def put(self, milestone_id: UUID, entry: HoursEntryView) -> None:
        self.remove(milestone_id, entry.entry_id)
        self.logged[milestone_id].append(entry)

    def remove(self, milestone_id: UUID, entry_id: UUID) -> None:
        entries = self.logged.get(milestone_id, [])
        self.logged[milestone_id] = [each for each in entries if each.entry_id != entry_id]
