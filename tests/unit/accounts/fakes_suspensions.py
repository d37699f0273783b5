"""Who is kept out, in memory."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from services.accounts.domain.account import Account
from services.accounts.domain.suspension import Suspension
from shared.messages.suspensions import FoundPerson


@dataclass
class FakeSuspensions:
    """Implements the port Suspensions."""

    people: Mapping[UUID, Account]
    kept: dict[UUID, Suspension] = field(default_factory=dict)

    def add(self, suspension: Suspension) -> None:
        self.kept[suspension.suspension_id] = suspension

    keep = add

    def holding(self, person_id: UUID) -> Suspension | None:
        return next((each for each in self.of_person(person_id) if each.holds), None)

    def of_person(self, person_id: UUID) -> Sequence[Suspension]:
        found = [each for each in self.kept.values() if each.person_id == person_id]
        return sorted(found, key=lambda each: each.suspension_id, reverse=True)

    def find(self, wanted: str, *, after: UUID | None, limit: int) -> Sequence[FoundPerson]:
        ids = sorted(self.people, reverse=True)
        people = [self._found(each) for each in ids if after is None or each < after]
        return [each for each in people if wanted in each.display_name + each.email][:limit]

    def person(self, person_id: UUID) -> FoundPerson | None:
        return self._found(person_id) if person_id in self.people else None

    def names(self, account_ids: Collection[UUID]) -> Mapping[UUID, str]:
        return {each: self.people[each].display_name for each in account_ids if each in self.people}

    def _found(self, person_id: UUID) -> FoundPerson:
        account, held = self.people[person_id], self.holding(person_id)
        return FoundPerson(
            person_id=person_id,
            email=account.email,
            display_name=account.display_name,
            reading=account.reading,
            roles=account.roles,
            locale=account.locale,
            registered_at=account.registered_at,
            suspended_at=held.suspended_at if held else None,
            deleted_at=account.deleted_at,
        )
