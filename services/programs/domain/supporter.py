"""Who stands by people of a program."""

from dataclasses import dataclass
from uuid import UUID

from shared.errors import NotFound, Rejected


@dataclass(frozen=True)
class Supporter:
    """Somebody whom the partner named, and how many people they stand by at most."""

    program_id: UUID
    person_id: UUID
    people_limit: int

    def must_have_room(self, people: int) -> None:
        """Raise Rejected (`supporter_limit_reached`) where they stand by as many as they may."""
        if people >= self.people_limit:
            raise Rejected(
                "supporter_limit_reached",
                "This supporter stands by as many people as agreed.",
                limit=self.people_limit,
                people=people,
            )

    def must_hold(self, people: int) -> None:
        """Raise Rejected (`limit_below_people`) where they stand by more people than this."""
        if people > self.people_limit:
            raise Rejected(
                "limit_below_people",
                "They stand by more people than that. Give some of these another supporter first.",
                limit=self.people_limit,
                people=people,
            )


def no_such_supporter() -> NotFound:
    """Return the refusal where somebody isn't a supporter of the program."""
    return NotFound("supporter_not_found", "This person isn't a supporter of the program.")
