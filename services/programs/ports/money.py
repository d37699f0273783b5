"""What the use cases about sponsors' money need of the outside."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from services.programs.domain.sponsorship import Sponsorship


class Sponsorships(Protocol):
    """What sponsors pay for people."""

    def lock(self, program_id: UUID) -> int:
        """Keep others from changing a program's sponsorships; return what was heard of its wallet.

        The number grows by each `hear`.
        """
        ...

    def hear(self, program_id: UUID) -> int:
        """Note that more may be paid of a wallet than before; lock it as `lock` does."""
        ...

    def add(self, sponsorship: Sponsorship) -> bool:
        """Keep a new one; False when there is one for this cause."""
        ...

    def get(self, sponsorship_id: UUID) -> Sponsorship | None:
        """Return it, if there is one."""
        ...

    def for_cause(self, participant_id: UUID, cause: str) -> Sponsorship | None:
        """Return what is paid for somebody for this."""
        ...

    def save(self, sponsorship: Sponsorship) -> None:
        """Keep it as it is now."""
        ...

    def refused(self, program_id: UUID) -> Sequence[Sponsorship]:
        """Return what was refused of a program, in the order in which it was asked for."""
        ...

    def not_earned(self, participant_id: UUID) -> Sequence[Sponsorship]:
        """Return somebody's for which nothing has happened, and that weren't dropped."""
        ...

    def of_program(self, program_id: UUID, after: UUID | None, limit: int) -> Sequence[Sponsorship]:
        """Return those of a program, newest first."""
        ...
