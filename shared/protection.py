"""Whose next job is protected, as programs tells it: jobs and contracts each keep a copy."""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from shared.messages.program_path import ProtectionChanged


class ProtectedPeople(Protocol):
    """The people whose next job is protected."""

    def note(self, person_id: UUID, change: int, *, protected: bool) -> None:
        """Keep whether somebody is protected; what is older than what we know is left."""
        ...

    def among(self, people: Collection[UUID]) -> frozenset[UUID]:
        """Return those of these people who are protected now."""
        ...


def follow(changed: ProtectionChanged, people: ProtectedPeople) -> None:
    """Keep what programs tells of somebody, in whatever order and however often it is told."""
    people.note(changed.person_id, changed.change, protected=changed.protected)
