"""The guard of an assistant's week: nobody takes on more than they declared without knowing it."""

from uuid import UUID

from services.jobs.ports import Work
from shared.errors import Rejected
from shared.messages.profiles import MINUTES_IN_AN_HOUR


def take_hours(
    job_id: UUID, assistant_id: UUID, weekly_hours: int, work: Work, *, knowingly: bool
) -> None:
    """Take hours of an assistant's week for a job.

    Raises Rejected (`over_capacity`, with what is declared, taken and needed) when the declared
    hours don't suffice, unless that is known. Who declared none isn't guarded. Of two acceptances
    at once, the second sees what the first has taken.
    """
    declared = work.profiles.lock_minutes(assistant_id)
    taken = work.commitments.hours(assistant_id)
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
    work.commitments.begin(job_id, assistant_id, weekly_hours, work.clock.now())
