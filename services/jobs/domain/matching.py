"""How well a job and an assistant fit, and why: plain sums that both may read.

Nothing here knows what an assistant keeps private, or why somebody never works at some time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from services.jobs.domain.job import Job
from shared.messages.jobs import JobKind
from shared.messages.profiles import MINUTES_IN_AN_HOUR, ProfileView, Reason, ReasonKind


@dataclass(frozen=True)
class Weights:
    """How many points each reason may give; a new row of `match_weights` changes them."""

    skills: int
    hours: int
    rate: int
    beginner: int
    reliability: int


@dataclass(frozen=True)
class Fit:
    """How well a job and an assistant fit."""

    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """The sum of all points."""
        return sum(each.points for each in self.reasons)

    @property
    def of(self) -> int:
        """The points that there were to have."""
        return sum(each.of for each in self.reasons)


def best_first(score: int, of: int) -> tuple[float, int]:
    """Return a sort key: by the share of the points that there were to have, then by the points.

    What couldn't be compared counts neither way.
    """
    return -(score / of) if of else 0.0, -score


def fit(job: Job, profile: ProfileView, weights: Weights) -> Fit:
    """Return how well they fit, with a reason for each thing that can be compared."""
    reasons = (
        *_skills(job, profile, weights.skills),
        *_hours(job, profile, weights.hours),
        *_rate(job, profile, weights.rate),
        *_beginner(job, profile, weights.beginner),
        *_reliability(profile, weights.reliability),
    )
    return Fit(reasons)


def _skills(job: Job, profile: ProfileView, most: int) -> Iterator[Reason]:
    """Give a share of the points for the share of the wanted skills."""
    if not job.skills:
        return
    known = {each.name for each in profile.skills}
    matched = tuple(each for each in job.skills if each in known)
    missing = tuple(each for each in job.skills if each not in known)
    points = most * len(matched) // len(job.skills)
    yield Reason(kind=ReasonKind.SKILLS, points=points, of=most, matched=matched, missing=missing)


def _hours(job: Job, profile: ProfileView, most: int) -> Iterator[Reason]:
    """Give all points when the week has room for it, and a share of them otherwise."""
    if not (job.weekly_hours and profile.weekly_minutes):
        return
    there = max(0, profile.minutes_left // MINUTES_IN_AN_HOUR)
    points = min(most, most * there // job.weekly_hours)
    yield Reason(
        kind=ReasonKind.HOURS, points=points, of=most, needed=job.weekly_hours, there=there
    )


def _rate(job: Job, profile: ProfileView, most: int) -> Iterator[Reason]:
    """Compare the hourly rate that is wanted with what a retainer's budget comes to by the hour.

    The budget of a retainer is that of a period; four weeks stand for a month.
    """
    if job.kind is not JobKind.RETAINER or not (job.weekly_hours and profile.hourly_rate):
        return
    hours = job.weekly_hours * (1 if job.period == "week" else 4)
    there, wanted = job.budget.amount // hours, profile.hourly_rate.amount
    points = most if there >= wanted else most * there // wanted
    yield Reason(kind=ReasonKind.RATE, points=points, of=most, needed=wanted, there=there)


def _beginner(job: Job, profile: ProfileView, most: int) -> Iterator[Reason]:
    """Give beginners all points for a job that is fit for them."""
    if profile.beginner:
        points = most if job.beginner_friendly else 0
        yield Reason(kind=ReasonKind.BEGINNER, points=points, of=most)


def _reliability(profile: ProfileView, most: int) -> Iterator[Reason]:
    """Give the share of the points that was on time; who has done nothing yet isn't compared."""
    on_time = profile.statistics.on_time_percent
    if on_time is not None:
        yield Reason(
            kind=ReasonKind.RELIABILITY, points=most * on_time // 100, of=most, there=on_time
        )
