"""The guard of an assistant's week: nobody takes on more than they declared without knowing it."""

from uuid import UUID

from services.jobs.ports import Work
from services.jobs.ports.profiles import Commitment
from shared.errors import Rejected
from shared.messages.profiles import MINUTES_IN_AN_HOUR


def take_hours(proposal_id: UUID, wanted: Commitment, work: Work, *, knowingly: bool) -> None:
    """Take hours of an assistant's week for a proposal that is accepted.

    Raises Rejected (`over_capacity`, with what is declared, taken and needed) when the declared
    hours don't suffice, unless that is known. Who declared none isn't guarded. Of two acceptances
    at once, the second sees what the first has taken.
    """
    declared = work.profiles.lock_minutes(wanted.assistant_id)
    taken = work.commitments.hours(wanted.assistant_id)
    weekly_hours = wanted.weekly_hours
    if declared and weekly_hours and not knowingly:
        declared_hours = declared // MINUTES_IN_AN_HOUR
        if taken + weekly_hours > declared_hours:
            raise Rejected(
                "over_capacity",
                "That is more than the assistant's declared hours. Agree on less, or say that it is"
                " known (over_capacity).",
                declared_hours=declared_hours,
                taken_hours=taken,
                needed_hours=weekly_hours,
            )
    work.commitments.begin(proposal_id, wanted)
