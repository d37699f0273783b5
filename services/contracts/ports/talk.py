"""What messages, ratings, blocks and reports need of the outside."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from services.contracts.domain.rating import Rating, Round
from shared.messages.talk import (
    BlockView,
    MessageView,
    RatingView,
    ReportView,
    UnreadView,
)


@dataclass(frozen=True)
class Message:
    """What a party writes to the other."""

    message_id: UUID
    contract_id: UUID
    from_id: UUID
    by: UUID
    text: str
    file_ids: tuple[UUID, ...]
    sent_at: datetime


class Messages(Protocol):
    """All messages."""

    def add(self, message: Message) -> None:
        """Keep a new message."""
        ...

    def has_unread(self, contract_id: UUID, from_id: UUID) -> bool:
        """Tell whether something from this party is still to be read by the other."""
        ...

    def mark_read(self, contract_id: UUID, from_id: UUID, up_to: UUID, at: datetime) -> None:
        """Note when the messages of this party, up to that one, were read by the other."""
        ...

    def view(self, message_id: UUID) -> MessageView:
        """Return a message."""
        ...

    def contract_of(self, message_id: UUID) -> UUID | None:
        """Return the contract in which a message was written; None without such a message."""
        ...

    def newest(self, contract_id: UUID, *, after: UUID | None, limit: int) -> Sequence[MessageView]:
        """Return the messages of a contract, newest first, from before the one `after`."""
        ...

    def unread_by(self, accounts: Collection[UUID]) -> Sequence[UnreadView]:
        """Return the contracts of these accounts in which the other party's messages wait."""
        ...


class Rounds(Protocol):
    """The ratings of all contracts."""

    def open(self, contract_id: UUID, until: datetime) -> None:
        """Let the parties of a contract rate each other until then; the first time holds."""
        ...

    def lock(self, contract_id: UUID) -> Round:
        """Return a contract's ratings, locked until the transaction ends."""
        ...

    def get(self, contract_id: UUID) -> Round:
        """Return a contract's ratings."""
        ...

    def add(self, rating: Rating) -> None:
        """Keep a rating."""
        ...

    def answer(self, rating: Rating) -> None:
        """Keep the answer to a rating."""
        ...

    def reveal(self, contract_id: UUID, at: datetime) -> None:
        """Note that the parties may read each other's rating."""
        ...

    def claim_over(self, now: datetime) -> UUID | None:
        """Return a contract whose time to rate is over and not revealed, locked; skip others'."""
        ...

    def revealed_of(
        self, account_id: UUID, *, after: UUID | None, limit: int
    ) -> Sequence[tuple[UUID, RatingView]]:
        """Return what was said of an account and revealed, newest contract first, with its id."""
        ...


class Blocks(Protocol):
    """Who wants nothing new to begin with whom."""

    def add(self, by: UUID, account_id: UUID, at: datetime) -> bool:
        """Keep a block; False when it is there already."""
        ...

    def remove(self, by: UUID, account_id: UUID) -> bool:
        """Take a block back; False when there is none."""
        ...

    def of(self, by: UUID) -> Sequence[BlockView]:
        """Return whom this account has blocked, the newest first."""
        ...

    def between(self, one: UUID, other: UUID) -> bool:
        """Tell whether one of the two has blocked the other."""
        ...


class Reports(Protocol):
    """What people told the operators."""

    def add(self, report: ReportView) -> None:
        """Keep a report."""
        ...

    def get(self, report_id: UUID) -> ReportView:
        """Return a report; raise NotFound (`report_not_found`)."""
        ...

    def close(self, report_id: UUID, by: UUID, outcome: str, at: datetime) -> bool:
        """Keep what was done; False when it is closed already."""
        ...

    def newest(
        self, *, made_by: UUID | None, after: UUID | None, limit: int
    ) -> Sequence[ReportView]:
        """Return a person's own reports, newest first; or, for None, all that are open."""
        ...
