"""The links that end mail: sealed, so that nobody can end another's, or read whose they are."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from shared.messages.notify import Kind
from shared.sealed import Seal, UnsealableError

PATH = "/api/v1/notify/unsubscriptions"


@dataclass(frozen=True)
class SealedLinks:
    """Implements the port Links. They hold as long as the key that sealed them is known."""

    public_url: str
    seal: Seal

    def stop(self, person_id: UUID, kinds: Collection[Kind]) -> str:
        """Return the address that ends mail of these kinds for this person."""
        token = self.seal.close(f"stop {person_id} {','.join(sorted(kinds))}")
        return f"{self.public_url}{PATH}?token={token}"

    def read(self, token: str) -> tuple[UUID, tuple[Kind, ...]] | None:
        """Return what a link's token is for; None: it is none of ours."""
        try:
            purpose, person_id, kinds = self.seal.open(token).split(" ")
            if purpose != "stop":
                return None
            return UUID(person_id), tuple(Kind(kind) for kind in kinds.split(","))
        except (UnsealableError, ValueError):
            return None


@dataclass(frozen=True)
class NoLinks:
    """Implements the port Links where there is no key to seal with: mail has no such link."""

    def stop(self, person_id: UUID, kinds: Collection[Kind]) -> str:
        """Return no address."""
        del person_id, kinds
        return ""

    def read(self, token: str) -> None:
        """Know no token."""
        del token
