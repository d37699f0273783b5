"""What the parties of a contract say of each other, blind until both have spoken."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Self
from uuid import UUID

from shared.errors import Rejected

BOTH = 2


@dataclass(frozen=True)
class Rating:
    """What one party says of the other."""

    contract_id: UUID
    by_id: UUID
    of_id: UUID
    stars: int
    comment: str
    given_at: datetime
    reply: str | None = None
    replied_at: datetime | None = None

    def answered(self, text: str, now: datetime) -> Self:
        """Return the rating with the answer of whom it is about; raise Rejected for a second."""
        if self.reply is not None:
            raise Rejected("rating_already_answered", "You have answered this rating already.")
        return replace(self, reply=text, replied_at=now)


@dataclass(frozen=True)
class Round:
    """The time in which the parties of a contract rate each other: it begins with its completion.

    `open_until` is None while work goes on.
    """

    contract_id: UUID
    open_until: datetime | None = None
    ratings: tuple[Rating, ...] = ()
    revealed_at: datetime | None = None

    def by(self, party_id: UUID) -> Rating | None:
        """Return what this party has said."""
        return next((each for each in self.ratings if each.by_id == party_id), None)

    def of(self, party_id: UUID) -> Rating | None:
        """Return what the other said of this party."""
        return next((each for each in self.ratings if each.of_id == party_id), None)

    def rated(self, rating: Rating) -> Self:
        """Return the round with one more rating; raise Rejected outside of its time, or twice."""
        if self.open_until is None:
            raise Rejected("rating_too_early", "Rate when nothing is to be done any more.")
        if self.revealed_at or rating.given_at >= self.open_until:
            raise Rejected(
                "rating_too_late", "The time to rate is over.", open_until=self.open_until
            )
        if self.by(rating.by_id):
            raise Rejected("already_rated", "You have rated already; a rating can't be changed.")
        return replace(self, ratings=(*self.ratings, rating))

    def is_due(self, now: datetime) -> bool:
        """Tell whether both are to see what was said: both have spoken, or nobody may any more."""
        if self.open_until is None or self.revealed_at:
            return False
        return len(self.ratings) == BOTH or now >= self.open_until
